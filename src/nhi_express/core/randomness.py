"""The one source of randomness: the operating system's. Everything else is a lint error."""

import secrets
import uuid

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def token(bits: int = 128) -> str:
    """A URL-safe secret of at least ``bits`` bits."""
    return secrets.token_urlsafe((bits + 7) // 8)


def octets(count: int) -> bytes:
    """``count`` random bytes."""
    return secrets.token_bytes(count)


def identifier() -> uuid.UUID:
    """A random identifier that tells nothing (RFC 9562, version 4)."""
    return uuid.uuid4()


def digits(count: int) -> str:
    """``count`` random decimal digits, each equally likely."""
    return "".join(secrets.choice("0123456789") for _ in range(count))


def letters(count: int) -> str:
    """``count`` random characters of Crockford's base32 (five bits each), each equally likely."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(count))
