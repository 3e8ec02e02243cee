"""Addresses for notices, and the codes mailed to them. Only an address whose code was typed counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import argon2
from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness, rows, throttle
from nhi_express.core.lifetimes import lifetime
from nhi_express.core.limits import Limit
from nhi_express.core.outbox import Letter, post
from nhi_express.core.vault import vault
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.registration.models import Address, ProofCode, Registration
from nhi_express.registration.rules import normalise

Kind = Literal["main", "backup"]
# OWASP's second profile, as DESIGN fixes it; the pepper is applied before.
HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_OF_REGISTRATION = rows.Lookup(Address, "registration")


def about(registration: Registration) -> About:
    """The pseudonyms by which events speak of a registration."""
    return About(member=registration.member, registration=registration.id)


def peppered(secret: str) -> bytes:
    """What is hashed of a password or a code."""
    # JSON can spell half a surrogate pair: nobody's password, but no fault of ours either.
    return vault().pepper(normalise(secret).encode("utf-8", "surrogatepass"))


def matches(hashed: str, secret: str) -> bool:
    """Whether ``secret`` is what was hashed."""
    try:
        return HASHER.verify(hashed, peppered(secret))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def tell(registration: Registration, kind: str, values: dict[str, str] | None = None) -> None:
    """Tell a member of an act, at every address on file (NIST SP 800-63B-4, section 4.6), in the act's transaction."""
    for address in addresses_on_file(registration):
        post(Letter(kind, address, registration.language, values or {}, about=registration.id))


def addresses_on_file(registration: Registration) -> list[str]:
    """Every confirmed address of the registration, and the one that the insured register holds."""
    found = [_opened(address) for address in _OF_REGISTRATION.all(registration.id) if address.confirmed_at]
    member = register().by_key(registration.member)
    if member is not None and member.record.email:
        found.append(member.record.email)
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Contact:
    """The address a member gave: the confirmed one, and one still waiting for its code."""

    confirmed: str = ""
    waiting: str = ""


def contact(registration: Registration, kind: Kind = "main") -> Contact:
    """What the member's contact page shows."""
    rows = Address.objects.filter(registration=registration, kind=kind)
    return Contact(
        confirmed=next((_opened(row) for row in rows if row.confirmed_at), ""),
        waiting=next((_opened(row) for row in rows if not row.confirmed_at), ""),
    )


@dataclass(frozen=True, slots=True)
class WaitingAddress:
    """An address and the code that will be mailed to it. Made before a transaction opens, for its hash is slow."""

    kind: Kind
    address: str
    code: str
    code_hash: str


def waiting_address(address: str, kind: Kind = "main") -> WaitingAddress:
    """Make a code for an address."""
    code = randomness.digits(8)
    return WaitingAddress(kind, address, code, HASHER.hash(peppered(code)))


def await_code(registration: Registration, waiting: WaitingAddress) -> None:
    """Keep an address unconfirmed and mail its code, within the caller's transaction. Tries belong to a code."""
    throttle.clear(Limit.EMAIL_CODE, _tries(registration, waiting.kind))
    Address.objects.filter(registration=registration, kind=waiting.kind, confirmed_at=None).delete()
    _keep(registration, waiting)
    values = {"code": waiting.code, "hours": str(lifetime("email_code_hours"))}
    post(Letter("registration/email_code", waiting.address, registration.language, values))
    record(Event.EMAIL_CODE_SENT, about(registration))


def send_code(registration: Registration, address: str, kind: Kind = "main") -> None:
    """Mail an eight-digit code to ``address``; the address counts only once the code was typed.

    Raises :class:`Refused` when too many were asked for.
    """
    _spend(Limit.EMAIL_RESEND, str(registration.id))
    waiting = waiting_address(address, kind)
    with transaction.atomic():
        await_code(registration, waiting)


def check_code(registration: Registration, code: str, kind: Kind) -> Address:
    """The waiting address whose code this is. Raises :class:`Refused`: wrong, too late, or tried too often."""
    waiting = Address.objects.filter(registration=registration, kind=kind, confirmed_at=None).first()
    if waiting is None or waiting.code_until is None or waiting.code_until < clock.now():
        raise Refused(Problem.EMAIL_CODE_EXPIRED)
    _spend(Limit.EMAIL_CODE, _tries(registration, kind))
    if not matches(waiting.code_hash, code):
        raise Refused(Problem.EMAIL_CODE_WRONG)
    return waiting


def confirm(registration: Registration, waiting: Address) -> None:
    """The new address replaces the old one of its kind, and all are told, within the caller's transaction.

    Raises :class:`Refused` when another tab was faster.
    """
    # Claimed by its state, so that two tabs confirm it once.
    mine = Address.objects.filter(pk=waiting.pk, confirmed_at=None)
    if not mine.update(confirmed_at=clock.now(), code_hash=""):
        raise Refused(Problem.EMAIL_CODE_EXPIRED)
    tell(registration, "registration/email_changed")
    Address.objects.filter(registration=registration, kind=waiting.kind).exclude(pk=waiting.pk).delete()
    record(Event.EMAIL_CONFIRMED, about(registration))
    throttle.clear(Limit.EMAIL_CODE, _tries(registration, waiting.kind))


def remove_address(registration: Registration, kind: Kind = "main") -> None:
    """Forget the address the member gave; it is told so."""
    with transaction.atomic():
        tell(registration, "registration/email_changed")
        Address.objects.filter(registration=registration, kind=kind).delete()
        record(Event.EMAIL_REMOVED, about(registration))


def forget_addresses(registration: Registration) -> None:
    """Forget every address and every code, within the caller's transaction."""
    Address.objects.filter(registration=registration).delete()
    ProofCode.objects.filter(registration=registration).delete()


def void_secrets(registration: Registration) -> None:
    """Void the password and every code under way, within the caller's transaction: they were in wrong hands.

    A new password is set by whichever channel proves the member next. Addresses whose code was typed stay.
    """
    rows.change(Registration, {"id": registration.id}, password_hash="")
    Address.objects.filter(registration=registration, confirmed_at=None).delete()
    ProofCode.objects.filter(registration=registration).delete()


def send_proof_code(registration: Registration) -> None:
    """Mail one code to every address on file: for a new password and for cancelling (seed Q1, login screen).

    Raises :class:`Refused` when there is no address, or too many codes were asked for.
    """
    if not addresses_on_file(registration):
        raise Refused(Problem.NO_ADDRESS_ON_FILE)
    _spend(Limit.EMAIL_RESEND, str(registration.id))
    code = randomness.digits(8)
    hashed, until = HASHER.hash(peppered(code)), clock.now() + timedelta(hours=lifetime("email_code_hours"))
    throttle.clear(Limit.EMAIL_CODE, _tries(registration, "proof"))
    with transaction.atomic():
        ProofCode.objects.update_or_create(registration=registration, defaults={"code_hash": hashed, "until": until})
        tell(registration, "registration/proof_code", {"code": code, "hours": str(lifetime("email_code_hours"))})
        record(Event.PROOF_CODE_SENT, about(registration))


def spend_proof_code(registration: Registration, code: str) -> None:
    """Accept the code of :func:`send_proof_code`, once. Raises :class:`Refused`: wrong, too late, or spent."""
    held = ProofCode.objects.filter(registration=registration, until__gte=clock.now()).first()
    if held is None:
        raise Refused(Problem.EMAIL_CODE_EXPIRED)
    _spend(Limit.EMAIL_CODE, _tries(registration, "proof"))
    if not matches(held.code_hash, code):
        raise Refused(Problem.EMAIL_CODE_WRONG)
    if not ProofCode.objects.filter(pk=registration.pk, code_hash=held.code_hash).delete()[0]:
        raise Refused(Problem.EMAIL_CODE_EXPIRED)
    throttle.clear(Limit.EMAIL_CODE, _tries(registration, "proof"))


def _tries(registration: Registration, what: str) -> str:
    return f"{registration.id}:{what}"


def _spend(limit: Limit, subject: str) -> None:
    decision = throttle.spend(limit, subject)
    if not decision.permitted:
        raise Refused(Problem.LOCKED, until=decision.until)


def _keep(registration: Registration, waiting: WaitingAddress) -> None:
    identifier = randomness.identifier()
    Address.objects.create(
        id=identifier,
        registration=registration,
        kind=waiting.kind,
        sealed=vault().seal(waiting.address.encode(), f"registration.address:{identifier}"),
        code_hash=waiting.code_hash,
        code_until=clock.now() + timedelta(hours=lifetime("email_code_hours")),
    )


def _opened(address: Address) -> str:
    return vault().open(address.sealed, f"registration.address:{address.id}").decode()
