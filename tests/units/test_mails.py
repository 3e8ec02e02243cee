"""What mails of this room say: plain text as it is meant, and to who has chosen no language, every language."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from nhi_express.core import clock, outbox
from nhi_express.core.outbox import Letter
from nhi_express.enrolment.flows import invitations
from nhi_express.enrolment.flows.inviting import end_of, last_day, last_day_before
from nhi_express.enrolment.models import Invitation
from nhi_express.units.flows import finishing
from nhi_express.units.models import ListedUnit
from tests.units.desk_pages import Office
from tests.units.invited import UNIT, attempt_with, finished, invited, papers_of, sent
from tests.units.staff import checked, desk_of, employ, enrolled, line, staff

pytestmark = pytest.mark.usefixtures("people")
NAME = 'P&G 寶僑 "Bob\'s" <示範>'


def delivered() -> list[tuple[str, str]]:
    """Subject and body of all mails that are due."""
    while outbox.send_due():
        pass
    return [(str(one.subject), str(one.body)) for one in mail.outbox]


@pytest.mark.parametrize(
    "kind", ["units/officer_invited", "units/mandate_granted", "units/invited", "enrolment/withdrawn"]
)
def test_a_unit_is_called_in_mails_as_it_is_called(kind: str, db: None) -> None:
    values = {"unit": NAME, "code": "1", "agent": NAME, "agent_code": "2", "until": "2026-12-01"}
    for language in ("zh-hant", "en", ""):
        outbox.post(Letter(kind, "a@mail.example.tw", language, values))
    for subject, body in delivered():
        assert NAME in body
        for text in (subject, body):
            assert not [entity for entity in ("&amp;", "&#39;", "&#34;", "&lt;") if entity in text]


def test_signs_in_a_subject_stay_what_they_are(db: None) -> None:
    outbox.post(Letter("units/officer_invited", "a@mail.example.tw", "en", {"unit": "A & B's", "code": "1"}))
    outbox.post(Letter("units/officer_ended", "a@mail.example.tw", "en", {"unit": "A & B's", "code": "1"}))
    told = delivered()
    assert [subject for subject, _ in told] == [
        "A unit asks you to be its officer",
        "You are no longer an officer of a unit",
    ]
    assert "unit's responsible person" in told[1][1]


def test_pages_are_escaped_as_ever() -> None:
    office = Office(1)
    ListedUnit.objects.update(name=NAME)
    page = office.text("/units/lists/")
    assert NAME not in page and "P&amp;G" in page
    office.enrolled()
    assert NAME in delivered()[-1][1]


def test_who_has_chosen_no_language_reads_both() -> None:
    desk, (person, other) = desk_of(), employ(staff(2))
    enrolled(desk, checked(desk, [line(person), line(other)]))
    for who in ("staff_target", "staff_code"):
        invitations.withdraw(invited(who).id, UNIT, "春天企業", "an officer's random id")
    told = delivered()
    assert len(told) == 4
    for subject, body in told:
        zh, en = body.split("─" * 20)
        assert " / " in subject
        assert "春天企業" in zh and "春天企業" in en
        assert "您" in zh and "您" not in en
        assert "register" in en and "register" not in zh


def test_an_invitation_that_ends_is_told_in_both_too() -> None:
    made = invited("staff_target")
    with time_machine.travel(made.until + timedelta(seconds=1)):
        assert invitations.end_over() == 1
        ((subject, _),) = delivered()
    assert subject == "單位幫您開始的註冊已經過期 / The registration begun by your unit has run out"


def test_who_has_finished_reads_their_own_language() -> None:
    attempt = attempt_with(sent("staff_code").scanned())
    finishing.prove(attempt, papers_of("staff_code"))
    attempt.refresh_from_db()
    assert finished(attempt).registration.language == "zh-hant"
    assert not [subject for subject, _ in delivered() if " / " in subject]


def test_an_invitation_has_all_of_its_last_day() -> None:
    with time_machine.travel("2026-11-23T15:59:00+00:00", tick=False):
        late = invited("staff_target")
    with time_machine.travel("2026-11-23T16:01:00+00:00", tick=False):
        early = invited("staff_code")
        assert last_day() == last_day_before(early.until)
    told = [one.until.astimezone(clock.TAIPEI).isoformat() for one in (late, early)]
    assert told == ["2027-02-21T00:00:00+08:00", "2027-02-22T00:00:00+08:00"]
    assert [last_day_before(one.until).isoformat() for one in (late, early)] == ["2027-02-20", "2027-02-21"]
    assert end_of(last_day_before(late.until)) == late.until
    assert Invitation.objects.filter(unit=UNIT).count() == 2
