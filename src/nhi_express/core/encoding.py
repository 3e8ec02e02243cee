"""How bytes are written down and compared."""

import base64
import hashlib


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Undo :func:`base64url`. Raises :class:`ValueError`."""
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


def fingerprint(secret: str) -> bytes:
    """SHA-256 of a random secret, by which it is found without being stored."""
    # JSON can spell half a surrogate pair: nobody's secret, but no fault of ours either.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
