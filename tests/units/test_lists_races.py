"""Workers, officers and members at the same moment: a list is done once, and each yes, stop and upload counts once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest

from nhi_express.audit.catalogue import Event
from nhi_express.core import jobs
from nhi_express.core.models import Notice
from nhi_express.core.vault import vault
from nhi_express.enrolment.models import Invitation
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.units.flows import lists, working
from nhi_express.units.flows.desk import Desk
from nhi_express.units.models import Batch
from nhi_express.units.rules import BatchState
from tests.counting import events
from tests.races.racing import race
from tests.tasks import drain
from tests.units.staff import OTHER, bring, checked, desk_of, employ, line, outcomes, staff

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_express.units.flows.lines.LINES_A_PIECE", 5)


def told(act: Callable[[], object]) -> str:
    """The code of a refusal; empty for none."""
    try:
        act()
    except Refused as refusal:
        return refusal.problem.value.code
    return ""


def test_many_workers_do_each_piece_once() -> None:
    desk, other = desk_of(), desk_of(OTHER)
    people, others = employ(staff(60)), employ(staff(80, OTHER)[60:])
    batches = [bring(desk, map(line, people)), bring(other, map(line, others))]
    race([drain] * 4)
    for by, batch in zip((desk, other), batches, strict=True):
        lists.confirm(by, batch.id, 1)
    race([drain] * 4)
    drain()
    found = [lists.find(by, batch.id) for by, batch in zip((desk, other), batches, strict=True)]
    assert [(batch.state, batch.invited, batch.ready) for batch in found] == [("done", 60, 0), ("done", 20, 0)]
    assert Invitation.objects.count() == Registration.objects.count() == Notice.objects.count() == 80
    assert events(Event.INVITED) == 80


def test_workers_that_have_the_same_turn_in_hand_do_it_once() -> None:
    desk, people = desk_of(), employ(staff(20))
    batch = checked(desk, map(line, people))
    lists.confirm(desk, batch.id, 1)
    while lists.find(desk, batch.id).state in working.WORKING:
        race([partial(working.work, batch.id)] * 3)
    assert lists.find(desk, batch.id).invited == Invitation.objects.count() == Notice.objects.count() == 20
    assert events(Event.INVITED) == 20


def test_a_yes_said_many_times_at_once_counts_once() -> None:
    desk, people = desk_of(), employ(staff(7))
    batch = checked(desk, map(line, people))
    answers = race([partial(told, partial(lists.confirm, desk, batch.id, 1))] * 6)
    assert sorted(answers) == ["", *["U-20"] * 5]
    drain()
    assert Invitation.objects.count() == 7
    assert events(Event.LIST_CONFIRMED) == 1


@pytest.mark.parametrize("turns", [0, 1, 2, 4])
def test_of_yes_and_stop_at_once_nothing_is_done_after_the_stop(turns: int) -> None:
    desk, people = desk_of(), employ(staff(20))
    batch = checked(desk, map(line, people))
    if turns:
        lists.confirm(desk, batch.id, 1)
        drain(turns)
    acts: list[Callable[[], object]] = [
        partial(told, partial(lists.confirm, desk, batch.id, 1)),
        partial(told, partial(lists.stop, desk, batch.id)),
        jobs.run_task,
        jobs.run_task,
    ]
    _, stopped, *_ = race(acts)
    after = Invitation.objects.count()
    drain()
    batch = lists.find(desk, batch.id)
    # A stop that comes after the last turn is told that there is nothing left to stop.
    state, most = {"": (BatchState.STOPPED, after), "U-20": (BatchState.DONE, 20)}[str(stopped)]
    assert (batch.state, Invitation.objects.count()) == (state, most)
    assert batch.invited == after == [state for _, state, _ in outcomes(batch)].count("invited")


def test_the_same_request_at_once_is_one_list_and_many_uploads_keep_the_limit() -> None:
    desk, people = desk_of(), employ(staff(3))
    found = race([partial(bring, desk, [line(people[0])], request_key="one")] * 5)
    assert len({batch.id for batch in found}) == Batch.objects.count() == 1
    answers = race([partial(told, partial(bring, desk, [line(people[1])], request_key=str(uuid4()))) for _ in range(8)])
    assert Batch.objects.count() == lists.MOST_OPEN
    assert sorted(answers) == ["", "", "", "", *["U-23"] * 4]


def test_members_who_register_while_their_list_is_enrolled_are_registered_once() -> None:
    desk, people = desk_of(), employ(staff(30))
    batch = checked(desk, map(line, people))
    lists.confirm(desk, batch.id, 1)
    while lists.find(desk, batch.id).state != BatchState.ENROLLING:
        jobs.run_task()
    acts: list[Callable[[], object]] = [drain]
    acts += [partial(_register, desk, people[place].id_number) for place in (3, 9, 17, 28)]
    race(acts)
    drain()
    batch = lists.find(desk, batch.id)
    assert batch.state == BatchState.DONE
    assert batch.invited + batch.registered == 30
    assert Registration.objects.count() == 30
    active = Registration.objects.filter(state="active")
    assert active.count() == 4
    assert batch.invited == Invitation.objects.count() == events(Event.INVITED)


def _register(_desk: Desk, number: str) -> None:
    from django.db import transaction

    with transaction.atomic():
        accounts.activate(vault().index(number, "members.id"), "ial1-line", "zh-hant")
