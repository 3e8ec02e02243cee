"""A bound phone's key, what it signs, and what its owner may do with the binding. Pure (DESIGN: a phone, bound)."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from nhi_express.core.encoding import base64url, from_base64url
from nhi_express.core.randomness import CROCKFORD

Purpose = Literal["bind", "unlock", "card", "desk", "staff"]


class DeviceState(StrEnum):
    """已啟用, 停用, and deleted: DESIGN, states."""

    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"


_MOVES = {
    DeviceState.ACTIVE: {DeviceState.DISABLED, DeviceState.DELETED},
    DeviceState.DISABLED: {DeviceState.ACTIVE, DeviceState.DELETED},
    DeviceState.DELETED: set[DeviceState](),
}


def may_become(present: DeviceState, wanted: DeviceState) -> bool:
    """Whether a device may go from ``present`` to ``wanted``. A deleted one never comes back."""
    return wanted in _MOVES[present]


class KeyFault(ValueError):
    """What a phone sent is not a P-256 public key."""


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """The public half of a device key, as an uncompressed P-256 point of 65 bytes."""

    point: bytes

    @classmethod
    def from_jwk(cls, text: str) -> DeviceKey:
        """Read a public JWK (RFC 7517). Raises :class:`KeyFault`."""
        try:
            jwk = json.loads(text)
            if (jwk["kty"], jwk["crv"]) != ("EC", "P-256") or "d" in jwk:
                raise KeyFault("not a public P-256 key")
            key = cls(b"\x04" + from_base64url(jwk["x"]) + from_base64url(jwk["y"]))
            key.public_key()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise KeyFault("not a public P-256 key") from error
        return key

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The key for verifying. Raises :class:`ValueError` when the point is not on the curve."""
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.point)

    @property
    def thumbprint(self) -> str:
        """RFC 7638 thumbprint, base64url."""
        x, y = base64url(self.point[1:33]), base64url(self.point[33:])
        canonical = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
        return base64url(hashlib.sha256(canonical.encode()).digest())

    def verifies(self, signature: str, message: bytes) -> bool:
        """Whether ``signature`` (base64url of r and s, 64 bytes, as WebCrypto makes it) is this key's."""
        try:
            raw = from_base64url(signature)
            pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
            self.public_key().verify(pair, message, ec.ECDSA(SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return len(raw) == 64


def message(purpose: Purpose, challenge: str, bound: bytes) -> bytes:
    """What the device key signs: purpose, challenge, and the hash of the passkey's answer in the same act.

    Because the passkey's answer is inside, an answer of one phone cannot be joined with a signature of another.
    """
    return f"nhi-express/{purpose}/1\n{challenge}\n{base64url(hashlib.sha256(bound).digest())}".encode()


def thumbprint_hex(thumbprint: str) -> str:
    """A thumbprint as hex digits."""
    return from_base64url(thumbprint).hex()


@dataclass(frozen=True, slots=True)
class PhoneTraits:
    """What a phone tells of itself; shown to its owner, never believed."""

    platform: str
    model: str

    @classmethod
    def told(cls, platform: str, model: str) -> PhoneTraits:
        """A platform of a fixed set with its version's number, for it stands in the log, where nobody writes freely; of
        the model only printable characters, and not many."""
        return cls(_known_platform(platform), _plain(model, 64))


# What browsers call their platforms, and how it is kept.
_PLATFORMS = {
    "android": "Android",
    "ios": "iOS",
    "ipados": "iOS",
    "windows": "Windows",
    "macos": "macOS",
    "linux": "Linux",
    "cros": "ChromeOS",
    "chromeos": "ChromeOS",
    "chrome os": "ChromeOS",
    "chromium os": "ChromeOS",
}
_PLATFORM = re.compile(r"([a-z][a-z ]*?)(?: ([0-9]+))?", re.ASCII)


def _known_platform(text: str) -> str:
    told = _PLATFORM.fullmatch(text.strip().lower())
    family = _PLATFORMS.get(told[1]) if told else None
    if told is None or family is None:
        return "Other"
    return f"{family} {int(told[2])}" if told[2] and len(told[2]) <= 3 else family


def _plain(text: str, most: int) -> str:
    return "".join(character for character in text if character.isprintable()).strip()[:most]


def sessions_end(*, idle_seconds: float, age_seconds: float, idle_limit: float, age_limit: float) -> bool:
    """Whether a session is over: unused for too long, or too old (DESIGN: lifetimes)."""
    return idle_seconds > idle_limit or age_seconds > age_limit


@dataclass(frozen=True, slots=True)
class Challenge:
    """Something fresh for a phone to sign. ``token`` is the server's sealed note of it, given back with the answer."""

    token: str
    challenge: str


@dataclass(frozen=True, slots=True)
class PhoneProof:
    """What a phone sends to be bound: its key, its signature, and its passkey where it made one (JSON, or empty)."""

    token: str
    key: str
    signature: str
    passkey: str
    traits: PhoneTraits


@dataclass(frozen=True, slots=True)
class UnlockAnswer:
    """What a phone answers to a sign-in challenge: its key's signature, and a passkey's answer or a password."""

    token: str
    signature: str
    assertion: dict[str, Any] | None
    password: str


CODE_LENGTH = 8
# Douglas Crockford's base32: what looks like a digit is taken for it.
_LOOK_ALIKE = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s_.\-\u2010-\u2015\u2212]")


def code_meant(typed: str, length: int = CODE_LENGTH) -> str:
    """The code that somebody typed, as it was made; an empty string when it cannot be one of that length.

    Forgiven: small letters, full width, spaces and hyphens, the letter O for 0, the letters I and L for 1.
    """
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed)).upper().translate(_LOOK_ALIKE)
    return plain if len(plain) == length and set(plain) <= set(CROCKFORD) else ""


def code_shown(code: str) -> str:
    """A code in groups of four, as people read it: ABCD-EFGH."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


_HANDHELD = re.compile(r"Android|iPhone|iPad|iPod|Mobile|Phone")
_DESKTOP = re.compile(r"Windows NT|CrOS|X11|Linux x86_64")


def looks_like_computer(agent: str) -> bool:
    """Whether a browser's User-Agent header tells of a computer.

    A Macintosh may be an iPad, which calls itself so; the page's script looks for a touch screen there.
    """
    return bool(_DESKTOP.search(agent)) and not _HANDHELD.search(agent)
