"""The latest news (最新公告): from ``news.toml`` beside this module, and as written in the back office.

What was written there takes the place of the shipped item of the same key, so that this can be changed and withdrawn.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from nhi_express.core.clock import TAIPEI
from nhi_express.core.remembered import Remembered
from nhi_express.help import prose
from nhi_express.help.models import Notice

_FILE = Path(__file__).with_name("news.toml")


class Severity(StrEnum):
    """An outage is told on the first pages too, for as long as it lasts."""

    NEWS = "news"
    OUTAGE = "outage"


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in both languages; as a string they are in the language of the page."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if (get_language() or "zh").startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class News:
    """One item, told from the moment when it begins until the one when it ends."""

    key: str
    title: Words
    text: Words
    begins_at: datetime
    ends_at: datetime | None = None
    severity: Severity = Severity.NEWS
    withdrawn: bool = False

    def told_at(self, now: datetime) -> bool:
        """Whether it is to be told at a moment."""
        in_time = self.begins_at <= now and (self.ends_at is None or now < self.ends_at)
        return in_time and not self.withdrawn

    @property
    def date(self) -> date:
        """The day shown: the first, in Taiwan."""
        return self.begins_at.astimezone(TAIPEI).date()

    @property
    def html(self) -> SafeString:
        """The text as paragraphs and lists, in the language of the page."""
        return self.html_in(get_language() or "zh")

    def html_in(self, language: str) -> SafeString:
        """The same in a language."""
        return prose.rendered(self.text.zh if language.startswith("zh") else self.text.en)


def current_news(now: datetime) -> list[News]:
    """The news to be told at a moment: outages first, then the newest."""
    return current(all_news().values(), now)


def outages(now: datetime) -> list[News]:
    """The outages of a moment."""
    return [item for item in current_news(now) if item.severity is Severity.OUTAGE]


def current(items: Iterable[News], now: datetime) -> list[News]:
    """Of ``items`` those to be told at a moment: outages first, then the newest; of one moment, in the order given."""
    told = sorted((item for item in items if item.told_at(now)), key=lambda item: item.begins_at, reverse=True)
    return sorted(told, key=lambda item: item.severity is not Severity.OUTAGE)


@Remembered
def all_news() -> dict[str, News]:
    """Every item by its key."""
    return {item.key: item for item in (*shipped(), *map(of_row, Notice.objects.order_by("key")))}


@cache
def shipped() -> tuple[News, ...]:
    """Every item of the file."""
    return read(_FILE.read_text("utf-8"))


def of_row(row: Notice) -> News:
    """A row as it is shown."""
    title, text = Words(row.title_zh, row.title_en), Words(row.text_zh, row.text_en)
    return News(row.key, title, text, row.begins_at, row.ends_at, Severity(row.severity), row.withdrawn)


def read(text: str) -> tuple[News, ...]:
    """The items of a file's text (TOML). Raises :class:`KeyError` or :class:`TypeError` where something is missing."""
    return tuple(_item(row) for row in tomllib.loads(text).get("news", []))


def _item(row: dict[str, Any]) -> News:
    last = row.get("until")
    ends = _midnight(last + timedelta(days=1)) if last else None
    return News(row["key"], Words(**row["title"]), Words(**row["text"]), _midnight(row["from"]), ends)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), TAIPEI)
