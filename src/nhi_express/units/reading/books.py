"""Spreadsheets that officers get: the template, and the refused lines to mend and upload again.

Every cell is text, in a sheet whose cells are all set as text: what somebody wrote into a list never becomes a formula,
and a mended 0750412 keeps its zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.translation import gettext as _
from django.utils.translation import override
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from nhi_express.units.rules import RowCells, RowReason
from nhi_express.units.words import FIELDS, REASONS

# 49 is the number of the format of text.
_TEXT: Final = {"font_name": "Calibri", "font_size": 11, "num_format": 49}
_WIDTHS: Final = (18, 16, 22, 34, 16, 16, 90)


@dataclass(frozen=True, slots=True)
class RejectRow:
    """A line that was refused: its number in the file, what stood in it, and why."""

    line: int
    cells: RowCells
    reason: RowReason


def template(language: str) -> bytes:
    """An empty list (.xlsx) with the right headings; a second sheet tells how to fill it in, with an example."""
    with override(language):
        return _book([_("List of people")], _headings(), explained=True)


def rejects_book(rows: Iterable[RejectRow], language: str) -> bytes:
    """The refused lines (.xlsx), each with its number and the reason in words, as a list that can be uploaded again.

    The library makes the book around the lines; they are written into it here, in constant memory and in a tenth of
    its time. It would keep them in files meanwhile, and what stands in a list never lies on a disk in the clear.
    """
    with override(language):
        headings = (*_headings(), _("Line in your file"), _("Why it was refused"))
        empty = _book([_("Refused lines")], headings)
        reasons = {reason: str(words) for reason, words in REASONS.items()}
    return _filled(empty, ((*row.cells, str(row.line), reasons[row.reason]) for row in rows))


def _headings() -> tuple[str, ...]:
    return tuple(str(FIELDS[field]) for field in RowCells._fields)


def _book(names: Sequence[str], headings: Sequence[str], *, explained: bool = False) -> bytes:
    """A book whose first sheet holds headings only."""
    made = BytesIO()
    with Workbook(made, {"in_memory": True, "default_format_properties": _TEXT}) as book:
        strong = book.add_format({**_TEXT, "bold": True, "bg_color": "#DDEDEA", "bottom": 1})
        sheet = book.add_worksheet(names[0])
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        for place, heading in enumerate(headings):
            sheet.set_column(place, place, _WIDTHS[place])
            sheet.write_string(0, place, heading, strong)
        if explained:
            _explain(book.add_worksheet(_("How to fill it in")), headings, strong)
    return made.getvalue()


def _explain(sheet: Worksheet, headings: Sequence[str], strong: Format) -> None:
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for place, width in enumerate((20, 24, 90)):
        sheet.set_column(place, place, width)
    for row, cells in enumerate(_explanations(headings)):
        sheet.write_row(row, 0, cells, strong if row == 0 else None)


def _explanations(headings: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    yield (_("Column"), _("Example"), _("What belongs there"))
    told = (
        ("A123456789", _("Needed. ID number; of foreigners the UI number, not the number of the residence permit.")),
        ("75/04/12", _("Needed. As 民國 year, month and day, or as 1986-04-12.")),
        ("陳小明", _("For your own overview.")),
        (
            "someone@example.tw",
            _("The person’s own address, if you have one. We write there that a registration waits."),
        ),
        ("1001", _("For your own overview.")),
    )
    yield from ((heading, *rest) for heading, rest in zip(headings, told, strict=True))
    yield ("", "", _("One person a line, on the first sheet, with no line left out and no cells merged."))


# Where the library has left room for the lines, and what it says of the sheet's size.
_END: Final = b"</sheetData>"
_SIZE: Final = re.compile(rb"<dimension [^>]*/>")
_SHEET: Final = "xl/worksheets/sheet1.xml"
# Characters that XML has no way to write.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What spreadsheet programs would read as the code of a character.
_CODED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def _filled(empty: bytes, rows: Iterable[Sequence[str]]) -> bytes:
    """The book with rows of text below its headings."""
    made = BytesIO()
    with ZipFile(BytesIO(empty)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            with new.open(entry.filename, "w") as out:
                _copy(content, out, rows) if entry.filename == _SHEET else out.write(content)
    return made.getvalue()


def _copy(content: bytes, out: IO[bytes], rows: Iterable[Sequence[str]]) -> None:
    head, rest = _SIZE.sub(b"", content).split(_END)
    out.write(head)
    for number, row in enumerate(rows, 2):
        out.write(_row(number, row).encode())
    out.write(_END + rest)


def _row(number: int, row: Sequence[str]) -> str:
    cells = (
        f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t xml:space="preserve">{_written(text)}</t></is></c>'
        for place, text in enumerate(row)
        if text
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def _written(text: str) -> str:
    return escape(_CODED.sub("_x005F_", _UNWRITABLE.sub("", text)))
