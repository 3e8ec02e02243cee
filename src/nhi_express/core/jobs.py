"""Background work: the outbox, and tidying up by whatever rooms have registered."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from threading import Event as Flag

from django.apps import apps
from django.db import Error, close_old_connections

from nhi_express.core import outbox
from nhi_express.core.logging import log

# Each installed room may have `jobs.py` with a `tidy()` that removes what is over and returns how many rows went.
_TIDY_EVERY = 600


class Stop:
    """A wish to stop, made by a signal."""

    def __init__(self) -> None:
        self._flag = Flag()

    def ask(self, *_: object) -> None:
        """Ask the worker to stop after what it has in hand."""
        self._flag.set()

    def waited(self, seconds: float) -> bool:
        """Wait, and tell whether stopping was asked for meanwhile."""
        return self._flag.wait(seconds)


def run(stop: Stop) -> None:
    """Send what is due each second, tidy up each ten minutes, until ``stop``. A database that is away is waited for."""
    turns = 0
    while not stop.waited(1.0):
        try:
            if turns % _TIDY_EVERY == 0:
                tidy_rooms()
            while outbox.send_due():
                pass
        except Error as error:
            log("core").warning("database_away", error=type(error).__name__)
        close_old_connections()
        turns += 1


def tidy_rooms() -> int:
    """Let every room remove what is over. Returns how many rows went."""
    return sum(job() for job in _tidy_jobs())


def _tidy_jobs() -> list[Callable[[], int]]:
    found = []
    for room in apps.get_app_configs():
        try:
            found.append(import_module(f"{room.name}.jobs").tidy)
        except (ModuleNotFoundError, AttributeError):
            continue
    return found
