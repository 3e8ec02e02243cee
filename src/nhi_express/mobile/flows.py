"""行動電話認證, step by step: terms, line, the way through the operator, card (seed Q2). Then the gate's last step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NoReturn

from django.db import transaction
from django.db.models import F
from django.forms import model_to_dict

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, throttle
from nhi_express.core.config import config
from nhi_express.core.encoding import fingerprint
from nhi_express.core.limits import Limit
from nhi_express.core.vault import same
from nhi_express.enrolment import flows as gate
from nhi_express.enrolment.flows import invitations
from nhi_express.enrolment.flows.numbers import follow
from nhi_express.enrolment.models import Attempt
from nhi_express.enrolment.rules import AttemptState, Channel, Evidence
from nhi_express.help import terms
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import key_of, register
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


def accept_terms(version: str, language: str, next_page: str, channel: Channel = Channel.MOBILE) -> tuple[Attempt, str]:
    """Step 1: begin an attempt with the terms accepted. Returns it and the browser's secret.

    ``channel`` is UNIT for who finishes what their unit has begun: the way is the same, and so is what it proves.
    Raises :class:`Refused` when the version read is not the one in force any longer.
    """
    shown = terms.current(clock.today())
    if version != shown.version:
        raise Refused(Problem.TERMS_NOT_ACCEPTED)
    accepted = AcceptedTerms(shown.version, language, shown.digest(language), clock.now())
    return gate.start(channel, accepted, {"next": next_page})


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
    follow(member)
    registration = accounts.living(member.key)
    try:
        accounts.refuse_suspended(registration)
    except Refused as refusal:
        _give_back(attempt, refusal.problem)
        raise
    with transaction.atomic():
        names = [item.value for item in _LINE_PROVEN]
        columns = {"member": member.key, "evidence": names, "channel": _channel(attempt, member)}
        gate.claim(attempt, {AttemptState.CHECKING}, AttemptState.LINE_PROVEN, **columns)
        about = About(member=member.key)
        record(Event.EVIDENCE_GATHERED, about, attempt=str(attempt.id), kinds=names, operator=finding.operator)


def _channel(attempt: Attempt, member: Member) -> Channel:
    """Who came for an invitation that has ended registers all the same: what they prove here is enough by itself."""
    vouched = attempt.channel == Channel.UNIT and invitations.attesting(member) is not None
    return Channel.UNIT if vouched else Channel.MOBILE


def _refuse(attempt: Attempt, outcome: Outcome, operator: str) -> NoReturn:
    """Write down the exact cause for staff, show the member the problem it maps to, by raising :class:`Refused`."""
    problem = Problem[problem_name(outcome)]
    with transaction.atomic():
        _give_back(attempt, problem)
        codes = {"problem": problem.value.code, "outcome": outcome.value, "operator": operator}
        # Not proven to be theirs: the hotline finds it, the member's own history does not show it.
        about = About(claimed=key_of(IdNumber.parse(gate.notes_of(attempt)["id_number"])))
        record(Event.ATTEMPT_REFUSED, about, attempt=str(attempt.id), channel=attempt.channel, **codes)
    raise Refused(problem)


def _give_back(attempt: Attempt, problem: Problem) -> None:
    gate.claim(attempt, {AttemptState.CHECKING}, AttemptState.OPEN, problem=problem.name, callback=None)


def check_card(attempt: Attempt, last4: str) -> None:
    """Step 3: the last four digits of a valid card. Only here are tries counted, for the line's owner alone.

    Raises :class:`Refused`.
    """
    member = gate.proven_member(attempt, AttemptState.LINE_PROVEN)
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


def load_operators(rows: list[Operator]) -> None:
    """Replace the operator table, all or none, and on record: it decides whose word on a line is believed."""
    told = [model_to_dict(row) for row in sorted(rows, key=lambda row: row.code)]
    digest = fingerprint(json.dumps(told, sort_keys=True, default=str)).hex()[:32]
    with transaction.atomic():
        replace_operators(rows)
        record(Event.OPERATORS_LOADED, About(), "system", operators=len(rows), digest=digest)


def replace_operators(rows: list[Operator]) -> None:
    """Replace the operator table, all or none."""
    with transaction.atomic():
        Operator.objects.all().delete()
        Operator.objects.bulk_create(rows)


def operators() -> list[Operator]:
    """The operator table, those still on the list first."""
    return list(Operator.objects.order_by(F("valid_to").desc(nulls_first=True), "code"))


def find_operator(code: str) -> Operator:
    """An operator of the table. Raises :class:`Refused`."""
    found = Operator.objects.filter(pk=code).first()
    if found is None:
        raise Refused(Problem.NOT_FOUND)
    return found


def keep_operator(code: str, columns: Mapping[str, object]) -> None:
    """Change an operator, in the caller's transaction, which writes down whose change it is; one that is no longer in
    the table stays away.
    """
    Operator.objects.filter(pk=code).update(**columns)
