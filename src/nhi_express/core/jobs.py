"""Background work: notices, tasks of the queue, and chores of whatever rooms have registered."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, wraps
from importlib import import_module
from threading import Event as Flag
from traceback import extract_tb
from typing import ParamSpec

from django.apps import apps
from django.db import Error, close_old_connections
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, DEFAULT_TASK_QUEUE_NAME, task
from django_tasks.base import Task
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from nhi_express.core import clock, outbox, randomness
from nhi_express.core.logging import log

# Each installed room may have `jobs.py` with a `tidy()` that removes what is over and returns how many rows went, and
# a `sweep()` that takes up again what a worker left when it died, and returns how much it took up.
_TIDY_EVERY, _SWEEP_EVERY = timedelta(minutes=10), timedelta(seconds=15)
# A task is done after so many notices at most, so that neither keeps the other waiting.
_NOTICES_A_TURN = 10
# What is kept of tasks: nothing needs those that ended well; the others are for whoever looks for the fault.
_KEPT_WELL, _KEPT_FAILED = timedelta(hours=1), timedelta(days=7)
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
Arguments = ParamSpec("Arguments")


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


class TaskFailed(Exception):
    """A task of the queue failed: which kind of error, and where. Nothing of what it worked on."""


def job(act: Callable[Arguments, None]) -> Task[Arguments, None]:
    """Make ``act`` a task of the queue; ``act.enqueue(...)`` puts it there, within the caller's transaction.

    Its arguments are kept readable, so they are random identifiers only. The queue keeps the words of an error too,
    and those may quote a person; so of an error only its kind and place are let through, as :class:`TaskFailed`.
    """

    @wraps(act)
    def guarded(*arguments: Arguments.args, **named: Arguments.kwargs) -> None:
        try:
            act(*arguments, **named)
        except Exception as error:
            place = extract_tb(error.__traceback__)[-1]
            raise TaskFailed(f"{type(error).__name__} at {place.filename}:{place.lineno}") from None

    return task(guarded)


def run(stop: Stop) -> None:
    """Send what is due, do tasks of the queue and chores, until ``stop``. A database that is away is waited for."""
    chores = [Chore(tidy_rooms, _TIDY_EVERY), Chore(sweep_rooms, _SWEEP_EVERY)]
    busy = True
    while not stop.waited(0.0 if busy else 1.0):
        busy = _one_turn(chores)


def settle() -> None:
    """Tell the collector of garbage that what is loaded by now stays: it would look through all of it again and again
    while lists are worked on, which takes as long as reading their lines."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


def _one_turn(chores: list[Chore]) -> bool:
    """Whether there was anything to send or to do."""
    try:
        for chore in chores:
            chore.do_when_due()
        return bool(outbox.send_due(_NOTICES_A_TURN)) | run_task()
    except Error as error:
        log("core").warning("database_away", error=type(error).__name__)
        return False
    finally:
        close_old_connections()


class Chore:
    """What is done now and then."""

    def __init__(self, act: Callable[[], int], every: timedelta) -> None:
        self._act, self._every = act, every
        self._next: datetime | None = None

    def do_when_due(self) -> None:
        """Do it, if it is time; at first it is."""
        now = clock.now()
        if self._next is None or self._next <= now:
            self._act()
            self._next = now + self._every


def run_task() -> bool:
    """Do the task that has waited longest. Returns whether there was one; one that fails is kept as failed."""
    worker = _worker()
    # The library's own loop closes connections between tasks, and with them any transaction that a test runs in.
    with exclusive_transaction():
        waiting = DBTaskResult.objects.ready().get_locked()
        if waiting is not None:
            waiting.claim(worker.worker_id)
    if waiting is not None:
        worker.run_task(waiting)
    return waiting is not None


@cache
def _worker() -> Worker:
    """The library's worker, which does a task and keeps what became of it."""
    return Worker(
        queue_names=[DEFAULT_TASK_QUEUE_NAME],
        interval=1,
        batch=True,
        backend_name=DEFAULT_TASK_BACKEND_ALIAS,
        startup_delay=False,
        max_tasks=1,
        worker_id=randomness.token(),
        excluded_queue_names=[],
    )


def tidy() -> int:
    """Remove tasks that are over, and those that a dead worker left. Returns how many."""
    now, kept = clock.now(), DBTaskResult.objects
    over = [
        kept.successful().filter(finished_at__lt=now - _KEPT_WELL),
        kept.failed().filter(finished_at__lt=now - _KEPT_FAILED),
        kept.running().filter(started_at__lt=now - _KEPT_FAILED),
    ]
    return sum(tasks.delete()[0] for tasks in over)


def tidy_rooms() -> int:
    """Let every room remove what is over. Returns how many rows went."""
    return sum(act() for act in _of_rooms("tidy"))


def sweep_rooms() -> int:
    """Let every room take up again what a worker left when it died. Returns how much that was."""
    return sum(act() for act in _of_rooms("sweep"))


def _of_rooms(name: str) -> list[Callable[[], int]]:
    found = []
    for room in apps.get_app_configs():
        try:
            found.append(getattr(import_module(f"{room.name}.jobs"), name))
        except (ModuleNotFoundError, AttributeError):
            continue
    return found
