"""Verifying the log: it holds while nobody touches it, and whatever somebody does behind the house's back is found."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner, Result

from nhi_express.audit import commands
from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import proving, verifying
from nhi_express.audit.flows.expiring import expire
from nhi_express.audit.flows.verifying import FAULTS, verify, verify_newest
from nhi_express.audit.models import Checkpoint, Entry, Node, Progress
from nhi_express.core import clock
from tests.audit.tampering import ago, behind_the_house, entry_of, grown, happens, later, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> None:
    """Eleven events in the tree, its head signed at seven and at eleven."""
    for times in (7, 4):
        happens(times)
        grown()


@pytest.fixture
def old_log() -> None:
    """Three events on each of six days: two of them so long ago that their events may go, and went."""
    written(900, 800, 400, 100, 7, 0)
    assert expire() == 6


def test_an_untouched_log_holds(log: None) -> None:
    found = verify()
    assert (found.events, found.removed, found.heads, found.faults, found.tampered) == (11, 0, 2, (), False)
    assert [head.size for head in Checkpoint.objects.order_by("size")] == [7, 11]


def test_events_removed_by_age_leave_the_log_whole(old_log: None) -> None:
    found = verify()
    assert (found.events, found.removed, found.faults) == (18, 6, ())


def test_what_was_found_is_on_record(log: None) -> None:
    behind_the_house(f"DELETE FROM audit_entry WHERE id = {entry_of(5)}")
    verify()
    told = Entry.objects.get(event=Event.LOG_VERIFIED).payload
    assert told == {"events": 11, "removed": 0, "heads": 2, "faults": 1}


def test_a_changed_event_is_found(log: None) -> None:
    behind_the_house(f"UPDATE audit_entry SET actor = 'system' WHERE id = {entry_of(5)}")
    assert verify().faults == ("event_changed:5",)


def test_a_removed_event_is_found(log: None) -> None:
    behind_the_house(f"DELETE FROM audit_entry WHERE id = {entry_of(5)}")
    assert verify().faults == ("event_removed:5",)


def test_an_event_put_in_the_place_of_another_is_found(log: None) -> None:
    last = entry_of(11)
    behind_the_house(f"UPDATE audit_entry SET id = {last + 1000} WHERE id = {last}")
    with transaction.atomic():
        Entry.objects.create(id=last, at=clock.now(), event=Event.SERVICE_OPENED, actor="member", payload={})
    assert verify().faults == ("event_changed:11",)


@pytest.mark.parametrize("place", [-5, 0])
def test_an_event_before_all_others_is_found(log: None, place: int) -> None:
    Entry.objects.create(id=place, at=clock.now(), event=Event.SERVICE_OPENED, actor="member", payload={})
    assert verify().faults == (f"event_added:{place}",)


def test_an_event_slipped_in_between_is_found(log: None) -> None:
    fifth = entry_of(5)
    behind_the_house(f"DELETE FROM audit_entry WHERE id = {fifth}", f"DELETE FROM audit_node WHERE entry = {fifth}")
    Entry.objects.create(id=fifth, at=clock.now(), event=Event.SERVICE_OPENED, actor="member", payload={})
    faults = verify().faults
    assert faults == ("leaf_missing:5", f"event_added:{fifth}", "head_untrue:7", "head_untrue:11")


def test_a_tree_made_anew_does_not_fit_the_signed_heads(log: None) -> None:
    behind_the_house(f"UPDATE audit_entry SET actor = 'system' WHERE id = {entry_of(3)}")
    Node.objects.all().delete()
    Progress.objects.all().delete()
    later(proving.grow)
    assert verify().faults == ("head_untrue:7", "head_untrue:11")


def test_a_tree_that_was_cut_off_is_shorter_than_its_heads(log: None) -> None:
    behind_the_house(f"DELETE FROM audit_entry WHERE id > {entry_of(6)}")
    Node.objects.filter(level=0, place__gt=5).delete()
    assert verify().faults == ("head_untrue:7", "head_untrue:11")
    assert verify_newest().faults == ("head_untrue:7", "head_untrue:11")


# The link from a leaf to its event is hashed nowhere.


@pytest.mark.parametrize("link", ["NULL", "0", "-1"])
def test_a_removed_event_is_found_when_its_leaf_names_none(old_log: None, link: str) -> None:
    of_last_week = entry_of(14)
    behind_the_house(
        f"DELETE FROM audit_entry WHERE id = {of_last_week}",
        f"UPDATE audit_node SET entry = {link} WHERE entry = {of_last_week}",
    )
    assert verify().faults == ("leaf_unlinked:14",)


def test_a_changed_event_is_found_when_its_leaf_names_none(log: None) -> None:
    fifth = entry_of(5)
    behind_the_house(
        f"UPDATE audit_entry SET actor = 'system' WHERE id = {fifth}",
        f"UPDATE audit_node SET entry = NULL WHERE entry = {fifth}",
    )
    assert verify().faults == ("leaf_unlinked:5", f"event_added:{fifth}")


def test_a_leaf_that_names_a_later_event_hides_nothing(log: None) -> None:
    fifth, last = entry_of(5), entry_of(11)
    behind_the_house(
        f"DELETE FROM audit_entry WHERE id = {fifth}",
        f"UPDATE audit_node SET entry = {last + 5} WHERE entry = {fifth}",
    )
    assert "event_removed:5" in verify().faults


# Events go by age from the beginning, and no further than a head of that age covers.


@pytest.mark.parametrize(
    ("first", "last", "faults"),
    [(7, 9, 3), (7, 15, 9), (7, 18, 12)],
    ids=["of the oldest day", "up to a week ago", "all"],
)
def test_events_removed_before_their_time_are_found(old_log: None, first: int, last: int, faults: int) -> None:
    behind_the_house(f"DELETE FROM audit_entry WHERE id <= {entry_of(last)}")
    found = verify()
    assert found.faults == tuple(f"event_removed:{number}" for number in range(first, last + 1))
    assert (found.removed, len(found.faults)) == (6, faults)


def test_heads_cannot_be_made_older_than_they_are(old_log: None) -> None:
    behind_the_house(f"DELETE FROM audit_entry WHERE id <= {entry_of(15)}")
    for head in Checkpoint.objects.filter(size__lte=15):
        Checkpoint.objects.filter(pk=head.pk).update(at=head.at - timedelta(days=1000))
    faults = verify().faults
    assert "event_removed:15" in faults
    assert "head_untrue:15" in faults
    for head in Checkpoint.objects.filter(size__lte=15):
        Checkpoint.objects.filter(pk=head.pk).update(note=head.note.replace("signed 20", "signed 19"))
    assert {"event_removed:15", "head_untrue:15"} <= set(verify().faults)


def test_a_missing_event_behind_a_living_one_is_found_whatever_its_age() -> None:
    written(900, 800, 0)
    behind_the_house(f"DELETE FROM audit_entry WHERE id = {entry_of(2)}")
    assert verify().faults == ("event_removed:2",)
    assert expire() == 5
    assert verify().faults == (), "the others have gone since, each in its time"


def test_events_may_go_by_age_while_the_log_is_verified() -> None:
    written(900, 800, 0)
    found = verify(progress=lambda number: expire() if number == 1 else None)
    assert (found.events, found.faults) == (9, ())
    assert Entry.objects.filter(event=Event.SERVICE_OPENED).count() == 3


# Heads.


def test_settled_events_without_a_head_are_found() -> None:
    with ago(hours=2):
        happens(2)
    first = Entry.objects.order_by("id")[0].pk
    assert verify().faults == (f"head_overdue:{first}",)
    assert verify_newest().faults == (f"head_overdue:{first}",)
    assert not verify_newest().tampered
    grown()
    assert verify().faults == ()


def test_events_that_the_tree_was_led_past_are_found(log: None) -> None:
    with ago(hours=2):
        happens(1)
    passed = Entry.objects.order_by("-id")[0].pk
    Progress.objects.filter(pk="tree").update(entry=passed)
    happens(1)
    grown()
    assert f"event_added:{passed}" in verify().faults
    Checkpoint.objects.all().delete()
    assert any(fault.startswith("head_overdue") for fault in later(verify, 120).faults)


# Parts.


def test_the_newest_part_is_proven_by_its_head_alone(log: None) -> None:
    behind_the_house(f"UPDATE audit_entry SET actor = 'system' WHERE id = {entry_of(2)}")
    found = verify_newest(5)
    assert (found.events, found.before, found.heads, found.faults) == (5, 6, 2, ())
    behind_the_house(f"UPDATE audit_entry SET actor = 'system' WHERE id = {entry_of(9)}")
    assert verify_newest(5).faults == ("event_changed:9",)
    assert verify_newest().faults == ("event_changed:2", "event_changed:9")


def test_nodes_before_the_part_cannot_be_exchanged(log: None) -> None:
    Node.objects.filter(level=2, place=0).update(digest=bytes(32))
    assert verify_newest(5).faults == ("head_untrue:7", "head_untrue:11")
    Node.objects.filter(level=2, place=0).delete()
    assert verify_newest(5).faults == ("head_untrue:7", "head_untrue:11")


def test_the_newest_part_reads_no_more_than_itself(log: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even when the leaf before it no longer says where its events begin."""
    monkeypatch.setattr(verifying, "_MOST_FAULTS", 2)
    behind_the_house("UPDATE audit_node SET entry = NULL WHERE level = 0 AND place = 5")
    found = verify_newest(5)
    assert found.faults == tuple(f"event_added:{entry_of(number)}" for number in (1, 2))
    assert found.more == 1, "at least"


def test_a_long_log_is_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "_CHUNK", 4)
    written(900, 800, 7, 0, times=6)
    expire()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = verify()
    assert (found.events, found.removed, found.heads, found.faults) == (24, 12, 4, ())
    assert not [query["sql"] for query in asked if "NOT IN" in query["sql"].upper()]
    behind_the_house(f"DELETE FROM audit_entry WHERE id IN ({entry_of(15)}, {entry_of(20)})")
    assert verify().faults == ("event_removed:15", "event_removed:20")


def test_of_many_faults_the_first_are_named_and_the_rest_counted(log: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "_MOST_FAULTS", 3)
    behind_the_house("DELETE FROM audit_entry")
    found = verify()
    assert found.faults == ("event_removed:1", "event_removed:2", "event_removed:3")
    assert found.more == 8
    assert [str(words) for _, words in found.told] == [str(FAULTS["event_removed"])] * 3


# The command line.


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(commands.app, [str(one) for one in arguments])


@pytest.fixture
def kept(log: None, tmp_path: Path) -> Path:
    """What `audit checkpoint` prints, in a file elsewhere."""
    path = tmp_path / "head.txt"
    path.write_text(_run("checkpoint").stdout, "utf-8")
    return path


def test_a_head_kept_elsewhere_holds(kept: Path) -> None:
    happens(2)
    grown()
    said = _run("verify", "--head", kept)
    assert said.exit_code == 0
    assert "13 events, 0 of them removed by age, 3 signed heads." in said.stdout
    assert "The head of 11 events, signed" in said.stdout
    assert "The log is whole." in said.stdout


def test_a_head_kept_elsewhere_shows_a_log_made_anew(kept: Path) -> None:
    """Whoever makes tree and heads anew, with the house's own key, still cannot make the kept one true."""
    behind_the_house(f"UPDATE audit_entry SET actor = 'system' WHERE id = {entry_of(3)}")
    for table in (Node, Progress, Checkpoint):
        table.objects.all().delete()
    grown()
    assert _run("verify").exit_code == 0
    said = _run("verify", "--head", kept)
    assert said.exit_code == 1
    assert "kept_head_untrue:11\tThe log is not the one whose head was kept elsewhere." in said.stdout
    assert "whole" not in said.stdout


def test_a_head_kept_elsewhere_shows_a_log_cut_off_or_emptied(kept: Path) -> None:
    behind_the_house(f"DELETE FROM audit_entry WHERE id > {entry_of(7)}")
    Node.objects.filter(level=0, place__gt=6).delete()
    Checkpoint.objects.filter(size__gt=7).delete()
    assert _run("verify").exit_code == 0
    assert "kept_head_untrue:11" in _run("verify", "--head", kept).stdout
    behind_the_house("DELETE FROM audit_entry")
    Node.objects.all().delete()
    Checkpoint.objects.all().delete()
    assert "kept_head_untrue:11" in _run("verify", "--head", kept).stdout


@pytest.mark.parametrize(
    ("found", "instead", "why"), [("\n11\n", "\n12\n", "not signed with the log's key"), ("— ", "", "not signed")]
)
def test_a_kept_head_that_nobody_signed_is_refused(kept: Path, found: str, instead: str, why: str) -> None:
    kept.write_text(kept.read_text("utf-8").replace(found, instead), "utf-8")
    said = _run("verify", "--head", kept)
    assert said.exit_code == 1
    assert f"{kept}: {why}" in said.output
    kept.write_bytes(b"\xff\x00")
    assert "no signed head as" in _run("verify", "--head", kept).output


def test_faults_make_the_command_fail(log: None) -> None:
    behind_the_house("DELETE FROM audit_entry")
    said = _run("verify")
    assert said.exit_code == 1
    assert "event_removed:1\tThis event is gone, and not by age." in said.stdout


def test_a_log_without_a_head_is_not_called_whole() -> None:
    said = _run("verify")
    assert said.exit_code == 0
    assert "nothing is signed yet" in said.stdout
