"""What an invented card answers: a pure state machine from a command APDU to data and status word (ISO 7816-4).

The NHI card's applet, commands and layout are those on which all open readers of it agree. The residence permit is a
stand-in, because its layout is not published.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple, get_args

from nhi_sandbox.register import RegisterRow

CardKind = Literal["nhi", "permit", "copied", "void", "foreign", "broken"]
"""An NHI card, a residence permit, a copy that holds the right data but no key, a withdrawn NHI card, a bank's card,
and one whose chip lets itself be chosen and then fails."""
CARD_KINDS: Final[tuple[CardKind, ...]] = get_args(CardKind)

NHI_APPLET: Final = bytes.fromhex("D1580000010000000000000000001100")
PERMIT_APPLET: Final = bytes.fromhex("D1580000010000000000000000004100")
MASTER_KEY: Final = b"the master key of the sandbox's invented cards"
"""From this the issuer derives each card's key. It opens invented cards only."""

OK: Final = 0x9000
WRONG_LENGTH: Final = 0x6700
REFUSED: Final = 0x6985
NOT_FOUND: Final = 0x6A82
WRONG_PARAMETERS: Final = 0x6A86
WRONG_DATA_LENGTH: Final = 0x6C00
UNKNOWN_COMMAND: Final = 0x6D00
UNKNOWN_CLASS: Final = 0x6E00
BROKEN: Final = 0x6F00

_SELECT: Final = 0xA4
_READ: Final = 0xCA
_AUTHENTICATE: Final = 0x82
_BASIC_DATA: Final = 0x1100
_STATE: Final = 0x2400
_CARD_KEY: Final = 0x1112
_CHALLENGE_BYTES: Final = 32
_RESPONSE_BYTES: Final = 16
_NAME_BYTES: Final = 20
_LAST_YEAR_BEFORE_ROC: Final = 1911
_PERMIT_EXPIRES: Final = "20351231"


class Command(NamedTuple):
    """A command APDU: ``parameters`` is P1 and P2, ``expected`` is Le, None where it is absent."""

    cla: int
    ins: int
    parameters: int
    data: bytes
    expected: int | None

    @classmethod
    def parse(cls, apdu: bytes) -> "Command":
        """Read a short APDU. Raises ValueError when its lengths do not fit."""
        if len(apdu) < 4:
            raise ValueError("too short")
        head, rest = apdu[:4], apdu[4:]
        data = rest[1 : 1 + rest[0]] if len(rest) > 1 else b""
        left = rest[1 + len(data) :] if len(rest) > 1 else rest
        if len(left) > 1 or (len(rest) > 1 and (not data or len(data) != rest[0])):
            raise ValueError("lengths do not fit")
        return cls(head[0], head[1], int.from_bytes(head[2:]), data, left[0] if left else None)


@dataclass(frozen=True, slots=True)
class Applet:
    """What a chip offers: its name (AID), data by parameters, and the key it authenticates with, where it has one."""

    aid: bytes
    data: Mapping[int, bytes]
    key: bytes | None = None


class VirtualCard:
    """One card. ``applet`` is the only one on it; without one it is no card that anybody here knows.

    A ``broken`` one lets any applet be selected and fails at everything else: it is not to be taken for a foreign one.
    """

    def __init__(self, applet: Applet | None, *, broken: bool = False) -> None:
        self._applet, self._broken, self._selected = applet, broken, False

    def reset(self) -> None:
        """Power off and on: nothing is selected any more."""
        self._selected = False

    def answer(self, apdu: bytes) -> bytes:
        """The answer to one command: data, then two bytes of status word. Never raises."""
        try:
            command = Command.parse(apdu)
        except ValueError:
            return _status(WRONG_LENGTH)
        if self._broken:
            return _status(OK if command.ins == _SELECT else BROKEN)
        return self._carry_out(command)

    def _carry_out(self, command: Command) -> bytes:
        if command.cla != 0:
            return _status(UNKNOWN_CLASS)
        if command.ins == _SELECT:
            return self._select(command)
        if command.ins not in {_READ, _AUTHENTICATE}:
            return _status(UNKNOWN_COMMAND)
        if not self._selected or self._applet is None:
            return _status(REFUSED)
        return _read(self._applet, command) if command.ins == _READ else _authenticate(self._applet, command)

    def _select(self, command: Command) -> bytes:
        if command.parameters != 0x0400:
            return _status(WRONG_PARAMETERS)
        if self._applet is None or command.data != self._applet.aid:
            return _status(NOT_FOUND)
        self._selected = True
        return _status(OK)


def _status(word: int) -> bytes:
    return word.to_bytes(2)


def _read(applet: Applet, command: Command) -> bytes:
    data = applet.data.get(command.parameters)
    if data is None:
        return _status(WRONG_PARAMETERS)
    if command.data != b"\0\0":
        return _status(WRONG_LENGTH)
    return _sent(data, command.expected)


def _authenticate(applet: Applet, command: Command) -> bytes:
    if command.parameters != _CARD_KEY:
        return _status(WRONG_PARAMETERS)
    if len(command.data) != _CHALLENGE_BYTES:
        return _status(WRONG_LENGTH)
    if applet.key is None:
        return _status(REFUSED)
    return _sent(response(applet.key, command.data), command.expected)


def _sent(data: bytes, expected: int | None) -> bytes:
    """The data, unless a length was asked for (0 means any) that is not theirs: then the status word tells it."""
    if expected and expected != len(data):
        return _status(WRONG_DATA_LENGTH | len(data))
    return data + _status(OK)


def card_key(card_number: str) -> bytes:
    """The key of the card with this number (32 bytes), as the issuer derives it."""
    return hmac.digest(MASTER_KEY, card_number.encode(), hashlib.sha256)


def response(key: bytes, challenge: bytes) -> bytes:
    """What a card with this key answers to a challenge (32 bytes): 16 bytes."""
    return hmac.digest(key, challenge, hashlib.sha256)[:_RESPONSE_BYTES]


def nhi_block(row: RegisterRow) -> bytes:
    """The 57 bytes that any reader gets from this person's NHI card: number, name, ID number, birth, sex, issue."""
    front = row.card_number.encode() + _name(row.name) + row.id_number.encode()
    return front + _roc_day(row.birth_date) + row.sex.encode() + _roc_day(row.card_issued)


def _name(name: str) -> bytes:
    """Big5 with its rare characters, cut between characters and not within one, padded with NUL."""
    raw = b""
    for character in name:
        encoded = character.encode("big5hkscs", "replace")
        if len(raw + encoded) > _NAME_BYTES:
            break
        raw += encoded
    return raw.ljust(_NAME_BYTES, b"\0")


def _roc_day(day: str) -> bytes:
    """YYYY-MM-DD as YYYMMDD, its year counted from 1912 (民國)."""
    given = date.fromisoformat(day)
    return f"{given.year - _LAST_YEAR_BEFORE_ROC:03d}{given:%m%d}".encode()


def permit_block(row: RegisterRow) -> bytes:
    """The stand-in's 38 bytes: UI number, expiry, issue (YYYYMMDD), permit number. Raises ValueError for a citizen."""
    if not row.permit_issued:
        raise ValueError("a citizen has no residence permit")
    issued = row.permit_issued.replace("-", "")
    return f"{row.id_number}{_PERMIT_EXPIRES}{issued}88{row.card_number[-10:]}".encode()


def _nhi_card(row: RegisterRow, *, mark: bytes = b"1", copied: bool = False) -> VirtualCard:
    key = None if copied else card_key(row.card_number)
    return VirtualCard(Applet(NHI_APPLET, {_BASIC_DATA: nhi_block(row), _STATE: mark}, key))


def make_card(kind: CardKind, row: RegisterRow) -> VirtualCard:
    """A card of this kind for this person; foreign and broken ones are nobody's.

    Raises ValueError for the residence permit of a citizen.
    """
    match kind:
        case "permit":
            return VirtualCard(Applet(PERMIT_APPLET, {_BASIC_DATA: permit_block(row)}))
        case "foreign" | "broken":
            return VirtualCard(None, broken=kind == "broken")
        case _:
            return _nhi_card(row, mark=b"2" if kind == "void" else b"1", copied=kind == "copied")
