"""Whom a unit has invited: the register decides who is shown, the list what is shown, and the officer does little."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from pypdf import PdfReader

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock, outbox
from nhi_express.core.vault import vault
from nhi_express.enrolment.flows import invitations
from nhi_express.enrolment.models import Invitation
from nhi_express.enrolment.rules import Channel, InvitationState
from nhi_express.help.catalogue import Problem
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.units.flows import people
from nhi_express.units.flows.lists import forget_files
from nhi_express.units.views import people as views
from nhi_sandbox.register import RegisterRow
from tests.counting import events, payloads
from tests.units.desk_pages import Office, path_of
from tests.units.duties import NEIGHBOUR, refused
from tests.units.staff import email_of, employ, line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("people")]
OPEN = InvitationState.OPEN
GONE = "110000009"


def of(row: RegisterRow) -> Invitation:
    """Somebody's newest invitation."""
    return Invitation.objects.filter(member=vault().index(row.id_number, "members.id")).latest("created_at")


def finish(row: RegisterRow) -> None:
    """Somebody has registered by their phone; the gate's own tests tell how."""
    registration = accounts.activate(of(row).member, "ial1-line", "zh-hant")
    invitations.finish_for(registration, Channel.UNIT)


def leave(row: RegisterRow) -> None:
    """Somebody is insured through another unit from now on."""
    employ([row._replace(unit_code=GONE)])


def mails() -> list[str]:
    """To which of the staff the letters went that waited in the outbox."""
    before = len(mail.outbox)
    while outbox.send_due():
        pass
    return sorted(one.to[0] for one in mail.outbox[before:] if one.to[0].endswith("@staff.example.tw"))


def act(row: RegisterRow, what: str) -> str:
    """The address of something on the page of people."""
    return f"/units/people/{of(row).id}/{what}"


def test_before_anybody_is_invited_the_page_says_so() -> None:
    page = Office(0).text("/units/people/")
    assert "Nobody is invited yet" in page


def test_people_stand_under_how_far_they_are() -> None:
    office = Office(4)
    office.enrolled()
    finish(office.people[1])
    office.post(act(office.people[2], "withdraw"))
    waiting, finished, withdrawn, ended = (
        office.text(f"/units/people/?status={state}") for state in ("open", "finished", "withdrawn", "ended")
    )
    shown = [[one.name in page for one in office.people] for page in (waiting, finished, withdrawn, ended)]
    assert shown == [[True, False, False, True], [False, True, False, False], [False, False, True, False], [False] * 4]
    assert "Nobody here." in ended
    assert "Remind" in waiting
    assert "Remind" not in finished


def test_nothing_is_shown_that_the_list_did_not_hold() -> None:
    office = Office(2)
    bare = (office.people[1].id_number, office.people[1].birth_date, "", "", "")
    office.enrolled(line(office.people[0], name="小華"), bare)
    page = office.text("/units/people/")
    assert "小華" in page
    assert "Line 3 of the list" in page
    for one in office.people:
        for secret in (one.name, one.card_number, one.household_number, one.postal_address, one.id_number):
            assert not secret or secret not in page


def test_who_leaves_the_unit_is_shown_without_anything_and_cannot_be_touched() -> None:
    office = Office(3)
    batch = office.enrolled()
    gone = office.people[0]
    leave(gone)
    page = office.text("/units/people/")
    assert "No longer with your unit" in page
    for secret in (gone.name, gone.id_number[:6], str(of(gone).id), gone.id_number[-4:]):
        assert secret not in page
    before = of(gone).state
    mails()
    for path in (act(gone, "remind"), act(gone, "withdraw")):
        assert office.post(path).status_code == 404
    assert office.get(act(gone, "withdraw")).status_code == 404
    office.post(path_of(batch, "remind"))
    office.work()
    assert mails() == sorted(map(email_of, office.people[1:]))
    assert of(gone).state == before
    assert [one.left for one in people.people(office.desk, OPEN, most=9)].count(True) == 1


@pytest.mark.parametrize("change", [{"insured": "N"}, {"deceased": "Y"}, {"unit_code": GONE}])
def test_the_register_alone_says_who_is_with_the_unit(change: dict[str, str]) -> None:
    office = Office(1)
    office.enrolled()
    employ([office.people[0]._replace(**change)])
    found = people.people(office.desk, OPEN, most=9)
    assert [(one.left, one.row, one.cells) for one in found] == [(True, None, None)]
    with refused(Problem.NOT_FOUND):
        people.person(office.desk, found[0].id)
    employ([office.people[0]])
    assert people.person(office.desk, found[0].id).cells


def test_a_reminder_sends_the_invitation_once_more_and_once_a_day() -> None:
    office = Office(2)
    office.enrolled()
    mails()
    one = office.people[0]
    answer = office.post(act(one, "remind"))
    assert answer.headers["location"] == "/units/people/?did=reminded"
    assert "The person is reminded" in office.text(answer.headers["location"])
    again = office.post(act(one, "remind"))
    assert again.status_code == 429
    assert "U-35" in again.content.decode()
    assert one.name in again.content.decode(), "the page is still there"
    assert mails() == [email_of(one)]
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        people.remind(office.desk, of(one).id)
        assert mails() == [email_of(one)]
    assert events(Event.INVITATION_REMINDED) == 2
    assert payloads(Event.INVITATION_REMINDED)[0]["officer"] == str(office.desk.who)


def test_a_reminder_makes_a_fresh_code_due_only_where_the_old_one_ran_out() -> None:
    office = Office(1)
    office.enrolled()
    one = office.people[0]
    now = clock.now()
    for until, due in ((now + timedelta(days=9), False), (now - timedelta(days=1), True)):
        Invitation.objects.update(code_due=False, code_until=until, code_way="letter")
        with time_machine.travel(now + timedelta(days=2 if due else 0)):
            people.remind(office.desk, of(one).id)
        assert of(one).code_due is due


def test_without_an_address_on_the_line_a_reminder_sends_nothing_to_anybody() -> None:
    office = Office(1)
    office.enrolled(line(office.people[0], email=""))
    people.remind(office.desk, of(office.people[0]).id)
    assert mails() == []
    assert events(Event.INVITATION_REMINDED) == 1


def test_all_of_a_list_are_reminded_in_turns_each_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_REMINDED_AT_ONCE", 2)
    office = Office(6)
    batch = office.enrolled(*[line(one) for one in office.people[:5]])
    office.enrolled(line(office.people[5]))
    finish(office.people[0])
    leave(office.people[1])
    mails()
    people.remind(office.desk, of(office.people[2]).id)
    assert mails() == [email_of(office.people[2])]
    answer = office.post(path_of(batch, "remind"))
    assert "They are being reminded" in office.text(answer.headers["location"])
    office.work()
    assert mails() == sorted(map(email_of, office.people[3:5]))
    office.post(path_of(batch, "remind"))
    office.work()
    assert mails() == []
    office.post(path_of(batch, "remind"))
    fourth = office.post(path_of(batch, "remind"))
    assert fourth.status_code == 429
    assert "U-35" in fourth.content.decode()


def test_a_turn_of_reminding_that_dies_has_reminded_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(3)
    batch = office.enrolled()
    mails()

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(people, "_remind_if_due", dies)
        people.remind_some.func(str(batch.id), office.desk.who, 0)
    assert mails() == []
    with transaction.atomic():
        assert people.remind_next(office.desk, batch, 0) == 0
    assert len(mails()) == 3


def test_withdrawing_asks_first_ends_what_was_begun_and_cannot_be_done_twice() -> None:
    office = Office(2)
    office.enrolled()
    one = office.people[0]
    page = office.text(act(one, "withdraw"))
    for told in (one.name, "This cannot be undone", "We tell the person"):
        assert told in page
    assert of(one).state == OPEN
    answer = office.post(act(one, "withdraw"))
    assert answer.headers["location"] == "/units/people/?did=withdrawn"
    assert of(one).state == InvitationState.WITHDRAWN
    assert Registration.objects.get(member=of(one).member).state == "cancelled"
    for what in ("withdraw", "remind"):
        again = office.post(act(one, what))
        assert again.status_code == 409
        assert "U-34" in again.content.decode()
    assert events(Event.INVITATION_WITHDRAWN) == 1


def test_who_has_finished_can_be_neither_reminded_nor_withdrawn() -> None:
    office = Office(1)
    office.enrolled()
    finish(office.people[0])
    for what in ("withdraw", "remind"):
        answer = office.post(act(office.people[0], what))
        assert answer.status_code == 409
        assert "U-34" in answer.content.decode()
    assert Registration.objects.get(member=of(office.people[0]).member).state == "active"


def test_another_units_people_are_not_there() -> None:
    office = Office(1)
    batch = office.enrolled()
    neighbour = Office(0, who=NEIGHBOUR)
    assert "Nobody is invited yet" in neighbour.text("/units/people/")
    for path in (
        act(office.people[0], "withdraw"),
        f"/units/people/?list={batch.id}",
        f"/units/people/{uuid4()}/withdraw",
    ):
        assert neighbour.get(path).status_code == 404
    for path in (act(office.people[0], "withdraw"), act(office.people[0], "remind"), path_of(batch, "remind")):
        assert neighbour.post(path).status_code == 404
    assert neighbour.get(f"/units/people/?after={of(office.people[0]).id}").status_code == 404
    assert of(office.people[0]).state == OPEN


@pytest.mark.parametrize("query", ["?status=x", "?did=x", "?status=open&did=reminded"])
def test_an_address_made_up_shows_the_people_all_the_same(query: str) -> None:
    assert Office(0).get(f"/units/people/{query}").status_code == 200


@pytest.mark.parametrize("query", ["?list=x", "?after=x", f"?list={UUID(int=1)}"])
def test_an_address_of_nothing_leads_nowhere(query: str) -> None:
    assert Office(0).get(f"/units/people/{query}").status_code == 404


def test_many_people_are_shown_in_pages_each_once_and_of_one_list_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST", 2)
    office = Office(7)
    office.enrolled(line(office.people[6]))
    batch = office.enrolled(*[line(one) for one in office.people[:6]])
    seen, path = list[str](), f"?list={batch.id}"
    while path:
        page = office.text(f"/units/people/{path}")
        seen += [one.id_number for one in office.people if f"{one.id_number[:6]}****" in page]
        path = next((part for part in page.split('"') if "after=" in part), "").replace("&amp;", "&")
    assert sorted(seen) == sorted(one.id_number for one in office.people[:6])


def test_when_the_file_is_removed_people_are_known_by_their_line_alone() -> None:
    office = Office(2)
    office.enrolled()
    with time_machine.travel(clock.now() + timedelta(days=31)):
        forget_files()
    page = office.text("/units/people/")
    assert "Line 2 of the list" in page
    assert office.people[0].name not in page
    assert office.post(act(office.people[0], "remind")).status_code == 302
    assert office.post(act(office.people[1], "withdraw")).status_code == 302


def test_slips_come_in_parts_for_who_still_waits_and_hold_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "SLIPS_A_PART", 3)
    office = Office(5)
    rows = [line(one, name=f"員工{place}", email="") for place, one in enumerate(office.people)]
    batch = office.enrolled(*rows)
    finish(office.people[0])
    leave(office.people[1])
    page = office.text(path_of(batch))
    assert "Slips 1 to 3 (PDF)" in page
    assert "Slips 4 to 5 (PDF)" in page
    answer = office.get(path_of(batch, "slips/1.pdf"))
    assert answer.headers["content-type"] == "application/pdf"
    texts = ["".join(sheet.extract_text().split()) for sheet in PdfReader(BytesIO(answer.content)).pages]
    assert len(texts) == 1
    assert "員工2" in texts[0]
    assert office.people[2].id_number not in texts[0]
    assert len(PdfReader(BytesIO(office.get(path_of(batch, "slips/2.pdf")).content)).pages) == 2
    for part in (0, 3, 10**9):
        gone = office.get(path_of(batch, f"slips/{part}.pdf"))
        assert gone.status_code == 410
        assert "U-36" in gone.content.decode()


def test_slips_are_for_those_whom_no_mail_tells() -> None:
    office = Office(3)
    mailed = office.enrolled(line(office.people[0]))
    assert "slips/1.pdf" not in office.text(path_of(mailed))
    assert office.get(path_of(mailed, "slips/1.pdf")).status_code == 410
    both = office.enrolled(line(office.people[1]), line(office.people[2], email="", name=""))
    assert "Slips 1 to 1 (PDF)" in office.text(path_of(both))
    sheets = PdfReader(BytesIO(office.get(path_of(both, "slips/1.pdf")).content)).pages
    assert len(sheets) == 1
    assert office.people[2].id_number[-4:] in sheets[0].extract_text(), "without a name, the staff number tells whose"


def test_a_reminder_tells_the_day_on_which_this_invitation_ends() -> None:
    office = Office(1)
    office.enrolled()
    mails()
    with time_machine.travel(clock.now() + timedelta(days=30)):
        people.remind(office.desk, of(office.people[0]).id)
        mails()
    first, second = (one.body for one in mail.outbox if one.to[0] == email_of(office.people[0]))
    assert first == second
