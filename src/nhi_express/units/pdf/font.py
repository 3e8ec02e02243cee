"""Which characters the font of letters and slips can print (OpenType 1.9, tables ``ttcf``, ``cmap``: format 12)."""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import Final

import noto_cjk_sans_otc

FONT: Final = Path(str(noto_cjk_sans_otc.FONT_PATH))
# Printers set this mark, 下駄, where they have no type for a character: nobody takes it for part of the name.
MISSING: Final = "\u3013"
# They choose a form of the character before them, and are nothing by themselves.
_SELECTORS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def printable(text: str) -> str:
    """A text with a visible mark for each character that the font lacks, and without line breaks."""
    plain = " ".join(_SELECTORS.sub("", text).split())
    return "".join(MISSING if lacks(mark) else mark for mark in plain)


def unprintable(text: str) -> set[str]:
    """The characters of a text that the font lacks."""
    return {mark for mark in _SELECTORS.sub("", text) if not mark.isspace() and lacks(mark)}


def lacks(mark: str) -> bool:
    """Whether the font has no picture of a character."""
    starts, ends = _covered()
    place = bisect_right(starts, ord(mark)) - 1
    return place < 0 or ord(mark) > ends[place]


@cache
def _covered() -> tuple[list[int], list[int]]:
    """First and last code points of the runs that the font covers, in order."""
    data = FONT.read_bytes()
    # A collection: its first font stands for all, they share their glyphs.
    (font,) = struct.unpack_from(">I", data, 12)
    table = _table(data, font, b"cmap")
    runs = max((_runs(data, place) for place in _subtables(data, table)), key=len)
    return [first for first, _ in runs], [last for _, last in runs]


def _table(data: bytes, font: int, wanted: bytes) -> int:
    (count,) = struct.unpack_from(">H", data, font + 4)
    entries = (struct.unpack_from(">4sIII", data, font + 12 + 16 * place) for place in range(count))
    return int(next(offset for tag, _, offset, _ in entries if tag == wanted))


def _subtables(data: bytes, table: int) -> list[int]:
    (count,) = struct.unpack_from(">H", data, table + 2)
    return [table + struct.unpack_from(">HHI", data, table + 4 + 8 * place)[2] for place in range(count)]


def _runs(data: bytes, place: int) -> list[tuple[int, int]]:
    (form,) = struct.unpack_from(">H", data, place)
    if form != 12:
        return []
    (count,) = struct.unpack_from(">I", data, place + 12)
    return [struct.unpack_from(">II", data, place + 16 + 12 * run) for run in range(count)]
