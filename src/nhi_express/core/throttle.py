"""May somebody try once more? Asked and counted in one statement, so that tries at the same moment cannot slip by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from nhi_express.core import clock
from nhi_express.core.limits import Limit
from nhi_express.core.vault import vault

# A try is counted before it is judged, and the count is wiped when it succeeds: two tries at once are two tries.
# Only a counter that is not locked moves; the row comes back either way.
_SPEND = """
INSERT INTO core_tries (limit_name, subject, spent, streak, last_at, locked_until)
VALUES (%(limit)s, %(subject)s, 1, 1, %(now)s, CASE WHEN %(tries)s <= 1 THEN %(until)s END)
ON CONFLICT (limit_name, subject) DO UPDATE SET
  spent = CASE WHEN core_tries.locked_until > %(now)s THEN core_tries.spent + 1
               WHEN core_tries.last_at < %(stale)s OR core_tries.locked_until IS NOT NULL THEN 1
               ELSE core_tries.spent + 1 END,
  streak = core_tries.streak + CASE WHEN core_tries.locked_until > %(now)s THEN 0 ELSE 1 END,
  last_at = CASE WHEN core_tries.locked_until > %(now)s THEN core_tries.last_at ELSE %(now)s END,
  locked_until = CASE
    WHEN core_tries.locked_until > %(now)s THEN core_tries.locked_until
    WHEN core_tries.last_at < %(stale)s OR core_tries.locked_until IS NOT NULL
      THEN CASE WHEN %(tries)s <= 1 THEN %(until)s END
    WHEN core_tries.spent + 1 >= %(tries)s THEN %(until)s END
RETURNING spent, streak, locked_until
"""
_CLEAR = "DELETE FROM core_tries WHERE limit_name = %s AND subject = %s"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer: go on, locked ``until`` then, or (``exhausted``) not before proving one's identity again."""

    verdict: Literal["permitted", "locked", "exhausted"]
    left: int
    until: datetime | None = None

    @property
    def permitted(self) -> bool:
        """Whether the try may be judged."""
        return self.verdict == "permitted"


def spend(limit: Limit, subject: str) -> Decision:
    """Count one try of ``subject`` against ``limit`` and tell whether it may be judged.

    Call it outside the transaction of the act itself, so that a refused act does not give the try back.
    """
    rule, now = limit.value, clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, _parameters(limit, subject, now))
        spent, streak, until = _row(cursor.fetchone())
    if rule.streak is not None and streak > rule.streak:
        return Decision("exhausted", 0, until)
    if spent > rule.tries:
        return Decision("locked", 0, until)
    return Decision("permitted", rule.tries - spent, until)


def clear(limit: Limit, subject: str) -> None:
    """Forget the tries of ``subject``: one succeeded, or identity was proven again."""
    with connection.cursor() as cursor:
        cursor.execute(_CLEAR, [limit.name, _stored(_key(limit, subject))])


def _key(limit: Limit, subject: str) -> UUID:
    return vault().index(subject, f"tries.{limit.name}")


def _stored(key: UUID) -> UUID | str:
    return key if connection.features.has_native_uuid_field else key.hex


def _parameters(limit: Limit, subject: str, now: datetime) -> dict[str, Any]:
    key, lock, adapt = _key(limit, subject), limit.value.lock, connection.ops.adapt_datetimefield_value
    return {
        "limit": limit.name,
        "subject": _stored(key),
        "tries": limit.value.tries,
        "now": adapt(now),
        "until": adapt(now + lock),
        "stale": adapt(now - lock),
    }


def _row(row: tuple[int, int, datetime | None]) -> tuple[int, int, datetime | None]:
    spent, streak, until = row
    # SQLite keeps times without a zone, in UTC.
    return spent, streak, until.replace(tzinfo=UTC) if until else None
