"""The register's file as it is read: one line, one row; whatever stands in it, memory stays flat."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import BinaryIO

from nhi_express.members.schema import HEADER, Reason, row_fault, row_is_good

# A row whose every field is as long as it may be takes about 3 KiB.
LONGEST_LINE = 8192


class WrongFile(Exception):
    """The file is not a register file at all. The message says why and names nobody."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: its line in the file, the column, and why; never what it held."""

    line: int
    column: str
    reason: Reason


@dataclass(slots=True)
class Chunk:
    """Rows that are written together, with the lines they stand on, and how far in the file they reach."""

    line: int
    offset: int
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def reject(self, column: str, reason: Reason) -> None:
        """Note that the line just read is not taken."""
        self.rejects.append(Reject(self.line, column, reason))

    @property
    def full(self) -> int:
        """How many rows it holds, good and bad."""
        return len(self.lines) + len(self.rejects)


def check_header(source: BinaryIO) -> int:
    """Read the first line and return where the second begins. Raises :class:`WrongFile`.

    The message never repeats what stands there: a file without its first line begins with a person.
    """
    line = source.readline(LONGEST_LINE).removeprefix(b"\xef\xbb\xbf")
    try:
        cells = next(csv.reader([line.decode("utf-8")], strict=True), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise WrongFile("The first line cannot be read as UTF-8 with commas.") from error
    found = tuple(cell.strip() for cell in cells)
    if found != HEADER:
        missing = [name for name in HEADER if name not in found]
        told = f"missing: {', '.join(missing)}" if missing else "they stand in another order, or there are more"
        raise WrongFile(f"The first line must name these columns ({told}): {','.join(HEADER)}")
    return source.tell()


def read_chunk(source: BinaryIO, line: int, most: int) -> Chunk | None:
    """The next rows of the file, ``most`` at the most; ``line`` counts the lines before them. None at its end."""
    chunk = Chunk(line, source.tell())
    while chunk.full < most and (raw := source.readline(LONGEST_LINE)):
        chunk.line += 1
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            _skip_line(source)
            chunk.reject("", Reason.LINE_TOO_LONG)
        # Spreadsheets end their files with rows of nothing but commas.
        elif raw.strip(b", \t\r\n"):
            _sort(chunk, raw)
    chunk.offset = source.tell()
    return chunk if chunk.line > line else None


def _skip_line(source: BinaryIO) -> None:
    while (more := source.readline(LONGEST_LINE)) and not more.endswith(b"\n"):
        pass


def _sort(chunk: Chunk, raw: bytes) -> None:
    """Put a line among the good rows or the rejects."""
    try:
        cells = _cells(raw)
    except csv.Error:
        return chunk.reject("", Reason.NOT_A_ROW)
    if row_is_good(cells):
        chunk.rows.append(cells)
        chunk.lines.append(chunk.line)
        return None
    fault = row_fault(cells)
    return chunk.reject(*fault) if fault else None


def _cells(raw: bytes) -> list[str]:
    """The fields of a line. Bad bytes stay in as surrogates, so that their column is named; raises csv.Error.

    No field may hold a line's end, so a quote that is left open spoils its own line and no other.
    """
    text = raw.decode("utf-8", "surrogateescape").rstrip("\r\n")
    return text.split(",") if '"' not in text else next(csv.reader([text], strict=True))
