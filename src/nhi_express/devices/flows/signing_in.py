"""Signing in on a bound phone, and the session that it opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import record
from nhi_express.core import clock, randomness, rows, throttle
from nhi_express.core.config import config
from nhi_express.core.encoding import fingerprint
from nhi_express.core.limits import Limit
from nhi_express.devices.adapters import webauthn
from nhi_express.devices.flows.binding import challenge_of, new_challenge, spend_challenge
from nhi_express.devices.models import Device, Session, SpentChallenge, Use
from nhi_express.devices.rules import (
    DeviceKey,
    DeviceState,
    UnlockAnswer,
    message,
    sessions_end,
)
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import State

_BY_ID = rows.Lookup(Device, "id", beside="registration")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who uses the app now, on which phone."""

    session: bytes
    registration: Registration
    device: Device


def phones_here(ids: list[UUID]) -> list[Device]:
    """The bindings on this phone that still exist, of the ids that it remembers."""
    found = (_BY_ID.one(identifier) for identifier in dict.fromkeys(ids))
    return [device for device in found if device is not None and device.state != DeviceState.DELETED]


def unlock_options(device: Device) -> dict[str, Any]:
    """A challenge for signing in on ``device``, with its passkey's request where it has one."""
    fresh = new_challenge("unlock", device.id)
    passkey = webauthn.request_options(fresh.challenge, bytes(device.credential_id)) if device.credential_id else None
    return {"token": fresh.token, "challenge": fresh.challenge, "passkey": passkey}


def sign_in(device_id: UUID, answer: UnlockAnswer) -> tuple[Device, str]:
    """Sign in with a bound phone: its key, and its passkey or password. Returns the device and the session's secret.

    Raises :class:`Refused`; a refusal that says something about an attack is on record.
    """
    device = _BY_ID.one(device_id)
    if device is None or device.state == DeviceState.DELETED:
        raise Refused(Problem.DEVICE_GONE)
    try:
        challenge = challenge_of(answer.token, "unlock", device.id)
        counter = _verify_unlock(device, challenge, answer)
        accounts.refuse_suspended(device.registration)
        if device.state != DeviceState.ACTIVE:
            raise Refused(Problem.DEVICE_DISABLED)
        return device, _start_session(device, challenge, counter)
    except Refused as refusal:
        _record_refusal(device, refusal)
        raise


def _verify_unlock(device: Device, challenge: str, answer: UnlockAnswer) -> int:
    """Check both proofs of a sign-in; the phone's key comes first, so that nobody else can burn tries."""
    assertion = _assertion(device, challenge, answer)
    key = DeviceKey(bytes(device.key))
    if not key.verifies(answer.signature, message("unlock", challenge, assertion.bound)):
        raise Refused(Problem.DEVICE_PROOF_FAILED)
    if device.credential_id is None:
        _check_password(device, answer.password)
    return assertion.sign_count


def _assertion(device: Device, challenge: str, answer: UnlockAnswer) -> webauthn.Assertion:
    if device.credential_id is None:
        return webauthn.Assertion(b"", 0)
    return passkey_answer(device, challenge, answer.assertion or {})


def passkey_answer(device: Device, challenge: str, assertion: dict[str, Any]) -> webauthn.Assertion:
    """Check what the passkey of a binding answered. Raises :class:`Refused`."""
    ids = bytes(device.credential_id or b""), bytes(device.credential or b"")
    stored = webauthn.Passkey(*ids, device.sign_count, device.synced, UUID(int=0))
    try:
        return webauthn.verify_assertion(challenge, stored, assertion)
    except webauthn.PasskeyFault as error:
        raise Refused(Problem.PASSKEY_FAILED) from error


def counted(device: Device, counter: int) -> int:
    """The passkey's counter to keep, within the caller's transaction; one that went back is on record."""
    if counter <= device.sign_count and (counter or device.sign_count):
        record(Event.COUNTER_WENT_BACK, accounts.about(device.registration), "system", device=str(device.id))
    return max(counter, device.sign_count)


def _check_password(device: Device, password: str) -> None:
    decision = throttle.spend(Limit.DEVICE_PASSWORD, str(device.id))
    if decision.verdict == "exhausted":
        raise Refused(Problem.PROVE_AGAIN)
    if not decision.permitted:
        raise Refused(Problem.LOCKED, until=decision.until)
    if not accounts.password_matches(device.registration, password):
        raise Refused(Problem.WRONG_PASSWORD, left=decision.left)
    throttle.clear(Limit.DEVICE_PASSWORD, str(device.id))


def _start_session(device: Device, challenge: str, counter: int) -> str:
    with transaction.atomic():
        spend_challenge(challenge)
        rows.change(Device, {"id": device.id}, used_at=clock.now(), sign_count=counted(device, counter))
        factor = "password" if device.credential_id is None else "passkey"
        record(Event.SIGNED_IN, accounts.about(device.registration), device=str(device.id), factor=factor)
        return open_session(device)


def open_session(device: Device) -> str:
    """Begin a session on ``device``, within the caller's transaction. Returns the secret for the cookie."""
    secret, now = randomness.token(256), clock.now()
    rows.add(Session(digest=fingerprint(secret), device=device, started_at=now, seen_at=now))
    return secret


def _record_refusal(device: Device, refusal: Refused) -> None:
    about, code = accounts.about(device.registration), refusal.problem.value.code
    with transaction.atomic():
        record(Event.SIGN_IN_REFUSED, about, device=str(device.id), problem=code)


def session(secret: str) -> SignedIn | None:
    """Who is signed in by this secret, or None: unknown, idle, too old, or its phone or registration was stopped."""
    mine = Session.objects.select_related("device__registration").filter(
        device__state=DeviceState.ACTIVE,
        device__registration__state=State.ACTIVE,
        # One that was open before a stop does not come back to life when the registration is restored.
        started_at__gte=F("device__registration__state_at"),
    )
    found = mine.filter(digest=fingerprint(secret)).first()
    limits = {"idle_minutes": config().app_idle_minutes, "hours": config().app_session_hours}
    if found is None or is_over(found, **limits):
        return None
    return SignedIn(bytes(found.digest), found.device.registration, found.device)


def is_over(found: Use, *, idle_minutes: int, hours: int) -> bool:
    """Whether a session timed out; one that did not is marked as used, at most once a minute."""
    over, now = timed_out(found, idle_minutes=idle_minutes, hours=hours), clock.now()
    if not over and (now - found.seen_at).total_seconds() > 60:
        type(found)._default_manager.filter(pk=found.pk).update(seen_at=now)
    return over


def timed_out(found: Use, *, idle_minutes: int, hours: int) -> bool:
    """The same for what only a page's script asks: nobody need be there, so it is no use."""
    now = clock.now()
    return sessions_end(
        idle_seconds=(now - found.seen_at).total_seconds(),
        age_seconds=(now - found.started_at).total_seconds(),
        idle_limit=idle_minutes * 60,
        age_limit=hours * 3600,
    )


def sign_out(signed: SignedIn) -> None:
    """End the session."""
    with transaction.atomic():
        Session.objects.filter(pk=signed.session).delete()
        record(Event.SIGNED_OUT, accounts.about(signed.registration), device=str(signed.device.id))


def forget_expired() -> int:
    """Remove sessions and challenges that are over. Returns how many rows went."""
    now = clock.now()
    oldest = now - timedelta(hours=config().app_session_hours)
    sessions, _ = Session.objects.filter(started_at__lt=oldest).delete()
    challenges, _ = SpentChallenge.objects.filter(until__lt=now).delete()
    return sessions + challenges
