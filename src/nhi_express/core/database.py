"""The two engines: SQLite embedded, PostgreSQL for more than one machine."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q

from nhi_express.core.config import Config

# Deferred transactions lose nine in ten of eight concurrent writers to "database is locked"; immediate ones wait.
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # Copying pages from the log into the database every 16 MiB, not every 4, saves a tenth of writing a long list.
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=4000;"
    ),
}


def databases(config: Config) -> dict[str, dict[str, Any]]:
    """Django's ``DATABASES`` for the database address of ``config``."""
    return {"default": _sqlite(config) if config.database_url.startswith("sqlite:") else _postgresql(config)}


def _sqlite(config: Config) -> dict[str, Any]:
    path = config.database_url.removeprefix("sqlite:///")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": dict(_SQLITE_OPTIONS),
        # Connections stay open, or every request would pay for opening the file and its pragmas again.
        "CONN_MAX_AGE": None,
        # Tests use a file too: threads must see one database, which a memory database in shared-cache mode is not.
        "TEST": {"NAME": f"{path}.test"},
    }


def _postgresql(config: Config) -> dict[str, Any]:
    parts = urlsplit(config.database_url)
    # Migrations and requests give up on a lock rather than queue behind it.
    limits = "-c lock_timeout=4s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "HOST": _query(parts.query).get("host", parts.hostname or ""),
        "PORT": str(parts.port or _query(parts.query).get("port", "")),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": config.database_pool}, "options": limits},
    }


def _query(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split("&") if "=" in part)


def one_of(column: str, values: Iterable[str]) -> Q:
    """For constraints: that a column holds one of these values.

    As equalities: for an ``IN`` of constants SQLite builds a table, anew for each row that is written.
    """
    return reduce(or_, (Q(**{column: str(value)}) for value in values))
