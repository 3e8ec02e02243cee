"""Counties, districts and villages of Taiwan, by which a household's registered address is chosen (seed Q1, step 3).

The table comes with the software (``data/places.csv``, its origin in the README beside it) until the operator installs
a newer one. Villages merge and split: an unknown one is a reason to ask again, never to refuse.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from nhi_express.core.config import config

COLUMNS = ("county", "district", "village")
# All of Taiwan has some 7,700 villages; a table of one county would make every other address look wrong.
FEWEST_VILLAGES = 7000
_OWN = Path(__file__).parent / "data" / "places.csv"
_ENDS = ("縣市", "鄉鎮市區", "村里")

Table = Mapping[str, Mapping[str, tuple[str, ...]]]


class WrongTable(Exception):
    """The file is no table of places. The message says why, and in which line."""


def counties() -> tuple[str, ...]:
    """All counties (縣市), in their official order."""
    return tuple(_table())


def as_tree() -> dict[str, dict[str, list[str]]]:
    """The whole table: villages by district by county. A copy, which the caller may change."""
    return {
        county: {district: list(names) for district, names in within.items()} for county, within in _table().items()
    }


def read(data: bytes) -> Table:
    """The table in a CSV file's bytes (UTF-8, :data:`COLUMNS`), in the file's order. Raises :class:`WrongTable`."""
    table: dict[str, dict[str, tuple[str, ...]]] = {}
    for line, (county, district, village) in enumerate(_rows(data), start=2):
        within = table.setdefault(county, {})
        if village in within.get(district, ()):
            raise WrongTable(f"Line {line}: this village is already in the table.")
        within[district] = (*within.get(district, ()), village)
    return table


def install(file: Path) -> Table:
    """Check a newer table and put it where :func:`counties` and the others find it when the site starts next.

    Raises :class:`WrongTable` and :class:`OSError`; then the present table stays.
    """
    data = file.read_bytes()
    table = read(data)
    if size(table) < FEWEST_VILLAGES:
        raise WrongTable(f"Only {size(table):,} villages: this is not the whole of Taiwan.")
    target = config().places_file
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{target.name}.new")
    beside.write_bytes(data)
    beside.replace(target)
    return table


def size(table: Table) -> int:
    """How many villages a table has."""
    return sum(len(names) for within in table.values() for names in within.values())


@cache
def _table() -> Table:
    installed = config().places_file
    return read((installed if installed.exists() else _OWN).read_bytes())


def _rows(data: bytes) -> list[tuple[str, str, str]]:
    try:
        header, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise WrongTable("The file cannot be read as UTF-8 with commas.") from error
    if tuple(header) != COLUMNS:
        raise WrongTable(f"The first line must be: {','.join(COLUMNS)}")
    return [_row(line, cells) for line, cells in enumerate(rows, start=2)]


def _row(line: int, cells: list[str]) -> tuple[str, str, str]:
    if len(cells) != len(COLUMNS):
        raise WrongTable(f"Line {line}: it must have {len(COLUMNS)} fields.")
    for column, cell, ends in zip(COLUMNS, cells, _ENDS, strict=True):
        if not 2 <= len(cell) <= 20 or cell[-1] not in ends or not cell.isalpha():
            raise WrongTable(f"Line {line}: the {column} is no name of one (it ends with one of {ends}).")
    county, district, village = cells
    return county, district, village
