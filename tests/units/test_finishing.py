"""Activation codes: who finishes with one and who does not, and that a stranger can take none away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock, outbox
from nhi_express.devices.models import Device
from nhi_express.enrolment import flows as gate
from nhi_express.enrolment.flows import invitations
from nhi_express.enrolment.models import Attempt, Invitation
from nhi_express.enrolment.rules import AttemptState, Channel, Evidence
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason, State
from nhi_express.units.flows import finishing
from nhi_express.units.proof import Papers
from tests.counting import events, lasting_rows, payloads
from tests.devices.codes import another, ending
from tests.units.duties import number_of, refused
from tests.units.invited import (
    HERE,
    Sent,
    attempt_with,
    finished,
    invited,
    member_of,
    papers_of,
    proven,
    rewrite,
    sent,
)

pytestmark = pytest.mark.usefixtures("people")
CITIZEN, FOREIGNER, OTHER = "staff_code", "staff_foreign", "staff_mobile"
WAYS = pytest.mark.parametrize("claim", [Sent.typed, Sent.scanned])


@WAYS
@pytest.mark.parametrize(("who", "second"), [(CITIZEN, Evidence.HOUSEHOLD), (FOREIGNER, Evidence.PERMIT_DATE)])
def test_a_member_finishes_with_code_card_and_papers(who: str, second: Evidence, claim: Callable[[Sent], str]) -> None:
    code = sent(who)
    attempt = attempt_with(claim(code))
    finishing.prove(attempt, papers_of(who))
    attempt.refresh_from_db()
    device = finished(attempt)
    registration = Registration.objects.get()
    assert (registration.state, registration.assurance) == (State.ACTIVE, "ial1-posted")
    assert (device.channel, device.registration_id) == ("unit", registration.id)
    told = payloads(Event.ENROLLED)[0]["evidence"]
    assert isinstance(told, list)
    assert set(told) == {"TERMS", "POSTED_CODE", "CARD_LAST4", second, "UNIT_ATTESTED", "ROSTER"}
    done = Invitation.objects.get()
    assert (done.state, done.channel, done.code_hash, done.token) == ("finished", "unit", "", None)
    assert events(Event.INVITATION_FINISHED) == 1
    outbox.send_due()
    assert len(mail.outbox) == 2


def test_what_is_kept_of_a_code_does_not_tell_it(db: None) -> None:
    code = sent(CITIZEN)
    kept = Invitation.objects.get()
    assert (len(code.code), len(code.token)) == (12, 22)
    assert kept.code_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert code.code not in kept.code_hash and code.token.encode() != bytes(kept.token or b"")
    assert not kept.code_due
    assert events(Event.ACTIVATION_CODE_MADE) == 1


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: f"{code[:4]}-{code[4:8]}-{code[8:]}",
        lambda code: f" {code[:4]}　{code[4:8]} {code[8:]} ",
        lambda code: code.replace("0", "o").replace("1", "l"),
        lambda code: code.translate({ord("0"): "O", ord("1"): "I"}),
    ],
)
def test_what_people_mistype_is_forgiven(typed: Callable[[str], str]) -> None:
    code = sent(CITIZEN)
    assert finishing.claim_by_typing(str(number_of(CITIZEN)).lower(), typed(code.code), HERE)


def test_claiming_changes_nothing() -> None:
    code, before = sent(CITIZEN), lasting_rows()
    tickets = [code.typed(), code.scanned(), code.scanned()]
    assert lasting_rows() == before
    assert not Attempt.objects.exists()
    assert [finishing.claimed(ticket).unit_name for ticket in tickets] == ["示範沙盒股份有限公司"] * 3


def test_wrong_number_wrong_code_and_no_code_are_answered_alike() -> None:
    code = sent(CITIZEN)
    invited(OTHER)
    own = str(number_of(CITIZEN))
    tries = [
        (own, another(code.code)),
        (str(number_of(OTHER)), code.code),
        (str(number_of("unit_head")), code.code),
        ("A100000001", code.code),
        ("nobody", code.code),
        (own, ""),
        (own, code.token),
    ]
    for place, (id_number, typed) in enumerate(tries):
        with refused(Problem.ACTIVATION_CODE_WRONG) as told:
            finishing.claim_by_typing(id_number, typed, f"203.0.113.{place}")
        assert told.value.details == {}
    assert events(Event.ACTIVATION_CODE_REFUSED) == len(tries)
    assert [about["problem"] for about in payloads(Event.ACTIVATION_CODE_REFUSED)] == ["U-31"] * len(tries)


def test_a_stranger_who_knows_the_id_number_takes_nothing_away() -> None:
    code, own = sent(CITIZEN), str(number_of(CITIZEN))
    for stranger in range(12):
        for _ in range(6):
            with refused(Problem.ACTIVATION_CODE_WRONG):
                finishing.claim_by_typing(own, another(code.code), f"198.51.100.{stranger}")
    assert code.typed()
    assert code.scanned()


def test_one_source_that_guesses_is_slowed_down_and_the_right_code_does_not_help_it() -> None:
    code, own = sent(CITIZEN), str(number_of(CITIZEN))
    for _ in range(5):
        with refused(Problem.ACTIVATION_CODE_WRONG):
            finishing.claim_by_typing(own, another(code.code), HERE)
    with refused(Problem.ACTIVATION_CODE_WRONG):
        code.typed()
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert code.typed()


def test_one_source_has_thirty_tries_whoever_they_are_about() -> None:
    for place in range(30):
        with refused(Problem.ACTIVATION_CODE_WRONG):
            finishing.claim_by_typing(f"A1000{place:05d}", "7K3M9PXD2HWA", HERE)
    with refused(Problem.LOCKED):
        finishing.claim_by_typing("A100000001", "7K3M9PXD2HWA", HERE)


def test_a_token_that_there_is_none_of() -> None:
    code = sent(CITIZEN)
    for token in ("", code.token[:-1], f"{code.token}=", "A" * 22, code.code):
        with refused(Problem.ACTIVATION_CODE_WRONG):
            finishing.claim_by_token(token)


@WAYS
def test_a_late_code(claim: Callable[[Sent], str]) -> None:
    code = sent(CITIZEN, days=21)
    with time_machine.travel(clock.now() + timedelta(days=21, seconds=1)):
        with refused(Problem.ACTIVATION_CODE_EXPIRED):
            claim(code)
        newer = sent(CITIZEN, again=True)
        assert claim(newer)
        with refused(Problem.ACTIVATION_CODE_WRONG):
            claim(code)


def test_a_newer_code_ends_the_tickets_of_the_old_one() -> None:
    ticket = sent(CITIZEN).scanned()
    sent(CITIZEN, again=True)
    with refused(Problem.NO_INVITATION):
        finishing.claimed(ticket)


def test_a_ticket_lasts_as_long_as_somebody_reads_the_terms() -> None:
    ticket = sent(CITIZEN).scanned()
    with time_machine.travel(clock.now() + timedelta(minutes=16)), refused(Problem.ATTEMPT_EXPIRED):
        finishing.claimed(ticket)
    for forged in ("", "AAAA", ticket[:-4] + "AAAA"):
        with refused(Problem.ATTEMPT_MISSING):
            finishing.claimed(forged)


def _withdraw(invitation: Invitation) -> None:
    invitations.withdraw(invitation.id, invitation.unit, "示範", "officer-id")


def _leave(_: Invitation) -> None:
    rewrite(CITIZEN, unit_code="900000002")


def _lose_insurance(_: Invitation) -> None:
    rewrite(CITIZEN, insured="N")


@WAYS
@pytest.mark.parametrize("end", [_withdraw, _leave, _lose_insurance])
def test_a_right_code_of_a_registration_that_waits_no_longer(
    end: Callable[[Invitation], None], claim: Callable[[Sent], str]
) -> None:
    code = sent(CITIZEN)
    attempt = proven(code)
    end(code.invitation)
    with refused(Problem.NO_INVITATION):
        claim(code)
    with refused(Problem.NO_INVITATION):
        finished(attempt)
    assert not Device.objects.exists()
    assert not Registration.objects.filter(state=State.ACTIVE).exists()


def test_a_suspended_registration_is_refused_everywhere() -> None:
    code = sent(CITIZEN)
    ticket, attempt = code.scanned(), proven(code)
    accounts.suspend(Registration.objects.get().pk, Reason.THEFT, "hotline")
    acts = (code.scanned, code.typed, lambda: finishing.claimed(ticket), lambda: finished(attempt))
    assert [ending(act) for act in acts] == ["R-01"] * 4
    assert not Device.objects.exists()


def test_a_code_is_good_once() -> None:
    code = sent(CITIZEN)
    ticket, late = code.scanned(), proven(code)
    finished(proven(code))
    for act in (code.scanned, code.typed):
        with refused(Problem.ACTIVATION_CODE_WRONG):
            act()
    for again in (lambda: finishing.claimed(ticket), lambda: finished(late)):
        with refused(Problem.NO_INVITATION):
            again()
    assert Device.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "changes", "outcome"),
    [
        (CITIZEN, {"last4": "0000"}, "CARD_MISMATCH"),
        (CITIZEN, {"household": "F0000000"}, "HOUSEHOLD_MISMATCH"),
        (CITIZEN, {"household": ""}, "HOUSEHOLD_MISMATCH"),
        (FOREIGNER, {"permit_issued": date(2024, 5, 21)}, "PERMIT_DATE_MISMATCH"),
        (FOREIGNER, {"permit_issued": None}, "PERMIT_DATE_MISMATCH"),
    ],
)
def test_wrong_papers_get_one_answer_and_staff_see_which(
    who: str, changes: dict[str, str | date | None], outcome: str
) -> None:
    attempt = sent(who).begun()
    with refused(Problem.DATA_DO_NOT_MATCH) as told:
        finishing.prove(attempt, papers_of(who, **changes))
    assert told.value.details == {"left": 4}
    assert payloads(Event.ATTEMPT_REFUSED)[0]["outcome"] == outcome
    finishing.prove(attempt, papers_of(who))


def test_wrong_papers_are_counted_over_all_attempts_with_a_code() -> None:
    code = sent(CITIZEN)
    for _ in range(5):
        with refused(Problem.DATA_DO_NOT_MATCH):
            finishing.prove(code.begun(), papers_of(CITIZEN, last4="0000"))
    with refused(Problem.LOCKED):
        finishing.prove(code.begun(), papers_of(CITIZEN))
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        finishing.prove(code.begun(), papers_of(CITIZEN))


def test_steps_cannot_be_skipped() -> None:
    attempt = sent(CITIZEN).begun()
    with refused(Problem.ATTEMPT_OUT_OF_ORDER):
        gate.last_step(attempt)
    finishing.prove(attempt, papers_of(CITIZEN))
    with refused(Problem.ATTEMPT_OUT_OF_ORDER):
        finishing.prove(attempt, papers_of(CITIZEN))


def test_evidence_of_the_unit_comes_from_the_gate_alone() -> None:
    """An attempt that says its unit vouches, where none does, ends at the gate."""
    attempt = proven(sent(CITIZEN))
    forged = [*attempt.evidence, Evidence.UNIT_ATTESTED.value, Evidence.ROSTER.value]
    Attempt.objects.filter(pk=attempt.pk).update(evidence=forged)
    Invitation.objects.update(state="ended")
    attempt.refresh_from_db()
    with refused(Problem.NO_INVITATION):
        finished(attempt)
    assert Attempt.objects.get().state == AttemptState.CARD_PROVEN


def test_who_searches_for_papers_has_a_quarter_of_an_hour_for_it() -> None:
    attempt = sent(CITIZEN).begun()
    assert timedelta(minutes=14) < attempt.expires_at - clock.now() <= timedelta(minutes=15)
    finishing.prove(attempt, papers_of(CITIZEN))
    attempt.refresh_from_db()
    assert timedelta(minutes=4) < attempt.expires_at - clock.now() <= timedelta(minutes=5)
    assert attempt.channel == Channel.UNIT


def test_terms_that_are_no_longer_in_force() -> None:
    ticket = sent(CITIZEN).scanned()
    with refused(Problem.TERMS_NOT_ACCEPTED):
        finishing.begin(ticket, "110", "zh-hant", "/app/")
    assert not Attempt.objects.exists()


def test_what_the_register_does_not_hold_matches_nothing() -> None:
    """``hard_name`` has no household number on record, so none that is typed can be it."""
    attempt = sent("hard_name").begun()
    last4 = member_of("hard_name").record.card_number[-4:]
    for household in ("", "F9094564"):
        with pytest.raises(Refused):
            finishing.prove(attempt, Papers(last4, household, None))
