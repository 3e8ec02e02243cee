"""ID numbers that change while an invitation is open, or while somebody is an officer: the person stays the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from django.db import transaction
from pypdf import PdfReader

from nhi_express.enrolment.flows import invitations
from nhi_express.enrolment.models import Invitation
from nhi_express.enrolment.rules import Channel
from nhi_express.help.catalogue import Problem
from nhi_express.members.adapters import loading
from nhi_express.members.flows import key_of, register, sealed_row
from nhi_express.members.rules import IdNumber
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason
from nhi_express.units.flows import entering, finishing, importing, officers
from nhi_express.units.flows.letters import print_due
from nhi_express.units.models import Officer
from nhi_express.units.rules import RowReason
from nhi_sandbox.units import named_units
from tests.outside import address_of
from tests.units.duties import HEAD, NEIGHBOUR, OFFICER, desk_of, founded, hired, letters_to, refused, registered
from tests.units.invited import HERE, UNIT, Sent, attempt_with, finished, invited, member_of, papers_of, sent
from tests.units.staff import checked, employ, enrolled, grown_up, line, staff
from tests.units.staff import desk_of as unit_desk
from tests.visitor import person

pytestmark = pytest.mark.usefixtures("people")
WHO = "staff_code"
NEW = IdNumber.parse(grown_up(1)[0].id_number)


def renumber(who: str, number: IdNumber = NEW, **changes: str) -> UUID:
    """A newer file knows somebody by a new number; what an older one said of the old number is still there."""
    old = person(who).row()
    row = old._replace(email=address_of(person(who)), id_number=str(number), former_id_numbers=old.id_number, **changes)
    loading.upsert([sealed_row(list(row), 2)])
    assert register().by_key(key_of(IdNumber.parse(old.id_number)))
    return key_of(number)


def scanned(code: Sent) -> str:
    return code.scanned()


def typed(code: Sent) -> str:
    return code.typed()


def typed_with_the_new_number(code: Sent) -> str:
    return finishing.claim_by_typing(str(NEW), code.code, HERE)


@pytest.mark.parametrize("claim", [scanned, typed, typed_with_the_new_number])
def test_a_code_sent_before_finishes_under_the_new_number(claim: Callable[[Sent], str]) -> None:
    code, new = sent(WHO), renumber(WHO)
    attempt = attempt_with(claim(code))
    assert attempt.member == new
    finishing.prove(attempt, papers_of(WHO))
    attempt.refresh_from_db()
    device = finished(attempt)
    assert (device.registration.member, device.registration.state) == (new, "active")
    code.invitation.refresh_from_db()
    assert (code.invitation.state, code.invitation.channel) == ("finished", "unit")
    before = Registration.objects.get(member=code.invitation.member)
    assert (before.state, before.reason) == ("cancelled", Reason.PROVEN), "what was begun under the old number is over"


@pytest.mark.parametrize("changes", [{"unit_code": "900000002"}, {"insured": "N"}, {"deceased": "Y"}])
def test_what_an_older_file_says_of_the_old_number_decides_nothing(changes: dict[str, str]) -> None:
    code = sent(WHO)
    renumber(WHO, NEW, **changes)
    for claim in (scanned, typed, typed_with_the_new_number):
        with refused(Problem.NO_INVITATION):
            claim(code)
    assert invitations.attesting(member_of(WHO)) is None


def test_nor_does_it_once_the_ticket_is_given() -> None:
    ticket = sent(WHO).scanned()
    renumber(WHO, insured="N")
    with refused(Problem.NO_INVITATION):
        finishing.claimed(ticket)


def test_the_unit_s_word_holds_by_mobile_number_too() -> None:
    made = invited(WHO)
    renumber(WHO)
    found = invitations.attesting(member_of(WHO))
    assert found is not None and found.id == made.id


def test_a_stop_under_the_old_number_stops_the_new_one() -> None:
    code = sent(WHO)
    renumber(WHO)
    accounts.suspend(Registration.objects.get().id, Reason.THEFT, "hotline")
    with refused(Problem.REGISTRATION_SUSPENDED):
        code.scanned()


def test_and_is_not_passed_by_way_of_the_new_number() -> None:
    code = sent(WHO)
    new = renumber(WHO)
    attempt = attempt_with(code.scanned())
    finishing.prove(attempt, papers_of(WHO))
    accounts.suspend(Registration.objects.get().id, Reason.THEFT, "hotline")
    attempt.refresh_from_db()
    with refused(Problem.REGISTRATION_SUSPENDED):
        finished(attempt)
    assert accounts.living(new) is None


def test_the_letter_goes_where_the_register_has_the_person_now(tmp_path: Path) -> None:
    invited(WHO)
    renumber(WHO, postal_address="高雄市新興區中正三路九號")
    assert print_due(tmp_path).letters == 1
    (page,) = [page.extract_text() for file in tmp_path.glob("*.pdf") for page in PdfReader(file).pages]
    assert "高雄市新興區中正三路九號" in page.replace("\n", "")
    (code,) = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    assert finishing.claim_by_typing(str(NEW), code, HERE)


def followed(made: Invitation, new: UUID) -> Registration:
    """A counter has moved the registration to the new number."""
    registration = Registration.objects.get(member=made.member)
    with transaction.atomic():
        accounts.follow_number(registration, new, "clerk")
    return registration


def test_withdrawing_ends_what_a_counter_moved_to_the_new_number() -> None:
    made = invited(WHO)
    registration = followed(made, renumber(WHO))
    invitations.withdraw(made.id, UNIT, "示範", "an officer's random id")
    registration.refresh_from_db()
    assert (registration.state, registration.reason) == ("cancelled", Reason.WITHDRAWN)


def test_so_does_time_and_finishing_finds_it() -> None:
    made, other = invited(WHO), invited("staff_mobile")
    moved = [followed(made, renumber(WHO)), followed(other, renumber("staff_mobile", number_beside()))]
    invitations.finish_for(moved[0], Channel.CARD)
    with time_machine.travel(made.until + timedelta(seconds=1)):
        assert invitations.end_over() == 1
    assert [Registration.objects.get(pk=one.pk).state for one in moved] == ["pending_activation", "cancelled"]
    assert list(Invitation.objects.order_by("created_at").values_list("state", flat=True)) == ["finished", "ended"]


def number_beside() -> IdNumber:
    """Another number that nobody has."""
    return IdNumber.parse(grown_up(2)[1].id_number)


def test_an_invitation_that_ends_leaves_a_newer_one_under_the_new_number_alone() -> None:
    old, new = invited(WHO), renumber(WHO)
    newer = invited(WHO)
    assert (newer.member, newer.id != old.id) == (new, True)
    with time_machine.travel(old.until - timedelta(seconds=1)):
        Invitation.objects.filter(pk=old.pk).update(until=old.created_at)
        assert invitations.end_over() == 1
    assert accounts.living(new), "the registration that waits for the newer invitation"
    found = invitations.open_for(member_of(WHO))
    assert found is not None and found.id == newer.id


def test_a_list_knows_whom_the_unit_invited_under_the_old_number() -> None:
    desk, (one, other) = unit_desk(), employ(staff(2))
    enrolled(desk, checked(desk, [line(one)]))
    with transaction.atomic():
        accounts.activate(key_of(IdNumber.parse(other.id_number)), "ial2-mobile", "zh-hant")
    spare = [row.id_number for row in grown_up(6)[4:]]
    changed = [
        row._replace(id_number=number, former_id_numbers=row.id_number)
        for row, number in zip((one, other), spare, strict=True)
    ]
    employ(changed)
    batch = checked(desk, map(line, changed))
    found = [(row.state, row.reason) for row in batch.batchrow_set.order_by("line")]
    assert found == [("refused", RowReason.INVITED_ALREADY), ("registered", "")]


def test_an_officer_stays_one_under_the_new_number() -> None:
    founded()
    officer, registration = hired(OFFICER), registered(OFFICER)
    new = renumber(OFFICER)
    with transaction.atomic():
        accounts.follow_number(registration, new, "clerk")
    registration.refresh_from_db()
    assert [duty.officer.id for duty in entering.duties(new)] == [officer.id]
    desk = entering.desk_of(entering.open_desk(new, "card"))
    assert desk is not None and desk.officer == officer
    assert [one.id for one in officers.duties_of(registration)] == [officer.id]
    officers.invite(desk_of(HEAD), NEW)
    assert Officer.objects.filter(role="officer").count() == 1, "asked under the new number, they are one already"
    officers.leave(registration, officer.id)
    assert letters_to(OFFICER)[-1] == "您已不再是投保單位的承辦人員"


def test_the_responsible_person_whom_the_list_names_by_the_new_number_stays_so(tmp_path: Path) -> None:
    founded()
    desk = desk_of(HEAD)
    renumber(HEAD)
    file = tmp_path / "units.csv"
    row = named_units()["sandbox"].row(str(NEW))
    file.write_text(f"{','.join(row._fields)}\n{','.join(row)}\n", encoding="utf-8")
    importing.import_units(file, tmp_path / "rejects.csv", lambda _: None)
    assert desk.officer
    desk.officer.refresh_from_db()
    assert desk.officer.state == "active"
    assert desk_of(HEAD).officer == desk.officer


def test_another_person_s_duties_are_nobody_else_s() -> None:
    founded()
    hired(OFFICER)
    assert entering.duties(registered(NEIGHBOUR).member) == []
