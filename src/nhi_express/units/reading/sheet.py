"""A list as rows of cells: where its headings stand, and what each line below them says."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Final, NamedTuple

from nhi_express.units.reading.headings import recognised
from nhi_express.units.rules import RowCells

Cell = str | int | float | bool
Rows = Iterator[tuple[int, Sequence[Cell]]]

# Rows that may stand above and with the headings: titles, dates, remarks.
HEADINGS_WITHIN: Final = 20
MOST_COLUMNS: Final = 100
# Rows with nothing in them, which spreadsheets leave below the people: each costs time whenever the file is read.
MOST_BLANK_ROWS: Final = 100_000
# More than any field may have, so that a cell that is cut here is refused for its length.
LONGEST_CELL: Final = 300


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds: its rows, numbered from 1, and the last of them that a merged cell touches; 0 for none."""

    rows: Rows
    merged_until: int = 0


class ListRefused(Exception):
    """A list cannot be taken. ``problem`` is the name of a problem of the catalogue, ``details`` go into its words."""

    def __init__(self, problem: str, **details: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.details = details


class Line(NamedTuple):
    """One line of a list, and the number of its row in the file."""

    number: int
    cells: RowCells


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list whose headings are known: which field stands in which column (counted from 0), and its lines."""

    columns: Mapping[str, int]
    lines: Iterator[Line]


def sheet_of(table: Table, most_rows: int) -> Sheet:
    """Find the headings and what stands below them. Raises :class:`ListRefused`, also late. Titles may be merged."""
    at, columns = _headings(table.rows)
    if table.merged_until >= at:
        raise ListRefused("LIST_MERGED_CELLS")
    lines = _lines(table.rows, columns, most_rows)
    first = next(lines, None)
    if first is None:
        raise ListRefused("LIST_EMPTY")
    return Sheet(columns, chain((first,), lines))


def _headings(rows: Rows) -> tuple[int, dict[str, int]]:
    for number, row in rows:
        found = recognised([text_of(cell) for cell in row[:MOST_COLUMNS]])
        if found:
            _refuse_width(row)
            return number, _single(found)
        if number >= HEADINGS_WITHIN:
            break
    raise ListRefused("LIST_WITHOUT_HEADINGS")


def _single(found: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """One column for each field; it is not guessed which of two is meant."""
    if any(len(places) > 1 for places in found.values()):
        raise ListRefused("LIST_HEADING_TWICE")
    return {field: places[0] for field, places in found.items()}


def _lines(rows: Rows, columns: Mapping[str, int], most_rows: int) -> Iterator[Line]:
    left, blank = most_rows, MOST_BLANK_ROWS
    places = [columns.get(field, _NOWHERE) for field in RowCells._fields]
    for number, row in rows:
        cells = _cells(row, places)
        # Lines with nothing for us are the blank ones at a sheet's end, and those that only carry a running number.
        if cells == _BLANK:
            blank -= 1
            if blank < 0:
                raise ListRefused("LIST_TOO_MANY_BLANK_ROWS", rows=MOST_BLANK_ROWS)
            continue
        if left == 0:
            raise ListRefused("LIST_TOO_MANY_ROWS", rows=most_rows)
        if len(row) > MOST_COLUMNS:
            _refuse_width(row)
        left -= 1
        yield Line(number, cells)


def _refuse_width(row: Sequence[Cell]) -> None:
    """Refuse rows that reach too far; empty cells at their end are forgiven."""
    if any(text_of(cell).strip() for cell in row[MOST_COLUMNS:]):
        raise ListRefused("LIST_TOO_WIDE")


_BLANK: Final = RowCells()


# The place of a column that a list has not.
_NOWHERE: Final = sys.maxsize
_BORN: Final = RowCells._fields.index("birth_date")


def _cells(row: Sequence[Cell], places: Sequence[int]) -> RowCells:
    """What stands in a row at the places of the fields."""
    width, born = len(row), places[_BORN]
    found = [text_of(row[place]) if place < width else "" for place in places]
    if born < width and not isinstance(day := row[born], str):
        found[_BORN] = _day_of(day)
    return RowCells(*found)


def text_of(cell: Cell) -> str:
    """A cell as text: whole numbers without a point, blanks as nothing."""
    if isinstance(cell, str):
        return "" if cell.isspace() else cell[:LONGEST_CELL]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))[:LONGEST_CELL]
    return str(cell)


# Spreadsheets count days from here on. They show the day in 民國 years by a format that is not told from a number's.
_DAY_ZERO: Final = date(1899, 12, 30)
_SERIALS: Final = range(10_000, 80_000)


def _day_of(cell: float) -> str:
    """The day that a number in a column of dates stands for. Five digits are in no other form of a date."""
    return (_DAY_ZERO + timedelta(days=int(cell))).isoformat() if cell in _SERIALS else text_of(cell)
