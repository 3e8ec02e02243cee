"""The API for payroll systems: what it tells and does, what it refuses, and what nobody gets to see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client as Browser
from oauth2_provider.models import get_access_token_model

from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.core import clock
from nhi_express.core.encoding import from_base64url
from nhi_express.enrolment.models import Invitation
from nhi_express.units.flows.clients import end_client
from nhi_express.units.flows.desk import Desk
from nhi_express.units.views.api import people as api_people
from nhi_sandbox.register import RegisterRow
from tests.counting import payloads
from tests.tasks import drain
from tests.units.api_acts import KEY, by_file, mixed, problem, send_file, send_rows
from tests.units.hearing import Heard
from tests.units.payroll import API, Payroll, payroll_of
from tests.units.staff import OTHER, UNIT, checked, csv_of, desk_of, email_of, employ, enrolled, line, staff


@pytest.fixture
def desk(db: None) -> Desk:
    return desk_of(UNIT)


@pytest.fixture
def payroll(desk: Desk) -> Payroll:
    return payroll_of(desk).enter()


def sent_and_checked(payroll: Payroll, people: Sequence[RegisterRow], key: str = KEY) -> str:
    path = f"/lists/{send_file(payroll, csv_of(map(line, people)), key).json()['id']}"
    drain()
    return path


def test_only_the_version_that_was_seen_is_confirmed(payroll: Payroll) -> None:
    path = sent_and_checked(payroll, employ(staff(2)))
    assert problem(payroll.post(f"{path}/confirm", '{"version": 2}')) == (409, "U-21")
    assert payroll.post(f"{path}/confirm", '{"version": 1}').status_code == 200
    assert problem(payroll.post(f"{path}/confirm", '{"version": 1}')) == (409, "U-20")
    drain()
    assert problem(payroll.post(f"{path}/stop")) == (409, "U-20")


def test_what_changed_meanwhile_is_shown_before_anything_happens(payroll: Payroll) -> None:
    people = employ(staff(2))
    path = sent_and_checked(payroll, people)
    employ([people[0]._replace(unit_code=OTHER)])
    payroll.post(f"{path}/confirm", '{"version": 1}')
    drain()
    told = payroll.get(path).json()
    assert (told["state"], told["version"], told["counts"]["changed"]) == ("checked", 2, 1)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", "x", '{"version": 0}', '{"version": "1"}', '{"version": 1.5}', '{"version": 99999999999}']
)
def test_a_version_is_a_number(payroll: Payroll, body: str) -> None:
    path = sent_and_checked(payroll, employ(staff(1)))
    assert problem(payroll.post(f"{path}/confirm", body)) == (400, "U-43")


def test_a_stopped_list_stays_stopped(payroll: Payroll) -> None:
    path = sent_and_checked(payroll, employ(staff(1)))
    assert payroll.post(f"{path}/stop").json()["state"] == "stopped"
    assert problem(payroll.post(f"{path}/stop")) == (409, "U-20")
    assert problem(payroll.post(f"{path}/confirm", '{"version": 1}')) == (409, "U-20")


def test_rows_come_in_pages(payroll: Payroll, monkeypatch: pytest.MonkeyPatch) -> None:
    from nhi_express.units.views.api import lists

    monkeypatch.setattr(lists, "_ROWS_AT_ONCE", 2)
    path = sent_and_checked(payroll, employ(staff(5)))
    seen, after = [], 0
    for _ in range(10):
        told = payroll.get(f"{path}/rows?after={after}").json()
        seen += [one["line"] for one in told["rows"]]
        after = told["after"]
        if after is None:
            break
    assert seen == [2, 3, 4, 5, 6]


@pytest.mark.parametrize("query", ["state=what", "after=-1", "after=x", "after=99999999999", "state="])
def test_rows_are_asked_for_in_words_of_ours(payroll: Payroll, query: str) -> None:
    path = sent_and_checked(payroll, employ(staff(1)))
    answer = payroll.get(f"{path}/rows?{query}")
    assert problem(answer) == (400, "U-43")
    assert f"query {query.split('=', maxsplit=1)[0]}" in answer.json()["detail"]


@pytest.fixture
def done(payroll: Payroll) -> tuple[Sequence[RegisterRow], str]:
    """A list whose two people are invited."""
    people = employ(staff(2))
    path = sent_and_checked(payroll, people)
    payroll.post(f"{path}/confirm", '{"version": 1}')
    drain()
    return people, path


def test_of_who_left_the_unit_nothing_is_told(payroll: Payroll, done: tuple[Sequence[RegisterRow], str]) -> None:
    people, _ = done
    employ([people[0]._replace(unit_code=OTHER)])
    shown = payroll.get("/people").json()["people"]
    gone = [one for one in shown if one["left"]]
    assert len(shown) == 2
    assert gone == [dict.fromkeys(gone[0]) | {"status": "open", "left": True}], "all else is null"


def test_where_to_go_on_tells_nothing_of_who_stands_there(
    payroll: Payroll, done: tuple[Sequence[RegisterRow], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_people, "_PEOPLE_AT_ONCE", 1)
    people, _ = done
    employ([row._replace(unit_code=OTHER) for row in people])
    first, again = (payroll.get("/people").json() for _ in range(2))
    assert first["after"] != again["after"], "not even that it is the same person as before"
    for one in Invitation.objects.all():
        assert one.pk.hex not in first["after"].replace("-", "")
        assert one.pk.bytes not in from_base64url(first["after"])
    second = payroll.get(f"/people?after={first['after']}").json()
    assert len(second["people"]) == 1
    third = payroll.get(f"/people?after={second['after']}").json()
    assert (third["people"], third["after"]) == ([], None)


def test_what_payroll_systems_do_is_on_record_under_their_name(
    payroll: Payroll, done: tuple[Sequence[RegisterRow], str]
) -> None:
    stopped = sent_and_checked(payroll, employ(staff(4))[2:], key="march-2026-list-2")
    payroll.post(f"{stopped}/stop")
    for event, count in (
        (Event.LIST_RECEIVED, 2),
        (Event.LIST_CONFIRMED, 1),
        (Event.LIST_STOPPED, 1),
        (Event.INVITED, 2),
    ):
        told = payloads(event)
        assert [one["client"] for one in told] == [payroll.client_id] * count, event
    assert payloads(Event.CLIENT_LET_IN) == [{"unit": UNIT, "client": payroll.client_id}]


def test_what_officers_do_names_no_client(desk: Desk) -> None:
    people = employ(staff(1))
    enrolled(desk, checked(desk, map(line, people)))
    for event in (Event.LIST_RECEIVED, Event.LIST_CONFIRMED, Event.INVITED):
        assert ["client" in one for one in payloads(event)] == [False], event


def test_people_are_told_by_line_and_staff_number_alone(
    payroll: Payroll, done: tuple[Sequence[RegisterRow], str]
) -> None:
    people, _ = done
    told = payroll.get("/people").content.decode()
    for row in people:
        for datum in (row.id_number, row.name, row.birth_date, email_of(row), row.card_number):
            assert datum not in told


def test_people_can_be_asked_for_by_status_and_list(payroll: Payroll, done: tuple[Sequence[RegisterRow], str]) -> None:
    _, path = done
    one = path.removeprefix("/lists/")
    assert len(payroll.get(f"/people?list={one}").json()["people"]) == 2
    assert payroll.get("/people?status=finished").json()["people"] == []
    assert problem(payroll.get(f"/people?list={uuid4()}")) == (404, "G-01")
    assert problem(payroll.get("/people?status=what")) == (400, "U-43")
    assert problem(payroll.get(f"/people?after={uuid4()}")) == (404, "G-01")


def test_nothing_of_another_unit_is_found(payroll: Payroll, done: tuple[Sequence[RegisterRow], str]) -> None:
    _, path = done
    stranger = payroll_of(desk_of(OTHER)).enter()
    for ask in (
        partial(stranger.get, path),
        partial(stranger.get, f"{path}/rows"),
        partial(stranger.post, f"{path}/confirm", '{"version": 1}'),
        partial(stranger.post, f"{path}/stop"),
        partial(stranger.get, f"/people?list={path.removeprefix('/lists/')}"),
        partial(stranger.get, f"/people?after={Invitation.objects.first().id}"),  # type: ignore[union-attr]
    ):
        assert problem(ask()) == (404, "G-01")
    assert stranger.get("/lists").json() == {"lists": []}
    assert stranger.get("/people").json() == {"people": [], "after": None}
    assert payroll.get(path).json()["state"] == "done"


EVERY = [
    ("GET", "/lists"),
    ("POST", "/lists"),
    ("GET", f"/lists/{uuid4()}"),
    ("GET", f"/lists/{uuid4()}/rows"),
    ("POST", f"/lists/{uuid4()}/confirm"),
    ("POST", f"/lists/{uuid4()}/stop"),
    ("GET", "/people"),
]


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_every_address_asks_for_a_token_first(payroll: Payroll, desk: Desk, method: str, path: str) -> None:
    def ask(authorization: str) -> Any:
        return payroll.browser.generic(method, API + path, b"", headers={"Authorization": authorization})

    good = f"Bearer {payroll.token}"
    for wrong in ("", "Bearer wrong", f"Basic {payroll.token}", f"Bearer {payroll.secret}"):
        answer = ask(wrong)
        assert problem(answer) == (401, "U-40")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert payroll.browser.generic(method, f"{API}{path}?access_token={payroll.token}").status_code == 401
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert problem(ask(good)) == (401, "U-40")
    assert ask(good).status_code != 401
    end_client(desk, payroll.client_id)
    assert problem(ask(good)) == (401, "U-40")


def test_a_token_without_the_scope_is_told_which_it_needs(payroll: Payroll) -> None:
    get_access_token_model().objects.update(scope="other")
    answer = payroll.get("/lists")
    assert problem(answer) == (403, "U-41")
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


def test_refusals_are_told_in_the_language_that_was_asked_for(payroll: Payroll) -> None:
    told = {
        language: payroll.get(f"/lists/{uuid4()}", **{"Accept-Language": language}).json()["title"]
        for language in ("en", "zh-TW")
    }
    assert told["en"] == "There is no such page"
    assert told["zh-TW"] != told["en"]


def test_addresses_that_do_not_exist_and_wrong_methods_are_told_in_the_same_way(payroll: Payroll) -> None:
    assert problem(payroll.get("/nothing")) == (404, "G-01")
    assert problem(payroll.get("/lists/no-id")) == (404, "G-01")
    # Of two answers to a wrong method both have words; the status is the method's.
    answer = payroll.browser.delete(f"{API}/lists", headers={"Authorization": f"Bearer {payroll.token}"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) == {"GET", "POST"}


def test_the_api_needs_no_csrf_token_and_cookies_open_nothing(payroll: Payroll) -> None:
    payroll.browser = Browser(enforce_csrf_checks=True)
    assert send_rows(payroll, [{}]).status_code == 200
    payroll.token = ""
    payroll.browser.cookies["desk"] = "something"
    assert problem(payroll.get("/lists")) == (401, "U-40")


def test_answers_are_kept_by_nobody(payroll: Payroll) -> None:
    assert payroll.get("/lists").headers["Cache-Control"] == "no-store"


def test_no_log_and_no_address_names_a_person(payroll: Payroll, desk: Desk, heard: Heard) -> None:
    people = employ(staff(5))
    asked = [
        by_file(payroll, mixed(people)),
        send_rows(payroll, [{"name": people[0].name, "A123456789": "x"}], "k" * 16),
    ]
    drain()
    path = asked[0].headers["Location"].removeprefix(API)
    payroll.post(f"{path}/confirm", '{"version": 1}')
    drain()
    asked += [payroll.get(path), payroll.get(f"{path}/rows"), payroll.get("/people"), payroll.get("/lists")]
    told = " ".join([*heard.said, *(answer.wsgi_request.get_full_path() for answer in asked), *map(str, told_events())])
    for row in people:
        for datum in (row.id_number, row.name, email_of(row)):
            assert datum not in told
    assert payroll.token not in told


def told_events() -> list[object]:
    """The payloads of all that is on record."""
    return list(Entry.objects.values_list("payload", flat=True))


def test_the_description_is_public_and_names_no_server(db: None) -> None:
    answer = Browser().get(f"{API}/openapi.json")
    told = answer.json()
    assert (answer.status_code, told["openapi"][:3], told["servers"]) == (200, "3.1", [])
    assert "localhost" not in answer.content.decode()
    assert {path.removeprefix(API) for path in told["paths"]} == {
        "/lists",
        "/lists/{list_id}",
        "/lists/{list_id}/rows",
        "/lists/{list_id}/confirm",
        "/lists/{list_id}/stop",
        "/people",
    }


def test_no_page_that_loads_from_strangers_is_served(db: None) -> None:
    for path in ("/", "/docs", "/docs/", "/redoc"):
        assert Browser().get(API + path).status_code == 404
