"""健康存摺 and 健保櫃檯: open to a bound phone alone, and with the member's own data alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock
from nhi_express.members.models import InsuredMember
from nhi_sandbox.personas import Persona
from tests.counting import events
from tests.visitor import Visitor, code_of, path_of, person

SERVICES = ("/app/health-bank/", "/app/nhi-counter/")
CITIZEN, FOREIGN = person("citizen"), person("new_ui")
Make = Callable[..., Visitor]


@pytest.mark.parametrize("path", SERVICES)
def test_an_unbound_phone_is_led_to_binding_and_back(visitor: Make, path: str) -> None:
    phone = visitor()
    answer = phone.ask(path)
    assert (answer.status_code, path_of(answer)) == (302, "/app/bind/")
    assert parse_qs(urlsplit(answer.headers["location"]).query) == {"next": [path]}
    phone.enrol(CITIZEN, path)
    assert path in phone.page.text
    assert phone.open(path).status == 200
    assert events(Event.SERVICE_OPENED) == 1


@pytest.mark.parametrize("path", SERVICES)
def test_a_bound_phone_is_led_to_unlocking_and_back(visitor: Make, path: str) -> None:
    phone = visitor().walk(CITIZEN, "done")
    phone.open("/app/").sign_out()
    answer = phone.ask(path)
    assert (answer.status_code, path_of(answer)) == (302, "/app/unlock/")
    assert phone.unlock()["status"] == 200
    assert phone.open(path).status == 200


@pytest.mark.parametrize("path", SERVICES)
@pytest.mark.parametrize("away", [timedelta(minutes=61), timedelta(hours=25)])
def test_a_session_ends_by_itself(visitor: Make, path: str, away: timedelta) -> None:
    phone = visitor().walk(CITIZEN, "done")
    assert phone.open(path).status == 200
    with time_machine.travel(clock.now() + away):
        assert path_of(phone.ask(path)) in {"/app/unlock/", "/app/bind/"}


def test_a_session_in_use_lasts_a_day_and_no_longer(visitor: Make) -> None:
    with time_machine.travel("2026-11-23T00:00:00+00:00") as time:
        phone = visitor().walk(CITIZEN, "done")
        for _ in range(47):
            time.shift(timedelta(minutes=30))
            assert phone.ask("/app/nhi-counter/").status_code == 200
        time.shift(timedelta(minutes=31))
        assert path_of(phone.ask("/app/nhi-counter/")) == "/app/unlock/"


@pytest.mark.parametrize("cookie", ["x", "", "\\0", "é", "a" * 3000])
def test_a_made_up_session_opens_nothing(visitor: Make, cookie: str) -> None:
    visitor().walk(CITIZEN, "done")
    stranger = visitor()
    headers = {b"Cookie": f"app={cookie}".encode()}
    for path in SERVICES:
        answer = stranger.phone.browser.get(f"{stranger.site}{path}", headers=headers, follow_redirects=False)
        assert (answer.status_code, path_of(answer)) == (302, "/app/bind/")


@pytest.mark.parametrize("someone", [CITIZEN, FOREIGN], ids=lambda one: one.key)
def test_the_counter_shows_the_members_own_data_and_nobody_elses(visitor: Make, someone: Persona) -> None:
    visitor().walk(person("second_phone"), "done")
    page = visitor().walk(someone, "done").open("/app/nhi-counter/").page
    row, other = someone.row(), person("second_phone")
    assert row.unit_name in page.text
    assert (row.household_number in page.text) == bool(row.household_number) or row.household_number[-4:] in page.text
    for hidden in (someone.id_number, someone.card_number, other.name, other.id_number):
        assert hidden not in page.text
    assert "no-store" in page.headers["cache-control"]


def test_two_members_on_one_phone_see_each_their_own(visitor: Make) -> None:
    phone = visitor().walk(CITIZEN, "done")
    phone.open("/app/").sign_out()
    phone.walk(FOREIGN, "done")
    first, second = phone.keys
    pages = []
    for device in (first, second, first):
        assert phone.unlock(device)["status"] == 200
        pages.append(phone.open("/app/nhi-counter/").page.text.partition("<main")[2])
    assert pages[0] == pages[2] != pages[1]


def test_who_left_the_register_is_told_so_and_not_by_a_fault(visitor: Make) -> None:
    phone = visitor().walk(CITIZEN, "done")
    InsuredMember.objects.all().delete()
    for path in SERVICES:
        answer = phone.ask(path)
        assert (answer.status_code, code_of(answer)) == (404, "G-01")
    for path in ("/app/", "/app/phones/", "/app/history/", "/app/unlock/"):
        assert phone.open(path).status == 200
