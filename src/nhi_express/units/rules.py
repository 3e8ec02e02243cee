"""Units' identifiers, the states of lists and lines, and what a line must hold. Pure.

Sources: seed Q1.4; the regulation on online registration, points 2 and 4; DESIGN, channel table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal, NamedTuple

from nhi_express.members.rules import IdentifierError, IdNumber, MemberRecord, forgiven
from nhi_express.units.typed import clean, plain, read_date

LONGEST_CLIENT_NAME: Final = 60


class UnitKind(StrEnum):
    """What a unit is to the insurer (regulation, point 2): 投保單位, 扣費義務人, or an agent (代理人) of others."""

    EMPLOYER = "employer"
    WITHHOLDING = "withholding"
    AGENT = "agent"


class OfficerRole(StrEnum):
    """What an officer may do: the responsible person also invites officers and grants mandates."""

    RESPONSIBLE = "responsible"
    OFFICER = "officer"


class OfficerState(StrEnum):
    """Invited officers have not yet said yes on their own phone."""

    INVITED = "invited"
    ACTIVE = "active"
    ENDED = "ended"


class Source(StrEnum):
    """How a list came."""

    WEB = "web"
    API = "api"
    CLI = "cli"


class BatchState(StrEnum):
    """Where a list stands. ``checked`` waits for the officer; ``refused`` and ``stopped`` and ``done`` are ends."""

    RECEIVED = "received"
    READING = "reading"
    CHECKING = "checking"
    CHECKED = "checked"
    ENROLLING = "enrolling"
    DONE = "done"
    STOPPED = "stopped"
    REFUSED = "refused"


class RowState(StrEnum):
    """What became of a line."""

    READ = "read"
    READY = "ready"
    REGISTERED = "registered"
    REFUSED = "refused"
    INVITED = "invited"


class RowReason(StrEnum):
    """Why a line was refused. One reason covers all that would tell an officer of people who are not theirs."""

    ID_MISSING = "id_missing"
    ID_INVALID = "id_invalid"
    ID_CHECKSUM = "id_checksum"
    ID_IS_PERMIT_NUMBER = "id_is_permit_number"
    BIRTH_DATE_INVALID = "birth_date_invalid"
    EMAIL_INVALID = "email_invalid"
    EMAIL_SHARED = "email_shared"
    FIELD_TOO_LONG = "field_too_long"
    NOT_OF_THIS_UNIT = "not_of_this_unit"
    CHILD = "child"
    TWICE_IN_THE_LIST = "twice_in_the_list"
    IN_ANOTHER_LIST = "in_another_list"
    INVITED_ALREADY = "invited_already"


class RowNote(StrEnum):
    """What was forgiven in a line, and is reported."""

    FULL_WIDTH = "full_width"
    SPACES = "spaces"
    LOWER_CASE = "lower_case"
    ROC_DATE = "roc_date"


# What a person gets to read is the same for all three, so that nobody can try them one by one.
_NOT_OF_A_UNIT: Final = "UNIT_DATA_DO_NOT_MATCH"


@dataclass(frozen=True, slots=True)
class UnitCode:
    """投保單位代號: nine digits; no check digit is known."""

    value: str

    @classmethod
    def parse(cls, text: str) -> UnitCode:
        """Read what somebody typed. Raises :class:`IdentifierError`."""
        value = forgiven(text, _NOT_OF_A_UNIT)
        if not re.fullmatch(r"\d{9}", value, re.ASCII):
            raise IdentifierError(_NOT_OF_A_UNIT)
        return cls(value)

    def __str__(self) -> str:
        return self.value


_TAX_WEIGHTS: Final = (1, 2, 1, 2, 1, 2, 4, 1)


@dataclass(frozen=True, slots=True)
class TaxId:
    """統一編號: eight digits, checked by the rule in force since 2023-04-01, which old numbers pass too."""

    value: str

    @classmethod
    def parse(cls, text: str) -> TaxId:
        """Read what somebody typed. Raises :class:`IdentifierError`."""
        value = forgiven(text, _NOT_OF_A_UNIT)
        if not re.fullmatch(r"\d{8}", value, re.ASCII) or not _tax_sum_holds(value):
            raise IdentifierError(_NOT_OF_A_UNIT)
        return cls(value)

    def __str__(self) -> str:
        return self.value


def _tax_sum_holds(value: str) -> bool:
    """Whether the digits of the weighed digits add up to a multiple of five.

    A seven in the seventh place is weighed as 28, whose digits make 10 and whose digits may count as 1 or as 0.
    """
    total = sum(sum(divmod(int(digit) * weight, 10)) for digit, weight in zip(value, _TAX_WEIGHTS, strict=True))
    return total % 5 == 0 or (value[6] == "7" and (total + 1) % 5 == 0)


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """Number of the insurance certificate. No specification is public, so only what cannot be one is refused."""

    value: str

    @classmethod
    def parse(cls, text: str) -> CertificateNumber:
        """Read what somebody typed. Raises :class:`IdentifierError`."""
        value = forgiven(text, _NOT_OF_A_UNIT)
        if not re.fullmatch(r"[A-Z0-9]{4,16}", value, re.ASCII):
            raise IdentifierError(_NOT_OF_A_UNIT)
        return cls(value)

    def __str__(self) -> str:
        return self.value


class RowCells(NamedTuple):
    """One line of a list as it was given: text, empty where the list has no such column."""

    id_number: str = ""
    birth_date: str = ""
    name: str = ""
    email: str = ""
    staff_number: str = ""


class ReadRow(NamedTuple):
    """One line as it was understood. ``reason`` says why it cannot be taken; what could be read is there anyway."""

    id_number: IdNumber | None
    birth_date: date | None
    name: str
    email: str
    staff_number: str
    reason: RowReason | None
    notes: tuple[RowNote, ...]


LONGEST_NAME: Final = 100
LONGEST_EMAIL: Final = 254
LONGEST_STAFF_NUMBER: Final = 32
_ID_FAULTS: Final = {
    "ID_NUMBER_CHECKSUM": RowReason.ID_CHECKSUM,
    "ID_NUMBER_IS_PERMIT_NUMBER": RowReason.ID_IS_PERMIT_NUMBER,
}


def read_row(cells: RowCells) -> ReadRow:
    """What a line says, what was forgiven in it, and the first thing for which it cannot be taken.

    Names are only cleaned, never made plain: the forms of rare characters matter to whom they name.
    """
    number, id_fault = _read_id(cells.id_number)
    born = read_date(cells.birth_date)
    email = plain(cells.email)
    name, staff_number = clean(cells.name), plain(cells.staff_number)
    reason = (
        RowReason.FIELD_TOO_LONG
        if len(name) > LONGEST_NAME or len(email) > LONGEST_EMAIL or len(staff_number) > LONGEST_STAFF_NUMBER
        else id_fault
        or (RowReason.BIRTH_DATE_INVALID if born is None else None)
        or (RowReason.EMAIL_INVALID if email and not is_email(email) else None)
    )
    return ReadRow(number, born, name, email, staff_number, reason, _notes(cells, number, born))


def _read_id(text: str) -> tuple[IdNumber | None, RowReason | None]:
    try:
        return IdNumber.parse(text), None
    except IdentifierError as error:
        fault = _ID_FAULTS.get(error.problem_name, RowReason.ID_INVALID)
        return None, fault if clean(text) else RowReason.ID_MISSING


# Plain addresses only: what goes into the head of a mail holds nothing that a mail's head could misread.
_EMAIL: Final = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])",
    re.ASCII | re.IGNORECASE,
)
# As many lines of one list may name the same address: couples who work together share one, a whole shift does not.
MOST_LINES_PER_MAILBOX: Final = 3


def is_email(text: str) -> bool:
    """Whether a text is a mail address that can be written to: ASCII, no quotes, at most 64 characters before the @."""
    return _EMAIL.fullmatch(text) is not None and text.index("@") <= 64


def mailbox(email: str) -> str:
    """The form by which addresses are compared; no provider that people use tells capital from small letters."""
    return email.lower()


_FULL_WIDTH: Final = re.compile(r"[\u3000\uff01-\uff5e]")
_SMALL: Final = re.compile(r"[a-zａ-ｚ]")


def _notes(cells: RowCells, number: IdNumber | None, born: date | None) -> tuple[RowNote, ...]:
    found = []
    typed = (cells.id_number, cells.birth_date, cells.email, cells.staff_number)
    together = "".join(typed)
    if not together.isascii() and _FULL_WIDTH.search(together):
        found.append(RowNote.FULL_WIDTH)
    spaced = " " in together or not together.isprintable()
    if (spaced and any(map(_has_stray_spaces, typed))) or (number and len(cells.id_number) != len(number.value)):
        found.append(RowNote.SPACES)
    if number and number.value != cells.id_number and _SMALL.search(cells.id_number):
        found.append(RowNote.LOWER_CASE)
    if born and str(born.year) not in plain(cells.birth_date):
        found.append(RowNote.ROC_DATE)
    return tuple(found)


def _has_stray_spaces(text: str) -> bool:
    return clean(text) != text


CHILD_UNTIL: Final = 15


def judge_row(
    row: ReadRow, record: MemberRecord | None, unit_code: str, registered: bool, today: date
) -> tuple[RowState, RowReason | Literal[""]]:
    """What becomes of a line, and why it is refused; ``record`` is what the register holds under its ID number.

    All that would tell an officer about people who are not theirs has one reason, and comes before everything else.
    """
    fault = row.reason or _fault(row, today) or _not_theirs(row, record, unit_code)
    if fault:
        return RowState.REFUSED, fault
    if registered:
        return RowState.REGISTERED, ""
    if row.birth_date and age(row.birth_date, today) < CHILD_UNTIL:
        return RowState.REFUSED, RowReason.CHILD
    return RowState.READY, ""


def _fault(row: ReadRow, today: date) -> RowReason | None:
    """What depends on the day: births to come, and UI numbers of the old form after their last day."""
    if row.id_number is None or not row.id_number.usable(today):
        return RowReason.ID_INVALID
    return RowReason.BIRTH_DATE_INVALID if row.birth_date is None or row.birth_date > today else None


def _not_theirs(row: ReadRow, record: MemberRecord | None, unit_code: str) -> RowReason | None:
    theirs = record is not None and record.insured and not record.deceased and record.unit_code == unit_code
    same = record is not None and record.birth_date == row.birth_date
    return None if theirs and same else RowReason.NOT_OF_THIS_UNIT


def age(born: date, on: date) -> int:
    """Full years of somebody's life on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
