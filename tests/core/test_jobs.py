"""The worker: it sends what is due, does tasks of the queue, tidies up by every room's own job, and stops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from nhi_express.core import clock, jobs, outbox
from nhi_express.devices.models import SpentChallenge
from tests.core.test_outbox import LETTER

pytestmark = pytest.mark.django_db
SECRET = "A123456789"
_told: list[str] = []


@jobs.job
def note(what: str) -> None:
    """Tell that it was done, and how many mails had left by then."""
    _told.append(f"{what} after {len(mail.outbox)}")


@jobs.job
def fail(what: str) -> None:
    """Fail with words that quote a person, from within another failure that does."""
    try:
        int(SECRET)
    except ValueError:
        raise LookupError(f"{SECRET} {what}") from None


class Turns(jobs.Stop):
    """Stops after so many turns, without waiting."""

    def __init__(self, turns: int = 1) -> None:
        super().__init__()
        self._left = turns

    def waited(self, seconds: float) -> bool:
        self._left -= 1
        return self._left < 0


@pytest.fixture(autouse=True)
def told() -> list[str]:
    _told.clear()
    return _told


@pytest.mark.django_db(transaction=True)
def test_one_turn_sends_and_tidies() -> None:
    SpentChallenge.objects.create(digest=b"d" * 32, until=clock.now() - timedelta(seconds=1))
    outbox.post(LETTER)
    jobs.run(Turns())
    assert outbox.waiting() == 0
    assert SpentChallenge.objects.count() == 0


def test_every_room_with_something_to_forget_is_asked() -> None:
    with time_machine.travel("2026-11-23T00:00:00+00:00"):
        SpentChallenge.objects.create(digest=b"e" * 32, until=clock.now() - timedelta(seconds=1))
        assert jobs.tidy_rooms() == 1
        assert jobs.tidy_rooms() == 0


@pytest.mark.django_db(transaction=True)
def test_tasks_are_done_in_their_order_between_notices_and_neither_starves_the_other(told: list[str]) -> None:
    for _ in range(25):
        outbox.post(LETTER)
    for number in range(3):
        note.enqueue(str(number))
    jobs.run(Turns(4))
    assert told == ["0 after 10", "1 after 20", "2 after 25"]
    assert (outbox.waiting(), DBTaskResult.objects.ready().count()) == (0, 0)


def test_chores_are_done_at_first_and_then_each_time_they_are_due() -> None:
    done: list[int] = []

    def act() -> int:
        done.append(1)
        return 0

    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False) as time:
        chore = jobs.Chore(act, timedelta(seconds=15))
        for seconds in (0, 1, 15, 15, 5):
            time.shift(timedelta(seconds=seconds))
            chore.do_when_due()
    assert len(done) == 3


@pytest.mark.django_db(transaction=True)
def test_a_task_of_an_act_undone_is_never_done(told: list[str]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        note.enqueue("undone")
        raise RuntimeError("undone")
    assert not jobs.run_task()
    assert told == []


def test_what_is_kept_of_a_failed_task_quotes_nobody_and_others_go_on(told: list[str]) -> None:
    fail.enqueue("first")
    note.enqueue("second")
    assert jobs.run_task()
    kept = DBTaskResult.objects.failed().get()
    assert kept.exception_class_path.endswith("TaskFailed")
    assert "LookupError at " in kept.traceback
    assert "test_jobs.py:" in kept.traceback
    assert SECRET not in kept.traceback
    assert jobs.run_task()
    assert told == ["second after 0"]
    assert not jobs.run_task()


def test_finished_tasks_are_forgotten_well_done_ones_sooner() -> None:
    left: list[Callable[[], int]] = [DBTaskResult.objects.successful().count, DBTaskResult.objects.failed().count]
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False) as time:
        note.enqueue("well")
        fail.enqueue("badly")
        assert jobs.run_task()
        assert jobs.run_task()
        assert jobs.tidy() == 0
        time.shift(timedelta(hours=2))
        assert jobs.tidy() == 1
        assert [count() for count in left] == [0, 1]
        time.shift(timedelta(days=8))
        assert jobs.tidy() == 1
        assert [count() for count in left] == [0, 0]
