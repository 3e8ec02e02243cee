"""What each line of a list comes out as, and what of that is seen again after the officer's yes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
import time_machine

from nhi_express.core import clock, jobs
from nhi_express.core.vault import vault
from nhi_express.enrolment.models import Invitation
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason
from nhi_express.units.flows import checking, lists
from nhi_express.units.models import Batch
from nhi_express.units.reading import Line
from nhi_express.units.rules import BatchState, RowReason
from tests.tasks import drain
from tests.units.staff import (
    OTHER,
    UNIT,
    checked,
    desk_of,
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


def test_another_unit_s_open_list_is_told_to_nobody_and_holds_nobody_up() -> None:
    people = employ(staff(2, OTHER))
    assert states(checked(desk_of(OTHER), map(line, people))) == ["ready"] * 2
    employ(staff(2))
    desk = desk_of()
    batch = checked(desk, map(line, staff(2)))
    assert states(batch) == ["ready"] * 2
    assert enrolled(desk, batch).invited == 2


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


@pytest.mark.parametrize("changed", [False, True])
def test_no_line_is_opened_once_more_if_nothing_changed_and_all_are_after_a_day(
    changed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False) as time:
        desk, people = desk_of(), employ(staff(5))
        activate(people[0].id_number)
        batch = checked(desk, [*map(line, people), line(people[1])])
        opened = opened_again(monkeypatch)
        if changed:
            time.shift(timedelta(days=1))
        assert enrolled(desk, batch).invited == 4
    assert len(opened) == changed


def opened_again(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The first line of each piece that is judged from now on."""
    opened: list[int] = []
    real = checking.judge

    def judge(batch: Batch, given: Sequence[Line]) -> list[checking.Judged]:
        opened.append(given[0].number)
        return real(batch, given)

    monkeypatch.setattr(checking, "judge", judge)
    return opened


def test_of_a_list_in_which_something_changed_only_that_piece_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_express.units.flows.lines.LINES_A_PIECE", 2)
    desk, people = desk_of(), employ(staff(6))
    batch = checked(desk, map(line, people))
    opened = opened_again(monkeypatch)
    activate(people[3].id_number)
    batch = enrolled(desk, batch)
    assert (batch.state, batch.changed, batch.checked) == (BatchState.CHECKED, 1, 6)
    assert opened == [4]
    assert enrolled(desk, batch).invited == 5


def test_who_registered_under_a_former_number_is_registered_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_express.units.flows.lines.LINES_A_PIECE", 2)
    desk, people = desk_of(), staff(400)
    changed = next(row for row in people if row.former_id_numbers)
    hired = employ([*[row for row in people if row != changed][:4], changed])
    activate(changed.former_id_numbers.split(";")[0])
    batch = checked(desk, map(line, hired))
    opened = opened_again(monkeypatch)
    batch = enrolled(desk, batch)
    assert (batch.state, batch.invited, batch.registered, batch.changed) == (BatchState.DONE, 4, 1, 0)
    assert opened == [6]


def test_pieces_with_nobody_to_invite_are_passed_over_and_a_list_of_such_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nhi_express.units.flows.lines.LINES_A_PIECE", 2)
    desk, people = desk_of(), employ(staff(6))
    for one in people[2:4]:
        activate(one.id_number)
    batch = enrolled(desk, checked(desk, map(line, people)))
    assert (batch.state, batch.invited, batch.registered) == (BatchState.DONE, 4, 2)
    batch = enrolled(desk, checked(desk, map(line, people[2:4])))
    assert (batch.state, batch.invited, batch.registered) == (BatchState.DONE, 0, 2)


def test_lines_that_were_left_out_of_a_piece_are_invited_before_the_list_is_done() -> None:
    """As an older version would leave them that invited fewer lines in a turn than a piece has."""
    desk, people = desk_of(), employ(staff(5))
    batch = checked(desk, map(line, people))
    lists.confirm(desk, batch.id, batch.version)
    while lists.find(desk, batch.id).state != BatchState.ENROLLING:
        assert jobs.run_task()
    Batch.objects.filter(pk=batch.pk).update(piece=1)
    drain()
    batch = lists.find(desk, batch.id)
    assert (batch.state, batch.invited) == (BatchState.DONE, 5)


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
