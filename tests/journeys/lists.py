"""The lists that officers of the journeys upload: a workbook saved by LibreOffice, and a file in Big5.

`python -m tests.journeys.lists` makes the files anew, with LibreOffice. Every register of the sandbox has their people.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from nhi_sandbox.personas import personas
from nhi_sandbox.register import RegisterRow
from nhi_sandbox.synth import LIMIT, fit, hired, people
from nhi_sandbox.units import STAFF, named_units

FILES: Final = Path(__file__).parent / "data"
HEADINGS: Final = {
    "zh": ("身分證號", "出生年月日", "姓名", "電子郵件", "員工編號"),
    "en": ("ID number", "Birth date", "Name", "E-mail", "Staff number"),
}
_LANGUAGES: Final = {"sandbox": "zh", "neighbour": "en"}
_PEOPLE: Final = 12


@dataclass(frozen=True, slots=True)
class OfficersList:
    """A file, who on it can be invited, and how many of its lines are refused for which reason."""

    file: Path
    good: tuple[RegisterRow, ...]
    refused: int


def workbook(unit: str) -> OfficersList:
    """The unit's list as LibreOffice saved it: good people, and six lines with something wrong."""
    return OfficersList(FILES / f"{unit}.xlsx", tuple(_staff(unit)[:_PEOPLE]), 6)


def big5(unit: str) -> OfficersList:
    """The unit's second list, a file in Big5: other people, and one line with something wrong."""
    return OfficersList(FILES / f"{unit}-big5.csv", tuple(_staff(unit)[_PEOPLE : 2 * _PEOPLE]), 1)


def _staff(unit: str) -> list[RegisterRow]:
    """The last of the unit's generated people whose names Big5 can hold: no other list of the sandbox reaches them."""
    code = named_units()[unit].code
    register = hired(filter(fit, people(LIMIT, seed=1)), STAFF)
    own = [row for row in islice(register, STAFF + STAFF // 10) if row.unit_code == code]
    return [row for row in reversed(own) if _fits_big5(row.name)]


def _fits_big5(name: str) -> bool:
    try:
        return bool(name.encode("big5"))
    except UnicodeEncodeError:
        return False


def _good_lines(rows: tuple[RegisterRow, ...]) -> list[tuple[str, ...]]:
    return [
        (row.id_number, row.birth_date, row.name, f"a{number}@company.example", f"A{number:03d}")
        for number, row in enumerate(rows, 1)
    ]


def _workbook_lines(unit: str) -> list[tuple[str, ...]]:
    """What people write: 民國 dates, full-width letters, small ones; and below them what cannot be taken."""
    lines = _good_lines(workbook(unit).good)
    lines[1] = (lines[1][0], _roc(lines[1][1]), *lines[1][2:])
    lines[2] = (_full_width(lines[2][0]), *lines[2][1:])
    lines[3] = (f" {lines[3][0].lower()}", *lines[3][1:])
    child, dead = personas()["unit_child"], personas()["deceased"]
    elsewhere = _staff("neighbour" if unit == "sandbox" else "sandbox")[0]
    return [
        *lines,
        (_mistyped(lines[0][0]), "1990-03-01", "林打錯", "", "B001"),
        (child.id_number, child.birth_date, child.name, "", "B002"),
        (dead.id_number, dead.birth_date, dead.name, "", "B003"),
        (elsewhere.id_number, elsewhere.birth_date, elsewhere.name, "", "B004"),
        lines[4],
        ("", "1990-03-01", "張沒號", "", "B006"),
    ]


def _big5_lines(unit: str) -> list[tuple[str, ...]]:
    lines = _good_lines(big5(unit).good)
    return [*lines, (lines[0][0], "1990-02-30", *lines[0][2:])]


def _roc(day: str) -> str:
    born = date.fromisoformat(day)
    return f"民國{born.year - 1911}年{born.month}月{born.day}日"


def _full_width(number: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) for one in number)


def _mistyped(number: str) -> str:
    return number[:-1] + str((int(number[-1]) + 1) % 10)


def _save_with_libreoffice(unit: str) -> None:
    """A workbook as an officer's spreadsheet program saves it."""
    with TemporaryDirectory() as folder:
        plain = Path(folder) / f"{unit}.csv"
        _write(plain, unit, _workbook_lines(unit), "utf-8")
        # Comma, quotes, UTF-8, from the first line; birth dates become date cells, all else is text.
        form = "CSV:44,34,76,1,1/2/2/5/3/2/4/2/5/2"
        command = [
            "soffice",
            "--headless",
            "--infilter=" + form,
            "--convert-to",
            "xlsx",
            "--outdir",
            str(FILES),
            str(plain),
        ]
        subprocess.run(command, check=True, capture_output=True, env={"HOME": folder, "PATH": "/usr/bin:/bin"})


def _write(path: Path, unit: str, lines: list[tuple[str, ...]], encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([HEADINGS[_LANGUAGES[unit]], *lines])


if __name__ == "__main__":
    FILES.mkdir(exist_ok=True)
    for each in _LANGUAGES:
        _save_with_libreoffice(each)
        _write(big5(each).file, each, _big5_lines(each), "big5")
        sys.stdout.write(f"{workbook(each).file}\n{big5(each).file}\n")
