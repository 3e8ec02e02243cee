"""The columns of the register's file, and what makes a row of it good. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from nhi_express.members.rules import SEPARATOR, checksum_holds


class Reason(StrEnum):
    """Why a row was not taken. These words stand in the rejects file, so they stay as they are."""

    NOT_A_ROW = "NOT_A_ROW"
    LINE_TOO_LONG = "LINE_TOO_LONG"
    WRONG_NUMBER_OF_COLUMNS = "WRONG_NUMBER_OF_COLUMNS"
    EMPTY = "EMPTY"
    NOT_UTF8 = "NOT_UTF8"
    CONTROL_CHARACTER = "CONTROL_CHARACTER"
    TOO_LONG = "TOO_LONG"
    NOT_IN_THE_FORM = "NOT_IN_THE_FORM"
    WRONG_CHECK_DIGIT = "WRONG_CHECK_DIGIT"
    NO_SUCH_DAY = "NO_SUCH_DAY"
    TWICE_IN_THE_FILE = "TWICE_IN_THE_FILE"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the register's file, as ``members export-schema`` prints it.

    ``longest`` counts characters; ``pattern`` is the regular expression of a cell that is not empty.
    """

    name: str
    required: bool
    form: str
    sensitive: bool
    longest: int
    pattern: str


# Control characters of both blocks, and the surrogates by which bytes that are no UTF-8 are read.
_BARRED: Final = r"\x00-\x1f\x7f-\x9f\ud800-\udfff"
_ID: Final = r"[A-Z][1289A-D]\d{8}"
# Nobody in the register was born before 1800.
_DAY: Final = r"(?:1[89]|20)\d\d-\d\d-\d\d"


def _text(name: str, required: bool, form: str, sensitive: bool, longest: int) -> Column:
    return Column(name, required, form, sensitive, longest, rf"[^{_BARRED}]{{1,{longest}}}")


_MAIL: Final = rf"[^@ {_BARRED}]{{1,64}}@[^@ {_BARRED}]{{1,189}}"
COLUMNS: Final = (
    Column("id_number", True, "national ID, new or legacy UI number, check digit right", True, 10, _ID),
    Column(
        "former_id_numbers", False, "up to 10 numbers held before, parted by ;", True, 109, rf"{_ID}(?:;{_ID}){{0,9}}"
    ),
    _text("name", True, "up to 100 characters", True, 100),
    Column("birth_date", True, "YYYY-MM-DD", True, 10, _DAY),
    Column("sex", True, "M or F", True, 1, "[MF]"),
    Column("card_number", True, "12 digits", True, 12, r"\d{12}"),
    Column("card_status", True, "valid, void or lost", False, 5, "valid|void|lost"),
    Column("card_issued", False, "YYYY-MM-DD", False, 10, _DAY),
    Column("household_number", False, "4 to 12 letters and digits", True, 12, "[A-Z0-9]{4,12}"),
    _text("household_area", False, "county, district and village; up to 60 characters", True, 60),
    Column("unit_code", False, "9 digits", False, 9, r"\d{9}"),
    _text("unit_name", False, "up to 100 characters", False, 100),
    Column("insured", True, "Y or N", False, 1, "[YN]"),
    Column("deceased", True, "Y or N", True, 1, "[YN]"),
    Column("email", False, "one address", True, 254, _MAIL),
    Column("mobile", False, "09… or +886…", True, 13, r"(?:09|\+8869)\d{8}"),
    _text("postal_address", False, "up to 200 characters", True, 200),
    Column("permit_issued", False, "YYYY-MM-DD", True, 10, _DAY),
)
HEADER: Final = tuple(column.name for column in COLUMNS)
_NAME: Final = HEADER.index("name")
_DAYS: Final = tuple(place for place, column in enumerate(COLUMNS) if column.pattern == _DAY)
# One expression for a whole row costs a third of eighteen for its cells. No cell may hold the separator, so there is
# one way only to part a row, and no text makes the expression search for another.
_ROW: Final = re.compile(
    SEPARATOR.join(f"(?:{column.pattern}){'' if column.required else '?'}" for column in COLUMNS), re.ASCII
)


def row_is_good(cells: list[str]) -> bool:
    """Whether a row may be taken: the quick question, asked of every row."""
    return (
        len(cells) == len(COLUMNS)
        and _ROW.fullmatch(SEPARATOR.join(cells)) is not None
        and not cells[_NAME].isspace()
        and checksum_holds(cells[0])
        and (not cells[1] or all(map(checksum_holds, cells[1].split(";"))))
        and all(not cells[place] or _is_day(cells[place]) for place in _DAYS)
    )


def row_fault(cells: list[str]) -> tuple[str, Reason] | None:
    """What is wrong with a row: the first such column's name, and why; None for a good row."""
    if len(cells) != len(COLUMNS):
        return ("", Reason.WRONG_NUMBER_OF_COLUMNS)
    for column, cell in zip(COLUMNS, cells, strict=True):
        reason = _cell_fault(column, cell)
        if reason is not None:
            return (column.name, reason)
    return None


def _cell_fault(column: Column, cell: str) -> Reason | None:
    if not cell:
        return Reason.EMPTY if column.required else None
    if not re.fullmatch(column.pattern, cell, re.ASCII) or (column.name == "name" and cell.isspace()):
        return _form_fault(column, cell)
    if _ID in column.pattern and not all(map(checksum_holds, cell.split(";"))):
        return Reason.WRONG_CHECK_DIGIT
    return Reason.NO_SUCH_DAY if column.pattern == _DAY and not _is_day(cell) else None


def _form_fault(column: Column, cell: str) -> Reason:
    if re.search(r"[\ud800-\udfff]", cell):
        return Reason.NOT_UTF8
    if re.search(f"[{_BARRED}]", cell):
        return Reason.CONTROL_CHARACTER
    return Reason.TOO_LONG if len(cell) > column.longest else Reason.NOT_IN_THE_FORM


def _is_day(cell: str) -> bool:
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return True
