"""The insured register's file: its columns, one row of it, and writing it."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

CARDS_RESERVED_FROM: Final = 99_000_000
"""Card serials from here on belong to the named personas."""


class RegisterRow(NamedTuple):
    """One insured person as text, in the order of the file's columns.

    Dates are YYYY-MM-DD, flags Y or N, several former numbers are joined by `;`, what is not known is empty.
    """

    id_number: str
    former_id_numbers: str
    name: str
    birth_date: str
    sex: str
    card_number: str
    card_status: str
    card_issued: str
    household_number: str
    household_area: str
    unit_code: str
    unit_name: str
    insured: str
    deceased: str
    email: str
    mobile: str
    postal_address: str
    permit_issued: str


def write_register(path: Path, rows: Iterable[RegisterRow]) -> int:
    """Write `rows` as UTF-8 CSV with a header row, one at a time, and return how many there were.

    The file is complete or absent: it is written beside its place and moved there at the end.
    """
    count = 0
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(RegisterRow._fields)
        for count, row in enumerate(rows, 1):  # noqa: B007 - the last index is the number of rows
            writer.writerow(row)
    unfinished.replace(path)
    return count
