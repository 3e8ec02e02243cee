"""The log's tree: whole while nobody touches the log, and untrue as soon as somebody does."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, proving, record
from nhi_express.audit.models import Checkpoint, Entry, Node, Progress
from nhi_express.audit.rules import RunningTree, edges, leaf_hash, node_hash, root_of
from nhi_express.core import clock
from nhi_express.core.signing import log_key


def _plain_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, to the letter."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(_plain_root(leaves[:half]), _plain_root(leaves[half:]))


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_the_growing_root_is_the_standards(data: list[bytes]) -> None:
    leaves, tree = [leaf_hash(one) for one in data], RunningTree()
    for leaf in leaves:
        tree.add(leaf)
    assert tree.root() == _plain_root(leaves)


@given(st.integers(min_value=0, max_value=5000))
def test_the_edges_of_a_tree_cover_it_once(size: int) -> None:
    covered = [leaf for level, place in edges(size) for leaf in range(place << level, (place + 1) << level)]
    assert covered == list(range(size))


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def _happens(times: int) -> None:
    with transaction.atomic():
        for number in range(times):
            record(Event.SERVICE_OPENED, About(), service=f"number-{number}")


def _later(act: object, minutes: int = 2) -> object:
    """Once the events are settled."""
    with time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False):
        return act()  # type: ignore[operator]


@pytest.fixture
def log(db: None) -> None:
    """Eleven events in the tree, its head signed at seven and at eleven."""
    for times in (7, 4):
        _happens(times)
        _later(proving.grow)
        proving.sign_head()


def test_an_untouched_log_holds(log: None) -> None:
    found = proving.verify()
    assert (found.events, found.removed, found.heads, found.faults) == (11, 0, 2, ())
    assert [head.size for head in Checkpoint.objects.order_by("size")] == [7, 11]


def test_events_that_may_still_be_overtaken_wait(db: None) -> None:
    _happens(3)
    assert proving.grow() == 0
    assert _later(proving.grow) == 3
    assert _later(proving.grow) == 0


def test_a_head_reads_as_the_standard_has_it_and_verifies_without_us(log: None) -> None:
    note = Checkpoint.objects.get(size=11).note
    text, signature = note.split("\n\n")
    origin, size, root = text.split("\n")
    assert (size, base64.b64decode(root)) == ("11", proving.root_at(11))
    dash, name, signed = signature.strip().split(" ")
    assert (dash, name) == ("—", origin)
    raw = base64.b64decode(signed)
    log_key().public_key().verify(raw[4:], f"{text}\n".encode())
    key = base64.b64decode(proving.public_key().split("+", 2)[2])
    assert raw[:4] == hashlib.sha256(f"{origin}\n".encode() + key).digest()[:4]


def _behind_the_house(sql: str) -> None:
    """What somebody with the database's own rights could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER audit_no_update")
            cursor.execute("DROP TRIGGER audit_no_early_delete")
        else:
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_append_only")
        cursor.execute(sql)
        if connection.vendor != "sqlite":
            cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_append_only")


def _entry(place: int) -> int:
    return Node.objects.get(level=0, place=place).entry or 0


def test_a_changed_event_is_found(log: None) -> None:
    _behind_the_house(f"UPDATE audit_entry SET actor = 'system' WHERE id = {_entry(4)}")
    assert proving.verify().faults == ("event_changed:5",)


def test_a_removed_event_is_found(log: None) -> None:
    _behind_the_house(f"DELETE FROM audit_entry WHERE id = {_entry(4)}")
    assert proving.verify().faults == ("event_removed:4",)


def test_an_event_that_was_slipped_in_is_found(log: None) -> None:
    last = _entry(10)
    _behind_the_house(f"UPDATE audit_entry SET id = {last + 1000} WHERE id = {last}")
    with transaction.atomic():
        Entry.objects.create(id=last, at=clock.now(), event=Event.SERVICE_OPENED, actor="member", payload={})
    assert proving.verify().faults == ("event_changed:11",)


def test_a_tree_made_anew_does_not_fit_the_signed_heads(log: None) -> None:
    _behind_the_house(f"UPDATE audit_entry SET actor = 'system' WHERE id = {_entry(2)}")
    Node.objects.all().delete()
    Progress.objects.all().delete()
    _later(proving.grow)
    assert proving.verify().faults == ("head_untrue:7", "head_untrue:11")


def test_events_removed_by_age_leave_the_log_whole(db: None) -> None:
    with time_machine.travel(clock.now() - timedelta(days=800), tick=False):
        _happens(3)
    _happens(2)
    _later(proving.grow)
    proving.sign_head()
    old = Entry.objects.filter(at__lt=clock.now() - timedelta(days=700))
    assert old.delete()[0] == 3
    found = proving.verify()
    assert (found.events, found.removed, found.faults) == (5, 3, ())
