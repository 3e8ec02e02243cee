"""健保卡網路服務註冊, step by step: terms, card, household or permit, password and e-mail, mailed code (seed Q1.2)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.card.flows import basis
from nhi_express.card.flows.presenting import PresentedCard, refuse, refuse_closed
from nhi_express.card.flows.proving import prove_holder
from nhi_express.card.rules import Household, Mismatch, Proof
from nhi_express.core import clock, throttle
from nhi_express.core.limits import Limit
from nhi_express.enrolment import flows as gate
from nhi_express.enrolment.flows import invitations
from nhi_express.enrolment.flows.numbers import follow
from nhi_express.enrolment.models import Attempt
from nhi_express.enrolment.rules import AttemptState, Channel, Evidence
from nhi_express.help import terms
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.members.ports import Member
from nhi_express.registration import flows as accounts
from nhi_express.registration.flows import AcceptedTerms
from nhi_express.registration.flows.addresses import Contact, Kind
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import State

# Until it is done, each of these may be taken again: by the back button, or with another card.
_UNFINISHED = {AttemptState.OPEN, AttemptState.CARD_PROVEN}


def start(version: str, language: str) -> tuple[Attempt, str]:
    """Step 1: begin an attempt with the terms accepted. Returns it and the browser's secret.

    Raises :class:`Refused` when the version read is not the one in force any longer.
    """
    refuse_closed()
    shown = terms.current(clock.today())
    if version != shown.version:
        raise Refused(Problem.TERMS_NOT_ACCEPTED)
    accepted = AcceptedTerms(shown.version, language, shown.digest(language), clock.now())
    return gate.start(Channel.CARD, accepted, {})


def show_card(attempt: Attempt, presented: PresentedCard) -> None:
    """Step 2, 讀取: remember which card was shown. A proof given with another one counts no longer.

    Raises :class:`Refused`.
    """
    notes = {**_notes(attempt), "card": presented.block.card_number.value}
    # It was another card's, perhaps.
    notes.pop("household", None)
    columns = {"member": presented.member.key, "evidence": [Evidence.TERMS.value]}
    sealed = gate.sealed_notes(attempt, notes)
    gate.claim(attempt, _UNFINISHED, AttemptState.OPEN, sealed=sealed, **columns)


def shown_card(attempt: Attempt) -> str:
    """The number of the card shown in this attempt, for :func:`presenting.present` to expect; empty before step 2.

    Raises :class:`Refused` for an attempt that is done, or of another channel.
    """
    return str(_notes(attempt).get("card", ""))


def shown_member(attempt: Attempt) -> Member:
    """Whose card was shown. Raises :class:`Refused` before step 2."""
    member = register().by_key(attempt.member) if attempt.member else None
    if member is None:
        raise Refused(Problem.ATTEMPT_OUT_OF_ORDER)
    return member


def prove(attempt: Attempt, presented: PresentedCard, proof: Proof) -> None:
    """Step 2, 下一步: the same card again, and the household or permit of its holder.

    Raises :class:`Refused`; who is registered already learns so only here, having proven who they are.
    """
    notes, member = _notes(attempt), presented.member
    if "card" not in notes:
        raise Refused(Problem.ATTEMPT_OUT_OF_ORDER)
    if notes["card"] != presented.block.card_number.value:
        refuse(member, Problem.CARD_SWAPPED)
    held = [Evidence.TERMS, presented.evidence, prove_holder(presented, proof)]
    _refuse_unfit(member)
    if isinstance(proof, Household):
        notes["household"] = basis.packed(proof)
    _claim_proven(attempt, member, [item.value for item in held], notes)


def _refuse_unfit(member: Member) -> None:
    """Raise :class:`Refused` for who is registered already, was suspended, or is not insured."""
    follow(member)
    registration = accounts.living(member.key)
    accounts.refuse_suspended(registration)
    if registration is not None and registration.state == State.ACTIVE:
        raise Refused(Problem.ALREADY_REGISTERED)
    if not member.record.insured:
        refuse(member, Problem.CARD_DATA_DO_NOT_MATCH, Mismatch.NOT_INSURED)


def _claim_proven(attempt: Attempt, member: Member, names: list[str], notes: dict[str, Any]) -> None:
    # The member is named again: another tab may have shown another card meanwhile, and evidence is of one person.
    columns = {"member": member.key, "evidence": names, "sealed": gate.sealed_notes(attempt, notes)}
    with transaction.atomic():
        gate.claim(attempt, _UNFINISHED, AttemptState.CARD_PROVEN, **columns)
        codes = {"attempt": str(attempt.id), "channel": attempt.channel}
        record(Event.EVIDENCE_GATHERED, About(member=member.key), **codes, kinds=names)


def finish(attempt: Attempt, password: str, main: str, backup: str, language: str) -> Registration:
    """Step 3: the application is made, and a code goes to each address. ``backup`` may be empty.

    Raises :class:`Refused`; then nothing happened, and the step can be taken again.
    """
    if attempt.state != AttemptState.CARD_PROVEN:
        done = attempt.state == AttemptState.DONE
        raise Refused(Problem.ATTEMPT_DONE if done else Problem.ATTEMPT_OUT_OF_ORDER)
    notes, member = _notes(attempt), shown_member(attempt)
    hashed = accounts.hash_password(password, gate.guessable(member))
    _count_mails(member)
    addresses = tuple(filter(None, (main, backup)))
    gate.enrol(attempt, member, gate.Wish(hashed, None, None, gate.terms_of(notes), language, addresses))
    registration = _applied(attempt)
    # Not in the gate's transaction, which must not wait for slow hashes; without it the member is registered as well.
    if "household" in notes:
        basis.keep(registration, basis.unpacked(notes["household"]))
    return registration


def _count_mails(member: Member) -> None:
    """Applying anew mails a code anew, so it is limited like that; raises :class:`Refused`."""
    waiting = accounts.living(member.key)
    decision = throttle.spend(Limit.EMAIL_RESEND, str(waiting.id)) if waiting else None
    if decision is not None and not decision.permitted:
        raise Refused(Problem.LOCKED, until=decision.until)


def confirm(attempt: Attempt, code: str, kind: Kind = "main") -> Registration:
    """Step 4: the mailed code makes the registration active (regulation, point 4). Raises :class:`Refused`."""
    registration = _applied(attempt)
    accounts.confirm_code(registration, code, kind)
    if kind == "main":
        invitations.finish_for(registration, Channel.CARD)
    return registration


def confirmed(attempt: Attempt) -> bool:
    """Whether the code of this attempt's application was typed already: the answer may have been lost on its way."""
    registration = accounts.living(attempt.member) if attempt.member else None
    return attempt.state == AttemptState.DONE and registration is not None and registration.state == State.ACTIVE


def resend(attempt: Attempt, address: str = "", kind: Kind = "main") -> None:
    """Mail a new code, to another address if one is given. Raises :class:`Refused`."""
    registration = _applied(attempt)
    address = address or accounts.contact(registration, kind).waiting
    if not address:
        raise Refused(Problem.NOTHING_PENDING)
    accounts.send_code(registration, address, kind)


def applied_contact(attempt: Attempt, kind: Kind = "main") -> Contact:
    """The addresses of the application just made, for its page. Raises :class:`Refused`."""
    return accounts.contact(_applied(attempt), kind)


def _applied(attempt: Attempt) -> Registration:
    """The registration that an attempt ended in, while it waits for its code."""
    _refuse_foreign(attempt)
    registration = accounts.living(attempt.member) if attempt.member else None
    if registration is None or registration.state != State.PENDING_CONFIRMATION:
        raise Refused(Problem.NOTHING_PENDING)
    return registration


def _notes(attempt: Attempt) -> dict[str, Any]:
    _refuse_foreign(attempt)
    if not attempt.sealed:
        raise Refused(Problem.ATTEMPT_DONE)
    return dict(gate.notes_of(attempt))


def _refuse_foreign(attempt: Attempt) -> None:
    """Raise :class:`Refused` for an attempt that another channel began."""
    if attempt.channel != Channel.CARD:
        raise Refused(Problem.ATTEMPT_MISSING)
