"""A unit's list: brought, checked, reviewed, confirmed, enrolled; each line's result, and what comes of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django_tasks_db.models import DBTaskResult

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock, jobs, outbox
from nhi_express.core.config import config
from nhi_express.core.models import Notice
from nhi_express.core.vault import vault
from nhi_express.enrolment.models import Invitation
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.units.flows import lists, working
from nhi_express.units.models import Batch, BatchLines, BatchPart, BatchRow
from nhi_express.units.rules import BatchState, RowState
from tests.counting import events
from tests.tasks import drain
from tests.units.staff import (
    OTHER,
    UNIT,
    bring,
    checked,
    csv_of,
    desk_of,
    email_of,
    employ,
    enrolled,
    line,
    outcomes,
    staff,
)

pytestmark = pytest.mark.django_db


def activate(number: str) -> None:
    """Somebody registers by themselves."""
    accounts.activate(vault().index(number, "members.id"), "ial1-line", "zh-hant")


def states(batch: Batch) -> list[str]:
    return [reason or state for _, state, reason in outcomes(batch)]


def test_a_good_list_is_checked_confirmed_and_its_people_invited() -> None:
    desk, people = desk_of(), employ(staff(3))
    batch = checked(desk, [line(people[0]), line(people[1], email=""), line(people[2])])
    assert (batch.state, batch.version, batch.lines, batch.ready) == (BatchState.CHECKED, 1, 3, 3)
    assert batch.columns == {"id_number": 0, "birth_date": 1, "name": 2, "email": 3, "staff_number": 4}
    assert not Invitation.objects.exists(), "nothing takes effect before the officer says so"
    batch = enrolled(desk, batch)
    assert (batch.state, batch.ready, batch.invited) == (BatchState.DONE, 0, 3)
    keys = [vault().index(row.id_number, "members.id") for row in people]
    invited = {one.member: one for one in Invitation.objects.all()}
    assert set(invited) == set(keys)
    for place, key in enumerate(keys):
        registration, invitation = Registration.objects.get(member=key), invited[key]
        assert (registration.state, registration.reason) == ("pending_activation", "unit")
        assert registration.language == "", "the officer's language need not be theirs"
        assert (invitation.unit, invitation.state, invitation.code_due) == (UNIT, "open", True)
        last = (invitation.until - timedelta(seconds=1)).astimezone(clock.TAIPEI).date()
        assert last == clock.today() + timedelta(days=89), "all of the ninetieth day"
        assert BatchRow.objects.get(member=key).invitation == invitation
        way = "letter" if people[place].postal_address else "mail" if people[place].email else "none"
        assert invitation.code_way == way
    assert events(Event.INVITED) == 3
    assert outbox.send_due() == 2
    assert sorted(one.to[0] for one in mail.outbox) == sorted(map(email_of, (people[0], people[2])))
    assert "春天企業" in mail.outbox[0].body
    assert "http" not in mail.outbox[0].body


@pytest.mark.parametrize("state", [BatchState.RECEIVED, BatchState.CHECKING, BatchState.CHECKED, BatchState.ENROLLING])
def test_a_list_can_be_stopped_wherever_it_is(state: BatchState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_express.units.flows.lines.LINES_A_PIECE", 2)
    desk, people = desk_of(), employ(staff(6))
    batch = bring(desk, map(line, people))
    turns = {BatchState.RECEIVED: 0, BatchState.CHECKING: 2, BatchState.CHECKED: 5, BatchState.ENROLLING: 5}[state]
    drain(turns)
    if state == BatchState.ENROLLING:
        lists.confirm(desk, batch.id, 1)
        drain(3)
    assert lists.find(desk, batch.id).state == state
    lists.stop(desk, batch.id)
    drain()
    batch = lists.find(desk, batch.id)
    assert batch.state == BatchState.STOPPED
    assert batch.invited == Invitation.objects.count() == (2 if state == BatchState.ENROLLING else 0)
    with pytest.raises(Refused) as refusal:
        lists.stop(desk, batch.id)
    assert refusal.value.problem == Problem.BATCH_NOT_THERE_YET


def test_a_list_is_confirmed_once_and_only_when_it_waits() -> None:
    desk, people = desk_of(), employ(staff(1))
    batch = bring(desk, map(line, people))
    with pytest.raises(Refused) as refusal:
        lists.confirm(desk, batch.id, 0)
    assert refusal.value.problem == Problem.BATCH_NOT_THERE_YET
    drain()
    lists.confirm(desk, batch.id, 1)
    with pytest.raises(Refused) as refusal:
        lists.confirm(desk, batch.id, 1)
    assert refusal.value.problem == Problem.BATCH_NOT_THERE_YET
    drain()
    assert Invitation.objects.count() == 1
    assert events(Event.LIST_CONFIRMED) == 1


def test_another_units_list_is_none_of_ours() -> None:
    desk, other = desk_of(), desk_of(OTHER)
    batch = bring(other, [])
    for act in (lists.find, lists.stop):
        with pytest.raises(Refused) as refusal:
            act(desk, batch.id)
        assert refusal.value.problem == Problem.NOT_FOUND
    with pytest.raises(Refused):
        lists.confirm(desk, batch.id, 0)
    assert lists.of_unit(desk) == []


def test_a_unit_may_have_so_many_open_lists_and_no_more() -> None:
    desk, people = desk_of(), employ(staff(lists.MOST_OPEN + 1))
    found = [bring(desk, [line(row)]) for row in people[: lists.MOST_OPEN]]
    with pytest.raises(Refused) as refusal:
        bring(desk, [line(people[-1])])
    assert refusal.value.problem == Problem.TOO_MANY_LISTS
    bring(desk_of(OTHER), [line(people[-1])])
    lists.stop(desk, found[0].id)
    bring(desk, [line(people[-1])])
    assert [one.state for one in lists.of_unit(desk)].count("received") == lists.MOST_OPEN


def test_a_request_sent_again_is_the_same_list_and_with_other_content_none() -> None:
    desk, people = desk_of(), employ(staff(2))
    first = bring(desk, map(line, people), request_key="one")
    assert bring(desk, map(line, people), request_key="one") == first
    with pytest.raises(Refused) as refusal:
        bring(desk, [line(people[0])], request_key="one")
    assert refusal.value.problem == Problem.REQUEST_KEY_TAKEN
    other = bring(desk_of(OTHER), map(line, people), request_key="one")
    assert other != first
    assert "one" not in str(Batch.objects.values_list("request_key", flat=True))


def test_a_file_that_is_too_large_is_refused_before_it_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, taken = desk_of(), []

    def endless() -> object:
        while True:
            taken.append(1)
            yield b"x" * 1024 * 1024

    with pytest.raises(Refused) as refusal:
        lists.receive(desk, "big.csv", endless(), language="en")  # type: ignore[arg-type]
    assert refusal.value.problem == Problem.LIST_TOO_LARGE
    assert refusal.value.details == {"megabytes": 32}
    assert len(taken) == 33
    assert not Batch.objects.exists()


def test_an_upload_that_breaks_off_leaves_nothing() -> None:
    def broken() -> object:
        yield csv_of([])
        raise OSError("connection lost")

    with pytest.raises(OSError, match="connection lost"):
        lists.receive(desk_of(), "staff.csv", broken(), language="en")  # type: ignore[arg-type]
    assert not Batch.objects.exists()
    assert not BatchPart.objects.exists()


@pytest.mark.parametrize(
    ("content", "problem"),
    [(csv_of([]), "LIST_EMPTY"), (b"\x00\x01\x02", ""), (b"", ""), ("甲,乙\n1,2\n".encode(), "LIST_WITHOUT_HEADINGS")],
)
def test_a_file_that_is_no_list_is_refused_with_its_reason_and_nothing_of_it_kept(content: bytes, problem: str) -> None:
    desk = desk_of()
    batch = lists.receive(desk, "list.csv", [content], language="zh-hant")
    drain()
    batch = lists.find(desk, batch.id)
    assert batch.state == BatchState.REFUSED
    assert Problem[batch.problem].value.code.startswith("U-")
    assert not problem or batch.problem == problem
    assert not BatchPart.objects.exists()
    assert events(Event.LIST_REFUSED) == 1


def test_a_list_found_too_long_late_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_express.units.flows.lines.LINES_A_PIECE", 2)
    monkeypatch.setattr(working, "LINES_A_TURN", 4)
    desk, people = desk_of(), employ(staff(10))
    monkeypatch.setattr(working, "config", lambda: replace(config(), unit_rows=9))
    batch = bring(desk, map(line, people))
    drain()
    batch = lists.find(desk, batch.id)
    assert (batch.state, batch.problem) == (BatchState.REFUSED, "LIST_TOO_MANY_ROWS")
    assert not BatchLines.objects.exists()
    assert not BatchRow.objects.exists()


def test_reading_in_turns_reads_each_line_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_express.units.flows.lines.LINES_A_PIECE", 2)
    monkeypatch.setattr(working, "LINES_A_TURN", 4)
    desk, people = desk_of(), employ(staff(13))
    batch = bring(desk, map(line, people))
    assert drain(2) == 2
    halfway = lists.find(desk, batch.id)
    assert (halfway.state, halfway.lines, lists.progress(halfway).whole) == (BatchState.READING, 8, 0)
    assert lists.first_rows(halfway)[0].cells.name == people[0].name
    drain()
    batch = lists.find(desk, batch.id)
    assert (batch.lines, batch.ready) == (13, 13)
    assert [shown.cells.id_number for shown in lists.rows(batch)] == [row.id_number for row in people]


def test_lines_are_shown_by_state_and_page_with_what_they_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_express.units.flows.lines.LINES_A_PIECE", 3)
    desk, people = desk_of(), employ(staff(10))
    given = [line(row, **({"birth_date": "1900-01-01"} if place % 4 == 0 else {})) for place, row in enumerate(people)]
    batch = checked(desk, given)
    first = lists.rows(batch, RowState.REFUSED, most=2)
    rest = lists.rows(batch, RowState.REFUSED, after=first[-1].line)
    assert [one.line for one in [*first, *rest]] == [2, 6, 10]
    assert [one.cells.id_number for one in rest] == [people[8].id_number]
    assert lists.rows(batch)[1].cells.staff_number == people[1].id_number[-4:]
    full_width = checked(desk_of(OTHER), [line(people[0], id_number=f" {people[0].id_number.lower()}")])
    assert set(lists.rows(full_width)[0].notes) == {"spaces", "lower_case"}


def test_what_was_uploaded_lies_nowhere_in_the_clear() -> None:
    desk, people = desk_of(), employ(staff(3))
    batch = enrolled(desk, checked(desk, map(line, people)))
    secrets = [text for row in people for text in (row.id_number, row.name, email_of(row), row.birth_date)]
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            told = "\n".join(
                bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else str(cell)
                for row in cursor.fetchall()
                for cell in row
            )
        assert not [secret for secret in [*secrets, "staff.csv"] if secret in told], table
    assert lists.name_of(batch) == "staff.csv"


def test_after_its_time_the_file_is_removed_with_all_that_its_lines_held() -> None:
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False) as time:
        desk, people = desk_of(), employ(staff(4))
        done = enrolled(desk, checked(desk, [line(people[0]), line(people[1], birth_date="x")]))
        waiting = checked(desk, map(line, people[2:]))
        time.shift(timedelta(days=29))
        assert lists.forget_files() == 0
        time.shift(timedelta(days=2))
        assert jobs.tidy_rooms() >= 2
        assert lists.forget_files() == 0
    assert not BatchPart.objects.exists()
    assert not BatchLines.objects.exists()
    assert lists.find(desk, waiting.id).state == BatchState.STOPPED
    done = lists.find(desk, done.id)
    assert (done.state, done.invited, lists.name_of(done)) == (BatchState.DONE, 1, "")
    assert [(one.state, one.cells.name) for one in lists.rows(done)] == [(RowState.INVITED, "")]
    assert events(Event.LIST_REMOVED) == 2


def test_a_stopped_list_keeps_no_file_and_a_finished_one_for_its_time() -> None:
    desk, people = desk_of(), employ(staff(3))
    kept = enrolled(desk, checked(desk, [line(people[0])]))
    for batch in (bring(desk, [line(people[1])]), checked(desk, [line(people[2], birth_date="x")])):
        lists.stop(desk, batch.id)
    drain()
    assert set(BatchPart.objects.values_list("batch_id", flat=True)) == {kept.id}
    assert kept.file_until and kept.file_until > kept.created_at + timedelta(days=29)
    stopped = lists.find(desk, batch.id)
    assert (stopped.state, lists.rows(stopped)[0].cells.name) == (BatchState.STOPPED, people[2].name)


def test_a_list_that_is_stopped_while_it_is_read_stays_stopped() -> None:
    desk = desk_of()
    batch = bring(desk, map(line, employ(staff(3))))
    lists.stop(desk, batch.id)
    batch.state = BatchState.RECEIVED
    with suppress(working.Overtaken):
        working._read(batch)
    batch.refresh_from_db()
    assert (batch.state, batch.problem, BatchLines.objects.exists()) == (BatchState.STOPPED, "", False)
    assert events(Event.LIST_REFUSED) == 0


def test_a_unit_brings_so_many_lists_a_day_and_no_more() -> None:
    desk = desk_of()
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False) as time:
        for number in range(lists.MOST_A_DAY):
            lists.stop(desk, bring(desk, [], request_key=f"{number}").id)
        with pytest.raises(Refused) as refusal:
            bring(desk, [], request_key="one more")
        assert (refusal.value.problem, refusal.value.details) == (Problem.TOO_MANY_LISTS_TODAY, {"most": 50})
        assert bring(desk, [], request_key="7").request_key, "the same request once more brings no further list"
        assert bring(desk_of(OTHER), [])
        time.shift(timedelta(days=1, seconds=1))
        assert bring(desk, [])


def test_the_queue_holds_identifiers_alone() -> None:
    desk, people = desk_of(), employ(staff(2))
    batch = enrolled(desk, checked(desk, map(line, people)))
    for task in DBTaskResult.objects.all():
        assert task.args_kwargs == {"args": [str(batch.id)], "kwargs": {}}
        assert (task.status, task.return_value, task.traceback) == ("SUCCESSFUL", None, "")


def test_a_letter_is_one_of_many_alike_and_leaves_after_others() -> None:
    desk, people = desk_of(), employ(staff(2))
    enrolled(desk, checked(desk, map(line, people)))
    assert list(Notice.objects.values_list("kind", "bulk")) == [("units/invited", True)] * 2
