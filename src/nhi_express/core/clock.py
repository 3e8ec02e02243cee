"""The one clock. Everything else that tells the time is a lint error, so tests can move time in one place."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

TAIPEI = ZoneInfo("Asia/Taipei")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present day in Taiwan, by which legal dates are meant."""
    return datetime.now(TAIPEI).date()
