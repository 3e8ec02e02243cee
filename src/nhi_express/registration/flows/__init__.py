"""The only place that makes a registration or changes its state; passwords, consent and addresses for notices."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.db import IntegrityError, transaction
from django.db.models import Q

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import Actor, record
from nhi_express.core import clock, outbox, randomness, rows
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration.flows.addresses import (
    HASHER,
    Kind,
    about,
    addresses_on_file,
    await_code,
    check_code,
    confirm,
    contact,
    forget_addresses,
    matches,
    peppered,
    remove_address,
    send_code,
    send_proof_code,
    spend_proof_code,
    tell,
    void_secrets,
    waiting_address,
)
from nhi_express.registration.flows.many import LIVING, await_activation, finished, registered_among
from nhi_express.registration.models import Consent, Registration
from nhi_express.registration.rules import Reason, State, begins_anew, may_become, password_fault, restored_to

# Other rooms know one door of this room; addresses, and what is asked of many members, stand in files of their own.
__all__ = [
    "AcceptedTerms",
    "about",
    "accept_terms",
    "activate",
    "addresses_on_file",
    "apply",
    "await_activation",
    "await_code",
    "cancel",
    "cancel_begun",
    "confirm_code",
    "contact",
    "finished",
    "follow_number",
    "hash_password",
    "living",
    "password_matches",
    "refuse_suspended",
    "registered_among",
    "remove_address",
    "restore",
    "send_code",
    "send_proof_code",
    "spend_proof_code",
    "store_password",
    "suspend",
    "tell",
    "waiting_address",
]

_OF_MEMBER = rows.Lookup(Registration, "member", only=LIVING)
_OF_MEMBER_LOCKED = rows.Lookup(Registration, "member", lock=True, only=LIVING)


@dataclass(frozen=True, slots=True)
class AcceptedTerms:
    """What a member read and accepted: version, language, and SHA-256 of the very text."""

    version: str
    language: str
    digest: str
    at: datetime


def living(member: UUID) -> Registration | None:
    """The registration of a member that is not cancelled, if there is one."""
    return _OF_MEMBER.one(member)


def refuse_suspended(registration: Registration | None) -> None:
    """Raise :class:`Refused` for a suspended registration: every channel and every device ends here."""
    if registration is not None and registration.state == State.SUSPENDED:
        raise Refused(Problem.REGISTRATION_SUSPENDED)


def activate(member: UUID, assurance: str, language: str) -> Registration:
    """Make a member's registration active, new or not, within the caller's transaction.

    Raises :class:`Refused` when it is suspended.
    """
    registration = _lock(member) or _create(member, State.ACTIVE, assurance, language)
    refuse_suspended(registration)
    if registration.state != State.ACTIVE:
        _move(registration, State.ACTIVE, Reason.PROVEN)
        record(Event.REGISTRATION_ACTIVATED, about(registration), assurance=assurance)
    _note(registration, assurance, language)
    return registration


def apply(member: UUID, assurance: str, language: str) -> Registration:
    """Make a registration that waits for its mailed code, within the caller's transaction (regulation, point 4).

    One that waits already is taken up again. Raises :class:`Refused` when it is suspended, or active.
    """
    registration = _lock(member) or _create(member, State.PENDING_CONFIRMATION, assurance, language)
    refuse_suspended(registration)
    if registration.state == State.ACTIVE:
        raise Refused(Problem.ALREADY_REGISTERED)
    if registration.state == State.PENDING_ACTIVATION:
        _move(registration, State.PENDING_CONFIRMATION, Reason.PROVEN)
        record(Event.REGISTRATION_APPLIED, about(registration), assurance=assurance)
    _note(registration, assurance, language)
    return registration


def _note(registration: Registration, assurance: str, language: str) -> None:
    if (registration.assurance, registration.language) != (assurance, language):
        rows.change(Registration, {"id": registration.id}, assurance=assurance, language=language)
        registration.assurance, registration.language = assurance, language


def _create(member: UUID, state: State, assurance: str, language: str) -> Registration:
    now = clock.now()
    try:
        with transaction.atomic():
            registration = Registration(
                id=randomness.identifier(),
                member=member,
                state=state,
                reason=Reason.PROVEN,
                assurance=assurance,
                language=language,
                created_at=now,
                state_at=now,
            )
            rows.add(registration)
    except IntegrityError:
        # Another attempt of the same member was faster: this one goes on with its registration.
        return _locked(member)
    begun = Event.REGISTRATION_ACTIVATED if state == State.ACTIVE else Event.REGISTRATION_APPLIED
    record(begun, about(registration), assurance=assurance)
    return registration


def suspend(registration_id: UUID, reason: Reason, actor: Actor) -> bool:
    """Stop every channel and every device of a member at once (regulation, points 8 to 11).

    Returns whether anything changed by it. One that is stopped already stays so; but that it was in wrong hands takes
    the place of a lesser reason, for it decides how it is restored.
    """
    with transaction.atomic():
        registration = Registration.objects.select_for_update().get(pk=registration_id)
        if registration.state != State.SUSPENDED:
            _move(registration, State.SUSPENDED, reason)
            tell(registration, "registration/suspended")
        elif begins_anew(reason) and not begins_anew(Reason(registration.reason)):
            registration.reason = reason
            registration.save(update_fields=["reason"])
        else:
            return False
        record(Event.REGISTRATION_SUSPENDED, about(registration), actor, reason=reason)
        return True


def restore(registration_id: UUID, reason: Reason, actor: Actor) -> bool:
    """Bring a suspended registration back to where it was, within the caller's transaction; a counter's act.

    Returns whether it begins anew: then its password and every code under way are void, and the caller ends its phones.
    One that begins anew and was never finished is cancelled instead: nothing of it is known to be the member's.
    The stop codes of mails until now stop it no longer. Raises :class:`Refused` when it is not suspended.
    """
    registration = Registration.objects.select_for_update().get(pk=registration_id)
    if registration.state != State.SUSPENDED:
        raise Refused(Problem.ACT_NOT_POSSIBLE)
    anew, before = begins_anew(Reason(registration.reason)), State(registration.before or State.ACTIVE)
    if restored_to(before, Reason(registration.reason)) is State.CANCELLED:
        cancel(registration, reason, actor)
        return anew
    _move(registration, before, reason)
    if anew:
        void_secrets(registration)
    facts = {"reason": reason.value, "state": before.value, "anew": "yes" if anew else "no"}
    record(Event.REGISTRATION_RESTORED, about(registration), actor, **facts)
    outbox.void_stop_codes(registration.id)
    tell(registration, "registration/restored_anew" if anew else _worded("registration/restored", before))
    return anew


def _worded(kind: str, state: State) -> str:
    """The mail of this kind: who never finished registering has neither phones nor a password to be told of."""
    return kind if state is State.ACTIVE else f"{kind}_unfinished"


def cancel(registration: Registration, reason: Reason, actor: Actor) -> None:
    """End a registration for good, within the caller's transaction, which also ends its phones.

    What it held of its owner goes with it. Raises :class:`Refused` when it is cancelled already.
    """
    locked = Registration.objects.select_for_update().get(pk=registration.pk)
    was = State(locked.before or locked.state)
    _move(locked, State.CANCELLED, reason)
    record(Event.REGISTRATION_CANCELLED, about(locked), actor, reason=reason)
    tell(locked, _worded("registration/cancelled", was))
    forget_addresses(locked)
    Registration.objects.filter(pk=locked.pk).update(password_hash="")


def cancel_begun(members: Collection[UUID], reason: Reason, actor: Actor) -> list[Registration]:
    """End what a unit has begun for these members and they have not finished, within the caller's transaction.

    Returns the registrations that ended; who went on by another channel meanwhile keeps theirs.
    """
    waiting = Registration.objects.select_for_update().filter(member__in=members, state=State.PENDING_ACTIVATION)
    ended = list(waiting.order_by("id"))
    for registration in ended:
        _move(registration, State.CANCELLED, reason)
        record(Event.REGISTRATION_CANCELLED, about(registration), actor, reason=reason)
    return ended


def follow_number(registration: Registration, member: UUID, actor: Actor) -> None:
    """Move a registration to its member's new ID number, with all its history, within the caller's transaction.

    Once, however many ask for it. Raises :class:`Refused` when the new number has a registration of its own already.
    """
    standing = _lock(member)
    if standing is not None and standing.pk != registration.pk:
        raise Refused(Problem.ACT_NOT_POSSIBLE)
    locked = Registration.objects.select_for_update().get(pk=registration.pk)
    if locked.member == member:
        return
    locked.member = member
    locked.save(update_fields=["member"])
    record(Event.NUMBER_CHANGED, about(locked), actor)
    tell(locked, "registration/number_changed")


def _lock(member: UUID) -> Registration | None:
    return _OF_MEMBER_LOCKED.one(member)


def _locked(member: UUID) -> Registration:
    return Registration.objects.select_for_update().get(~Q(state=State.CANCELLED), member=member)


def _move(registration: Registration, wanted: State, reason: Reason) -> None:
    if not may_become(State(registration.state), wanted):
        raise Refused(Problem.BAD_REQUEST)
    registration.before = registration.state if wanted is State.SUSPENDED else ""
    registration.state, registration.reason, registration.state_at = wanted, reason, clock.now()
    registration.save(update_fields=["state", "reason", "state_at", "before"])


def hash_password(password: str, personal: Iterable[str]) -> str:
    """Check a wished password and hash it. Slow by design, so call it before the transaction opens.

    Raises :class:`Refused` naming what is wrong with it.
    """
    fault = password_fault(password, _common_passwords(), personal)
    if fault:
        raise Refused(Problem[fault])
    return HASHER.hash(peppered(password))


def password_matches(registration: Registration | None, password: str) -> bool:
    """Whether ``password`` is the registration's. Where there is none, it takes as long to say no."""
    if registration is None or not registration.password_hash:
        matches(_nobodys(), password)
        return False
    return matches(registration.password_hash, password)


@cache
def _nobodys() -> str:
    return HASHER.hash(peppered(randomness.token()))


def store_password(registration: Registration, password_hash: str) -> None:
    """Set the hashed password, within the caller's transaction."""
    rows.change(Registration, {"id": registration.id}, password_hash=password_hash)
    record(Event.PASSWORD_SET, about(registration))


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def accept_terms(registration: Registration, terms: AcceptedTerms) -> None:
    """Keep what was accepted (regulation, point 7), within the caller's transaction."""
    shown = {"version": terms.version, "language": terms.language, "digest": terms.digest}
    rows.add(Consent(registration=registration, accepted_at=terms.at, **shown))
    record(Event.TERMS_ACCEPTED, about(registration), **shown)


def confirm_code(registration: Registration, code: str, kind: Kind = "main") -> None:
    """Accept the mailed code: the new address replaces the old one, and both are told.

    A registration that waited for it is active from now on (regulation, point 4).
    Raises :class:`Refused` when the code is wrong, too late, or was tried too often.
    """
    waiting = check_code(registration, code, kind)
    with transaction.atomic():
        confirm(registration, waiting)
        locked = Registration.objects.select_for_update().get(pk=registration.pk)
        if locked.state == State.PENDING_CONFIRMATION and kind == "main":
            _move(locked, State.ACTIVE, Reason.PROVEN)
            record(Event.REGISTRATION_ACTIVATED, about(locked), assurance=locked.assurance)
