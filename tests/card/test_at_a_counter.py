"""A clerk reads the visitor's card in the desk's own reader, and a case is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nhi_express.audit.catalogue import Event
from nhi_express.counter.models import Case, LookUp
from nhi_express.counter.rules import CaseState, Purpose, Role
from nhi_express.help.catalogue import Problem
from tests.card.cards import Browser
from tests.card.desk import Desk
from tests.counter.workplace import administrator, hired, member_of, office, registered
from tests.counting import events
from tests.visitor import person

PATH = "/staff/desk/card"
AtWork = Callable[..., Desk]


@pytest.fixture
def at_work(browser: Browser) -> AtWork:
    """A colleague at a computer with a reader; the issuer and the register are there."""

    def sit(role: Role = Role.CLERK, id_number: str = "") -> Desk:
        worker = hired(administrator(), role, office(), id_number)
        desk = Desk("en")
        desk.browser.cookies["staff"] = worker.secret
        return desk

    return sit


def test_the_card_opens_the_case_of_its_holder(at_work: AtWork) -> None:
    desk, who = at_work(), person("citizen")
    answer = desk.post(PATH, desk.reading(who), purpose="register")
    case = Case.objects.get()
    assert (answer.status_code, answer.headers["location"]) == (302, f"/staff/desk/{case.id}/")
    assert (case.member, case.purpose, case.state) == (member_of("citizen").key, Purpose.REGISTER, CaseState.OPEN)
    assert case.seen == []


def test_it_is_a_look_up_like_any_other(at_work: AtWork) -> None:
    registered("citizen")
    desk = at_work()
    desk.post(PATH, desk.reading(person("citizen")), purpose="phone")
    assert LookUp.objects.get().member == member_of("citizen").key
    assert (events(Event.CARD_PRESENTED), events(Event.LOOKED_UP), events(Event.CASE_OPENED)) == (1, 1, 1)


@pytest.mark.parametrize(
    "told", [{"card_number": "000000000001"}, {"id_number": "A123456789"}], ids=["number", "holder"]
)
def test_a_card_that_is_not_what_it_says_opens_nothing(at_work: AtWork, told: dict[str, Any]) -> None:
    desk = at_work()
    answer = desk.post(PATH, desk.reading(person("citizen"), **told), purpose="register")
    assert (answer.status_code, Case.objects.count(), LookUp.objects.count()) == (403, 0, 0)
    assert Problem.CARD_DATA_DO_NOT_MATCH.value.code in desk.text


def test_a_reading_is_good_for_once(at_work: AtWork) -> None:
    desk = at_work()
    reading = desk.reading(person("citizen"))
    desk.post(PATH, reading, purpose="register")
    desk.post(PATH, reading, purpose="register")
    assert Case.objects.count() == 1
    assert events(Event.CARD_REFUSED) == 0


def test_without_a_purpose_nobody_is_looked_up(at_work: AtWork) -> None:
    desk = at_work()
    answer = desk.post(PATH, desk.reading(person("citizen")))
    assert (answer.status_code, LookUp.objects.count()) == (400, 0)


def test_the_clerks_own_card_is_refused(at_work: AtWork) -> None:
    who = person("citizen")
    desk = at_work(id_number=who.id_number)
    desk.post(PATH, desk.reading(who), purpose="phone")
    assert (Case.objects.count(), events(Event.STAFF_REFUSED)) == (0, 1)
    assert Problem.OWN_RECORD.value.code in desk.text


def test_only_the_counter_reads_cards(at_work: AtWork) -> None:
    desk = at_work(Role.HOTLINE)
    answer = desk.post(PATH, desk.reading(person("citizen")), purpose="register")
    assert (answer.status_code, Case.objects.count(), events(Event.CARD_PRESENTED)) == (403, 0, 0)


def test_the_page_may_ask_the_component(at_work: AtWork) -> None:
    answer = at_work().get(PATH)
    assert "http://127.0.0.1" in answer.headers["content-security-policy"]
