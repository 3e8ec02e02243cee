"""How values are written for people to read. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

TAIPEI = ZoneInfo("Asia/Taipei")
_ROC_OFFSET = 1911
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_text(day: date, language: str) -> str:
    """A day as people in Taiwan write it: 民國115年11月23日, or 23 Nov 2026 in English; of a moment, Taiwan's day."""
    if isinstance(day, datetime):
        day = day.astimezone(TAIPEI).date()
    if language.startswith("zh"):
        year = day.year - _ROC_OFFSET
        era = f"民國{year}年" if year > 0 else f"民國前{1 - year}年"
        return f"{era}{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def moment_text(moment: datetime, language: str) -> str:
    """A moment (aware, any zone) on Taiwan's clock to the second, after its day."""
    local = moment.astimezone(TAIPEI)
    return f"{day_text(local.date(), language)} {local:%H:%M:%S}"


def clock_text(moment: datetime) -> str:
    """The time of day of an aware moment on Taiwan's clock: 14:32:10."""
    return f"{moment.astimezone(TAIPEI):%H:%M:%S}"


def grouped_phone(number: str) -> str:
    """A Taiwanese mobile number as it is read aloud: 0912 345 678. Anything else comes back as it is."""
    local = re.sub(r"^\+?886", "0", re.sub(r"[\s()-]", "", number))
    return f"{local[:4]} {local[4:7]} {local[7:]}" if re.fullmatch(r"09\d{8}", local) else number


def grouped(code: str, size: int = 4) -> str:
    """A code in groups, as people read it: 3G4F 10M1."""
    plain = "".join(code.split())
    return " ".join(plain[start : start + size] for start in range(0, len(plain), size))


def masked_id(number: str) -> str:
    """An ID number that its owner recognises and nobody else can use: A12****789."""
    return f"{number[:3]}{'*' * max(len(number) - 6, 0)}{number[-3:]}" if len(number) > 6 else "*" * len(number)


def left_text(seconds: int) -> tuple[int, int]:
    """Whole minutes and seconds that are left; never less than none."""
    return divmod(max(seconds, 0), 60)
