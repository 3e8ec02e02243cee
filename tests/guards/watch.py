"""Everything that leaves a trace while members use the app: events, log lines, notices, addresses."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from logging.config import DictConfigurator
from typing import Any

from django.core import mail
from django.db import connection

from nhi_express.audit.models import Entry
from nhi_express.core import outbox
from nhi_express.core.logging import LOGGING
from nhi_express.core.models import Notice
from tests.guards.personal import field_leaks, leaks, values
from tests.visitor import Visitor


class Lines(logging.Handler):
    """Keeps log lines as the real JSON formatter writes them."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.setFormatter(DictConfigurator(LOGGING).configure_formatter(dict(LOGGING["formatters"]["json"])))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.lines.append(self.format(record))


@dataclass
class Traces:
    """What was left behind, each as text with where it was found."""

    log: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)

    def found(self) -> list[str]:
        """Every leak, as words: where, and what of whom."""
        return [*self._in_events(), *self._in_log(), *self._in_urls(), *self._in_notices(), *self._in_tables()]

    def telling(self, *words: str) -> list[str]:
        """Events, log lines, addresses and mails in which one of these stands: what only its own table may hold."""
        events = [f"event {entry.event} {json.dumps(entry.payload)}" for entry in Entry.objects.all()]
        mails = [f"mail {letter.subject}\n{letter.body}" for letter in mail.outbox]
        return [trace for trace in (*events, *self.log, *self.urls, *mails) if any(word in trace for word in words)]

    def _in_events(self) -> Iterator[str]:
        for entry in Entry.objects.all():
            yield from (f"event {entry.event}: {what}" for what in _of(entry.payload))

    def _in_log(self) -> Iterator[str]:
        for line in self.log:
            told = json.loads(line)
            yield from (f"log line of {told['logger']}: {what}" for what in _of(told))

    def _in_urls(self) -> Iterator[str]:
        for url in self.urls:
            yield from (f"address: {what}" for what in leaks(url))

    def _in_notices(self) -> Iterator[str]:
        for notice in Notice.objects.all():
            plain = [notice.kind, notice.language, notice.last_error, str(notice.id), repr(bytes(notice.sealed))]
            yield from (f"notice {notice.kind}: {what}" for what in leaks(" ".join(plain)))
        for letter in mail.outbox:
            text = f"{letter.subject}\n{letter.body}\n{letter.extra_headers}"
            yield from (f"mail {letter.subject}: {what}" for what in leaks(text))

    def _in_tables(self) -> Iterator[str]:
        """Nothing readable in any table at all, whatever its column is called."""
        for table in connection.introspection.table_names():
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT * FROM "{table}"')
                for row in cursor.fetchall():
                    yield from (f"table {table}: {what}" for what in leaks(" ".join(map(_readable, row))))


def _readable(cell: object) -> str:
    return bytes(cell).decode("utf-8", "replace") if isinstance(cell, bytes | memoryview) else str(cell)


def _of(node: Any) -> list[str]:
    parts = [value for value in values(node) if value is not None]
    return [*leaks("\n".join(map(str, parts))), *field_leaks(parts)]


@contextmanager
def watched(*phones: Visitor) -> Iterator[Traces]:
    """Watch what happens inside; notices are sent at the end, so that mails are looked into too."""
    traces, handler, root = Traces(), Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    # The chattiest that an operator of the system may choose.
    root.setLevel(logging.DEBUG)
    try:
        yield traces
        outbox.send_due(200)
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
    traces.log.extend(handler.lines)
    traces.urls.extend(url for phone in phones for url in phone.seen)
