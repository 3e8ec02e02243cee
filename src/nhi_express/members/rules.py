"""Who a member is: identifiers and their checks, and the record that the insured register keeps. Pure.

Sources: seed Q2, Q13, Q14; the checksum and forms of ID and UI numbers as the immigration agency published them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import mul
from typing import Any, Final, NamedTuple

import phonenumbers

# Nothing that anybody types into an identifier's field is longer; longer input is refused before it is looked at.
LONGEST_INPUT: Final = 64


class IdentifierError(ValueError):
    """What was typed is not such an identifier. ``problem_name`` is its name in the problem catalogue."""

    def __init__(self, problem_name: str) -> None:
        super().__init__(problem_name)
        self.problem_name = problem_name


def forgiven(text: str, problem_name: str) -> str:
    """What was meant by what was typed: full-width made plain, upper case, no spaces, hyphens or brackets.

    Raises :class:`IdentifierError` when it is far too long to be an identifier.
    """
    if len(text) > LONGEST_INPUT:
        raise IdentifierError(problem_name)
    return _FILLERS.sub("", unicodedata.normalize("NFKC", text)).upper()


# The last ones are invisible: marks of width and direction that come along when text is pasted.
_FILLERS: Final = re.compile(r"[\s\-‐-―−_.()\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


class IdKind(StrEnum):
    """The three forms under one checksum."""

    NATIONAL = "national"
    UI_NEW = "ui_new"
    UI_LEGACY = "ui_legacy"


FORMS: Final = {
    IdKind.NATIONAL: re.compile(r"[A-Z][12]\d{8}", re.ASCII),
    IdKind.UI_NEW: re.compile(r"[A-Z][89]\d{8}", re.ASCII),
    IdKind.UI_LEGACY: re.compile(r"[A-Z][A-D]\d{8}", re.ASCII),
}
# Legacy UI numbers are good up to and including this day.
LEGACY_UNTIL: Final = date(2030, 12, 31)
_LETTERS: Final = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))
# Of the ten places; what the first two add is looked up.
_WEIGHTS: Final = (0, 0, 7, 6, 5, 4, 3, 2, 1, 1)
# bytes hold digits as their codes, which are 48 more than the digits.
_TOO_MUCH: Final = ord("0") * sum(_WEIGHTS)


def _letter_sum(letter: str) -> int:
    tens, units = divmod(_LETTERS[letter], 10)
    return tens + 9 * units


# What the first character adds to the sum, and the second: a digit, or in legacy numbers a letter's last digit.
_FIRST: Final = {letter: _letter_sum(letter) for letter in _LETTERS}
_SECOND: Final = {
    **{str(digit): 8 * digit for digit in range(10)},
    **{letter: 8 * (value % 10) for letter, value in _LETTERS.items()},
}


def checksum_holds(number: str) -> bool:
    """Whether the check digit of a well-formed number is right: one formula for all three forms.

    The import of the register asks this for every row, so the digits are summed up without a loop in Python.
    """
    total = _FIRST[number[0]] + _SECOND[number[1]] + sum(map(mul, number.encode("ascii"), _WEIGHTS))
    # The codes of the first two characters are weighed with nothing.
    return bool((total - _TOO_MUCH) % 10 == 0)


@dataclass(frozen=True, slots=True)
class IdNumber:
    """身分證號 or 統一證號(居留證號), checked."""

    value: str
    kind: IdKind

    @classmethod
    def parse(cls, text: str) -> IdNumber:
        """Read what somebody typed. Raises :class:`IdentifierError`; a 12-digit permit number gets its own."""
        value = forgiven(text, "ID_NUMBER_INVALID")
        kind = next((kind for kind, form in FORMS.items() if form.fullmatch(value)), None)
        if kind is None:
            permit = len(value) == 12 and value.isdecimal()
            raise IdentifierError("ID_NUMBER_IS_PERMIT_NUMBER" if permit else "ID_NUMBER_INVALID")
        if not checksum_holds(value):
            raise IdentifierError("ID_NUMBER_CHECKSUM")
        return cls(value, kind)

    def __str__(self) -> str:
        return self.value

    @property
    def is_foreign(self) -> bool:
        """Whether it is a UI number."""
        return self.kind is not IdKind.NATIONAL

    def usable(self, on: date) -> bool:
        """Whether the number may still be used on a day."""
        return self.kind is not IdKind.UI_LEGACY or on <= LEGACY_UNTIL


@dataclass(frozen=True, slots=True)
class CardNumber:
    """健保卡卡號: 12 digits on the front of the card, lower left (seed Q14); it has no check digit.

    No form asks for it yet; its problem enters the catalogue with the channel that does.
    """

    value: str

    @classmethod
    def parse(cls, text: str) -> CardNumber:
        """Read what somebody typed. Raises :class:`IdentifierError`."""
        value = forgiven(text, "CARD_NUMBER_INVALID")
        if not re.fullmatch(r"\d{12}", value, re.ASCII):
            raise IdentifierError("CARD_NUMBER_INVALID")
        return cls(value)

    def __str__(self) -> str:
        return self.value

    @property
    def last4(self) -> str:
        """The secret of the mobile channel."""
        return self.value[-4:]


def parse_last4(text: str) -> str:
    """The last four digits of a card. Raises :class:`IdentifierError`."""
    value = forgiven(text, "CARD_LAST4_INVALID")
    if not re.fullmatch(r"\d{4}", value, re.ASCII):
        raise IdentifierError("CARD_LAST4_INVALID")
    return value


@dataclass(frozen=True, slots=True)
class HouseholdNumber:
    """戶號 (seed Q13). No specification is public, so another form is only ``unusual``, never refused."""

    value: str
    unusual: bool

    @classmethod
    def parse(cls, text: str) -> HouseholdNumber:
        """Read what somebody typed. Raises :class:`IdentifierError` only for what cannot be a number at all."""
        value = forgiven(text, "HOUSEHOLD_NUMBER_INVALID")
        if not re.fullmatch(r"[A-Z0-9]{4,12}", value, re.ASCII):
            raise IdentifierError("HOUSEHOLD_NUMBER_INVALID")
        return cls(value, unusual=not re.fullmatch(r"[A-Z]\d{7}", value, re.ASCII))

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class MobileNumber:
    """門號: a Taiwanese mobile number. Its prefix tells nothing about its operator."""

    e164: str

    @classmethod
    def parse(cls, text: str) -> MobileNumber:
        """Read what somebody typed, in national or international form. Raises :class:`IdentifierError`."""
        # phonenumbers looks for a number within a text; here the whole text must be one.
        value = forgiven(text, "PHONE_NUMBER_INVALID")
        if not re.fullmatch(r"\+?\d{9,15}", value, re.ASCII):
            raise IdentifierError("PHONE_NUMBER_INVALID")
        try:
            number = phonenumbers.parse(re.sub("^00(?=886)", "+", value), "TW")
        except phonenumbers.NumberParseException as error:
            raise IdentifierError("PHONE_NUMBER_INVALID") from error
        mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
        if not mobile or number.country_code != 886:
            raise IdentifierError("PHONE_NUMBER_INVALID")
        return cls(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

    def __str__(self) -> str:
        return self.e164


class CardStatus(StrEnum):
    """What the register says of the card."""

    VALID = "valid"
    VOID = "void"
    LOST = "lost"


class MemberRecord(NamedTuple):
    """What the insured register keeps of a member; stored sealed. Empty strings and None mean: not on record."""

    id_number: str
    former_id_numbers: tuple[str, ...]
    name: str
    birth_date: date
    sex: str
    card_number: str
    card_status: str
    card_issued: date | None
    household_number: str
    household_area: str
    unit_code: str
    unit_name: str
    insured: bool
    deceased: bool
    email: str
    mobile: str
    postal_address: str
    permit_issued: date | None

    @property
    def foreign(self) -> bool:
        """Whether the member is known by a UI number."""
        return self.id_number[1] not in "12"

    @property
    def card_valid(self) -> bool:
        """Whether the card may be used to prove anything."""
        return self.card_status == CardStatus.VALID

    @property
    def masked_name(self) -> str:
        """The name as it is shown: see :func:`masked_name`."""
        return masked_name(self.name)


def masked_name(name: str) -> str:
    """A name that its owner recognises and a stranger does not learn: 陳○華; of names in letters, A○○○ L○○○○.

    Whether a name is in letters is told by case, which Han characters and private ones have not; spaces between those
    only fill a form (陳　美　華) and would part the name into first characters.
    """
    if name.upper() != name.lower():
        return " ".join(word[0] + "○" * (len(word) - 1) for word in name.split())
    plain = "".join(name.split())
    return plain[:1] + "○" * max(len(plain) - 2, bool(plain)) + (plain[-1] if len(plain) > 2 else "")


# Between the fields of a sealed record. No field may hold it: the register's file is refused control characters.
SEPARATOR: Final = "\x1f"
_FIELDS: Final = MemberRecord._fields


def pack(cells: Sequence[str]) -> bytes:
    """A record's fields, in their order and as text, as the bytes that are sealed.

    Joining costs a tenth of writing JSON, and takes less room. Raises :class:`ValueError` for anything that
    :func:`unpack` could not part again.
    """
    text = SEPARATOR.join(cells)
    if len(cells) != len(_FIELDS) or text.count(SEPARATOR) != len(_FIELDS) - 1:
        raise ValueError("not the fields of a record")
    return text.encode()


def unpack(data: bytes) -> MemberRecord:
    """Undo :func:`pack`. Raises :class:`ValueError` for other bytes.

    Lists of units ask this for every row, so the fields are taken by their places.
    """
    cells: list[Any] = data.decode().split(SEPARATOR)
    if len(cells) != len(_FIELDS):
        raise ValueError("not the fields of a record")
    for place in _DAYS:
        cells[place] = date.fromisoformat(cells[place]) if cells[place] else None
    for place in _MARKS:
        cells[place] = cells[place] == "Y"
    cells[_FORMER] = tuple(cells[_FORMER].split(";")) if cells[_FORMER] else ()
    return MemberRecord(*cells)


_DAYS = tuple(map(_FIELDS.index, ("birth_date", "card_issued", "permit_issued")))
_MARKS = tuple(map(_FIELDS.index, ("insured", "deceased")))
_FORMER = _FIELDS.index("former_id_numbers")
