"""A phone proves itself and is bound. Nothing else makes a device."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import record
from nhi_express.core import clock, randomness, rows
from nhi_express.core.config import config
from nhi_express.core.encoding import base64url, fingerprint, from_base64url
from nhi_express.core.vault import CannotOpen, vault
from nhi_express.devices.adapters import webauthn
from nhi_express.devices.models import Device, SpentChallenge
from nhi_express.devices.rules import (
    Challenge,
    DeviceKey,
    DeviceState,
    KeyFault,
    PhoneProof,
    PhoneTraits,
    Purpose,
    message,
)
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration

_IN_STATE = rows.Lookup(Device, "registration", "state")


@dataclass(frozen=True, slots=True)
class VerifiedPhone:
    """A phone whose proof holds."""

    key: DeviceKey
    passkey: webauthn.Passkey | None
    traits: PhoneTraits


def new_challenge(purpose: Purpose, subject: UUID) -> Challenge:
    """Make a challenge for one purpose and one subject. It needs no row until it is answered."""
    challenge = base64url(randomness.octets(32))
    until = clock.now() + timedelta(seconds=config().challenge_seconds)
    note = json.dumps([challenge, purpose, str(subject), until.timestamp()]).encode()
    return Challenge(base64url(vault().seal(note, "devices.challenge")), challenge)


def challenge_of(token: str, purpose: Purpose, subject: UUID) -> str:
    """Open a token. Raises :class:`Refused` when it is stale or was made for something else."""
    try:
        note = json.loads(vault().open(from_base64url(token), "devices.challenge"))
    except (CannotOpen, ValueError) as error:
        raise Refused(Problem.CHALLENGE_EXPIRED) from error
    challenge, made_for, about, until = note
    if (made_for, about) != (purpose, str(subject)) or clock.now().timestamp() > until:
        raise Refused(Problem.CHALLENGE_EXPIRED)
    return str(challenge)


def verify_phone(proof: PhoneProof, subject: UUID) -> VerifiedPhone:
    """Check a phone's key and passkey against the challenge given to ``subject``, before anything is written.

    Raises :class:`Refused`.
    """
    challenge = challenge_of(proof.token, "bind", subject)
    try:
        key = DeviceKey.from_jwk(proof.key)
        passkey, bound = webauthn.verify_creation(challenge, proof.passkey) if proof.passkey else (None, b"")
    except KeyFault as error:
        raise Refused(Problem.DEVICE_PROOF_FAILED) from error
    except webauthn.PasskeyFault as error:
        raise Refused(Problem.PASSKEY_FAILED) from error
    if not key.verifies(proof.signature, message("bind", challenge, bound)):
        raise Refused(Problem.DEVICE_PROOF_FAILED)
    return VerifiedPhone(key, passkey, proof.traits)


def bind(registration: Registration, phone: VerifiedPhone, channel: str) -> Device:
    """Bind a phone to a registration, within the caller's transaction. Nothing else makes a :class:`Device`.

    Raises :class:`Refused` when the member has as many phones as the setting allows, or the key is bound already.
    """
    if len(list(_IN_STATE.all(registration.id, DeviceState.ACTIVE))) >= config().devices_per_member:
        raise Refused(Problem.TOO_MANY_DEVICES)
    now, passkey = clock.now(), phone.passkey
    try:
        with transaction.atomic():
            device = Device(
                id=randomness.identifier(),
                registration=registration,
                state=DeviceState.ACTIVE,
                platform=phone.traits.platform,
                model=phone.traits.model,
                key=phone.key.point,
                thumbprint=phone.key.thumbprint,
                bound_at=now,
                state_at=now,
                channel=channel,
                **_passkey_columns(passkey),
            )
            rows.add(device)
    except IntegrityError as error:
        raise Refused(Problem.KEY_ALREADY_BOUND) from error
    kind = "none" if passkey is None else "synced" if passkey.synced else "single-device"
    about = accounts.about(registration)
    record(Event.DEVICE_BOUND, about, device=str(device.id), platform=device.platform, passkey=kind)
    accounts.tell(registration, "devices/bound", {"model": device.model, "identifier": device.identifier})
    return device


def _passkey_columns(passkey: webauthn.Passkey | None) -> dict[str, Any]:
    if passkey is None:
        return {}
    return {
        "credential_id": passkey.credential_id,
        "credential": passkey.credential,
        "sign_count": passkey.sign_count,
        "synced": passkey.synced,
        "aaguid": passkey.aaguid,
    }


def spend_challenge(challenge: str) -> None:
    """Mark a challenge as answered, within the caller's transaction. Raises :class:`Refused` the second time."""
    until = clock.now() + timedelta(seconds=config().challenge_seconds)
    try:
        with transaction.atomic():
            rows.add(SpentChallenge(digest=fingerprint(challenge), until=until))
    except IntegrityError as error:
        raise Refused(Problem.CHALLENGE_EXPIRED) from error
