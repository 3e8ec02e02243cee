"""Lists such as officers upload: mostly good lines, and everything between that people really write.

The same seed gives the same list; each line says what must come of it, so that tests can count.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final, Literal, NamedTuple

from nhi_sandbox.register import RegisterRow
from nhi_sandbox.synth import LIMIT, fit, people
from nhi_sandbox.units import STAFF

Format = Literal["csv", "xlsx"]
HEADINGS: Final = ("身分證號", "出生日期", "姓名", "電子郵件", "員工編號")
_FULL_WIDTH: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


class ListLine(NamedTuple):
    """One line as it is written, and what must come of it: ``ready``, or the reason why it is refused."""

    id_number: str
    birth_date: str
    name: str
    email: str
    staff_number: str
    outcome: str = "ready"


Spoil = Callable[[ListLine], ListLine]


def _full_width(line: ListLine) -> ListLine:
    return line._replace(id_number=line.id_number.translate(_FULL_WIDTH))


def _spaced(line: ListLine) -> ListLine:
    return line._replace(id_number=f" {line.id_number[:4].lower()} {line.id_number[4:]} ")


def _roc(line: ListLine) -> ListLine:
    """A 民國 date without the word. Up to the year 31 it may as well begin with its day, and is not guessed at."""
    born = date.fromisoformat(line.birth_date)
    year = born.year - 1911
    outcome = line.outcome if year > 31 else "birth_date_invalid"
    return line._replace(birth_date=f"{year}/{born.month}/{born.day}", outcome=outcome)


def _roc_in_words(line: ListLine) -> ListLine:
    born = date.fromisoformat(line.birth_date)
    return line._replace(birth_date=f"民國{born.year - 1911}年{born.month}月{born.day}日")


def _mistyped(line: ListLine) -> ListLine:
    return line._replace(id_number=line.id_number[:-1] + str((int(line.id_number[-1]) + 1) % 10), outcome="id_checksum")


def _permit_number(line: ListLine) -> ListLine:
    return line._replace(id_number="202611240001", outcome="id_is_permit_number")


def _nobody(line: ListLine) -> ListLine:
    return line._replace(id_number="", outcome="id_missing")


def _no_such_day(line: ListLine) -> ListLine:
    return line._replace(birth_date=f"{line.birth_date[:4]}-02-30", outcome="birth_date_invalid")


def _another_birthday(line: ListLine) -> ListLine:
    year = int(line.birth_date[:4])
    return line._replace(birth_date=f"{year - 1}-01-02", outcome="not_of_this_unit")


def _no_address(line: ListLine) -> ListLine:
    return line._replace(email="nobody at home", outcome="email_invalid")


# How many of a hundred lines are so. What is left is written as it should be.
_SHARES: Final[tuple[tuple[int, Spoil], ...]] = (
    (4, _full_width),
    (4, _spaced),
    (6, _roc),
    (3, _roc_in_words),
    (3, _mistyped),
    (1, _permit_number),
    (1, _nobody),
    (2, _no_such_day),
    (2, _another_birthday),
    (1, _no_address),
)
_SPOILT: Final = [spoil for share, spoil in _SHARES for _ in range(share)]
_TWICE, _STRANGERS = 3, 4


def mixed_list(count: int, seed: int, register: int = 1, staff: int = STAFF) -> Iterator[ListLine]:
    """``count`` lines of the sandbox company's list, by the register of seed ``register`` with ``staff`` employees.

    Raises ValueError when the company has too few of them.
    """
    random = Random(seed)
    everybody = filter(fit, people(LIMIT, register))
    own = islice(everybody, staff)
    strangers = islice(filter(fit, people(LIMIT, register)), staff, None)
    last: ListLine | None = None
    for number in range(1, count + 1):
        chance = random.randrange(100)
        if chance < _TWICE and last:
            yield last._replace(staff_number=f"S{number:06d}", outcome="twice_in_the_list")
        elif chance < _TWICE + _STRANGERS:
            yield _line(next(strangers), number, "not_of_this_unit")
        else:
            good = _line(_next(own), number)
            place = chance - _TWICE - _STRANGERS
            line = _SPOILT[place](good) if place < len(_SPOILT) else good
            last = line if line.outcome == "ready" else last
            yield line


def _next(own: Iterator[RegisterRow]) -> RegisterRow:
    for row in own:
        return row
    raise ValueError("the company has too few people for so long a list")


def _line(row: RegisterRow, number: int, outcome: str = "ready") -> ListLine:
    email = f"staff{number}@company.example" if number % 3 else ""
    return ListLine(row.id_number, row.birth_date, row.name, email, f"S{number:06d}", outcome)


def tally(lines: Iterable[ListLine]) -> Counter[str]:
    """How many lines must come to what."""
    return Counter(line.outcome for line in lines)


def write_list(path: Path, lines: Sequence[ListLine], form: Format) -> None:
    """Write the list with its headings, without what must come of it."""
    cells = [HEADINGS, *(line[:5] for line in lines)]
    if form == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(cells)
        return
    # Imported late: a sandbox that only serves needs no spreadsheets.
    from xlsxwriter import Workbook

    with Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("名單")
        for place, row in enumerate(cells):
            sheet.write_row(place, 0, row)
