"""The template, and the spreadsheet of refused lines, which can be mended and uploaded again."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from nhi_express.units.reading import RejectRow, RowCells, read_list, rejects_book, template
from nhi_express.units.reading.headings import field_of
from nhi_express.units.rules import RowReason, read_row
from nhi_express.units.typed import clean
from nhi_express.units.words import REASONS
from tests.units.workbooks import lines, refusal

LANGUAGES = ("en", "zh-hant")
CELLS = RowCells("A123456788", "0750412", "陳美華", "meihua@example.tw", "001")
ROW = RejectRow(17, CELLS, RowReason.ID_CHECKSUM)


def sheets(book: bytes) -> dict[str, list[list[object]]]:
    """All sheets of a book by name, row by row."""
    opened = load_workbook(BytesIO(book))
    return {name: [list(row) for row in opened.get_sheet_by_name(name).to_python()] for name in opened.sheet_names}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_has_headings_that_the_reader_knows_and_nobody_in_it(language: str) -> None:
    people, explained = sheets(template(language)).values()
    assert [field_of(str(heading)) for heading in people[0]] == list(RowCells._fields)
    assert len(people) == 1
    assert refusal(template(language)) == "LIST_EMPTY"
    assert [row[0] for row in explained[1:6]] == people[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_templates_examples_are_as_the_reader_wants_them(language: str) -> None:
    explained = list(sheets(template(language)).values())[1]
    read = read_row(RowCells(*(str(row[1]) for row in explained[1:6])))
    assert (read.reason, read.staff_number) == (None, "1001")


def test_the_template_speaks_the_officers_language() -> None:
    assert list(sheets(template("zh-hant"))) != list(sheets(template("en"))) == ["List of people", "How to fill it in"]


@pytest.mark.parametrize("made", [template("en"), rejects_book([ROW], "en")])
def test_every_cell_is_text_by_default_so_that_a_zero_in_front_stays(made: bytes) -> None:
    with ZipFile(BytesIO(made)) as archive:
        styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
    space = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    first = styles.find("s:cellXfs/s:xf", space)
    assert first is not None
    # 49 is the format of text.
    assert first.get("numFmtId") == "49"


@pytest.mark.parametrize("language", LANGUAGES)
def test_refused_lines_say_what_stood_in_them_where_and_why(language: str) -> None:
    (rows,) = sheets(rejects_book([ROW], language)).values()
    with override(language):
        reason = str(REASONS[RowReason.ID_CHECKSUM])
    assert rows[1:] == [["A123456788", "0750412", "陳美華", "meihua@example.tw", "001", "17", reason]]
    assert len(rows[0]) == 7


@pytest.mark.parametrize("language", LANGUAGES)
def test_refused_lines_are_a_list_again(language: str) -> None:
    book = rejects_book([ROW, RejectRow(20, RowCells("x"), RowReason.ID_INVALID)], language)
    sheet = read_list(book, "rejects.xlsx", 10)
    assert sheet.columns == {field: place for place, field in enumerate(RowCells._fields)}
    assert [line.cells for line in sheet.lines] == [CELLS, RowCells("x")]


@pytest.mark.parametrize("reason", RowReason)
def test_every_reason_has_its_words(reason: RowReason) -> None:
    (rows,) = sheets(rejects_book([RejectRow(2, CELLS, reason)], "zh-hant")).values()
    assert len(str(rows[1][6])) > 5


DANGEROUS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "=cmd|' /C calc'!A0",
    "_x003D_1+1",
    "<c>&amp;",
    '"',
    "http://x.tw",
)


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_would_be_a_formula_is_text(text: str) -> None:
    book = rejects_book(
        [RejectRow(2, RowCells("A123456789", "75.4.12", text, text, text), RowReason.EMAIL_INVALID)], "en"
    )
    with ZipFile(BytesIO(book)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f" not in xml
    assert b"<hyperlink" not in xml
    (line,) = lines(book)
    assert line.cells.name.strip() == text.strip()


writable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=60)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.builds(RowCells, st.just("A1"), *[writable] * 4), min_size=1, max_size=20))
def test_whatever_stood_in_a_line_comes_back_but_for_what_cannot_be_seen(given_cells: list[RowCells]) -> None:
    book = rejects_book([RejectRow(n, cells, RowReason.ID_INVALID) for n, cells in enumerate(given_cells)], "en")
    assert [seen(line.cells) for line in lines(book)] == [seen(cells) for cells in given_cells]


def seen(cells: RowCells) -> list[str]:
    """What can be seen of a line's cells, without spaces."""
    return ["".join(clean(text).split()) for text in cells]


def test_no_refused_lines_are_an_empty_list() -> None:
    assert refusal(rejects_book([], "en")) == "LIST_EMPTY"


_MEASURE = """
import resource, sys
import django
django.setup()
from nhi_express.units.reading import RejectRow, RowCells, read_list, rejects_book
from nhi_express.units.rules import RowReason

def megabytes(whose):
    return resource.getrusage(whose).ru_maxrss // 1024

cells = RowCells("A123456789", "75/04/12", "陳美華", "meihua@example.tw", "1001")
before = megabytes(resource.RUSAGE_SELF)
book = rejects_book((RejectRow(n, cells, RowReason.ID_CHECKSUM) for n in range(200_000)), "en")
count = sum(1 for _ in read_list(book, "list.xlsx", 200_000).lines)
spent = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(count, megabytes(resource.RUSAGE_SELF) - before, megabytes(resource.RUSAGE_CHILDREN))
print(sum(one.ru_utime for one in spent))
"""


def test_two_hundred_thousand_lines_are_written_and_read_in_bounded_memory_and_some_seconds() -> None:
    told = subprocess.check_output([sys.executable, "-c", _MEASURE], text=True, cwd=Path(__file__).parents[2])
    count, grown, reader, seconds = map(float, told.split())
    assert count == 200_000
    assert grown < 40
    assert reader < 200
    assert seconds < 30
