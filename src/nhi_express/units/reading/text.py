"""Lists in text: files with commas, semicolons or tabs, and what is pasted from a spreadsheet."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import Final

from nhi_express.units.reading.headings import recognised
from nhi_express.units.reading.sheet import HEADINGS_WITHIN, MOST_COLUMNS, ListRefused, Table

# Characters of one row, also where its cells hold several lines.
LONGEST_ROW: Final = 65_536
_PIECE: Final = 65_536
_MARKS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# Big5 as it is used: the Hong Kong set holds characters of names (堃 煊 峯 喆) that Microsoft's lacks, which has the €.
_BIG5: Final = ("big5hkscs", "cp950")


def table_of_text(data: bytes) -> Table:
    """The rows of a list in text. Raises :class:`ListRefused`, also late."""
    encoding = encoding_of(data)
    if data in (b"", *_MARKS) or data.isspace():
        raise ListRefused("LIST_EMPTY")
    for mark in "\t,;":
        top = islice(_rows(data, encoding, mark), HEADINGS_WITHIN)
        if any(recognised(row[:MOST_COLUMNS]) for _, row in top):
            return Table(_rows(data, encoding, mark))
    raise ListRefused("LIST_WITHOUT_HEADINGS")


def encoding_of(data: bytes) -> str:
    """How the characters of a text are written. Raises :class:`ListRefused` for none or several, and for no text."""
    marked = next((codec for mark, codec in _MARKS.items() if data.startswith(mark)), None)
    if marked != "utf-16" and (b"\0" in data or data[:_PIECE].lstrip().startswith(b"<")):
        raise ListRefused("LIST_UNREADABLE")
    for codec in (marked,) if marked else ("utf-8", *_BIG5):
        if _is_in(codec, data):
            if codec in _BIG5 and any(map(_is_chinese_utf8, BytesIO(data))):
                break
            return codec
    raise ListRefused("LIST_ENCODING")


def _is_in(codec: str, data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for start in range(0, len(data), _PIECE):
            decoder.decode(data[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_chinese_utf8(line: bytes) -> bool:
    """Whether a line is UTF-8 beyond doubt. Of Big5, what happens to be UTF-8 too are short bits of Latin and Greek."""
    if line.isascii():
        return False
    try:
        return max(line.decode()) >= "\u2e80"
    except UnicodeDecodeError:
        return False


def _rows(data: bytes, encoding: str, mark: str) -> Iterator[tuple[int, Sequence[str]]]:
    with TextIOWrapper(BytesIO(data), encoding, newline="") as text:
        lines = _Lines(text)
        try:
            for numbered in enumerate(csv.reader(lines, delimiter=mark), 1):
                lines.left = LONGEST_ROW
                yield numbered
        except csv.Error as error:
            raise ListRefused("LIST_UNREADABLE") from error


class _Lines:
    """The lines of a text, with a bound: a quote that is never closed makes one row of all that follows."""

    def __init__(self, text: TextIOWrapper) -> None:
        self._text = text
        self.left = LONGEST_ROW

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(self.left)
        if not line:
            raise StopIteration
        self.left -= len(line)
        if self.left <= 0:
            raise ListRefused("LIST_UNREADABLE")
        return line
