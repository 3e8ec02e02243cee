"""A log with signed heads, and what somebody with the database's own rights could do to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import time_machine
from django.db import connection, transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, proving, record
from nhi_express.audit.models import Checkpoint, Node
from nhi_express.core import clock

Result = TypeVar("Result")


def happens(times: int) -> None:
    """So many events."""
    with transaction.atomic():
        for number in range(times):
            record(Event.SERVICE_OPENED, About(), service=f"number-{number}")


@contextmanager
def ago(**long: float) -> Iterator[None]:
    """As it was then."""
    with time_machine.travel(clock.now() - timedelta(**long), tick=False):
        yield


def later(act: Callable[[], Result], minutes: int = 2) -> Result:
    """Once the events are settled."""
    with time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False):
        return act()


def grown() -> Checkpoint | None:
    """All events added to the tree, and its head signed."""
    later(proving.grow)
    return later(proving.sign_head)


def written(*days: float, times: int = 3) -> None:
    """Events of so many days ago, each day's ``times`` under a head of their own."""
    for day in days:
        with ago(days=day):
            happens(times)
            grown()


def behind_the_house(*statements: str) -> None:
    """Statements that the database itself would refuse."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            for statement in (*statements, *(sql for _, sql in triggers)):
                cursor.execute(statement)
            return
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_append_only")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_append_only")


def entry_of(number: int) -> int:
    """The id of the event that is so-manieth in the log."""
    return Node.objects.get(level=0, place=number - 1).entry or 0
