"""Passkeys, verified by Yubico's ``fido2`` (WebAuthn Level 3, sections 7.1 and 7.2). User verification is required."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from struct import error as StructError
from typing import Any
from uuid import UUID

from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    RegistrationResponse,
)

from nhi_express.core.config import config

# ES256, RS256, Ed25519: what phones' authenticators offer.
_ALGORITHMS = (-7, -257, -8)
_LONGEST_ID, _TYPE = 1023, "public-key"
# What the library raises for answers that do not hold, or are no answers at all (nested without end, cut short).
_NOT_A_PASSKEY = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError, StructError)


class PasskeyFault(ValueError):
    """A passkey's answer does not hold. The message names the check, never a value."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as it is stored."""

    credential_id: bytes
    credential: bytes
    sign_count: int
    synced: bool
    aaguid: UUID


@dataclass(frozen=True, slots=True)
class Assertion:
    """A verified answer of a passkey: ``bound`` is what the device key must have signed along with it."""

    bound: bytes
    sign_count: int


def creation_options(challenge: str, user: bytes, name: str) -> dict[str, Any]:
    """``PublicKeyCredentialCreationOptionsJSON`` for a new binding. ``user`` names a binding, not a person.

    A discoverable passkey is preferred, so that the unit desk can ask for it on any computer. It is not required: a
    phone that keeps none is bound all the same, and its owner signs in to the desk on the phone, or with the card.
    """
    return {
        "rp": {"id": config().site_host, "name": "NHI Express"},
        "user": {"id": websafe_encode(user), "name": name, "displayName": name},
        "challenge": challenge,
        "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in _ALGORITHMS],
        "timeout": config().challenge_seconds * 1000,
        "excludeCredentials": [],
        "authenticatorSelection": {
            "authenticatorAttachment": "platform",
            "residentKey": "preferred",
            "userVerification": "required",
        },
        "attestation": "none",
    }


def staff_creation_options(challenge: str, user: bytes, name: str) -> dict[str, Any]:
    """The same for a passkey of staff: discoverable, for they are asked for nothing else, on a security key or not."""
    selection = {"residentKey": "required", "userVerification": "required"}
    return {**creation_options(challenge, user, name), "authenticatorSelection": selection}


def request_options(challenge: str, credential_id: bytes) -> dict[str, Any]:
    """``PublicKeyCredentialRequestOptionsJSON`` for signing in with one binding's passkey."""
    return {
        "challenge": challenge,
        "rpId": config().site_host,
        "timeout": config().challenge_seconds * 1000,
        "userVerification": "required",
        "allowCredentials": [{"type": "public-key", "id": websafe_encode(credential_id), "transports": ["internal"]}],
    }


def discovery_options(challenge: str) -> dict[str, Any]:
    """``PublicKeyCredentialRequestOptionsJSON`` for any passkey of this site: the person chooses which."""
    return {
        "challenge": challenge,
        "rpId": config().site_host,
        "timeout": config().challenge_seconds * 1000,
        "userVerification": "required",
        "allowCredentials": [],
    }


def credential_id_of(answer: dict[str, Any]) -> bytes:
    """Which passkey an answer claims to be of. It proves nothing yet. Raises :class:`PasskeyFault`."""
    try:
        return _raw_id(answer)
    except _NOT_A_PASSKEY as error:
        raise PasskeyFault("id") from error


def verify_creation(challenge: str, answer: str) -> tuple[Passkey, bytes]:
    """Check a new passkey. Returns it and what the device key must have signed along. Raises :class:`PasskeyFault`."""
    try:
        response = _registration(json.loads(answer))
        data = _server().register_complete(_state(challenge), response)
        bound = bytes(response.raw_id) + bytes(response.response.attestation_object)
        return _passkey(data), bound
    except _NOT_A_PASSKEY as error:
        raise PasskeyFault("creation") from error


def verify_assertion(challenge: str, passkey: Passkey, answer: dict[str, Any]) -> Assertion:
    """Check a passkey's answer to a sign-in. Raises :class:`PasskeyFault`."""
    try:
        response = _authentication(answer)
        known = AttestedCredentialData(passkey.credential)
        _server().authenticate_complete(_state(challenge), [known], response)
    except _NOT_A_PASSKEY as error:
        raise PasskeyFault("assertion") from error
    data, told = response.response.authenticator_data, response.response
    if _eligible(data) != passkey.synced:
        # WebAuthn L3, section 7.2: backup eligibility is fixed when the passkey is made.
        raise PasskeyFault("backup eligibility changed")
    return Assertion(bytes(data) + bytes(told.client_data) + told.signature, data.counter)


class _Attested(AuthenticatorAttestationResponse):
    def __post_init__(self) -> None:
        """Nothing to convert. The library would read its own annotations anew each time, at ten signatures' cost."""


class _Asserted(AuthenticatorAssertionResponse):
    def __post_init__(self) -> None:
        """As above."""


class _Registration(RegistrationResponse):
    def __post_init__(self) -> None:
        """As above."""


class _Authentication(AuthenticationResponse):
    def __post_init__(self) -> None:
        """As above."""


def _registration(answer: dict[str, Any]) -> RegistrationResponse:
    """Read ``RegistrationResponseJSON`` (WebAuthn L3, section 5.1.9)."""
    told = answer["response"]
    response = _Attested(
        client_data=CollectedClientData(_octets(told, "clientDataJSON")),
        attestation_object=AttestationObject(_octets(told, "attestationObject")),
    )
    return _Registration(raw_id=_raw_id(answer), response=response)


def _authentication(answer: dict[str, Any]) -> AuthenticationResponse:
    """Read ``AuthenticationResponseJSON`` (WebAuthn L3, section 5.1.10). Whose passkey it is, its id tells."""
    told = answer["response"]
    response = _Asserted(
        client_data=CollectedClientData(_octets(told, "clientDataJSON")),
        authenticator_data=AuthenticatorData(_octets(told, "authenticatorData")),
        signature=_octets(told, "signature"),
    )
    return _Authentication(raw_id=_raw_id(answer), response=response)


def _raw_id(answer: dict[str, Any]) -> bytes:
    if answer.get("id", answer["rawId"]) != answer["rawId"] or answer.get("type", _TYPE) != _TYPE:
        raise PasskeyFault("id or type")
    return _octets(answer, "rawId")


def _octets(told: dict[str, Any], name: str) -> bytes:
    # The library takes a number for that many octets: one request could claim all memory.
    if not isinstance(told[name], str):
        raise PasskeyFault(name)
    return websafe_decode(told[name])


def _eligible(data: AuthenticatorData) -> bool:
    """Whether the passkey may be on other devices too. Raises :class:`PasskeyFault` for one that is without being able
    to (WebAuthn L3, section 6.1.3)."""
    eligible = bool(data.flags & data.FLAG.BE)
    if data.flags & data.FLAG.BS and not eligible:
        raise PasskeyFault("backed up but not eligible")
    return eligible


def _passkey(data: AuthenticatorData) -> Passkey:
    known = data.credential_data
    if known is None or len(known.credential_id) > _LONGEST_ID:
        raise PasskeyFault("credential id")
    return Passkey(
        credential_id=bytes(known.credential_id),
        credential=bytes(known),
        sign_count=data.counter,
        synced=_eligible(data),
        aaguid=UUID(bytes=bytes(known.aaguid)),
    )


def _state(challenge: str) -> dict[str, Any]:
    return {"challenge": challenge, "user_verification": "required"}


@cache
def _server() -> Fido2Server:
    party = PublicKeyCredentialRpEntity(id=config().site_host, name="NHI Express")
    return Fido2Server(party, verify_origin=lambda origin: origin == config().site_url)
