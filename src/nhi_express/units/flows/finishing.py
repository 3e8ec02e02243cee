"""啟用碼: a member finishes, on their own phone, what their unit has begun, with the insurer's letter or mail.

Code, terms, card and household or permit; then the gate's last step. Scanning or typing changes nothing: the phone gets
a sealed ticket that names the invitation. Wrong codes are counted per code *and* source address: who only knows an ID
number can close neither the code (its owner would wait days for another) nor the way for other people. What is typed
after the right code is counted per invitation: only who holds the letter gets there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NoReturn
from uuid import UUID

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness, throttle
from nhi_express.core.config import config
from nhi_express.core.encoding import base64url, from_base64url
from nhi_express.core.limits import Limit
from nhi_express.core.vault import CannotOpen, vault
from nhi_express.devices.rules import code_meant
from nhi_express.enrolment import flows as gate
from nhi_express.enrolment.flows import activation, invitations, numbers
from nhi_express.enrolment.models import Attempt, Invitation
from nhi_express.enrolment.rules import ACTIVATION_LENGTH, AttemptState, Channel, Evidence
from nhi_express.help import terms
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.members.ports import Member
from nhi_express.members.rules import IdentifierError, IdNumber
from nhi_express.registration.flows import AcceptedTerms
from nhi_express.units.proof import Papers, ProofFault, proof_fault

_How = Literal["qr", "typed"]


def claim_by_token(token: str) -> str:
    """A phone has scanned the QR code of a letter. Returns a sealed ticket; the code stays good.

    Raises :class:`Refused`: no such code (any longer), too old, or the registration is not waiting any longer.
    """
    found = activation.by_token(token)
    if found is None:
        _refuse(None, Problem.ACTIVATION_CODE_WRONG, "qr")
    return _claim(found, numbers.named_by(found.member), "qr")


def claim_by_typing(id_number: str, code: str, source: str) -> str:
    """The same with the code typed beside the ID number. ``source`` is the network address it comes from.

    Raises :class:`Refused`. A wrong ID number, a wrong code, one tried too often from here and none at all are answered
    alike, after the same work.
    """
    decision = throttle.spend(Limit.ACTIVATION_SOURCE, source)
    if not decision.permitted:
        raise Refused(Problem.LOCKED, until=decision.until)
    member = _member_of(id_number)
    subject = f"{member.key if member else ''}:{source}"
    permitted = throttle.spend(Limit.ACTIVATION_CODE, subject).permitted
    found = activation.by_code(member, code_meant(code, ACTIVATION_LENGTH))
    if found is None or not permitted:
        _refuse(None, Problem.ACTIVATION_CODE_WRONG, "typed")
    ticket = _claim(found, member, "typed")
    # A mobile network shows many people under one address: who is right does not use up the tries of the others.
    throttle.clear(Limit.ACTIVATION_SOURCE, source)
    throttle.clear(Limit.ACTIVATION_CODE, subject)
    return ticket


def _member_of(id_number: str) -> Member | None:
    try:
        return register().find(IdNumber.parse(id_number))
    except IdentifierError:
        return None


def _claim(invitation: Invitation, member: Member | None, how: _How) -> str:
    try:
        activation.refuse_over(invitation, member)
    except Refused as refusal:
        _refuse(invitation, refusal.problem, how)
    until = clock.now() + timedelta(minutes=config().portal_idle_minutes)
    note = [str(invitation.id), _mark(invitation), until.isoformat(), randomness.token()]
    return base64url(vault().seal(json.dumps(note).encode(), "units.ticket"))


def _mark(invitation: Invitation) -> str:
    """By what a ticket knows the code it was given for: a newer code ends it."""
    return bytes(invitation.token or b"").hex()


def _refuse(invitation: Invitation | None, problem: Problem, how: _How) -> NoReturn:
    about = About(member=invitation.member) if invitation else About()
    with transaction.atomic():
        record(Event.ACTIVATION_CODE_REFUSED, about, problem=problem.value.code, how=how)
    raise Refused(problem)


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose registration a phone that holds a ticket would finish, and which unit has begun it."""

    invitation: Invitation
    member: Member
    until: datetime | None

    @property
    def masked_name(self) -> str:
        """The member's name, as others may see it."""
        return self.member.record.masked_name

    @property
    def unit_name(self) -> str:
        """The unit through which the member is insured."""
        return self.member.record.unit_name


def claimed(ticket: str) -> Claim:
    """What the phone is asked to agree to. Raises :class:`Refused` when code or ticket is over."""
    invitation = _of_ticket(ticket)
    member = numbers.named_by(invitation.member)
    activation.refuse_over(invitation, member)
    if member is None:
        raise Refused(Problem.NO_INVITATION)
    return Claim(invitation, member, invitation.code_until)


def _of_ticket(ticket: str) -> Invitation:
    try:
        identifier, mark, until, _ = json.loads(vault().open(from_base64url(ticket), "units.ticket"))
    except (CannotOpen, ValueError) as error:
        raise Refused(Problem.ATTEMPT_MISSING) from error
    if datetime.fromisoformat(until) < clock.now():
        raise Refused(Problem.ATTEMPT_EXPIRED)
    found = Invitation.objects.filter(pk=UUID(identifier)).first()
    if found is None or _mark(found) != mark:
        raise Refused(Problem.NO_INVITATION)
    return found


def begin(ticket: str, version: str, language: str, next_page: str) -> tuple[Attempt, str]:
    """The person has seen whose registration it is, and accepts the terms. Returns the attempt and its secret.

    Raises :class:`Refused`: the code is over, or the version read is not the one in force any longer.
    """
    claim = claimed(ticket)
    shown = terms.current(clock.today())
    if version != shown.version:
        raise Refused(Problem.TERMS_NOT_ACCEPTED)
    accepted = AcceptedTerms(shown.version, language, shown.digest(language), clock.now())
    held = [Evidence.TERMS.value, Evidence.POSTED_CODE.value]
    columns = {"member": claim.member.key, "evidence": held}
    with transaction.atomic():
        notes = {"next": next_page, "invitation": str(claim.invitation.id)}
        attempt, secret = gate.start(Channel.UNIT, accepted, notes)
        gate.claim(attempt, {AttemptState.OPEN}, AttemptState.CODE_PROVEN, **columns)
        about, codes = About(member=claim.member.key), {"attempt": str(attempt.id), "channel": attempt.channel}
        record(Event.EVIDENCE_GATHERED, about, **codes, kinds=held)
    return attempt, secret


def foreign(attempt: Attempt) -> bool:
    """Whether the permit's date is asked for, and not the household number. Raises :class:`Refused` out of order."""
    return gate.proven_member(attempt, AttemptState.CODE_PROVEN).record.foreign


def prove(attempt: Attempt, papers: Papers) -> None:
    """The last four digits of a valid card, with the household number, or the permit's date of issue.

    Raises :class:`Refused`. Whichever does not match, the answer is the same.
    """
    member = gate.proven_member(attempt, AttemptState.CODE_PROVEN)
    subject = str(gate.notes_of(attempt)["invitation"])
    decision = throttle.spend(Limit.ACTIVATION_PROOF, subject)
    if decision.verdict == "exhausted":
        raise Refused(Problem.PROVE_AGAIN)
    if not decision.permitted:
        raise Refused(Problem.LOCKED, until=decision.until)
    fault = proof_fault(papers, member.record)
    if fault is not None:
        _record_mismatch(attempt, member, fault)
        raise Refused(Problem.DATA_DO_NOT_MATCH, left=decision.left)
    # Said here already, not only at the gate: nobody shall choose a password for nothing.
    if invitations.attesting(member) is None:
        raise Refused(Problem.NO_INVITATION)
    _claim_proven(attempt, member)
    throttle.clear(Limit.ACTIVATION_PROOF, subject)


def _claim_proven(attempt: Attempt, member: Member) -> None:
    proven = [Evidence.CARD_LAST4, Evidence.PERMIT_DATE if member.record.foreign else Evidence.HOUSEHOLD]
    names = [item.value for item in proven]
    with transaction.atomic():
        held: dict[str, Any] = {"evidence": [*attempt.evidence, *names]}
        gate.claim(attempt, {AttemptState.CODE_PROVEN}, AttemptState.CARD_PROVEN, **held)
        codes = {"attempt": str(attempt.id), "channel": attempt.channel}
        record(Event.EVIDENCE_GATHERED, About(member=member.key), **codes, kinds=names)


def _record_mismatch(attempt: Attempt, member: Member, fault: ProofFault) -> None:
    codes = {"problem": Problem.DATA_DO_NOT_MATCH.value.code, "outcome": fault.value}
    with transaction.atomic():
        about = About(member=member.key)
        record(Event.ATTEMPT_REFUSED, about, attempt=str(attempt.id), channel=attempt.channel, **codes)
