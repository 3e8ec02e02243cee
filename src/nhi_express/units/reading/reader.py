"""The process that reads a workbook (see workbook.py). A script that knows nothing of ours and holds no secret.

In comes the file as standard input; out go lines of JSON: ``{"merged_until": n}``, some ``{"rows": [[cell, …], …]}``,
and at the end ``{"end": true}``, or instead of any of them ``{"refused": problem}``. Texts go as texts, numbers as
numbers, days as ISO texts; long texts are cut.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from xml.parsers import expat

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MEMORY: Final = 768 << 20
CPU_SECONDS: Final = 40
MOST_ENTRIES: Final = 2_000
MOST_UNPACKED: Final = 768 << 20
# Room for more than may be taken, so that one who takes them can say so.
MOST_COLUMNS: Final = 200
LONGEST_CELL: Final = 301
# Whoever listens holds a whole message: about a megabyte, whatever stands in its cells.
ROWS_A_MESSAGE: Final = 250
CELLS_A_MESSAGE: Final = 600
_PIECE: Final = 1 << 18
_OLE: Final = b"\xd0\xcf\x11\xe0"


class Refusal(Exception):
    """Why the file is not read: the name of a problem."""


def main() -> None:
    """Read standard input to its end, and say what it holds."""
    _bound(resource.RLIMIT_AS, MEMORY)
    _bound(resource.RLIMIT_CPU, CPU_SECONDS)
    _bound(resource.RLIMIT_CORE, 0)
    try:
        for message in messages(sys.stdin.buffer):
            _say(message)
    except Refusal as refusal:
        _say({"refused": str(refusal)})
    except MemoryError:
        _say({"refused": "LIST_TOO_WIDE"})
    # The library's panics are no Exceptions.
    except BaseException:
        _say({"refused": "LIST_UNREADABLE"})


def _bound(what: int, most: int) -> None:
    """Bound what this process may use; a tighter bound that is set already stays."""
    set_already = resource.getrlimit(what)[1]
    bound = most if set_already == resource.RLIM_INFINITY else min(most, set_already)
    resource.setrlimit(what, (bound, bound))


def _say(message: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(message, ensure_ascii=True, separators=(",", ":")).encode() + b"\n")
    sys.stdout.buffer.flush()


def messages(file: BinaryIO) -> Iterator[dict[str, Any]]:
    """What a file holds, in the form described above. Raises :class:`Refusal`, and whatever the library raises."""
    magic = file.read(4)
    merged_until = None
    if magic == _OLE:
        _check_old_file(file)
    else:
        merged_until = _check_archive(file)
    file.seek(0)
    from python_calamine import PasswordError, load_workbook

    try:
        book = load_workbook(file)
    except PasswordError:
        raise Refusal("LIST_LOCKED") from None
    yield from _sheet(book, merged_until)


def _check_old_file(file: BinaryIO) -> None:
    """Refuse what an Office file of the old form must not be: locked, or with macros."""
    file.seek(0)
    content = file.read()
    if _name("EncryptedPackage") in content or _FILE_PASS.search(content):
        raise Refusal("LIST_LOCKED")
    if _name("_VBA_PROJECT") in content or _name("Macros") in content:
        raise Refusal("LIST_WITH_MACROS")


# The head of a sheet's stream, and right behind it the record of how it is encrypted; the library tells of it no more.
_FILE_PASS: Final = re.compile(rb"\x09\x08\x10\x00.{16}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)


def _name(text: str) -> bytes:
    return text.encode("utf-16-le")


def _check_archive(file: BinaryIO) -> int | None:
    """Refuse bombs, macros, locked and damaged archives. Returns the last row of an .ods that a merged cell touches."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_sizes(entries)
            _check_kind({entry.filename for entry in entries}, archive)
            for entry in entries:
                _unpack(archive, entry)
            return _merged_until(archive) if "content.xml" in archive.namelist() else None
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise Refusal("LIST_UNREADABLE") from error


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Refusal("LIST_TOO_WIDE")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refusal("LIST_LOCKED")


_MACROS: Final = re.compile(
    r"(^|/)(vbaProject|vbaData)|^xl/(macrosheets|dialogsheets)/|^(Basic|Scripts)/", re.IGNORECASE
)
_LOCKED: Final = re.compile(rb"<[\w:]*encryption-data\b")


def _check_kind(names: set[str], archive: zipfile.ZipFile) -> None:
    if any(map(_MACROS.search, names)):
        raise Refusal("LIST_WITH_MACROS")
    if "META-INF/manifest.xml" in names and _LOCKED.search(archive.read("META-INF/manifest.xml")):
        raise Refusal("LIST_LOCKED")
    if not names & {"xl/workbook.xml", "content.xml"}:
        raise Refusal("LIST_UNREADABLE")


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack an entry to nowhere. Its check sum must hold, and it must not be longer than it says."""
    declared = entry.file_size
    # The module reads no further than what is declared; other unpackers do.
    entry.file_size = declared + 1
    with archive.open(entry) as content:
        length = sum(len(piece) for piece in iter(lambda: content.read(_PIECE), b""))
    entry.file_size = declared
    if length != declared:
        raise Refusal("LIST_UNREADABLE")


class _Merged:
    """Looks for merged cells in the first table of an .ods, which the library does not tell, until all were seen."""

    def __init__(self, spans: int) -> None:
        self.row, self.until, self.left = 0, 0, spans
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._repeated = 1

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table-row":
            self.row += 1
            self._repeated = int(attributes.get("table:number-rows-repeated", 1))
        rows = int(attributes.get("table:number-rows-spanned", 1))
        columns = int(attributes.get("table:number-columns-spanned", 1))
        if self.left > 0 and (rows > 1 or columns > 1):
            self.until = max(self.until, self.row + rows - 1)
            self.left -= (rows > 1) + (columns > 1)

    def _end(self, name: str) -> None:
        if name == "table:table-row":
            self.row += self._repeated - 1
        if name == "table:table":
            self.left = 0


# Of one tag or of what stands between two; joined piece by piece, so it must not grow without end.
_LONGEST_TEXT: Final = 1 << 22
_SPAN: Final = re.compile(rb'-spanned="(?!1")')


def _merged_until(archive: zipfile.ZipFile) -> int:
    """The last row that a merged cell touches. Most lists have none, or one at the top: parsing ends there."""
    merged = _Merged(sum(len(_SPAN.findall(tags)) for tags in _tags(archive)))
    for tags in _tags(archive):
        if merged.left <= 0:
            break
        merged.parser.Parse(tags)
    return merged.until


def _tags(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """The table's XML in pieces that end where a tag does."""
    rest = b""
    with archive.open("content.xml") as content:
        for piece in iter(lambda: content.read(_PIECE), b""):
            whole, end, rest = (rest + piece).rpartition(b">")
            if len(rest) > _LONGEST_TEXT:
                raise Refusal("LIST_UNREADABLE")
            yield whole + end


def _sheet(book: CalamineWorkbook, merged_until: int | None) -> Iterator[dict[str, Any]]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    shown = (
        book.get_sheet_by_index(place)
        for place, sheet in enumerate(book.sheets_metadata)
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    )
    sheet = next((sheet for sheet in shown if sheet.height), None)
    if sheet is None:
        raise Refusal("LIST_EMPTY")
    ranges = sheet.merged_cell_ranges or ()
    yield {"merged_until": merged_until or max((end[0] + 1 for _, end in ranges), default=0)}
    yield from _rows(sheet)
    yield {"end": True}


def _rows(sheet: CalamineSheet) -> Iterator[dict[str, Any]]:
    left = sheet.start[1] if sheet.start else 0
    if left + sheet.width > MOST_COLUMNS:
        raise Refusal("LIST_TOO_WIDE")
    margin: list[str | int | float] = [""] * left
    most = max(1, min(ROWS_A_MESSAGE, CELLS_A_MESSAGE // max(1, left + sheet.width)))
    rows: list[list[str | int | float]] = []
    for row in sheet.iter_rows():
        rows.append(margin + [_cell(cell) for cell in row])
        if len(rows) == most:
            yield {"rows": rows}
            rows = []
    yield {"rows": rows}


def _cell(cell: object) -> str | int | float:
    if isinstance(cell, str):
        return cell[:LONGEST_CELL]
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time().isoformat() == "00:00:00" else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return cell if isinstance(cell, int | float) else str(cell)


if __name__ == "__main__":
    main()
