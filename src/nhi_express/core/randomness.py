"""The one source of randomness: the operating system's. Everything else is a lint error."""

import re
import secrets
import uuid

from nhi_express.core import clock

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


def identifiers(count: int) -> list[uuid.UUID]:
    """Identifiers of rows that are made together, in their order: the time, and 74 random bits (RFC 9562, version 7).

    An index takes them side by side; random ones would go to as many of its pages.
    """
    head = int(clock.now().timestamp() * 1000) << 80 | 7 << 76 | 0b10 << 62
    drawn = octets(10 * count)
    numbers = (int.from_bytes(drawn[start : start + 10]) for start in range(0, len(drawn), 10))
    return [uuid.UUID(int=one) for one in sorted(head | number >> 68 << 64 | number & _LOW_BITS for number in numbers)]


_LOW_BITS = (1 << 62) - 1


def digits(count: int) -> str:
    """``count`` random decimal digits, each equally likely."""
    return "".join(secrets.choice("0123456789") for _ in range(count))


def letters(count: int) -> str:
    """``count`` random characters of Crockford's base32 (five bits each); drawn again while they spell a rude word."""
    drawn = _drawn(count)
    while spells_rude(drawn):
        drawn = _drawn(count)
    return drawn


def _drawn(count: int) -> str:
    return "".join(secrets.choice(CROCKFORD) for _ in range(count))


# What English, Taiwanese and typists' slang would hurt or amuse somebody with, in letters; digits are read as letters.
_RUDE = re.compile(
    "ANAL|ANUS|ARSE|ASS|BITCH|COCK|CRAP|CUM|CUNT|DAMN|DEAD|DICK|DIE|DYKE|FAG|FAT|FUCK|GAY|HATE|HELL|HOE|KILL|KKK|NAZI|"
    "NIG|PEE|PENIS|PISS|POO|PORN|PUSSY|RAPE|SEX|SHIT|SLUT|SUCK|TIT|TURD|TWAT|WANK|WEED|WHORE|WTF|XXX|"
    "BAKA|CNM|GAN|NMD|NMSL|SB|TMD"
)
_AS_LETTERS = str.maketrans("0134578V", "OIEASTBU")
_ONE_AS_L = str.maketrans("0134578V", "OLEASTBU")
# Numbers that are insults or ill omens here.
_RUDE_NUMBERS = re.compile("38|250|444|69|87|666")


def spells_rude(code: str) -> bool:
    """Whether a code holds a word that nobody wants to find in a letter of theirs."""
    words = (code, code.translate(_AS_LETTERS), code.translate(_ONE_AS_L))
    return any(map(_RUDE.search, words)) or _RUDE_NUMBERS.search(code) is not None
