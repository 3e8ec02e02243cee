"""行動電話認證, step by step: terms, line, the way through the operator, card, password and unlock (seed Q2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, throttle
from nhi_express.core.config import config
from nhi_express.core.encoding import fingerprint
from nhi_express.core.limits import Limit
from nhi_express.core.vault import same
from nhi_express.devices import flows as devices
from nhi_express.devices.adapters.webauthn import creation_options
from nhi_express.devices.models import Device
from nhi_express.devices.rules import PhoneProof
from nhi_express.enrolment import flows as gate
from nhi_express.enrolment.models import Attempt
from nhi_express.enrolment.rules import AttemptState, Channel, Evidence
from nhi_express.help import terms
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.members.ports import Member
from nhi_express.members.rules import IdNumber, MobileNumber
from nhi_express.mobile.adapters.camara import line_authority
from nhi_express.mobile.models import Operator
from nhi_express.mobile.ports import Finding, OperatorDown, Return
from nhi_express.mobile.rules import Outcome, judge, problem_name
from nhi_express.registration import flows as accounts
from nhi_express.registration.flows import AcceptedTerms

_BEFORE_THE_LINE = {AttemptState.OPEN, AttemptState.SENT, AttemptState.CHECKING}
_LINE_PROVEN = [Evidence.TERMS, Evidence.LINE_PRESENT, Evidence.LINE_ELIGIBLE, Evidence.LINE_OWNER]


def accept_terms(version: str, language: str, next_page: str) -> tuple[Attempt, str]:
    """Step 1: begin an attempt with the terms accepted. Returns it and the browser's secret.

    Raises :class:`Refused` when the version read is not the one in force any longer.
    """
    shown = terms.current(clock.today())
    if version != shown.version:
        raise Refused(Problem.TERMS_NOT_ACCEPTED)
    accepted = AcceptedTerms(shown.version, language, shown.digest(language), clock.now())
    return gate.start(Channel.MOBILE, accepted, {"next": next_page})


def submit_line(attempt: Attempt, number: MobileNumber, id_number: IdNumber) -> str:
    """Step 2: keep number and ID number sealed. Returns the gateway's address, which names neither."""
    departure = line_authority().depart()
    typed = {"number": number.e164, "id_number": str(id_number), **departure.memory}
    gate.claim(
        attempt,
        _BEFORE_THE_LINE,
        AttemptState.SENT,
        sealed=gate.sealed_notes(attempt, {**gate.notes_of(attempt), **typed}),
        callback=fingerprint(departure.state),
        problem="",
    )
    return departure.url


def come_back(attempt: Attempt, state: str, back: Return) -> None:
    """The browser is back from the operator: learn the facts of the line and judge them.

    Raises :class:`Refused`; the attempt then goes back to its second step, so it can be tried again.
    """
    if attempt.callback is None or bytes(attempt.callback) != fingerprint(state):
        raise Refused(Problem.CALLBACK_MISMATCH)
    gate.claim(attempt, {AttemptState.SENT}, AttemptState.CHECKING)
    notes = gate.notes_of(attempt)
    id_number, number = IdNumber.parse(notes["id_number"]), MobileNumber.parse(notes["number"])
    # The register is asked in every case and before the operators, so that time tells nothing about who is in it.
    member = register().find(id_number)
    try:
        finding = line_authority().examine(back, notes, number, _names_to_ask(id_number, member))
    except OperatorDown as error:
        _refuse(attempt, Outcome.OPERATOR_DOWN, str(error))
    _conclude(attempt, member, finding)


def _names_to_ask(id_number: IdNumber, member: Member | None) -> tuple[IdNumber, ...]:
    """Typed number first; for UI numbers the other known one second, or the same again: two questions for everybody,
    so that nobody learns from the time whose number once changed."""
    if not id_number.is_foreign:
        return (id_number,)
    others = [known for known in member.known_numbers if known != id_number] if member else []
    return (id_number, *(others or [id_number]))


def _conclude(attempt: Attempt, member: Member | None, finding: Finding) -> None:
    outcome = judge(finding.facts, accept_unknown=config().unknown_contract == "accept")
    if outcome is not Outcome.PASS:
        _refuse(attempt, outcome, finding.operator)
    if member is None or not member.record.insured or member.record.deceased:
        _refuse(attempt, Outcome.NOT_INSURED, finding.operator)
    registration = accounts.living(member.key)
    try:
        accounts.refuse_suspended(registration)
    except Refused as refusal:
        _give_back(attempt, refusal.problem)
        raise
    with transaction.atomic():
        names = [item.value for item in _LINE_PROVEN]
        columns = {"member": member.key, "evidence": names}
        gate.claim(attempt, {AttemptState.CHECKING}, AttemptState.LINE_PROVEN, **columns)
        about = About(member=member.key)
        record(Event.EVIDENCE_GATHERED, about, attempt=str(attempt.id), kinds=names, operator=finding.operator)


def _refuse(attempt: Attempt, outcome: Outcome, operator: str) -> NoReturn:
    """Write down the exact cause for staff, show the member the problem it maps to, by raising :class:`Refused`."""
    problem = Problem[problem_name(outcome)]
    with transaction.atomic():
        _give_back(attempt, problem)
        codes = {"problem": problem.value.code, "outcome": outcome.value, "operator": operator}
        record(Event.ATTEMPT_REFUSED, About(), attempt=str(attempt.id), channel=attempt.channel, **codes)
    raise Refused(problem)


def _give_back(attempt: Attempt, problem: Problem) -> None:
    gate.claim(attempt, {AttemptState.CHECKING}, AttemptState.OPEN, problem=problem.name, callback=None)


def check_card(attempt: Attempt, last4: str) -> None:
    """Step 3: the last four digits of a valid card. Only here are tries counted, for the line's owner alone.

    Raises :class:`Refused`.
    """
    member = _proven_member(attempt, AttemptState.LINE_PROVEN)
    decision = throttle.spend(Limit.CARD_LAST4, str(member.key))
    if decision.verdict == "exhausted":
        raise Refused(Problem.PROVE_AGAIN)
    if not decision.permitted:
        raise Refused(Problem.LOCKED, until=decision.until)
    if not (same(member.record.card_number[-4:], last4) and member.record.card_valid):
        _record_card_mismatch(attempt, member)
        raise Refused(Problem.DATA_DO_NOT_MATCH, left=decision.left)
    held = [*attempt.evidence, Evidence.CARD_LAST4.value]
    gate.claim(attempt, {AttemptState.LINE_PROVEN}, AttemptState.CARD_PROVEN, evidence=held)
    throttle.clear(Limit.CARD_LAST4, str(member.key))


def _record_card_mismatch(attempt: Attempt, member: Member) -> None:
    codes = {"problem": Problem.DATA_DO_NOT_MATCH.value.code, "outcome": Outcome.CARD_MISMATCH.value}
    with transaction.atomic():
        about = About(member=member.key)
        record(Event.ATTEMPT_REFUSED, about, attempt=str(attempt.id), channel=attempt.channel, **codes)


def _proven_member(attempt: Attempt, needed: AttemptState) -> Member:
    """The member that the attempt has proven. Raises :class:`Refused` when the attempt is not at ``needed``."""
    if attempt.state != needed:
        done = attempt.state == AttemptState.DONE
        raise Refused(Problem.ATTEMPT_DONE if done else Problem.ATTEMPT_OUT_OF_ORDER)
    member = register().by_key(attempt.member) if attempt.member else None
    if member is None:
        raise Refused(Problem.DATA_DO_NOT_MATCH)
    return member


@dataclass(frozen=True, slots=True)
class LastStep:
    """What the last page needs: has the member a password already, and the phones when there are too many."""

    masked_name: str
    has_password: bool
    too_many: list[Device]
    options: dict[str, Any]


def last_step(attempt: Attempt) -> LastStep:
    """Step 4, shown: a fresh challenge for the phone. Raises :class:`Refused`."""
    member = _proven_member(attempt, AttemptState.CARD_PROVEN)
    registration = accounts.living(member.key)
    active = list(devices.active_phones(registration)) if registration else []
    fresh = devices.new_challenge("bind", attempt.id)
    # The passkey's user handle names this binding: two members on one phone keep two passkeys.
    options = creation_options(fresh.challenge, attempt.id.bytes, member.record.masked_name)
    return LastStep(
        masked_name=member.record.masked_name,
        has_password=bool(registration and registration.password_hash),
        too_many=active if len(active) >= config().devices_per_member else [],
        options={"token": fresh.token, "challenge": fresh.challenge, "passkey": options},
    )


@dataclass(frozen=True, slots=True)
class Finish:
    """What the last page sends. ``password`` None keeps the present one; ``remove`` names the phone to give up."""

    proof: PhoneProof
    password: str | None
    remove: UUID | None
    language: str


def finish(attempt: Attempt, wish: Finish) -> tuple[Device, str]:
    """Step 4: registered and bound, and signed in, in one transaction. Returns the device and the session's secret.

    Raises :class:`Refused`; then nothing happened, and the step can be tried again.
    """
    member = _proven_member(attempt, AttemptState.CARD_PROVEN)
    notes = gate.notes_of(attempt)
    phone = devices.verify_phone(wish.proof, attempt.id)
    hashed = None if wish.password is None else accounts.hash_password(wish.password, _guessable(member, notes))
    enrolment = gate.Wish(hashed, phone, wish.remove, _terms_of(notes), wish.language)
    with transaction.atomic():
        device = gate.enrol(attempt, member, enrolment)
        if device is None:
            raise Refused(Problem.BAD_REQUEST)
        return device, devices.open_session(device)


def _guessable(member: Member, notes: dict[str, str]) -> tuple[str, ...]:
    """What somebody who knows the member would try as a password."""
    born, card = member.record.birth_date, member.record.card_number
    roc = f"{born.year - 1911:03d}{born:%m%d}"
    local = "0" + notes["number"].removeprefix("+886")
    return (str(notes["id_number"]), f"{born:%Y%m%d}", roc, card, local, notes["number"])


def _terms_of(notes: dict[str, Any]) -> AcceptedTerms:
    accepted = notes["terms"]
    at = datetime.fromisoformat(notes["accepted_at"])
    return AcceptedTerms(accepted["version"], accepted["language"], accepted["digest"], at)


def bound_identifier(attempt: Attempt) -> str:
    """The identifier (裝置識別碼) of the phone that the attempt ended in; by it the phone finds the key it made."""
    here = devices.phones_here([attempt.device]) if attempt.device else []
    return here[0].identifier if here else ""


def next_page(attempt: Attempt) -> str:
    """What the member had tapped before they were led here."""
    return str(gate.notes_of(attempt).get("next", "")) if attempt.sealed else ""


def replace_operators(rows: list[Operator]) -> None:
    """Replace the operator table, all or none."""
    with transaction.atomic():
        Operator.objects.all().delete()
        Operator.objects.bulk_create(rows)
