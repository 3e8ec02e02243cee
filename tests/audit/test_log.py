"""The audit log: in the transaction of its act, append-only, without persons."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, transaction

from nhi_express.audit.catalogue import SHOWN_TO_MEMBERS, Event
from nhi_express.audit.flows import About, history, record
from nhi_express.audit.flows.expiring import expire
from nhi_express.audit.models import Entry
from tests.audit.tampering import ago, grown, happens, written

pytestmark = pytest.mark.django_db


def test_an_event_outside_a_transaction_is_refused(transactional_db: None) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(Event.SIGNED_IN, About())
    assert Entry.objects.count() == 0


def test_an_act_undone_leaves_no_event() -> None:
    with pytest.raises(ValueError, match="undone"), transaction.atomic():
        record(Event.SIGNED_IN, About())
        raise ValueError("undone")
    assert Entry.objects.count() == 0


def test_rows_refuse_update() -> None:
    record(Event.SIGNED_IN, About(), device="d")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.update(event="other")
    assert Entry.objects.get().event == Event.SIGNED_IN


def test_young_rows_refuse_deletion_and_old_ones_expire() -> None:
    written(900, 800, times=2)
    record(Event.SIGNED_OUT, About())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.filter(event=Event.SIGNED_OUT).delete()
    assert expire() == 4
    assert list(Entry.objects.values_list("event", flat=True)) == [Event.SIGNED_OUT]


def test_what_no_head_of_that_age_covers_does_not_expire() -> None:
    written(800)
    with ago(days=800):
        happens(2)
    grown()
    with ago(days=800):
        happens(1)
    assert expire() == 3, "the others are old, but were signed today or not yet"
    assert Entry.objects.count() == 3
    assert expire() == 0


def test_members_see_their_own_and_nothing_for_staff_alone() -> None:
    mine, other = About(member=uuid4(), registration=uuid4()), About(member=uuid4(), registration=uuid4())
    record(Event.SIGNED_IN, mine, device="d")
    record(Event.COUNTER_WENT_BACK, mine, device="d")
    record(Event.SIGNED_IN, other, device="d")
    assert [entry.event for entry in history(mine)] == [Event.SIGNED_IN]


def test_history_begins_with_the_newest() -> None:
    mine = About(registration=uuid4())
    with time_machine.travel("2026-11-23T00:00:00+00:00", tick=False) as time:
        for event in (Event.DEVICE_BOUND, Event.SIGNED_IN):
            record(event, mine)
            time.shift(timedelta(seconds=1))
    assert [entry.event for entry in history(mine)] == [Event.SIGNED_IN, Event.DEVICE_BOUND]


@pytest.mark.parametrize("event", Event)
def test_names_read_subject_thing_action(event: Event) -> None:
    assert len(event.value.split(":")) == 3
    assert event.words != event.value or event not in SHOWN_TO_MEMBERS
