"""裝置認證碼 (seed Q12): made on the portal, scanned or typed on a phone, and redeemed there, once.

Scanning or typing claims a code and changes nothing: the phone gets a sealed ticket that names it. What binds is the
person's yes, with the phone's own key. Whoever only knows somebody's ID number can lock nobody out: tries are counted
per code and per source, and a fresh code always works.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness, rows, throttle
from nhi_express.core.config import config
from nhi_express.core.encoding import base64url, fingerprint, from_base64url
from nhi_express.core.lifetimes import lifetime
from nhi_express.core.limits import Limit
from nhi_express.core.vault import CannotOpen, vault
from nhi_express.devices.adapters import webauthn
from nhi_express.devices.flows.binding import bind, new_challenge, verify_phone
from nhi_express.devices.flows.phones import active_phones, move
from nhi_express.devices.flows.signing_in import open_session
from nhi_express.devices.models import Device, DeviceCode
from nhi_express.devices.rules import CODE_LENGTH, DeviceState, PhoneProof, code_meant, code_shown
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.members.ports import Member
from nhi_express.members.rules import IdentifierError, IdNumber
from nhi_express.registration import flows as accounts
from nhi_express.registration.flows.addresses import HASHER, matches, peppered
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import State

# So long the portal may still say what became of a code, and take a stranger's phone off.
_KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code just made, shown once: to be typed, and as the link in a QR code."""

    code: str
    token: str
    until: datetime
    link: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a registration's newest code. ``device`` is the phone that it bound."""

    state: Literal["none", "waiting", "claimed", "bound", "expired"]
    until: datetime | None
    device: Device | None


@dataclass(frozen=True, slots=True)
class Claim:
    """What a phone that holds a ticket is asked to agree to. ``id`` is the code's, which the phone's proof names."""

    id: UUID
    masked_name: str
    registration: Registration
    until: datetime
    channel: str


def make_code(registration: Registration, channel: str = "card") -> NewCode:
    """Make a code in place of any earlier one. ``channel`` is where its owner proved who they are: it is noted with
    the phone.

    Raises :class:`Refused`: the registration is suspended or not confirmed, or too many codes were made.
    """
    _refuse_unless_active(registration)
    decision = throttle.spend(Limit.DEVICE_CODE_MAKING, str(registration.id))
    if not decision.permitted:
        raise Refused(Problem.TOO_MANY_ATTEMPTS, until=decision.until)
    code, token = randomness.letters(CODE_LENGTH), randomness.token(128)
    until = clock.now() + timedelta(minutes=lifetime("device_code_minutes"))
    hashed = HASHER.hash(peppered(code))
    with transaction.atomic():
        _refuse_unless_active(_locked(registration))
        DeviceCode.objects.filter(registration=registration).delete()
        made = DeviceCode(id=randomness.identifier(), registration=registration, until=until, code_hash=hashed)
        made.token, made.channel = fingerprint(token), channel
        rows.add(made)
        record(Event.DEVICE_CODE_MADE, accounts.about(registration), code=str(made.id))
    # Behind the sharp: neither servers nor their logs see it.
    return NewCode(code_shown(code), token, until, f"{config().site_url}/app/bind/code/#{token}")


def forget_code(registration: Registration) -> None:
    """End a code that was not used: the person left the page, or refuses it."""
    DeviceCode.objects.filter(registration=registration, used_by=None).delete()


def code_standing(registration: Registration) -> Standing:
    """What the portal asks each second: one look at one row."""
    code = DeviceCode.objects.select_related("device").filter(registration=registration).first()
    if code is None:
        return Standing("none", None, None)
    if code.used_by is not None:
        return Standing("bound", code.until, code.device)
    if code.until < clock.now():
        return Standing("expired", code.until, None)
    return Standing("claimed" if code.claimed_at else "waiting", code.until, None)


def disown(registration: Registration, device_id: UUID) -> None:
    """「這不是我的手機」: take off the phone that the newest code bound, with its sessions, and tell the member.

    Said twice, it is done once. Raises :class:`Refused` when the code did not bind it.
    """
    with transaction.atomic():
        _locked(registration)
        bound = DeviceCode.objects.select_related("device").filter(registration=registration, device=device_id).first()
        if bound is None or bound.device is None:
            raise Refused(Problem.NOT_FOUND)
        if bound.device.state != DeviceState.DELETED:
            move(registration, device_id, DeviceState.DELETED, "not_mine")


def claim_by_token(token: str) -> str:
    """A phone has scanned a QR code. Returns a ticket, sealed; nothing is bound by it, and the code stays good.

    Raises :class:`Refused`: no such code (any longer), expired, used, or the registration is suspended.
    """
    code = DeviceCode.objects.select_related("registration").filter(token=fingerprint(token)).first()
    if code is None:
        raise Refused(Problem.CODE_WRONG)
    return _claim(code, "qr")


def claim_by_typing(id_number: str, code: str, source: str) -> str:
    """The same with the code typed beside the ID number. ``source`` is the network address it comes from.

    Raises :class:`Refused`. A wrong ID number, a wrong code, a code tried too often and none at all are answered alike,
    after the same work.
    """
    decision = throttle.spend(Limit.DEVICE_CODE_SOURCE, source)
    if not decision.permitted:
        raise Refused(Problem.LOCKED, until=decision.until)
    member = _member_of(id_number)
    found = _waiting_for(member)
    subject = str(found.id if found else member.key if member else source)
    permitted = throttle.spend(Limit.DEVICE_CODE, subject).permitted
    right = matches(found.code_hash if found else _nobodys(), code_meant(code))
    if found is None or not (permitted and right):
        _record_refusal(found.registration if found else None, Problem.CODE_WRONG, "typed")
        raise Refused(Problem.CODE_WRONG)
    ticket = _claim(found, "typed")
    # A mobile network shows many people under one address: who is right does not use up the tries of the others.
    throttle.clear(Limit.DEVICE_CODE_SOURCE, source)
    throttle.clear(Limit.DEVICE_CODE, subject)
    return ticket


def _member_of(id_number: str) -> Member | None:
    try:
        return register().find(IdNumber.parse(id_number))
    except IdentifierError:
        return None


def _waiting_for(member: Member | None) -> DeviceCode | None:
    of_living = DeviceCode.objects.select_related("registration").exclude(registration__state=State.CANCELLED)
    return of_living.filter(registration__member=member.key).first() if member else None


@cache
def _nobodys() -> str:
    return HASHER.hash(peppered(randomness.token()))


def _claim(code: DeviceCode, how: Literal["qr", "typed"]) -> str:
    try:
        _refuse_over(code)
    except Refused as refusal:
        _record_refusal(code.registration, refusal.problem, how)
        raise
    DeviceCode.objects.filter(pk=code.pk, claimed_at=None).update(claimed_at=clock.now())
    note = json.dumps([str(code.id), randomness.token()]).encode()
    return base64url(vault().seal(note, "devices.ticket"))


def _refuse_over(code: DeviceCode) -> None:
    """Raise :class:`Refused` for a code that binds nothing any longer."""
    _refuse_unless_active(code.registration)
    if code.used_by is not None:
        raise Refused(Problem.CODE_USED)
    if code.until < clock.now():
        raise Refused(Problem.CODE_EXPIRED)


def _refuse_unless_active(registration: Registration) -> None:
    accounts.refuse_suspended(registration)
    if registration.state != State.ACTIVE:
        raise Refused(Problem.NOT_CONFIRMED)


def _record_refusal(registration: Registration | None, problem: Problem, how: str) -> None:
    about = accounts.about(registration) if registration else About()
    with transaction.atomic():
        record(Event.DEVICE_CODE_REFUSED, about, problem=problem.value.code, how=how)


def claimed(ticket: str) -> Claim:
    """Whose registration this phone would be bound to. Raises :class:`Refused` when the code is over."""
    code = _of_ticket(ticket)
    _refuse_over(code)
    member = register().by_key(code.registration.member)
    # Nobody is bound who is not in the register, nor after death.
    if member is None or member.record.deceased:
        raise Refused(Problem.DATA_DO_NOT_MATCH)
    return Claim(code.id, member.record.masked_name, code.registration, code.until, code.channel)


@dataclass(frozen=True, slots=True)
class AskedYes:
    """What the page that asks needs: whose registration, the phones where there are too many, a challenge."""

    claim: Claim
    too_many: list[Device]
    options: dict[str, Any]


def ask(ticket: str) -> AskedYes:
    """The question before the last step, with a fresh challenge for the phone. Raises :class:`Refused`."""
    claim = claimed(ticket)
    active = list(active_phones(claim.registration))
    fresh = new_challenge("bind", claim.id)
    # The passkey's user handle names this binding: two members on one phone keep two passkeys.
    options = webauthn.creation_options(fresh.challenge, claim.id.bytes, claim.masked_name)
    return AskedYes(
        claim=claim,
        too_many=active if len(active) >= config().devices_per_member else [],
        options={"token": fresh.token, "challenge": fresh.challenge, "passkey": options},
    )


def _of_ticket(ticket: str) -> DeviceCode:
    try:
        identifier, _ = json.loads(vault().open(from_base64url(ticket), "devices.ticket"))
    except (CannotOpen, ValueError) as error:
        raise Refused(Problem.CODE_EXPIRED) from error
    code = DeviceCode.objects.select_related("registration", "device").filter(pk=UUID(identifier)).first()
    if code is None:
        raise Refused(Problem.CODE_EXPIRED)
    return code


def redeem(ticket: str, phone: PhoneProof, remove: UUID | None) -> tuple[Device, str]:
    """The person said yes, and the phone proves itself: bound and signed in, in one transaction.

    ``remove`` names the phone to give up where there are too many. Returns the device and the session's secret.
    Raises :class:`Refused`; then nothing happened, and the code is still good unless it is over.
    """
    claim = claimed(ticket)
    verified = verify_phone(phone, claim.id)
    with transaction.atomic():
        registration = _locked(claim.registration)
        _use(claim.id, registration, ticket)
        if remove is not None:
            move(registration, remove, DeviceState.DELETED, "replaced")
        device = bind(registration, verified, claim.channel)
        DeviceCode.objects.filter(pk=claim.id).update(device=device)
        return device, open_session(device)


def _use(code_id: UUID, registration: Registration, ticket: str) -> None:
    """Spend a code, once: of phones that come together, one is first. Raises :class:`Refused`."""
    _refuse_unless_active(registration)
    mine = DeviceCode.objects.filter(pk=code_id, used_by=None, until__gte=clock.now())
    if not mine.update(used_by=fingerprint(ticket)):
        used = DeviceCode.objects.filter(pk=code_id).exclude(used_by=None).exists()
        raise Refused(Problem.CODE_USED if used else Problem.CODE_EXPIRED)


def bound_by(ticket: str) -> Device | None:
    """The phone that was bound with this very ticket: the answer of the last step may have been lost on its way."""
    try:
        code = _of_ticket(ticket)
    except Refused:
        return None
    return code.device if code.used_by is not None and bytes(code.used_by) == fingerprint(ticket) else None


def forget_codes() -> int:
    """Remove codes that ended some time ago. Returns how many."""
    return DeviceCode.objects.filter(until__lt=clock.now() - _KEPT).delete()[0]


def _locked(registration: Registration) -> Registration:
    return Registration.objects.select_for_update().get(pk=registration.pk)
