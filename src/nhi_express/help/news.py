"""The latest news (最新公告), from ``news.toml`` beside this module."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

_FILE = Path(__file__).with_name("news.toml")


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in both languages; as a string they are in the language of the page."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if (get_language() or "zh").startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class News:
    """One item. ``date`` is the day shown; it is told from ``valid_from`` to ``valid_until``, both included."""

    date: datetime.date
    title: Words
    text: Words
    valid_from: datetime.date
    valid_until: datetime.date | None = None

    def told_on(self, today: datetime.date) -> bool:
        """Whether it is to be told on a day in Taiwan."""
        return self.valid_from <= today and (self.valid_until is None or today <= self.valid_until)


def current_news(today: datetime.date) -> list[News]:
    """The news to be told on a day in Taiwan, newest first."""
    return current(all_news(), today)


def current(items: tuple[News, ...], today: datetime.date) -> list[News]:
    """Of ``items`` those to be told on a day, newest first; of one day, in the order given."""
    return sorted((item for item in items if item.told_on(today)), key=lambda item: item.date, reverse=True)


@cache
def all_news() -> tuple[News, ...]:
    """Every item of the file."""
    return read(_FILE.read_text("utf-8"))


def read(text: str) -> tuple[News, ...]:
    """The items of a file's text (TOML). Raises :class:`KeyError` or :class:`TypeError` where something is missing."""
    return tuple(_item(row) for row in tomllib.loads(text).get("news", []))


def _item(row: dict[str, Any]) -> News:
    return News(row["date"], Words(**row["title"]), Words(**row["text"]), row["from"], row.get("until"))
