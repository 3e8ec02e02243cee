"""A case is opened for one person and one purpose, and goes on only with the documents it needs."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock
from nhi_express.core.config import config
from nhi_express.counter.flows import cases
from nhi_express.counter.models import Alert, Case, LookUp
from nhi_express.counter.rules import AlertKind, CaseState, Document, Purpose, Role
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.rules import IdNumber
from tests.counter.workplace import Worker, hired, visit
from tests.counting import events
from tests.visitor import person

CITIZEN = {Document.NHI_CARD, Document.ID_CARD, Document.HOUSEHOLD}


def _number(key: str) -> IdNumber:
    return IdNumber.parse(person(key).id_number)


def _refused(act: object, *arguments: object) -> Problem:
    with pytest.raises(Refused) as refusal:
        act(*arguments)  # type: ignore[operator]
    return refusal.value.problem


def test_opening_a_case_is_a_look_up_on_record(clerk: Worker) -> None:
    case = cases.open_case(clerk.on_duty, _number("citizen"), Purpose.REGISTER)
    assert (case.state, case.purpose) == (CaseState.OPEN, Purpose.REGISTER)
    assert LookUp.objects.get().member == case.member
    assert (events(Event.LOOKED_UP), events(Event.CASE_OPENED)) == (1, 1)


def test_one_person_has_one_open_case(clerk: Worker, colleague: Worker) -> None:
    case = cases.open_case(clerk.on_duty, _number("citizen"), Purpose.REGISTER)
    problem = _refused(cases.open_case, colleague.on_duty, _number("citizen"), Purpose.SUSPEND)
    assert problem is Problem.CASE_OPEN_ELSEWHERE
    cases.drop(cases.current(clerk.on_duty, case.id), clerk.on_duty)
    assert cases.open_case(colleague.on_duty, _number("citizen"), Purpose.SUSPEND)


def test_a_case_left_lying_closes_and_does_not_stand_in_the_way(clerk: Worker, colleague: Worker) -> None:
    case = cases.open_case(clerk.on_duty, _number("citizen"), Purpose.REGISTER)
    Case.objects.update(touched_at=clock.now() - timedelta(minutes=config().case_minutes, seconds=1))
    assert cases.open_case(colleague.on_duty, _number("citizen"), Purpose.REGISTER)
    assert Case.objects.get(pk=case.pk).state == CaseState.LEFT
    assert _refused(cases.current, clerk.on_duty, case.id) is Problem.CASE_OVER


def test_the_worker_closes_what_was_left(clerk: Worker) -> None:
    cases.open_case(clerk.on_duty, _number("citizen"), Purpose.REGISTER)
    with time_machine.travel(clock.now() + timedelta(minutes=config().case_minutes, seconds=1), tick=False):
        assert cases.close_stale() == 1
    assert Case.objects.get().state == CaseState.LEFT


def test_a_case_of_another_clerk_is_as_if_there_were_none(clerk: Worker, colleague: Worker) -> None:
    case = cases.open_case(clerk.on_duty, _number("citizen"), Purpose.REGISTER)
    assert _refused(cases.current, colleague.on_duty, case.id) is Problem.NOT_FOUND


@pytest.mark.parametrize(
    ("key", "problem"), [("deceased", Problem.PERSON_DECEASED), ("not_insured", Problem.PERSON_NOT_FOUND)]
)
def test_who_cannot_be_served_is_refused_on_record(clerk: Worker, key: str, problem: Problem) -> None:
    assert _refused(cases.open_case, clerk.on_duty, _number(key), Purpose.REGISTER) is problem
    assert (Case.objects.count(), events(Event.LOOKED_UP)) == (0, 1)


def test_nobody_serves_themselves_or_their_household(admin: Worker, clerk: Worker) -> None:
    own = hired(admin, Role.CLERK, id_number=person("citizen").id_number)
    assert _refused(cases.open_case, own.on_duty, _number("citizen"), Purpose.REGISTER) is Problem.OWN_RECORD
    assert AlertKind.OWN in Alert.objects.values_list("kind", flat=True)


@pytest.mark.parametrize("missing", sorted(CITIZEN))
def test_every_document_of_a_citizen_is_needed(clerk: Worker, missing: Document) -> None:
    case = cases.open_case(clerk.on_duty, _number("citizen"), Purpose.REGISTER)
    at = cases.current(clerk.on_duty, case.id)
    problem = _refused(cases.see_documents, at, clerk.on_duty, CITIZEN - {missing}, None)
    assert (problem, Case.objects.get().seen) == (Problem.DOCUMENTS_LACKING, [])


@pytest.mark.parametrize(("days", "goes_on"), [(-1, False), (None, False), (0, True)])
def test_a_residence_permit_must_not_have_run_out(clerk: Worker, days: int | None, goes_on: bool) -> None:
    case = cases.open_case(clerk.on_duty, _number("new_ui"), Purpose.REGISTER)
    at = cases.current(clerk.on_duty, case.id)
    until = None if days is None else clock.today() + timedelta(days=days)
    if goes_on:
        cases.see_documents(at, clerk.on_duty, at.needed, until)
        assert not cases.current(clerk.on_duty, case.id).lacking
    else:
        assert _refused(cases.see_documents, at, clerk.on_duty, at.needed, until) is Problem.PERMIT_EXPIRED


def test_what_a_foreigner_and_a_citizen_bring(clerk: Worker) -> None:
    assert visit(clerk, "citizen", Purpose.REGISTER).case.seen == ["household", "id_card", "nhi_card"]
    assert visit(clerk, "new_ui", Purpose.REGISTER).case.seen == ["nhi_card", "residence_permit"]
    assert visit(clerk, "family_mother", Purpose.SUSPEND).case.seen == ["id_card"], "to stop, one is enough"


def test_only_clerks_open_cases(admin: Worker, clerk: Worker) -> None:
    for role in set(Role) - {Role.CLERK}:
        other = admin if role is Role.ADMINISTRATOR else hired(admin, role)
        assert _refused(cases.open_case, other.on_duty, _number("citizen"), Purpose.REGISTER) is Problem.ROLE_REFUSED
    assert events(Event.STAFF_OVERREACHED) == len(Role) - 1
