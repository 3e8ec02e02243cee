"""Lists of people as units give them: spreadsheets, text files, pasted text; and the spreadsheets that units get."""

from __future__ import annotations

from nhi_express.units.reading.books import RejectRow, rejects_book, template
from nhi_express.units.reading.sheet import Line, ListRefused, Sheet, sheet_of
from nhi_express.units.reading.text import table_of_text
from nhi_express.units.reading.workbook import is_workbook, table_of_workbook
from nhi_express.units.rules import RowCells

__all__ = ["Line", "ListRefused", "RejectRow", "RowCells", "Sheet", "read_list", "rejects_book", "template"]


def read_list(data: bytes, name: str, most_rows: int) -> Sheet:
    """Read a list: .xlsx, .ods or .xls, or text with tabs, commas or semicolons, in UTF-8, UTF-16 or Big5.

    What it is, is told by its content; of its ``name`` only the ending counts, and only where it promises macros. The
    sheet's headings and its first line are read at once; the others as they are asked for, in bounded memory. Raises
    :class:`ListRefused`, also late, while lines are asked for.
    """
    table = table_of_workbook(data, name) if is_workbook(data) else table_of_text(data)
    return sheet_of(table, most_rows)
