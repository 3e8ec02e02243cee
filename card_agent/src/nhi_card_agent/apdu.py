"""The commands that NHI cards know, and the answers that can be taken for theirs.

Commands as in every open reader of these cards; no other status words than 9000 are documented. Cards are judged by
what they answer to SELECT, never by their ATR: nothing says that all batches since 2002 have the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from nhi_card_agent.readers import Card, Fault

CHALLENGE_LENGTH: Final = 32
RESPONSE_LENGTH: Final = 16
# Readers with a security module are given more than this; nobody asked for it, so it is not handed on.
BLOCK_LENGTH: Final = 57

OK: Final = 0x9000
_MORE: Final = 0x61
_OTHER_LENGTH: Final = 0x6C
# Answers come in parts of up to 256 bytes; a card that never ends is a broken one.
_MOST_PARTS: Final = 8

_SELECT: Final = bytes.fromhex("00A4040010")
# Sixteen bytes each: the last 00 belongs to the name and is no length.
NHI_AID: Final = bytes.fromhex("D1580000010000000000000000001100")
# A stand-in: the permit's real application and format are not published (docs/decisions/0008-card.md).
PERMIT_AID: Final = bytes.fromhex("D1580000010000000000000000004100")
READ_BLOCK: Final = bytes.fromhex("00CA1100020000")
READ_STATE: Final = bytes.fromhex("00CA240002000000")
_AUTHENTICATE: Final = bytes.fromhex("0082111220")
_GET_RESPONSE: Final = bytes.fromhex("00C00000")


def select(aid: bytes) -> bytes:
    """The command that chooses an application on the card."""
    return _SELECT + aid


def authenticate(challenge: bytes) -> bytes:
    """The command that has the card answer ``challenge``, 32 bytes, with 16 bytes. Raises :class:`ValueError`."""
    if len(challenge) != CHALLENGE_LENGTH:
        raise ValueError("a challenge has 32 bytes")
    return _AUTHENTICATE + challenge + bytes([RESPONSE_LENGTH])


def exchange(card: Card, apdu: bytes) -> tuple[bytes, int]:
    """Send ``apdu`` and fetch the whole answer; its data and the last status word.

    6Cxx asks for the command again with the length that it names, 61xx for GET RESPONSE (ISO 7816-4, 5.6).
    Raises :class:`Fault`.
    """
    data, status = _send(card, apdu)
    for _ in range(_MOST_PARTS):
        if status >> 8 != _MORE:
            return data, status
        part, status = _send(card, _GET_RESPONSE + bytes([status & 0xFF]))
        data += part
    raise Fault("CARD_UNREADABLE")


def _send(card: Card, apdu: bytes) -> tuple[bytes, int]:
    data, status = card.transmit(apdu)
    if status >> 8 == _OTHER_LENGTH:
        return card.transmit(_with_length(apdu, status & 0xFF))
    return data, status


def _with_length(apdu: bytes, expected: int) -> bytes:
    """``apdu`` expecting ``expected`` bytes. Five bytes are a header and a length; longer ones carry data."""
    end = 4 if len(apdu) <= 5 else 5 + apdu[4]
    return apdu[:end] + bytes([expected])


def read(card: Card, want: frozenset[str], challenge: bytes = b"") -> dict[str, bytes | None]:
    """What is wanted of the card: any of `block`, `state`, `response` (which needs ``challenge``) and `permit`.

    `response` is None where the card does not know authentication. Raises :class:`Fault` NOT_NHI_CARD, NOT_A_PERMIT,
    CARD_UNREADABLE, or what the card raises.
    """
    steps: Mapping[str, Callable[[], bytes | None]] = {
        "block": lambda: _needed(card, READ_BLOCK, BLOCK_LENGTH)[:BLOCK_LENGTH],
        "state": lambda: _needed(card, READ_STATE, 1),
        "response": lambda: _response(card, challenge),
    }
    found: dict[str, bytes | None] = {}
    if want & steps.keys():
        _choose(card, NHI_AID, "NOT_NHI_CARD")
        found |= {name: step() for name, step in steps.items() if name in want}
    if "permit" in want:
        _choose(card, PERMIT_AID, "NOT_A_PERMIT")
        found["permit"] = _needed(card, READ_BLOCK, 1)
    return found


def _choose(card: Card, aid: bytes, code: str) -> None:
    if exchange(card, select(aid))[1] != OK:
        raise Fault(code)


def _needed(card: Card, apdu: bytes, least: int) -> bytes:
    data, status = exchange(card, apdu)
    if status != OK or len(data) < least:
        raise Fault("CARD_UNREADABLE")
    return data


def _response(card: Card, challenge: bytes) -> bytes | None:
    data, status = exchange(card, authenticate(challenge))
    if status != OK:
        return None
    if len(data) != RESPONSE_LENGTH:
        raise Fault("CARD_UNREADABLE")
    return data
