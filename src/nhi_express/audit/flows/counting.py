"""Counting the log: so many of a kind a day, added up by the worker as events come, never by a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum

from nhi_express.audit.models import DayCount, Entry, Progress
from nhi_express.audit.rules import Kind, kind_of
from nhi_express.core import clock

_READER, _CHUNK = "counts", 2000
# A transaction may commit after one that began later: events are read once all older ones are surely there.
SETTLED_AFTER = timedelta(seconds=45)
_ADD = """
INSERT INTO audit_daycount (day, event, channel, office, code, detail, times) VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (day, event, channel, office, code, detail) DO UPDATE SET times = audit_daycount.times + excluded.times
"""


def count_new() -> int:
    """Count the events that came since the last time. Returns how many. Each is counted once, whoever else counts."""
    total = 0
    while counted := _count_chunk():
        total += counted
    return total


def _count_chunk() -> int:
    with transaction.atomic():
        progress = progress_of(_READER)
        entries = settled_after(progress.entry, _CHUNK)
        if not entries:
            return 0
        sums = Counter((_day(entry.at), entry.event, kind_of(entry.payload)) for entry in entries)
        with connection.cursor() as cursor:
            cursor.executemany(_ADD, [_row(*key, times) for key, times in sorted(sums.items(), key=str)])
        Progress.objects.filter(pk=_READER).update(entry=entries[-1].pk)
        return len(entries)


def progress_of(reader: str) -> Progress:
    """How far a reader has come, kept for this transaction: of two workers one reads on."""
    Progress.objects.get_or_create(pk=reader)
    return Progress.objects.select_for_update().get(pk=reader)


def settled_after(entry: int, most: int) -> list[Entry]:
    """The next events after ``entry``, in their order: up to the first that is not surely settled.

    An event gets its time before its number, so under load a later number may bear an earlier time. A reader goes by
    numbers and passes none by: behind one that is too young even an older one waits.
    """
    settled = clock.now() - SETTLED_AFTER
    coming = Entry.objects.filter(id__gt=entry).order_by("id")[:most]
    return list(takewhile(lambda event: event.at < settled, coming))


def _day(at: datetime) -> date:
    return at.astimezone(clock.TAIPEI).date()


def _row(day: date, event: str, kind: Kind, times: int) -> tuple[str | int | date, ...]:
    shown = day.isoformat() if connection.vendor == "sqlite" else day
    return shown, event, kind.channel, kind.office, kind.code, kind.detail, times


def counts(
    events: Collection[str], since: date, until: date, by: tuple[str, ...], office: str = ""
) -> dict[tuple[Any, ...], int]:
    """How often ``events`` happened from ``since`` to ``until``, by the columns of ``by``: {(values…): times}."""
    found = DayCount.objects.filter(event__in=events, day__range=(since, until))
    if office:
        found = found.filter(office=office)
    rows = found.values_list(*by).annotate(total=Sum("times")).order_by(*by)
    return {tuple(row[:-1]): row[-1] for row in rows}
