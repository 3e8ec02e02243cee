"""Lists take turns: a short one is not kept waiting by a long one; and a list that lost its worker goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries

from nhi_express.core import jobs
from nhi_express.enrolment.models import Invitation
from nhi_express.units import jobs as room
from nhi_express.units.flows import lines, lists, working
from nhi_express.units.models import Batch, BatchRow
from nhi_express.units.rules import BatchState
from tests.tasks import drain
from tests.units.staff import OTHER, bring, desk_of, employ, line, staff

pytestmark = pytest.mark.django_db


def turns_until(batch: Batch, state: BatchState) -> int:
    """Work, whatever is next in the queue, until a list is in a state."""
    turns = 0
    while Batch.objects.values_list("state", flat=True).get(pk=batch.pk) != state:
        assert jobs.run_task()
        turns += 1
        assert turns < 200
    return turns


def test_five_lines_are_done_while_thirty_thousand_are_at_work() -> None:
    large, small = desk_of(), desk_of(OTHER)
    few = employ(staff(5, OTHER))
    # Nobody of the long list is in the register: what becomes of its lines is not the point here.
    long = bring(large, [("A123456789", "1990-01-01", "", "", str(n)) for n in range(30_000)])
    drain(3)
    short = bring(small, map(line, few))
    # Read, checked, shown; the other list takes as many turns between them.
    assert turns_until(short, BatchState.CHECKED) <= 2 * 3
    lists.confirm(small, short.id, 1)
    # Checked once more, found alike, invited, done.
    assert turns_until(short, BatchState.DONE) <= 2 * 4
    assert Invitation.objects.count() == 5
    halfway = lists.find(large, long.id)
    assert (halfway.state, halfway.lines) == (BatchState.CHECKING, 30_000)
    assert halfway.checked <= 9 * lines.LINES_A_PIECE
    drain()
    assert lists.find(large, long.id).state == BatchState.CHECKED


def test_one_turn_of_a_list_stands_in_the_queue_at_a_time() -> None:
    desk, people = desk_of(), employ(staff(3))
    batch = bring(desk, map(line, people))
    for _ in range(3):
        working.queue(batch)
    assert DBTaskResult.objects.ready().count() == 1
    drain()
    assert DBTaskResult.objects.ready().count() == 0


def test_a_list_whose_worker_died_goes_on_after_a_while_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_express.units.flows.lines.LINES_A_PIECE", 2)
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False) as time:
        desk, people = desk_of(), employ(staff(5))
        batch = bring(desk, map(line, people))
        assert drain(2) == 2
        lost = DBTaskResult.objects.ready().get()
        lost.claim("worker that died")
        assert working.take_up_again() == 0
        assert drain() == 0
        time.shift(working.LEASE + timedelta(seconds=1))
        assert room.sweep() == 1
        assert room.sweep() == 0, "it has its turn"
        drain()
        assert lists.find(desk, batch.id).ready == 5
        lost.refresh_from_db()
        assert lost.status == "RUNNING"
        time.shift(timedelta(days=8))
        jobs.tidy()
        assert not DBTaskResult.objects.exists()


def test_a_turn_that_was_done_already_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_express.units.flows.lines.LINES_A_PIECE", 2)
    desk, people = desk_of(), employ(staff(5))
    batch = bring(desk, map(line, people))
    drain(2)
    as_found = lists.find(desk, batch.id)
    working.work(batch.id)
    done = list(BatchRow.objects.values_list())
    with pytest.raises(working.Overtaken):
        working._STEPS[BatchState(as_found.state)](as_found)
    assert list(BatchRow.objects.values_list()) == done
    assert lists.find(desk, batch.id).checked == 4


def test_a_turn_that_fails_is_kept_without_words_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False) as time:
        desk, people = desk_of(), employ(staff(2))
        batch = bring(desk, map(line, people))
        with monkeypatch.context() as broken:
            broken.setattr(working, "read_list", lambda *_: 1 / int(people[0].id_number))
            assert jobs.run_task()
        failed = DBTaskResult.objects.failed().get()
        assert "ValueError at " in failed.traceback
        assert people[0].id_number not in failed.traceback
        failed.delete()
        time.shift(working.LEASE + timedelta(seconds=1))
        assert working.take_up_again() == 1
        drain()
    assert lists.find(desk, batch.id).ready == 2


def test_many_lines_take_few_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    desk, people = desk_of(), employ(staff(300))
    batch = bring(desk, map(line, people))
    drain(1)
    with django_assert_max_num_queries(25):
        working.work(batch.id)
    assert lists.find(desk, batch.id).checked == 300
    drain()
    lists.confirm(desk, batch.id, 1)
    drain(2)
    with django_assert_max_num_queries(40):
        working.work(batch.id)
    assert lists.find(desk, batch.id).invited == 300
