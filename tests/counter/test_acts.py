"""What a clerk may do to a registration, and what takes a second person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail

from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.core import outbox
from nhi_express.core.models import Notice
from nhi_express.counter.flows import acts, cases
from nhi_express.counter.models import Approval
from nhi_express.counter.rules import Act, ApprovalState, Purpose, ReasonCode, Role
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as registrations
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason, State
from tests.counter.workplace import Worker, hired, member_of, office, registered, under_the_old_number, visit
from tests.counting import events
from tests.visitor import Visitor, person


def _asked(act: Act, reason: ReasonCode = ReasonCode.MEMBERS_WISH) -> acts.Asked:
    return acts.Asked(act, reason)


def _refused(act: object, *arguments: object, **named: object) -> Problem:
    with pytest.raises(Refused) as refusal:
        act(*arguments, **named)  # type: ignore[operator]
    return refusal.value.problem


def test_a_service_is_stopped_at_once_with_its_reason(clerk: Worker) -> None:
    registration = registered("citizen")
    at = visit(clerk, "citizen", Purpose.SUSPEND)
    assert acts.ask(at, clerk.on_duty, _asked(Act.SUSPEND, ReasonCode.STOLEN)) is None
    registration.refresh_from_db()
    assert (registration.state, registration.reason) == (State.SUSPENDED, Reason.THEFT)
    assert Entry.objects.get(event=Event.REGISTRATION_SUSPENDED.value).actor == "clerk"
    assert Notice.objects.filter(kind="registration/suspended").exists(), "the member is told"
    done = Entry.objects.get(event=Event.ACT_DONE.value)
    told = {"staff": str(clerk.staff.id), "case": str(at.case.id), "act": "suspend", "reason": "stolen"}
    assert (done.actor, done.registration, done.payload) == ("clerk", registration.id, told)


def test_what_is_stopped_already_is_not_stopped_again(clerk: Worker) -> None:
    registered("citizen")
    at = visit(clerk, "citizen", Purpose.SUSPEND)
    acts.ask(at, clerk.on_duty, _asked(Act.SUSPEND, ReasonCode.STOLEN))
    assert _refused(acts.ask, at, clerk.on_duty, _asked(Act.SUSPEND)) is Problem.ACT_NOT_POSSIBLE
    assert (events(Event.REGISTRATION_SUSPENDED), events(Event.ACT_DONE)) == (1, 1)


def test_ended_phones_are_ended_by_the_clerk_and_told(clerk: Worker, visitor: Callable[..., Visitor]) -> None:
    phone = visitor(language="en")
    phone.enrol(person("citizen")).open("/app/health-bank/")
    at = visit(clerk, "citizen", Purpose.PHONE)
    acts.ask(at, clerk.on_duty, _asked(Act.END_PHONES, ReasonCode.LOST))
    ended = Entry.objects.get(event=Event.DEVICE_DELETED.value)
    assert (ended.actor, ended.payload["reason"]) == ("clerk", "lost")
    done = Entry.objects.get(event=Event.ACT_DONE.value)
    assert (done.payload["act"], done.payload["staff"]) == ("end_phones", str(clerk.staff.id))
    mail.outbox.clear()
    outbox.send_due()
    assert "All your phones were removed" in [message.subject for message in mail.outbox]
    assert phone.open("/app/health-bank/").path != "/app/health-bank/"


def test_restoring_takes_a_second_person(clerk: Worker, colleague: Worker) -> None:
    registration = registered("citizen")
    registrations.suspend(registration.pk, Reason.STAFF, "hotline")
    at = visit(clerk, "citizen", Purpose.RESTORE)
    approval = acts.ask(at, clerk.on_duty, _asked(Act.RESTORE))
    assert approval
    assert _state(registration) == State.SUSPENDED, "nothing yet"
    assert _refused(acts.decide, clerk.on_duty, approval.id, granted=True) is Problem.APPROVAL_OWN
    assert [one.approval.id for one in acts.waiting(colleague.on_duty)] == [approval.id]
    acts.decide(colleague.on_duty, approval.id, granted=True)
    assert _state(registration) == State.ACTIVE
    assert _refused(acts.decide, colleague.on_duty, approval.id, granted=True) is Problem.APPROVAL_OVER
    assert (events(Event.APPROVAL_GRANTED), events(Event.REGISTRATION_RESTORED)) == (1, 1)


def _state(registration: Registration) -> str:
    return Registration.objects.get(pk=registration.pk).state


def test_a_denied_act_is_not_done_and_may_be_asked_again(clerk: Worker, supervisor: Worker) -> None:
    registration = registered("citizen")
    at = visit(clerk, "citizen", Purpose.CANCEL)
    first = acts.ask(at, clerk.on_duty, _asked(Act.CANCEL))
    assert first
    assert _refused(acts.ask, at, clerk.on_duty, _asked(Act.CANCEL)) is Problem.APPROVAL_OVER, "one at a time"
    acts.decide(supervisor.on_duty, first.id, granted=False)
    assert _state(registration) == State.ACTIVE
    second = acts.ask(at, clerk.on_duty, _asked(Act.CANCEL))
    assert second
    acts.decide(supervisor.on_duty, second.id, granted=True)
    assert _state(registration) == State.CANCELLED


def test_what_waits_lapses_with_its_case(clerk: Worker, colleague: Worker) -> None:
    registered("citizen")
    at = visit(clerk, "citizen", Purpose.CANCEL)
    approval = acts.ask(at, clerk.on_duty, _asked(Act.CANCEL))
    cases.drop(at, clerk.on_duty)
    assert approval
    assert Approval.objects.get().state == ApprovalState.LAPSED
    assert _refused(acts.decide, colleague.on_duty, approval.id, granted=True) is Problem.APPROVAL_OVER


def test_another_offices_clerk_neither_sees_nor_decides(admin: Worker, clerk: Worker) -> None:
    registered("citizen")
    elsewhere = hired(admin, Role.CLERK, office("central"))
    approval = acts.ask(visit(clerk, "citizen", Purpose.CANCEL), clerk.on_duty, _asked(Act.CANCEL))
    assert approval
    assert acts.waiting(elsewhere.on_duty) == []
    assert _refused(acts.decide, elsewhere.on_duty, approval.id, granted=True) is Problem.NOT_FOUND


@pytest.mark.parametrize("act", [Act.RESTORE, Act.CANCEL, Act.CHANGE_NUMBER, Act.REGISTER])
def test_a_case_does_only_what_it_was_opened_for(clerk: Worker, act: Act) -> None:
    registered("citizen")
    at = visit(clerk, "citizen", Purpose.SUSPEND)
    assert _refused(acts.ask, at, clerk.on_duty, _asked(act)) is Problem.ACT_NOT_POSSIBLE


def test_nothing_is_done_for_who_is_not_registered(clerk: Worker) -> None:
    at = visit(clerk, "citizen", Purpose.SUSPEND)
    assert _refused(acts.ask, at, clerk.on_duty, _asked(Act.SUSPEND)) is Problem.ACT_NOT_POSSIBLE


def test_a_registration_follows_its_member_to_the_new_number(clerk: Worker, colleague: Worker) -> None:
    registration = under_the_old_number()
    at = visit(clerk, "ui_changed", Purpose.CHANGE_NUMBER)
    assert at.registration == registration, "found though it stands under the old number"
    approval = acts.ask(at, clerk.on_duty, _asked(Act.CHANGE_NUMBER, ReasonCode.NUMBER_CHANGED))
    assert approval
    acts.decide(colleague.on_duty, approval.id, granted=True)
    registration.refresh_from_db()
    assert (registration.member, registration.state) == (member_of("ui_changed").key, State.ACTIVE)
    assert Entry.objects.filter(registration=registration.id, event=Event.REGISTRATION_ACTIVATED.value).exists()
    assert registrations.living(member_of("ui_changed").key) == registration


@pytest.mark.parametrize(("purpose", "act"), [(Purpose.CANCEL, Act.CANCEL), (Purpose.RESTORE, Act.RESTORE)])
def test_under_the_old_number_nothing_else_is_done(clerk: Worker, purpose: Purpose, act: Act) -> None:
    under_the_old_number()
    at = visit(clerk, "ui_changed", purpose)
    assert _refused(acts.ask, at, clerk.on_duty, _asked(act)) is Problem.FORMER_NUMBER


@pytest.mark.parametrize("act", [Act.SUSPEND, Act.END_PHONES])
def test_to_stop_nothing_waits_for_the_new_number(clerk: Worker, act: Act) -> None:
    registration = under_the_old_number()
    acts.ask(visit(clerk, "ui_changed", Purpose.SUSPEND), clerk.on_duty, _asked(act, ReasonCode.STOLEN))
    assert (_state(registration) == State.SUSPENDED) == (act is Act.SUSPEND)
    assert events(Event.ACT_DONE) == 1


def test_a_number_that_did_not_change_is_not_changed(clerk: Worker) -> None:
    registered("ui_changed")
    at = visit(clerk, "ui_changed", Purpose.CHANGE_NUMBER)
    assert _refused(acts.ask, at, clerk.on_duty, _asked(Act.CHANGE_NUMBER)) is Problem.NUMBER_DOES_NOT_FOLLOW
