"""Invitations: finished, withdrawn, ended, reminded of; each once, and each told to the member."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock, outbox
from nhi_express.enrolment import flows as gate
from nhi_express.enrolment import jobs
from nhi_express.enrolment.flows import invitations
from nhi_express.enrolment.flows.inviting import Invitee, invite
from nhi_express.enrolment.models import Attempt, Invitation
from nhi_express.enrolment.rules import AttemptState, Channel, Evidence
from nhi_express.help.catalogue import Problem
from nhi_express.registration import flows as accounts
from nhi_express.registration.flows import AcceptedTerms
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason, State
from tests.counting import events, payloads
from tests.outside import load_personas
from tests.units.duties import refused
from tests.units.invited import UNIT, invited, member_of, rewrite, sent

WHO = "staff_target"
OFFICER = "an officer's random id"


@pytest.fixture(autouse=True)
def people(db: None) -> None:
    """The personas in the register."""
    load_personas()


def delivered() -> list[str]:
    """The bodies of all mails so far."""
    while outbox.send_due():
        pass
    return [str(letter.body) for letter in mail.outbox]


def attempt_of(channel: Channel, *evidence: Evidence) -> Attempt:
    """An attempt at its last step, with this evidence."""
    accepted = AcceptedTerms("111", "zh-hant", "0" * 64, clock.now())
    attempt, _ = gate.start(channel, accepted, {})
    held = [item.value for item in (Evidence.TERMS, *evidence)]
    Attempt.objects.filter(pk=attempt.pk).update(
        state=AttemptState.CARD_PROVEN, evidence=held, member=member_of(WHO).key
    )
    attempt.refresh_from_db()
    return attempt


LINE = (Evidence.LINE_PRESENT, Evidence.LINE_ELIGIBLE, Evidence.LINE_OWNER, Evidence.CARD_LAST4)
WISH = gate.Wish("a hash", None, None, None, "zh-hant")


def test_who_is_invited_already_is_passed_over_and_nothing_is_begun_for_them() -> None:
    """Also where what was begun for them has ended, and only the invitation is still open."""
    invitation, key = invited(WHO), member_of(WHO).key
    for state, standing in ((None, "already"), (State.CANCELLED, "already"), (State.ACTIVE, "registered")):
        if state:
            Registration.objects.update(state=state)
        with transaction.atomic():
            made, registered, already = invite(UNIT, [Invitee(key, "mail")])
        assert (made, registered, already) == ({}, *({key} if standing == name else set() for name in _PASSED))
        assert (Invitation.objects.get(), Registration.objects.count()) == (invitation, 1)
    assert events(Event.INVITED) == 1


_PASSED = ("registered", "already")


@pytest.mark.parametrize("channel", [Channel.MOBILE, Channel.UNIT])
def test_whatever_the_gate_makes_active_finishes_the_invitation(channel: Channel) -> None:
    made = invited(WHO)
    gate.enrol(attempt_of(channel, *LINE), member_of(WHO), WISH)
    made.refresh_from_db()
    assert (made.state, made.channel, made.code_due) == ("finished", channel, False)
    assert payloads(Event.INVITATION_FINISHED) == [{"unit": UNIT, "invitation": str(made.id), "channel": channel}]
    assert Registration.objects.get().state == State.ACTIVE


def test_who_applies_by_card_finishes_it_with_the_mailed_code() -> None:
    made = invited(WHO)
    attempt = attempt_of(Channel.CARD, Evidence.CARD_AUTHENTICATED, Evidence.HOUSEHOLD)
    gate.enrol(attempt, member_of(WHO), gate.Wish("a hash", None, None, None, "zh-hant", ("a@mail.example.tw",)))
    registration = Registration.objects.get()
    made.refresh_from_db()
    assert (registration.state, made.state) == (State.PENDING_CONFIRMATION, "open")
    invitations.finish_for(registration, Channel.CARD)
    invitations.finish_for(registration, Channel.CARD)
    made.refresh_from_db()
    assert (made.state, made.channel) == ("finished", "card")
    assert events(Event.INVITATION_FINISHED) == 1


def test_the_unit_s_channel_needs_the_unit_s_word() -> None:
    with refused(Problem.NO_INVITATION):
        gate.enrol(attempt_of(Channel.UNIT, *LINE), member_of(WHO), WISH)
    assert not Registration.objects.exists()
    assert Attempt.objects.get().state == AttemptState.CARD_PROVEN


def test_of_the_unit_where_the_member_was_insured_before_it_is_worth_nothing() -> None:
    invited(WHO)
    rewrite(WHO, unit_code="900000002")
    assert invitations.attesting(member_of(WHO)) is None
    with refused(Problem.NO_INVITATION):
        gate.enrol(attempt_of(Channel.UNIT, *LINE), member_of(WHO), WISH)


@pytest.mark.parametrize("changes", [{"insured": "N"}, {"deceased": "Y"}])
def test_nor_of_who_is_insured_no_longer(changes: dict[str, str]) -> None:
    invited(WHO)
    rewrite(WHO, **changes)
    assert invitations.attesting(member_of(WHO)) is None


def test_nor_when_its_time_is_over() -> None:
    made = invited(WHO)
    with time_machine.travel(made.until + timedelta(seconds=1)):
        assert invitations.open_for(member_of(WHO)) is None
        with refused(Problem.NO_INVITATION):
            gate.enrol(attempt_of(Channel.UNIT, *LINE), member_of(WHO), WISH)


def test_withdrawing_ends_what_was_begun_and_tells_the_member() -> None:
    made = invited(WHO)
    invitations.withdraw(made.id, UNIT, "示範沙盒股份有限公司", OFFICER)
    made.refresh_from_db()
    registration = Registration.objects.get()
    assert (made.state, made.code_due) == ("withdrawn", False)
    assert (registration.state, registration.reason) == (State.CANCELLED, Reason.WITHDRAWN)
    assert payloads(Event.INVITATION_WITHDRAWN)[0]["officer"] == OFFICER
    assert events(Event.REGISTRATION_CANCELLED) == 1
    (told,) = delivered()
    assert "示範沙盒股份有限公司" in told
    with refused(Problem.NO_INVITATION):
        invitations.withdraw(made.id, UNIT, "示範沙盒股份有限公司", OFFICER)
    assert events(Event.INVITATION_WITHDRAWN) == 1


def test_another_unit_withdraws_and_reminds_of_nothing() -> None:
    made = invited(WHO)
    for act in (
        lambda: invitations.withdraw(made.id, "900000002", "", OFFICER),
        lambda: invitations.remind(made.id, "900000002", OFFICER),
    ):
        with refused(Problem.NO_INVITATION):
            act()
    made.refresh_from_db()
    assert made.state == "open"


def test_withdrawing_leaves_what_the_member_has_gone_on_with() -> None:
    made = invited(WHO)
    with transaction.atomic():
        accounts.apply(member_of(WHO).key, "ial2-card", "zh-hant")
    invitations.withdraw(made.id, UNIT, "示範", OFFICER)
    assert Registration.objects.get().state == State.PENDING_CONFIRMATION
    assert events(Event.REGISTRATION_CANCELLED) == 0


def test_who_was_withdrawn_may_be_invited_anew_and_may_register_alone() -> None:
    made = invited(WHO)
    invitations.withdraw(made.id, UNIT, "示範", OFFICER)
    newer = invited(WHO)
    gate.enrol(attempt_of(Channel.UNIT, *LINE), member_of(WHO), WISH)
    newer.refresh_from_db()
    assert newer.state == "finished"
    assert sorted(Registration.objects.values_list("state", flat=True)) == ["active", "cancelled"]


def test_tidying_ends_what_is_over_and_nothing_else() -> None:
    made, other = invited(WHO), invited("staff_code")
    Invitation.objects.filter(pk=other.pk).update(until=made.until + timedelta(days=1))
    with time_machine.travel(made.until + timedelta(seconds=1)):
        assert jobs.tidy() == 1
        assert jobs.tidy() == 0
        told = delivered()
    states = dict(Invitation.objects.values_list("id", "state"))
    assert states == {made.id: "ended", other.id: "open"}
    ended = Registration.objects.get(member=made.member)
    assert (ended.state, ended.reason) == (State.CANCELLED, Reason.EXPIRED)
    assert Registration.objects.get(member=other.member).state == State.PENDING_ACTIVATION
    assert len(told) == 1
    assert events(Event.INVITATION_ENDED) == 1


def test_tidying_goes_through_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "_AT_ONCE", 2)
    made = [invited(who) for who in (WHO, "staff_code", "staff_mobile", "staff_foreign", "staff_mail")]
    with time_machine.travel(made[-1].until + timedelta(seconds=1)):
        assert invitations.end_over() == 5
    assert events(Event.INVITATION_ENDED) == events(Event.REGISTRATION_CANCELLED) == 5


def test_a_reminder_makes_a_new_code_due_only_when_the_old_one_has_run_out() -> None:
    made = sent(WHO).invitation
    assert not invitations.remind(made.id, UNIT, OFFICER).code_due
    assert made.code_until is not None
    with time_machine.travel(made.code_until + timedelta(seconds=1)):
        assert invitations.remind(made.id, UNIT, OFFICER).code_due
    made.refresh_from_db()
    assert made.code_due and made.code_hash
    assert events(Event.INVITATION_REMINDED) == 2


def test_whom_the_insurer_cannot_reach_no_code_is_made_for() -> None:
    made = invited(WHO, way="none")
    Invitation.objects.update(code_due=False)
    assert not invitations.remind(made.id, UNIT, OFFICER).code_due


def test_somebody_is_reminded_once_a_day() -> None:
    made = invited(WHO)
    invitations.remind(made.id, UNIT, OFFICER)
    with refused(Problem.TOO_MANY_ATTEMPTS):
        invitations.remind(made.id, UNIT, OFFICER)
    with time_machine.travel(clock.now() + timedelta(hours=24, minutes=1)):
        invitations.remind(made.id, UNIT, OFFICER)
    assert events(Event.INVITATION_REMINDED) == 2


def test_a_suspended_registration_stays_suspended_when_its_invitation_ends() -> None:
    made = invited(WHO)
    accounts.suspend(Registration.objects.get().pk, Reason.THEFT, "hotline")
    invitations.withdraw(made.id, UNIT, "示範", OFFICER)
    assert Registration.objects.get().state == State.SUSPENDED
