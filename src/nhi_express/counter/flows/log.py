"""The auditor's side of the log: to read it, to take it away, to see that it is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.audit.flows.proving import canonical
from nhi_express.audit.flows.verifying import Finding, verify_newest
from nhi_express.audit.models import Checkpoint, Entry
from nhi_express.core import clock
from nhi_express.counter.flows.duty import OnDuty, require
from nhi_express.counter.rules import Power

PAGE = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: days, and the beginning of their names."""

    since: date
    until: date
    event: str = ""


def _found(wanted: Wanted) -> QuerySet[Entry]:
    begin = datetime.combine(wanted.since, time(), clock.TAIPEI)
    end = datetime.combine(wanted.until + timedelta(days=1), time(), clock.TAIPEI)
    return Entry.objects.filter(at__gte=begin, at__lt=end, event__startswith=wanted.event)


def page(by: OnDuty, wanted: Wanted, before: int | None) -> list[Entry]:
    """A page of the log, newest first; ``before`` is the last event of the page before."""
    require(by, Power.LOG)
    found = _found(wanted)
    return list((found.filter(id__lt=before) if before else found).order_by("-id")[:PAGE])


def export(by: OnDuty, wanted: Wanted) -> Iterator[str]:
    """The events as lines of JSON, just as they are hashed; taking them away is on record itself."""
    require(by, Power.LOG)
    found = _found(wanted)
    with transaction.atomic():
        record(Event.LOG_EXPORTED, About(), "staff", staff=by.who, entries=found.count())
    return (canonical(entry).decode() + "\n" for entry in found.order_by("id").iterator(500))


def heads(by: OnDuty, most: int = 10) -> list[Checkpoint]:
    """The newest signed heads."""
    require(by, Power.LOG)
    return list(Checkpoint.objects.order_by("-size")[:most])


def verify(by: OnDuty) -> Finding:
    """Whether the newest part of the log is as it was signed; so many events as are verified while somebody waits."""
    require(by, Power.LOG)
    return verify_newest()


def as_text(entry: Entry) -> str:
    """An event's payload for the eye."""
    return json.dumps(entry.payload, ensure_ascii=False, sort_keys=True)


def told_in(line: str) -> dict[str, str]:
    """An exported line's cells."""
    told = json.loads(line)
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for name, value in told.items()
    }
