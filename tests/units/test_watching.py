"""How far a list is: answered, told in events, and never at the price of the threads that others need."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from nhi_express.core.jobs import run_task
from nhi_express.units.flows.working import WORKING
from nhi_express.units.models import Batch, DeskSession
from nhi_express.units.rules import BatchState
from nhi_express.units.views import watching
from tests.units.desk_pages import Office, path_of
from tests.units.duties import Computer
from tests.units.staff import bring, line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("people")]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams that look often and end soon."""
    monkeypatch.setattr(watching, "SECONDS", 0.4)
    monkeypatch.setattr(watching, "_PAUSE", 0.01)


def opened(office: Office, batch: Batch) -> Any:
    """A stream of events."""
    return office.get(path_of(batch, "events"), Accept="text/event-stream")


def leave(stream: Any) -> None:
    """What the server does when an answer is over or its browser gone. The test's client would close the database."""
    for close in stream._resource_closers:
        close()


def told(pieces: Iterator[bytes]) -> list[dict[str, Any]]:
    """What the events of a stream say."""
    whole = b"".join(pieces).decode().split("\n\n")
    return [json.loads(piece.removeprefix("data: ")) for piece in whole if piece.startswith("data: ")]


def test_how_far_a_list_is_can_be_asked() -> None:
    office = Office(3)
    batch = bring(office.desk, [line(one) for one in office.people])
    seen: list[dict[str, Any]] = []
    while not seen or office.again(batch).state in WORKING:
        seen.append(office.get(path_of(batch, "progress"), Accept="application/json").json())
        assert run_task()
    assert [one["stage"] for one in seen] == ["received:0:0", "checking:0:1", "checking:0:1"]
    assert [one["percent"] for one in seen] == [None, 0, 100]
    assert seen[-1]["text"] == "3 of 3 lines checked"
    office.post(path_of(batch, "confirm"), version="1")
    Batch.objects.update(state=BatchState.ENROLLING, ready=150_000, invited=50_000)
    last = office.get(path_of(batch, "progress")).json()
    assert last == {"stage": "enrolling:1:1", "percent": 25, "text": "50,000 of 200,000 people invited"}


@pytest.mark.usefixtures("hasty")
def test_a_stream_tells_what_changes_and_ends_when_the_work_does() -> None:
    office = Office(2, language="zh-TW")
    batch = bring(office.desk, [line(one) for one in office.people])
    stream = opened(office, batch)
    assert stream.headers["content-type"] == "text/event-stream"
    assert stream.headers["x-accel-buffering"] == "no"
    assert "no-store" in stream.headers["cache-control"]
    pieces = iter(stream.streaming_content)
    assert next(pieces) == b"retry: 1000\n\n"
    first = told(iter([next(pieces)]))
    assert first[0]["text"] == "名單已收到，正在排隊。"
    office.work()
    rest = told(pieces)
    assert [one["stage"] for one in rest] == ["checked:1:1"], "then the page loads anew"
    leave(stream)


@pytest.mark.usefixtures("hasty")
def test_a_stream_of_a_list_that_waits_says_so_once_and_ends_by_itself() -> None:
    office = Office(1)
    batch = bring(office.desk, [line(office.people[0])])
    stream = opened(office, batch)
    pieces = list(stream.streaming_content)
    assert sum(piece.startswith(b"data") for piece in pieces) == 1
    assert pieces.count(b": \n\n") > 3
    leave(stream)


@pytest.mark.usefixtures("hasty")
def test_streams_take_few_threads_and_give_them_back_however_they_end() -> None:
    office = Office(1)
    batch = bring(office.desk, [line(office.people[0])])
    for _ in range(3):
        held = [opened(office, batch) for _ in range(watching.STREAMS)]
        assert [one.status_code for one in held] == [200] * watching.STREAMS
        full = opened(office, batch)
        assert (full.status_code, full.content) == (204, b"")
        # One is read to its end, one cut off in the middle, one never begun.
        list(held[0].streaming_content)
        next(iter(held[1].streaming_content))
        for one in held:
            leave(one)
            leave(one)
    last = opened(office, batch)
    assert last.status_code == 200
    leave(last)


@pytest.mark.usefixtures("hasty")
def test_a_stream_ends_when_its_list_is_gone() -> None:
    office = Office(1)
    batch = bring(office.desk, [line(office.people[0])])
    stream = opened(office, batch)
    pieces = iter(stream.streaming_content)
    next(pieces)
    next(pieces)
    Batch.objects.filter(pk=batch.pk).delete()
    assert list(pieces) == []
    leave(stream)


@pytest.mark.usefixtures("hasty")
def test_a_page_that_asks_by_itself_keeps_no_desk_open() -> None:
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False) as time:
        office = Office(1)
        batch = bring(office.desk, [line(office.people[0])])
        began = set(DeskSession.objects.values_list("seen_at", flat=True))
        for _ in range(3):
            time.shift(timedelta(minutes=4))
            assert office.get(path_of(batch, "progress"), Accept="application/json").status_code == 200
            stream = opened(office, batch)
            assert stream.status_code == 200
            leave(stream)
        assert set(DeskSession.objects.values_list("seen_at", flat=True)) == began
        time.shift(timedelta(minutes=4))
        assert office.get(path_of(batch, "progress"), Accept="application/json").status_code == 401
        assert office.get(path_of(batch, "events"), Accept="text/event-stream").status_code == 401
        assert office.get(path_of(batch)).status_code == 302


def test_what_the_officer_does_keeps_it_open() -> None:
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False) as time:
        office = Office(1)
        batch = bring(office.desk, [line(office.people[0])])
        for _ in range(3):
            time.shift(timedelta(minutes=10))
            assert office.get(path_of(batch)).status_code == 200


def test_who_is_signed_out_is_told_so_and_holds_no_thread() -> None:
    office = Office(1)
    batch = bring(office.desk, [line(office.people[0])])
    stranger = Computer()
    for act, kind in (("progress", "application/json"), ("events", "text/event-stream")):
        assert stranger.get(path_of(batch, act), Accept=kind).status_code == 401
