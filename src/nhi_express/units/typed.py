"""Texts and dates as people type them into spreadsheets. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

from nhi_express.members.rules import LONGEST_INPUT

# Control characters, halves of characters, and marks of width and direction that come along when text is pasted.
_UNSEEN: Final = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+"
)


def clean(text: str) -> str:
    """A text without what cannot be seen, and with one space where there were several."""
    # Nearly every cell of a list passes here, so that most of them are looked at only once.
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    return " ".join(_UNSEEN.sub("", text).split())


def plain(text: str) -> str:
    """The same with full-width letters, digits and signs made plain."""
    return clean(text if text.isascii() else unicodedata.normalize("NFKC", text))


_MIDNIGHT: Final = re.compile(r"[ T]0{1,2}:00(?::00(?:\.0+)?)?$", re.ASCII)
_PARTED: Final = re.compile(
    r"(西元|(?:中華)?民國|民)?(\d{1,4})(?:([-/.])(\d{1,2})\3(\d{1,2})|年(\d{1,2})月(\d{1,2})日?)", re.ASCII
)
_SOLID: Final = re.compile(r"()(\d{4}|[01]?\d{2})(\d{2})(\d{2})", re.ASCII)
# Nobody in the register was born before 1860.
_EARLIEST_YEAR: Final = 1860


def read_date(text: str) -> date | None:
    """A date in Gregorian or 民國 years; None for any other text, and for one that could be meant in two ways.

    Read are 1986-04-12, 1986/4/12, 1986.4.12, 19860412, 75/04/12, 75-4-12, 75.4.12, 0750412, 750412, 民國75年4月12日;
    each also in full-width characters, with spaces, or with the midnight that programs put behind it. A year comes
    first. Two digits up to 31 that come first without 民國 or 年 may be a day just as well, and are not guessed at.
    """
    if len(text) > LONGEST_INPUT:
        return None
    typed = "".join(_MIDNIGHT.sub("", plain(text)).split())
    if (parted := _PARTED.fullmatch(typed)) is not None:
        era, year, mark, *days = parted.groups()
        month, day = (part for part in days if part)
        return _day_of(era, year, month, day, clear=not mark)
    solid = _SOLID.fullmatch(typed)
    return _day_of(*solid.groups(), clear=False) if solid else None


def _day_of(era: str | None, year: str, month: str, day: str, *, clear: bool) -> date | None:
    gregorian = len(year) == 4
    if (era == "西元") is not gregorian if era else not gregorian and not _is_roc_year(year, clear):
        return None
    try:
        read = date(int(year) + (0 if gregorian else 1911), int(month), int(day))
    except ValueError:
        return None
    return read if read.year >= _EARLIEST_YEAR else None


def _is_roc_year(year: str, clear: bool) -> bool:
    """Whether digits without an era can only be a 民國 year."""
    return len(year) == 3 or (len(year) == 2 and (clear or int(year) > 31))
