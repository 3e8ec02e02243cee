"""Notices to members: written with the act they tell of, sent by the worker, tried again, never lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import translation
from pydantic_core import to_json

from nhi_express.core import clock, randomness, rows
from nhi_express.core.config import config
from nhi_express.core.logging import log
from nhi_express.core.models import Notice
from nhi_express.core.vault import vault

# After each failure the wait doubles, from half a minute to six hours; after about five days we give up.
_IN_HAND = timedelta(minutes=5)
# Sixty bits, and a month: notices are read late.
STOP_CODE_LENGTH, _STOP_CODES_LAST = 12, timedelta(days=30)
_BETWEEN = f"\n\n{'─' * 20}\n\n"
_FIRST_WAIT, _LONGEST_WAIT, _MOST_ATTEMPTS = timedelta(seconds=30), timedelta(hours=6), 30


class Letter(NamedTuple):
    """What to send: ``kind`` names the template ``<room>/mail/<name>.txt`` as ``room/name``.

    ``language`` is the reader's; empty: they have not chosen any yet, and get every one, one below the other.
    A letter ``about`` a registration carries a stop code: who reads of an act that was not theirs types it at /stop/.
    """

    kind: str
    address: str
    language: str
    values: dict[str, str]
    about: UUID | None = None


def post(letter: Letter, *, bulk: bool = False) -> None:
    """Put ``letter`` into the outbox, in the transaction of its act; ``bulk``: all others are sent first."""
    rows.add(Notice(**dict(zip(_COLUMNS, _row(letter, randomness.identifier(), clock.now(), bulk=bulk), strict=True))))


def post_all(letters: Sequence[Letter]) -> None:
    """Put many letters alike into the outbox, in the transaction of the act they tell of; all others are sent first."""
    now = clock.now()
    made = zip(letters, randomness.identifiers(len(letters)), strict=True)
    rows.add_all(Notice, _COLUMNS, [_row(letter, identifier, now, bulk=True) for letter, identifier in made])


_COLUMNS = ("id", "kind", "language", "sealed", "about", "stop", "bulk", "created_at", "next_at")


def _row(letter: Letter, identifier: UUID, now: datetime, *, bulk: bool) -> tuple[object, ...]:
    code = randomness.letters(STOP_CODE_LENGTH) if letter.about else ""
    values = {**letter.values, "stop_code": "-".join((code[:4], code[4:8], code[8:])) if code else ""}
    content = to_json({"address": letter.address, "values": values})
    sealed, stop = vault().seal(content, _context(identifier)), stop_index(code) if code else None
    return identifier, letter.kind, letter.language, sealed, letter.about, stop, bulk, now, now


def stop_index(code: str) -> UUID:
    """How a stop code is kept: only who holds the key can tell a code from its index, or find one by trying."""
    return vault().index(code, "core.stop")


@dataclass(frozen=True, slots=True)
class Told:
    """A letter whose stop code somebody has typed: its own random id, and the registration that it told of."""

    notice: UUID
    about: UUID


def stopped_by(code: str) -> Told | None:
    """The letter of a stop code, or None: there is no such code (any longer), or its letter is too old."""
    letters = Notice.objects.filter(stop=stop_index(code), created_at__gte=clock.now() - _STOP_CODES_LAST)
    found = letters.first()
    return Told(found.id, found.about) if found and found.about else None


def void_stop_codes(about: UUID) -> None:
    """Let the letters about a registration until now stop it no longer, within the caller's transaction."""
    Notice.objects.filter(about=about, stop__isnull=False).update(stop=None)


def send_due(most: int = 50) -> int:
    """Send the notices that are due, at most ``most``, each in its own transaction. Returns how many left."""
    sent = 0
    for _ in range(most):
        outcome = _send_next()
        if outcome is None:
            break
        sent += outcome
    return sent


def waiting() -> int:
    """How many notices are still to be sent."""
    return Notice.objects.filter(next_at__isnull=False).count()


def _send_next() -> bool | None:
    """Send one due notice: True sent, False failed and put off, None nothing is due."""
    notice = _take()
    return None if notice is None else _attempt(notice)


def _take() -> Notice | None:
    """Take one due notice in hand: it is nobody else's for a while, and due again should we die with it.

    A slow relay must not hold a transaction open: on SQLite nobody else could write meanwhile.
    """
    with transaction.atomic():
        due = Notice.objects.filter(next_at__lte=clock.now()).order_by("bulk", "next_at")
        # Where the engine can, two workers pass each other's rows by instead of waiting for them.
        notice = (due.select_for_update(skip_locked=True) if connection.features.has_select_for_update else due).first()
        if notice is not None:
            notice.attempts += 1
            notice.next_at = clock.now() + _IN_HAND
            notice.save(update_fields=["attempts", "next_at"])
        return notice


def _attempt(notice: Notice) -> bool:
    try:
        _deliver(notice)
    except (SMTPException, OSError) as error:
        _put_off(notice, error)
        return False
    notice.sent_at, notice.next_at, notice.last_error = clock.now(), None, ""
    # Sent is sent: neither address nor values are needed any longer.
    notice.sealed = b""
    notice.save()
    return True


def _put_off(notice: Notice, error: Exception) -> None:
    wait = min(_FIRST_WAIT * 2 ** min(notice.attempts - 1, 12), _LONGEST_WAIT)
    notice.next_at = clock.now() + wait if notice.attempts < _MOST_ATTEMPTS else None
    notice.last_error = type(error).__name__
    notice.save()
    log("core").warning("notice_put_off", notice=str(notice.id), error=notice.last_error, attempts=notice.attempts)


def _deliver(notice: Notice) -> None:
    content = json.loads(vault().open(notice.sealed, _context(notice.id)))
    languages = [notice.language] if notice.language else [code for code, _ in settings.LANGUAGES]
    written = [_written(notice.kind, language, content["values"]) for language in languages]
    headers = {"Message-ID": f"<{notice.id}@{config().site_host}>"}
    EmailMessage(
        " / ".join(subject for subject, _ in written),
        _BETWEEN.join(body for _, body in written) + "\n",
        config().mail_from,
        [content["address"]],
        connection=get_connection(),
        headers=headers,
    ).send()


def _written(kind: str, language: str, values: dict[str, str]) -> tuple[str, str]:
    """Subject and body in a language: the first line of the template, and all others."""
    room, name = kind.split("/")
    with translation.override(language):
        text = render_to_string(f"{room}/mail/{name}.txt", {**values, "site_url": config().site_url})
    subject, body = text.split("\n", 1)
    return subject.strip(), body.strip()


def _context(identifier: UUID) -> str:
    return f"core.notice:{identifier}"
