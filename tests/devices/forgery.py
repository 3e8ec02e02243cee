"""A passkey that says whatever a test wants: what a thief, a foreign site or a broken phone could send."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor

from nhi_express.core.config import config

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


def text(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def octets(data: str) -> bytes:
    """Undo :func:`text`."""
    return urlsafe_b64decode(data + "=" * (-len(data) % 4))


@dataclass
class Passkey:
    """One key pair with everything that it says open to change."""

    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    flags: int = UP | UV
    count: int = 0
    rp_id: str = field(default_factory=lambda: config().site_host)
    origin: str = field(default_factory=lambda: config().site_url)

    def creation(self, challenge: str, **told: Any) -> dict[str, Any]:
        """The answer to a request for a new passkey."""
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor.encode(cose)
        data = self.data(told.pop("flags", self.flags | AT)) + (told.pop("attested", attested))
        client = self.client_data(told.pop("kind", "webauthn.create"), challenge, **told)
        made = {"clientDataJSON": text(client), "attestationObject": text(attestation(data))}
        return self._envelope(made)

    def assertion(self, challenge: str, **told: Any) -> dict[str, Any]:
        """The answer to a request to sign in."""
        signer = told.pop("signer", self.key)
        data = self.data(told.pop("flags", self.flags))
        client = self.client_data(told.pop("kind", "webauthn.get"), challenge, **told)
        signature = signer.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        made = {"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature)}
        return self._envelope({**made, "userHandle": text(b"x" * 16)})

    def data(self, flags: int) -> bytes:
        """Authenticator data without extensions."""
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def client_data(self, kind: str, challenge: str, **more: Any) -> bytes:
        """What the browser adds."""
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **more}
        return json.dumps(told, separators=(",", ":")).encode()

    def _envelope(self, response: dict[str, Any]) -> dict[str, Any]:
        return {"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response}


def attestation(data: bytes) -> bytes:
    """An attestation object that attests nothing."""
    return cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
