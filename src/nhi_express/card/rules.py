"""What an NHI card and a residence permit hold, and how it compares with the insured register. Pure.

The card's layout is the one that every open reader agrees on; only this block can be read without the insurer's own
readers. Reading it is no proof: it is fixed data (docs/decisions/0008-card.md).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from nhi_express.members.rules import CardNumber, HouseholdNumber, IdentifierError, IdNumber, MemberRecord

# Readers with a security module add a mark and a telephone number after these bytes; neither is wanted.
BLOCK_LENGTH: Final = 57
RESPONSE_LENGTH: Final = 16
PERMIT_LENGTH: Final = 38
# The mark of a card that was withdrawn, as a digit or as its code; what else stands there is not published.
_VOID_MARKS: Final = frozenset({2, ord("2")})
_LAST_YEAR_BEFORE_ROC: Final = 1911


class BlockFault(ValueError):
    """The bytes are no NHI card's block. The message names a field, never what it holds."""


class PermitFault(ValueError):
    """The bytes are no residence permit's. The message names a field, never what it holds."""


@dataclass(frozen=True, slots=True)
class CardBlock:
    """The public block of an NHI card. ``name`` is for showing only: cards and register spell rare characters apart."""

    card_number: CardNumber
    name: str
    id_number: IdNumber
    birth_date: date
    sex: str
    issued: date

    @classmethod
    def parse(cls, data: bytes) -> CardBlock:
        """Read the block's first 57 bytes; what follows is ignored. Raises :class:`BlockFault`."""
        if len(data) < BLOCK_LENGTH:
            raise BlockFault("too short")
        sex = _ascii(data[49:50], "sex")
        if sex not in {"M", "F"}:
            raise BlockFault("sex")
        return cls(
            card_number=_card_number(data[:12]),
            name=_name(data[12:32]),
            id_number=_id_number(data[32:42]),
            birth_date=_roc_day(data[42:49], "birth date"),
            sex=sex,
            issued=_roc_day(data[50:57], "issue date"),
        )


def _ascii(data: bytes, field: str) -> str:
    try:
        return data.decode("ascii")
    except UnicodeDecodeError as error:
        raise BlockFault(field) from error


def _card_number(data: bytes) -> CardNumber:
    text = _ascii(data, "card number")
    # Strictly: what people type is forgiven, what a card holds is not.
    if not re.fullmatch(r"\d{12}", text, re.ASCII):
        raise BlockFault("card number")
    return CardNumber(text)


def _id_number(data: bytes) -> IdNumber:
    try:
        return IdNumber.parse(_ascii(data, "ID number"))
    except IdentifierError as error:
        raise BlockFault("ID number") from error


def _roc_day(data: bytes, field: str) -> date:
    """A day as YYYMMDD, its year counted from 1912 (民國)."""
    text = _ascii(data, field)
    if not re.fullmatch(r"\d{7}", text, re.ASCII):
        raise BlockFault(field)
    try:
        return date(int(text[:3]) + _LAST_YEAR_BEFORE_ROC, int(text[3:5]), int(text[5:]))
    except ValueError as error:
        raise BlockFault(field) from error


def _name(data: bytes) -> str:
    """The name, NUL-padded Big5. `big5hkscs` knows the rare characters (堃, 喆) that Python's `big5` lacks."""
    raw = data.split(b"\0", 1)[0]
    try:
        text = raw.decode("big5hkscs")
    except UnicodeDecodeError:
        text = raw.decode("cp950", "replace")
    return "".join(character for character in text if character.isprintable()).strip()


def is_void(state: int | None) -> bool:
    """Whether the card itself says that it was withdrawn: the first byte of its state, None where it was not read."""
    return state in _VOID_MARKS


def mask_card_number(number: CardNumber) -> str:
    """A card number that its owner recognises; its last four digits are the mobile channel's secret."""
    return f"{number.value[:4]} {number.value[4:8]} ○○○○"


@dataclass(frozen=True, slots=True)
class PermitData:
    """What a chip residence permit (晶片居留證) tells. ``number`` is the permit's own, 12 digits."""

    id_number: IdNumber
    expires: date
    issued: date
    number: str

    @classmethod
    def parse(cls, data: bytes) -> PermitData:
        """Read the stand-in layout: 10 characters UI number, 8 expiry, 8 issue (YYYYMMDD), 12 permit number.

        The real layout is not published. Raises :class:`PermitFault`.
        """
        try:
            text = data[:PERMIT_LENGTH].decode("ascii")
            id_number = IdNumber.parse(text[:10])
            expires, issued = _plain_day(text[10:18]), _plain_day(text[18:26])
        except ValueError as error:
            raise PermitFault("unreadable") from error
        if not (id_number.is_foreign and re.fullmatch(r"\d{12}", text[26:], re.ASCII)):
            raise PermitFault("not a permit's numbers")
        return cls(id_number, expires, issued, text[26:])


def _plain_day(text: str) -> date:
    if not re.fullmatch(r"\d{8}", text, re.ASCII):
        raise ValueError("not a day")
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


@dataclass(frozen=True, slots=True)
class AddressBasis:
    """Where somebody is registered (戶籍地). The register does not hold the neighbourhood (鄰)."""

    county: str
    district: str
    village: str
    neighbourhood: str = ""

    def same_area(self, register_area: str) -> bool:
        """Whether the register's text, like 臺中市西屯區何安里, means this county, district and village."""
        mine = normalised(self.county + self.district + self.village)
        return bool(mine) and mine == re.sub(r"\d{1,3}鄰$", "", normalised(register_area))


def normalised(text: str) -> str:
    """A place's name for comparing: 台 and 臺 alike, full-width made plain, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("台", "臺")


@dataclass(frozen=True, slots=True)
class Household:
    """What a citizen proves by: 戶號 (seed Q13) and the registered address."""

    number: HouseholdNumber
    address: AddressBasis


@dataclass(frozen=True, slots=True)
class Permit:
    """What a foreign member proves by: what the component read from the residence permit."""

    data: bytes


Proof = Household | Permit


class Mismatch(StrEnum):
    """What exactly did not match: for staff; members read one common message, so that nobody can test numbers."""

    NOT_IN_REGISTER = "NOT_IN_REGISTER"
    CARD_NUMBER = "CARD_NUMBER"
    BIRTH_DATE = "BIRTH_DATE"
    DECEASED = "DECEASED"
    NUMBER_ENDED = "NUMBER_ENDED"
    NOT_INSURED = "NOT_INSURED"
    HOUSEHOLD_NUMBER = "HOUSEHOLD_NUMBER"
    HOUSEHOLD_AREA = "HOUSEHOLD_AREA"


def card_mismatch(block: CardBlock, record: MemberRecord | None, today: date) -> Mismatch | None:
    """What of a card disagrees with the register, or None. The name is never compared.

    ``record`` is the one found by the card's ID number, which may be a former one. The card number ties the card that
    answered to this member: whoever changes the block's other data runs into it.
    """
    if record is None:
        return Mismatch.NOT_IN_REGISTER
    if block.card_number.value != record.card_number:
        return Mismatch.CARD_NUMBER
    if block.birth_date != record.birth_date:
        return Mismatch.BIRTH_DATE
    if record.deceased:
        return Mismatch.DECEASED
    return None if block.id_number.usable(today) else Mismatch.NUMBER_ENDED


def household_mismatch(household: Household, record: MemberRecord) -> Mismatch | None:
    """What of a household disagrees with the register, or None. What the register does not hold cannot match."""
    if household.number.value != normalised(record.household_number).upper():
        return Mismatch.HOUSEHOLD_NUMBER
    return None if household.address.same_area(record.household_area) else Mismatch.HOUSEHOLD_AREA


def permit_matches(permit: PermitData, known: tuple[IdNumber, ...], today: date) -> bool:
    """Whether a permit is the member's and still good. ``known``: the member's present and former UI numbers."""
    return permit.id_number in known and permit.issued <= today <= permit.expires
