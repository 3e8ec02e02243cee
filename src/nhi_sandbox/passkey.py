"""A software passkey authenticator: what a browser's `navigator.credentials` gives, made in Python.

WebAuthn level 3: ES256, no attestation, discoverable credentials. `verifies_user` is the person unlocking the phone;
`synced` passkeys say that they are backed up (BE and BS) and do not count.
"""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fido2 import cbor

from nhi_sandbox.device_key import base64url

ES256: Final = -7
_PRESENT, _VERIFIED, _ELIGIBLE, _BACKED_UP, _ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40

Json = Mapping[str, Any]


class NotAllowed(Exception):
    """The browser would have refused; the text begins with the name of its DOMException."""


@dataclass(slots=True)
class _Credential:
    rp_id: str
    user_handle: bytes
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0


class Authenticator:
    """The passkeys of one phone."""

    def __init__(self, *, verifies_user: bool = True, synced: bool = False) -> None:
        self.verifies_user, self.synced = verifies_user, synced
        self._credentials: list[_Credential] = []

    def create(self, options: str | Json, origin: str) -> dict[str, Any]:
        """Make a passkey: PublicKeyCredentialCreationOptionsJSON in, RegistrationResponseJSON out.

        Raises NotAllowed for a foreign RP id, a passkey that is excluded, an unknown algorithm or a person who
        does not unlock the phone.
        """
        asked = _parse(options)
        rp_id = _check_rp_id(asked["rp"].get("id"), origin)
        if not any(one["alg"] == ES256 for one in asked["pubKeyCredParams"]):
            raise NotAllowed("NotSupportedError: no algorithm in common")
        if self._known(rp_id, asked.get("excludeCredentials", [])):
            raise NotAllowed("InvalidStateError: this phone has a passkey here already")
        flags = self._unlock(asked.get("authenticatorSelection", {}).get("userVerification", "preferred"))
        credential = _Credential(rp_id, _unbase64url(asked["user"]["id"]))
        # One passkey for an account on a phone: the new one replaces the old one.
        self._credentials = [one for one in self._credentials if not _same_account(one, credential)] + [credential]
        data = _authenticator_data(credential, flags | _ATTESTED) + _attested(credential)
        response = {
            "clientDataJSON": base64url(_client_data("webauthn.create", asked["challenge"], origin)),
            "attestationObject": base64url(cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})),
            "authenticatorData": base64url(data),
            "publicKey": base64url(
                credential.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            ),
            "publicKeyAlgorithm": ES256,
            "transports": ["internal"],
        }
        return _envelope(credential, response, asked.get("extensions", {}))

    def get(self, options: str | Json, origin: str) -> dict[str, Any]:
        """Sign in: PublicKeyCredentialRequestOptionsJSON in, AuthenticationResponseJSON out.

        Raises NotAllowed when no passkey fits or the person does not unlock the phone.
        """
        asked = _parse(options)
        rp_id = _check_rp_id(asked.get("rpId"), origin)
        fitting = self._known(rp_id, asked.get("allowCredentials") or None)
        if not fitting:
            raise NotAllowed("NotAllowedError: no passkey fits")
        flags = self._unlock(asked.get("userVerification", "preferred"))
        credential = fitting[-1]
        credential.count += 0 if self.synced else 1
        data = _authenticator_data(credential, flags)
        client_data = _client_data("webauthn.get", asked["challenge"], origin)
        signed = credential.key.sign(data + hashlib.sha256(client_data).digest(), ECDSA(SHA256()))
        response = {
            "clientDataJSON": base64url(client_data),
            "authenticatorData": base64url(data),
            "signature": base64url(signed),
            "userHandle": base64url(credential.user_handle),
        }
        return _envelope(credential, response, {})

    def forget(self) -> None:
        """Lose all passkeys, as a reset phone does."""
        self._credentials.clear()

    def _known(self, rp_id: str, named: list[Json] | None) -> list[_Credential]:
        """This RP's passkeys, only those named when `named` is a list."""
        here = [one for one in self._credentials if one.rp_id == rp_id]
        if named is None:
            return here
        ids = {_unbase64url(one["id"]) for one in named}
        return [one for one in here if one.id in ids]

    def _unlock(self, verification: str) -> int:
        if verification == "required" and not self.verifies_user:
            raise NotAllowed("NotAllowedError: the phone was not unlocked")
        verified = _VERIFIED if self.verifies_user and verification != "discouraged" else 0
        return _PRESENT | verified | (_ELIGIBLE | _BACKED_UP if self.synced else 0)


def _parse(options: str | Json) -> Json:
    parsed: Json = json.loads(options) if isinstance(options, str) else options
    inner: Json = parsed.get("publicKey", parsed)
    return inner


def _check_rp_id(rp_id: str | None, origin: str) -> str:
    host = urlsplit(origin).hostname or ""
    if rp_id is None or host == rp_id or host.endswith(f".{rp_id}"):
        return rp_id or host
    raise NotAllowed(f"SecurityError: {rp_id} is not {host}'s")


def _same_account(one: _Credential, other: _Credential) -> bool:
    return (one.rp_id, one.user_handle) == (other.rp_id, other.user_handle)


def _authenticator_data(credential: _Credential, flags: int) -> bytes:
    return hashlib.sha256(credential.rp_id.encode()).digest() + bytes([flags]) + credential.count.to_bytes(4, "big")


def _attested(credential: _Credential) -> bytes:
    numbers = credential.key.public_key().public_numbers()
    cose = {1: 2, 3: ES256, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
    return bytes(16) + len(credential.id).to_bytes(2, "big") + credential.id + cbor.encode(cose)


def _client_data(kind: str, challenge: str, origin: str) -> bytes:
    data = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
    return json.dumps(data, separators=(",", ":")).encode()


def _envelope(credential: _Credential, response: dict[str, Any], extensions: Json) -> dict[str, Any]:
    return {
        "id": base64url(credential.id),
        "rawId": base64url(credential.id),
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {"credProps": {"rk": True}} if extensions.get("credProps") else {},
        "response": response,
    }


def _unbase64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
