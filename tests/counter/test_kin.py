"""Nobody says yes to their own affair or a relative's, nor reads a request of theirs: it is refused and noticed."""

from __future__ import annotations

import pytest

from nhi_express.audit.catalogue import Event
from nhi_express.counter.flows import acts, requests
from nhi_express.counter.models import Alert, DataRequest, LookUp, Staff
from nhi_express.counter.rules import Act, AlertKind, ApprovalState, Purpose, ReasonCode, RequestKind, Role
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import key_of
from nhi_express.registration import flows as registrations
from nhi_express.registration.rules import Reason, State
from tests.counter.workplace import Worker, hired, into_the_household_of, member_of, registered, visit
from tests.counting import events
from tests.visitor import person

KIN = [("citizen", AlertKind.OWN), ("family_mother", AlertKind.RELATIVE)]


@pytest.fixture
def kin(admin: Worker, clerk: Worker) -> Worker:
    """A colleague of the clerk's, who is a member too and has family."""
    colleague = hired(admin, Role.CLERK, id_number=person("citizen").id_number)
    into_the_household_of("citizen", "family_mother")
    return colleague


def _refused(act: object, *arguments: object, **named: object) -> Problem:
    with pytest.raises(Refused) as refusal:
        act(*arguments, **named)  # type: ignore[operator]
    return refusal.value.problem


@pytest.mark.parametrize(("key", "kind"), KIN)
@pytest.mark.parametrize("granted", [True, False])
def test_nobody_decides_on_themselves_or_their_family(
    clerk: Worker, kin: Worker, supervisor: Worker, key: str, kind: AlertKind, granted: bool
) -> None:
    registration = registered(key)
    registrations.suspend(registration.pk, Reason.STAFF, "clerk")
    approval = acts.ask(
        visit(clerk, key, Purpose.RESTORE), clerk.on_duty, acts.Asked(Act.RESTORE, ReasonCode.MEMBERS_WISH)
    )
    assert approval
    assert acts.waiting(kin.on_duty) == []
    assert _refused(acts.decide, kin.on_duty, approval.id, granted=granted) is Problem.OWN_RECORD
    approval.refresh_from_db()
    registration.refresh_from_db()
    assert (approval.state, registration.state) == (ApprovalState.ASKED, State.SUSPENDED)
    assert Alert.objects.filter(kind=kind, look_up__staff=kin.staff).exists()
    assert events(Event.STAFF_REFUSED) == 1
    assert [one.member.key for one in acts.waiting(supervisor.on_duty)] == [member_of(key).key]


def test_they_are_known_under_a_former_number_too(admin: Worker, clerk: Worker) -> None:
    registered("ui_changed")
    kin = hired(admin, Role.CLERK, id_number=person("ui_changed").id_number)
    Staff.objects.filter(pk=kin.staff.pk).update(member=key_of(member_of("ui_changed").known_numbers[1]))
    at = visit(clerk, "ui_changed", Purpose.CANCEL)
    approval = acts.ask(at, clerk.on_duty, acts.Asked(Act.CANCEL, ReasonCode.MEMBERS_WISH))
    assert approval
    assert _refused(acts.decide, kin.on_duty, approval.id, granted=True) is Problem.OWN_RECORD


def test_a_decision_is_a_look_up(clerk: Worker, colleague: Worker) -> None:
    registered("citizen")
    at = visit(clerk, "citizen", Purpose.CANCEL)
    approval = acts.ask(at, clerk.on_duty, acts.Asked(Act.CANCEL, ReasonCode.MEMBERS_WISH))
    assert approval
    assert not LookUp.objects.filter(staff=colleague.staff).exists(), "waiting, it shows a masked name alone"
    acts.decide(colleague.on_duty, approval.id, granted=True)
    seen = LookUp.objects.get(staff=colleague.staff)
    assert (seen.member, seen.purpose, seen.case_id) == (member_of("citizen").key, "decision", at.case.id)


def test_what_waits_is_told_apart_by_masked_names(clerk: Worker, colleague: Worker) -> None:
    for key in ("citizen", "family_mother"):
        registered(key)
        acts.ask(visit(clerk, key, Purpose.CANCEL), clerk.on_duty, acts.Asked(Act.CANCEL, ReasonCode.MEMBERS_WISH))
    shown = colleague.browser().get("/staff/approvals/").content.decode()
    for key in ("citizen", "family_mother"):
        assert f": {member_of(key).record.masked_name}" in shown
        assert person(key).name not in shown


def _asked(clerk: Worker, key: str) -> DataRequest:
    at = visit(clerk, key, Purpose.DATA_REQUEST)
    return requests.receive(at, clerk.on_duty, RequestKind.VIEW, "Everything")


@pytest.mark.parametrize(("key", "kind"), KIN)
def test_nobody_works_on_a_request_of_their_own_or_their_familys(
    clerk: Worker, kin: Worker, key: str, kind: AlertKind
) -> None:
    request = _asked(clerk, key)
    assert requests.waiting(kin.on_duty) == []
    assert _refused(requests.find, kin.on_duty, request.id) is Problem.OWN_RECORD
    assert Alert.objects.filter(kind=kind, look_up__staff=kin.staff).exists()
    answer = kin.browser().post(f"/staff/requests/{request.id}", {"decision": "grant", "why": "Why not"})
    assert answer.status_code == 403
    assert DataRequest.objects.get().state == "open"
