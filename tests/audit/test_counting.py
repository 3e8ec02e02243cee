"""Daily counts: each event once, of kinds and never of persons."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.audit.flows.counting import count_new, counts
from nhi_express.audit.models import DayCount
from nhi_express.audit.rules import kind_of, time_class
from nhi_express.core import clock, randomness
from tests.audit.tampering import ago


def _happens(event: Event, **payload: str | int) -> None:
    with transaction.atomic():
        record(event, About(member=randomness.identifier()), **payload)


def _counted() -> int:
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        return count_new()


def test_every_event_is_counted_once(db: None) -> None:
    for _ in range(3):
        _happens(Event.ENROLLED, channel="mobile", seconds=75)
    _happens(Event.ENROLLED, channel="card", seconds=700)
    assert (_counted(), _counted()) == (4, 0)
    _happens(Event.ENROLLED, channel="mobile", seconds=10)
    assert _counted() == 1
    today = clock.today()
    assert counts([Event.ENROLLED], today, today, ("channel",)) == {("card",): 1, ("mobile",): 4}
    by_time = counts([Event.ENROLLED], today, today, ("code",))
    assert by_time == {("10+",): 1, ("<1",): 1, ("<2",): 3}


def test_an_event_whose_number_is_later_than_its_time_is_counted(db: None) -> None:
    _happens(Event.ENROLLED, channel="mobile", seconds=75)
    with ago(minutes=5):
        _happens(Event.ENROLLED, channel="card", seconds=75)
    assert count_new() == 0
    assert (_counted(), _counted()) == (2, 0)


def test_counts_know_no_person(db: None) -> None:
    for _ in range(2):
        _happens(Event.DEVICE_BOUND, device=str(randomness.identifier()), platform="Android 15", passkey="synced")
    _counted()
    row = DayCount.objects.get()
    assert (row.detail, row.times, row.code, row.channel, row.office) == ("Android", 2, "", "", "")


def test_an_office_sees_its_own(db: None) -> None:
    for office in ("taipei", "central", "taipei"):
        _happens(Event.CASE_OPENED, office=office, purpose="register")
    _counted()
    today = clock.today()
    assert counts([Event.CASE_OPENED], today, today, ("event",), "taipei") == {(Event.CASE_OPENED.value,): 2}
    assert counts([Event.CASE_OPENED], today - timedelta(9), today - timedelta(1), ("event",)) == {}


def test_time_classes_meet_without_a_gap() -> None:
    assert [time_class(seconds) for seconds in (0, 59, 60, 119, 120, 299, 300, 599, 600)] == [
        *("<1", "<1", "<2", "<2", "<5", "<5", "<10", "<10", "10+")
    ]
    assert kind_of({"platform": "iOS 18", "seconds": 4}).code == "<1"
