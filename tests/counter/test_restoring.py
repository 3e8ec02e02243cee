"""What a restored registration comes back with: all as before, or, after a theft, nothing that a thief may hold."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest
from django.core import mail
from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.core import clock, outbox
from nhi_express.counter.flows import acts
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.rules import Act, Purpose, ReasonCode, Role
from nhi_express.devices import flows as devices
from nhi_express.devices.models import Device, Session
from nhi_express.devices.rules import DeviceState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as registrations
from nhi_express.registration.models import Address, ProofCode, Registration
from nhi_express.registration.rules import Reason, State
from nhi_sandbox.member_phone import PASSWORD
from tests.counter.workplace import Worker, hired, member_of, registered, visit
from tests.counting import events
from tests.races.racing import race
from tests.visitor import Visitor, person

Make = Callable[..., Visitor]


def _restore(clerk: Worker, colleague: Worker, key: str = "citizen") -> None:
    at = visit(clerk, key, Purpose.RESTORE)
    approval = acts.ask(at, clerk.on_duty, acts.Asked(Act.RESTORE, ReasonCode.MEMBERS_WISH))
    assert approval
    acts.decide(colleague.on_duty, approval.id, granted=True)


@pytest.mark.parametrize("reason", [Reason.THEFT, Reason.NOT_ME])
def test_after_a_theft_neither_phone_nor_password_comes_back(
    clerk: Worker, colleague: Worker, visitor: Make, reason: Reason
) -> None:
    stolen = visitor(language="en").enrol(person("citizen"))
    registration = Registration.objects.get()
    registrations.send_proof_code(registration)
    registrations.send_code(registration, "thief@mail.example.tw")
    registrations.suspend(registration.pk, reason, "hotline")
    _restore(clerk, colleague)
    registration.refresh_from_db()
    assert (registration.state, registration.password_hash) == (State.ACTIVE, "")
    assert not registrations.password_matches(registration, PASSWORD)
    assert (Device.objects.get().state, Session.objects.count()) == ("deleted", 0)
    assert not ProofCode.objects.exists()
    assert not Address.objects.filter(confirmed_at=None).exists()
    assert stolen.open("/app/unlock/").path != "/app/unlock/" or "data-device" not in stolen.page.text
    told = Entry.objects.get(event=Event.REGISTRATION_RESTORED.value)
    assert told.payload == {"reason": "own_wish", "state": "active", "anew": "yes"}
    assert Entry.objects.get(event=Event.DEVICE_DELETED.value).actor == "clerk"


def test_the_member_then_binds_anew_by_any_channel_with_a_new_password(
    clerk: Worker, colleague: Worker, visitor: Make
) -> None:
    visitor(language="en").enrol(person("citizen"))
    registrations.suspend(Registration.objects.get().pk, Reason.THEFT, "hotline")
    _restore(clerk, colleague)
    anew = visitor(language="en").to_card(person("citizen")).type_last4(person("citizen").card_number[-4:])
    anew.finish(None)
    assert Device.objects.filter(state="active").count() == 0, "without a password nothing is bound"
    anew = visitor(language="en").enrol(person("citizen"))
    assert anew.unlock()["status"] == 200
    assert registrations.password_matches(Registration.objects.get(), PASSWORD)


def test_clerk_and_member_are_told_so(clerk: Worker, colleague: Worker, visitor: Make) -> None:
    visitor(language="en").enrol(person("citizen"))
    registrations.suspend(Registration.objects.get().pk, Reason.THEFT, "hotline")
    at = visit(clerk, "citizen", Purpose.RESTORE)
    path = f"/staff/desk/{at.case.id}/"
    assert "nothing old works again" in clerk.browser().get(path).content.decode()
    approval = acts.ask(at, clerk.on_duty, acts.Asked(Act.RESTORE, ReasonCode.MEMBERS_WISH))
    assert approval
    acts.decide(colleague.on_duty, approval.id, granted=True)
    assert "The old password is void" in clerk.browser().get(path).content.decode()
    assert "Choose a new password" in clerk.browser().get(f"{path}summary").content.decode()
    mail.outbox.clear()
    outbox.send_due()
    told = {message.subject: message.body for message in mail.outbox}
    assert "bind your phone anew" in told["Your registration was restored, without its old phones and password"]
    assert "All your phones were removed" in told


def test_otherwise_all_works_as_before(clerk: Worker, colleague: Worker, visitor: Make) -> None:
    phone = visitor(language="en").enrol(person("citizen"))
    registrations.suspend(Registration.objects.get().pk, Reason.OWN_WISH, "clerk")
    _restore(clerk, colleague)
    assert phone.unlock()["status"] == 200
    assert Entry.objects.get(event=Event.REGISTRATION_RESTORED.value).payload["anew"] == "no"


def test_a_misuse_noticed_at_the_counter_counts_as_wrong_hands(clerk: Worker, colleague: Worker) -> None:
    registration = registered("citizen")
    at = visit(clerk, "citizen", Purpose.SUSPEND)
    acts.ask(at, clerk.on_duty, acts.Asked(Act.SUSPEND, ReasonCode.MISUSE))
    registration.refresh_from_db()
    assert registration.reason == Reason.NOT_ME


def _waiting(state: State) -> Registration:
    key = member_of("citizen").key
    with transaction.atomic():
        if state is State.PENDING_CONFIRMATION:
            return registrations.apply(key, "ial1-card", "en")
        registrations.await_activation([key], "en")
    return Registration.objects.get()


def _mailed() -> dict[str, str]:
    """Send what waits; returns the texts by their subjects."""
    mail.outbox.clear()
    outbox.send_due()
    return {str(message.subject): str(message.body) for message in mail.outbox}


@pytest.mark.parametrize("state", [State.PENDING_CONFIRMATION, State.PENDING_ACTIVATION])
def test_who_never_finished_registering_is_not_registered_by_a_stop(
    clerk: Worker, colleague: Worker, state: State
) -> None:
    registration = _waiting(state)
    registrations.suspend(registration.pk, Reason.STAFF, "hotline")
    _restore(clerk, colleague)
    registration.refresh_from_db()
    assert (registration.state, registration.before) == (state, "")
    told = _mailed()["Your registration was restored"]
    assert "not finished yet" in told
    assert "phone can" not in told


@pytest.mark.parametrize("state", [State.PENDING_CONFIRMATION, State.PENDING_ACTIVATION])
@pytest.mark.parametrize("reason", [Reason.THEFT, Reason.NOT_ME])
def test_what_somebody_else_began_and_nobody_finished_is_cancelled_instead(
    clerk: Worker, colleague: Worker, state: State, reason: Reason
) -> None:
    registration = _waiting(state)
    registrations.send_code(registration, "thief@mail.example.tw")
    registrations.suspend(registration.pk, reason, "hotline")
    _restore(clerk, colleague)
    registration.refresh_from_db()
    assert (registration.state, registration.before) == (State.CANCELLED, "")
    assert not Address.objects.exists()
    assert (events(Event.REGISTRATION_RESTORED), events(Event.REGISTRATION_CANCELLED)) == (0, 1)
    assert "phone" not in _mailed()["Your unfinished registration was cancelled"].split("\n")[0]
    assert registered("citizen").pk != registration.pk, "they register anew"


def test_clerk_and_visitor_are_told_that_it_is_cancelled(clerk: Worker, colleague: Worker) -> None:
    registration = _waiting(State.PENDING_CONFIRMATION)
    registrations.suspend(registration.pk, Reason.NOT_ME, "member")
    at = visit(clerk, "citizen", Purpose.RESTORE)
    path = f"/staff/desk/{at.case.id}/"
    before = clerk.browser().get(path).content.decode()
    assert "restoring cancels it" in before
    assert "its phones are removed" not in before
    approval = acts.ask(at, clerk.on_duty, acts.Asked(Act.RESTORE, ReasonCode.MISUSE))
    assert approval
    acts.decide(colleague.on_duty, approval.id, granted=True)
    assert "The unfinished registration is cancelled" in clerk.browser().get(path).content.decode()
    assert "Your unfinished registration is cancelled" in clerk.browser().get(f"{path}summary").content.decode()


@pytest.mark.parametrize("state", [State.PENDING_CONFIRMATION, State.PENDING_ACTIVATION])
def test_what_is_not_stopped_is_not_restored(clerk: Worker, colleague: Worker, state: State) -> None:
    registration = _waiting(state)
    with pytest.raises(Refused) as refusal:
        _restore(clerk, colleague)
    registration.refresh_from_db()
    assert (refusal.value.problem, registration.state) == (Problem.ACT_NOT_POSSIBLE, state)


@pytest.mark.usefixtures("committed")
def test_phones_that_their_owner_changes_meanwhile_are_ended_all_the_same(clerk: Worker, visitor: Make) -> None:
    visitor(language="en").enrol(person("citizen"))
    registration, device = Registration.objects.get(), Device.objects.get()
    at = visit(clerk, "citizen", Purpose.PHONE)

    def change() -> None:
        with suppress(Refused):
            devices.change_state(registration, device.id, DeviceState.DISABLED, "own_wish")

    end = partial(acts.ask, at, clerk.on_duty, acts.Asked(Act.END_PHONES, ReasonCode.LOST))
    both: list[Callable[[], object]] = [change, end]
    race(both)
    assert Device.objects.get().state == DeviceState.DELETED


@pytest.mark.usefixtures("committed")
def test_of_two_who_say_yes_at_once_one_restores(admin: Worker, clerk: Worker) -> None:
    registration = registered("citizen")
    registrations.suspend(registration.pk, Reason.THEFT, "hotline")
    at = visit(clerk, "citizen", Purpose.RESTORE)
    approval = acts.ask(at, clerk.on_duty, acts.Asked(Act.RESTORE, ReasonCode.MEMBERS_WISH))
    assert approval
    seconds = [hired(admin, Role.CLERK).on_duty for _ in range(3)]

    def decide(second: OnDuty) -> Problem | None:
        try:
            acts.decide(second, approval.id, granted=True)
        except Refused as refused:
            return refused.problem
        return None

    answers = race([partial(decide, second) for second in seconds])
    assert sorted(map(str, answers)) == sorted(map(str, [None, Problem.APPROVAL_OVER, Problem.APPROVAL_OVER]))
    assert Entry.objects.filter(event=Event.REGISTRATION_RESTORED.value).count() == 1
    assert Registration.objects.get().state_at <= clock.now()
