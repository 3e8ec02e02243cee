"""A unit's list: brought, checked, reviewed, confirmed, enrolled; each line's result, and what comes of it."""

from __future__ import annotations

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
from nhi_express.registration.rules import Reason
from nhi_express.units.flows import checking, lists, working
from nhi_express.units.models import Batch, BatchLines, BatchPart, BatchRow
from nhi_express.units.rules import BatchState, RowReason, RowState
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
        assert (registration.state, registration.reason, registration.language) == (
            "pending_activation",
            "unit",
            "zh-hant",
        )
        assert (invitation.unit, invitation.state, invitation.code_due) == (UNIT, "open", True)
        assert invitation.until - invitation.created_at == timedelta(days=90)
        assert BatchRow.objects.get(member=key).invitation == invitation
        way = "letter" if people[place].postal_address else "mail" if people[place].email else "none"
        assert invitation.code_way == way
    assert events(Event.INVITED) == 3
    assert outbox.send_due() == 2
    assert sorted(one.to[0] for one in mail.outbox) == sorted(map(email_of, (people[0], people[2])))
    assert "春天企業" in mail.outbox[0].body
    assert "http" not in mail.outbox[0].body


def test_each_way_a_line_can_be_refused_is_told_with_its_line() -> None:
    desk, people = desk_of(), staff(9)
    others = {
        1: people[1]._replace(unit_code=OTHER),
        2: people[2]._replace(deceased="Y"),
        3: people[3]._replace(insured="N"),
        4: people[4]._replace(birth_date=(clock.today() - timedelta(days=365 * 14)).isoformat()),
    }
    employ([others.get(place, row) for place, row in enumerate(people[:8])])
    batch = checked(
        desk,
        [
            line(people[0]),
            line(others[1]),
            line(others[2]),
            line(others[3]),
            line(others[4]),
            line(people[5], birth_date="1950-01-01"),
            line(people[6], id_number="A123456788"),
            line(people[7], email="no address"),
            line(people[8]),
            line(people[0], name="again"),
        ],
    )
    theirs = RowReason.NOT_OF_THIS_UNIT
    assert states(batch) == [
        *("ready", theirs, theirs, theirs, RowReason.CHILD, theirs),
        *(RowReason.ID_CHECKSUM, RowReason.EMAIL_INVALID, theirs, RowReason.TWICE_IN_THE_LIST),
    ]
    assert [number for number, *_ in outcomes(batch)] == list(range(2, 12))
    review = lists.review(batch)
    assert (review.ready, review.refused, review.reasons[theirs]) == (1, 9, 5)
    assert sum(review.reasons.values()) == 9
    batch = enrolled(desk, batch)
    assert (batch.invited, batch.refused, Invitation.objects.count()) == (1, 9, 1)


def test_who_is_registered_is_passed_over_and_whoever_is_suspended_looks_the_same() -> None:
    desk, people = desk_of(), employ(staff(4))
    for row in people[:2]:
        activate(row.id_number)
    suspended = accounts.living(vault().index(people[1].id_number, "members.id"))
    assert suspended is not None
    accounts.suspend(suspended.id, Reason.STAFF, "clerk")
    accounts.apply(vault().index(people[2].id_number, "members.id"), "ial1-card", "en")
    batch = checked(desk, map(line, people))
    assert states(batch) == ["registered", "registered", "ready", "ready"]
    enrolled(desk, batch)
    waiting = Registration.objects.get(member=vault().index(people[2].id_number, "members.id"))
    assert (waiting.state, waiting.language) == ("pending_confirmation", "en"), "what they began themselves stays"
    assert Invitation.objects.count() == 2


def test_a_former_number_and_the_present_one_are_one_person() -> None:
    desk, people = desk_of(), staff(400)
    changed = next(row for row in people if row.former_id_numbers)
    employ([changed])
    batch = checked(desk, [line(changed, id_number=changed.former_id_numbers), line(changed)])
    assert states(batch) == ["ready", RowReason.TWICE_IN_THE_LIST]
    enrolled(desk, batch)
    assert Invitation.objects.get().member == vault().index(changed.id_number, "members.id")


def test_people_who_stand_twice_far_apart_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_express.units.flows.lines.LINES_A_PIECE", 3)
    desk, people = desk_of(), employ(staff(8))
    batch = checked(desk, [*map(line, people), line(people[1]), line(people[7])])
    assert states(batch)[:8] == ["ready"] * 8
    assert states(batch)[8:] == [RowReason.TWICE_IN_THE_LIST] * 2


def test_of_two_lines_about_one_person_the_first_good_one_counts() -> None:
    desk, people = desk_of(), employ(staff(2))
    wrong = line(people[0], birth_date="1900-01-01")
    batch = checked(desk, [wrong, line(people[0]), line(people[1]), line(people[0])])
    assert states(batch) == [RowReason.NOT_OF_THIS_UNIT, "ready", "ready", RowReason.TWICE_IN_THE_LIST]


def test_an_address_that_many_share_is_nobodys_own_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_express.units.flows.lines.LINES_A_PIECE", 2)
    desk, people = desk_of(), employ(staff(8))
    shared = {
        0: "office@spring.example",
        3: "Office@Spring.example",
        6: "office@spring.example",
        7: "OFFICE@spring.example",
    }
    lines = [line(row, **({"email": shared[place]} if place in shared else {})) for place, row in enumerate(people)]
    batch = checked(desk, lines)
    assert [place for place, reason in enumerate(states(batch)) if reason == RowReason.EMAIL_SHARED] == [0, 3, 6, 7]
    assert (batch.ready, batch.refused) == (4, 4)
    assert enrolled(desk, batch).invited == 4


def test_a_person_ready_in_an_open_list_is_not_ready_in_another() -> None:
    desk, people = desk_of(), employ(staff(3))
    first = checked(desk, map(line, people[:2]))
    second = checked(desk, map(line, people))
    assert states(second) == [RowReason.IN_ANOTHER_LIST] * 2 + ["ready"]
    lists.stop(desk, first.id)
    third = checked(desk, map(line, people[:2]))
    assert states(third) == ["ready"] * 2


def test_who_was_invited_already_is_told_so_and_may_be_invited_by_a_new_unit() -> None:
    desk, people = desk_of(), employ(staff(2))
    enrolled(desk, checked(desk, map(line, people)))
    assert states(checked(desk, map(line, people))) == [RowReason.INVITED_ALREADY] * 2
    employ([people[0]._replace(unit_code=OTHER)])
    other = desk_of(OTHER)
    batch = enrolled(other, checked(other, [line(people[0])]))
    assert batch.invited == 1
    member = vault().index(people[0].id_number, "members.id")
    told = sorted(Invitation.objects.filter(member=member).values_list("unit", "state"))
    assert told == [(UNIT, "ended"), (OTHER, "open")]
    assert Registration.objects.filter(member=member).count() == 1


def test_what_changed_before_the_yes_is_shown_again_first() -> None:
    desk, people = desk_of(), employ(staff(4))
    batch = checked(desk, map(line, people))
    employ([people[1]._replace(unit_code=OTHER)])
    activate(people[2].id_number)
    batch = enrolled(desk, batch)
    assert (batch.state, batch.version, batch.changed, batch.confirmed) == (BatchState.CHECKED, 2, 2, False)
    assert (batch.ready, batch.registered, batch.refused) == (2, 1, 1)
    assert not Invitation.objects.exists()
    with pytest.raises(Refused) as refusal:
        lists.confirm(desk, batch.id, 1)
    assert refusal.value.problem == Problem.BATCH_CHANGED
    batch = enrolled(desk, batch)
    assert (batch.state, batch.invited, Invitation.objects.count()) == (BatchState.DONE, 2, 2)


def test_a_shared_address_stays_refused_when_checked_again() -> None:
    desk, people = desk_of(), employ(staff(6))
    batch = checked(desk, [line(row, email="office@spring.example") for row in people[:4]] + [*map(line, people[4:])])
    batch = enrolled(desk, batch)
    assert (batch.state, batch.invited, batch.refused, batch.changed) == (BatchState.DONE, 2, 4, 0)


def test_who_registers_while_the_list_is_enrolled_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_express.units.flows.lines.LINES_A_PIECE", 2)
    desk, people = desk_of(), employ(staff(4))
    batch = checked(desk, map(line, people))
    lists.confirm(desk, batch.id, batch.version)
    while lists.find(desk, batch.id).state != BatchState.ENROLLING:
        assert jobs.run_task()
    activate(people[3].id_number)
    drain()
    batch = lists.find(desk, batch.id)
    assert (batch.state, batch.invited, batch.registered, batch.ready) == (BatchState.DONE, 3, 1, 0)
    assert states(batch) == ["invited"] * 3 + ["registered"]


@pytest.mark.parametrize("state", [BatchState.RECEIVED, BatchState.CHECKING, BatchState.CHECKED, BatchState.ENROLLING])
def test_a_list_can_be_stopped_wherever_it_is(state: BatchState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_express.units.flows.lines.LINES_A_PIECE", 2)
    desk, people = desk_of(), employ(staff(6))
    batch = bring(desk, map(line, people))
    turns = {BatchState.RECEIVED: 0, BatchState.CHECKING: 2, BatchState.CHECKED: 5, BatchState.ENROLLING: 5}[state]
    drain(turns)
    if state == BatchState.ENROLLING:
        lists.confirm(desk, batch.id, 1)
        drain(5)
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
    for act in (lambda: lists.find(desk, batch.id), lambda: lists.stop(desk, batch.id)):
        with pytest.raises(Refused) as refusal:
            act()
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


@pytest.mark.parametrize("changed", [False, True])
def test_lines_are_opened_once_more_only_if_the_register_or_the_day_changed(
    changed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False) as time:
        desk, people = desk_of(), employ(staff(5))
        activate(people[0].id_number)
        batch = checked(desk, [*map(line, people), line(people[1])])
        opened: list[int] = []
        real = checking.judge
        monkeypatch.setattr(checking, "judge", lambda *given: [opened.append(1), *real(*given)][1:])
        if changed:
            time.shift(timedelta(days=1))
        assert enrolled(desk, batch).invited == 4
    assert len(opened) == changed


def test_what_stands_elsewhere_is_asked_again_though_the_register_is_the_same() -> None:
    desk, people = desk_of(), employ(staff(5))
    activate(people[0].id_number)
    first = checked(desk, [line(people[1])])
    batch = checked(desk, map(line, people))
    assert states(batch) == ["registered", RowReason.IN_ANOTHER_LIST, "ready", "ready", "ready"]
    enrolled(desk, first)
    activate(people[2].id_number)
    batch = enrolled(desk, batch)
    assert (batch.state, batch.changed) == (BatchState.CHECKED, 2)
    assert states(batch) == ["registered", RowReason.INVITED_ALREADY, "registered", "ready", "ready"]
    cancelled = accounts.living(vault().index(people[0].id_number, "members.id"))
    assert cancelled is not None
    accounts.cancel(cancelled, Reason.STAFF, "clerk")
    batch = enrolled(desk, batch)
    assert states(batch)[0] == "ready"
    batch = enrolled(desk, batch)
    assert (batch.state, batch.invited) == (BatchState.DONE, 3)


def test_a_stopped_list_frees_whom_it_held_in_another() -> None:
    desk, people = desk_of(), employ(staff(2))
    first = checked(desk, map(line, people))
    second = checked(desk, map(line, people))
    assert states(second) == [RowReason.IN_ANOTHER_LIST] * 2
    lists.stop(desk, first.id)
    second = enrolled(desk, second)
    assert (second.changed, states(second)) == (2, ["ready"] * 2)
    assert enrolled(desk, second).invited == 2
