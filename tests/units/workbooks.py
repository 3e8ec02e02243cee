"""Workbooks made for tests, and what became of reading them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from nhi_express.help.catalogue import Problem
from nhi_express.units.reading import Line, ListRefused, read_list

DATA = Path(__file__).with_name("data")
HEADINGS = ("身分證號", "出生日期", "姓名", "電子郵件", "員工編號")
PERSON = ("A123456789", "75/04/12", "陳美華", "meihua@example.tw", "1001")


def data(name: str) -> bytes:
    """A file that LibreOffice wrote."""
    return (DATA / name).read_bytes()


def workbook(*rows: Sequence[object], more: Callable[[Workbook, Worksheet], object] | None = None) -> bytes:
    """An .xlsx with rows on its first sheet; ``more`` adds to it."""
    made = BytesIO()
    with Workbook(made, {"in_memory": True, "remove_timezone": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if more:
            more(book, sheet)
    return made.getvalue()


def repacked(content: bytes, changes: dict[str, bytes]) -> bytes:
    """An archive with some entries added or changed."""
    made = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        kept = {name: old.read(name) for name in old.namelist()}
        for name, entry in {**kept, **changes}.items():
            new.writestr(name, entry)
    return made.getvalue()


def lines(content: bytes, name: str = "list.xlsx", most_rows: int = 1_000) -> list[Line]:
    """All lines of a list."""
    return list(read_list(content, name, most_rows).lines)


def refusal(content: bytes, name: str = "list.xlsx", most_rows: int = 1_000) -> str:
    """The name of the problem that a list is refused with; it is in the catalogue, and names nobody."""
    with pytest.raises(ListRefused) as caught:
        lines(content, name, most_rows)
    assert Problem[caught.value.problem].value.code.startswith("U-")
    assert str(caught.value) == caught.value.problem
    return caught.value.problem
