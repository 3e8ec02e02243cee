"""A device key as a phone's browser makes it: P-256, never leaves the phone, signs like WebCrypto."""

import hashlib
import json
from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(data).decode().rstrip("=")


class DeviceKey:
    """One key of one binding."""

    def __init__(self) -> None:
        self._private: EllipticCurvePrivateKey = generate_private_key(SECP256R1())

    @property
    def jwk(self) -> dict[str, str]:
        """The public key as a JWK (RFC 7517), with no members but those the thumbprint needs."""
        numbers = self._private.public_key().public_numbers()
        x, y = (base64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
        return {"crv": "P-256", "kty": "EC", "x": x, "y": y}

    @property
    def thumbprint(self) -> str:
        """SHA-256 thumbprint of the public key in hex (RFC 7638)."""
        return hashlib.sha256(json.dumps(self.jwk, separators=(",", ":")).encode()).hexdigest()

    def sign(self, data: bytes) -> str:
        """ECDSA with SHA-256 over `data`: r and s, 32 bytes each, together in base64url, as WebCrypto gives them."""
        r, s = decode_dss_signature(self._private.sign(data, ECDSA(SHA256())))
        return base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
