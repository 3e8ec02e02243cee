"""The API for payroll systems: a list from sending to its people, what is refused, and what nobody gets to see."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from oauth2_provider.models import get_access_token_model

from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.core import clock
from nhi_express.enrolment.models import Invitation
from nhi_express.units.flows.clients import end_client
from nhi_express.units.flows.desk import Desk
from nhi_express.units.models import Batch, BatchPart
from nhi_express.units.views.receiving import most_bytes
from nhi_sandbox.register import RegisterRow
from tests.counting import events
from tests.races.racing import race
from tests.tasks import drain
from tests.units.hearing import Heard
from tests.units.payroll import API, Payroll, payroll_of
from tests.units.staff import OTHER, UNIT, checked, csv_of, desk_of, email_of, employ, line, outcomes, staff

KEY = "march-2026-list-1"
FIELDS = ("id_number", "birth_date", "name", "email", "staff_number")


@pytest.fixture
def desk(db: None) -> Desk:
    return desk_of(UNIT)


@pytest.fixture
def payroll(desk: Desk) -> Payroll:
    return payroll_of(desk).enter()


def send_file(payroll: Payroll, content: bytes, key: str = KEY, name: str = "staff.csv", **headers: str) -> Any:
    """Send a file as curl -F does."""
    told = {"Authorization": f"Bearer {payroll.token}", "Idempotency-Key": key, **headers}
    return payroll.browser.post(f"{API}/lists", {"file": SimpleUploadedFile(name, content)}, headers=told)


def send_rows(payroll: Payroll, rows: object, key: str = KEY, **headers: str) -> Any:
    """Send rows of JSON."""
    text = rows if isinstance(rows, str | bytes) else json.dumps(rows)
    return payroll.post("/lists", text, **{"Idempotency-Key": key, **headers})


def as_rows(lines: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    return [dict(zip(FIELDS, one, strict=True)) for one in lines]


def problem(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal, which is told as RFC 9457 wants it."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["type"].endswith(f"/help/codes/{told['code']}/")
    assert told["title"]
    assert told["detail"]
    return answer.status_code, told["code"]


def mixed(people: Sequence[RegisterRow]) -> list[tuple[str, ...]]:
    """Three good lines, one of somebody nobody knows, one without an ID number."""
    return [*map(line, people[:3]), line(people[3], birth_date="1950-01-01"), line(people[4], id_number="")]


def by_file(payroll: Payroll, lines: Sequence[Sequence[str]]) -> Any:
    return send_file(payroll, csv_of(lines))


def by_rows(payroll: Payroll, lines: Sequence[Sequence[str]]) -> Any:
    return send_rows(payroll, as_rows(lines))


Sending = Callable[[Payroll, Sequence[Sequence[str]]], Any]


@pytest.mark.parametrize("sending", [by_file, by_rows])
def test_a_list_goes_from_sending_to_its_people(payroll: Payroll, desk: Desk, sending: Sending) -> None:
    people = employ(staff(5))
    sent = sending(payroll, mixed(people))
    assert (sent.status_code, sent.json()["state"], sent.json()["source"]) == (200, "received", "api")
    path = f"/lists/{sent.json()['id']}"
    assert sent.headers["Location"] == API + path
    drain()
    told = payroll.get(path).json()
    assert (told["state"], told["version"], told["problem"]) == ("checked", 1, None)
    counts = {"lines": 5, "checked": 5, "ready": 3, "registered": 0, "refused": 2, "invited": 0, "changed": 0}
    assert told["counts"] == counts
    rows = payroll.get(f"{path}/rows?state=refused", **{"Accept-Language": "en"}).json()
    assert [(one["line"], one["state"], one["reason"]) for one in rows["rows"]] == [
        (5, "refused", "not_of_this_unit"),
        (6, "refused", "id_missing"),
    ]
    assert rows["rows"][1]["words"] == "The ID number is missing."
    assert rows["after"] is None
    confirmed = payroll.post(f"{path}/confirm", json.dumps({"version": 1}))
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "checking")
    drain()
    told = payroll.get(path).json()
    assert (told["state"], told["counts"]["invited"], told["counts"]["ready"]) == ("done", 3, 0)
    shown = payroll.get("/people").json()
    assert shown["after"] is None
    assert {(one["line"], one["staff_number"], one["status"]) for one in shown["people"]} == {
        (number, row.id_number[-4:], "open") for number, row in enumerate(people[:3], 2)
    }
    assert {one["list"] for one in shown["people"]} == {sent.json()["id"]}
    assert [one["id"] for one in payroll.get("/lists").json()["lists"]] == [sent.json()["id"]]
    assert events(Event.LIST_CONFIRMED) == 1


def test_rows_are_read_by_the_same_rules_as_a_file(payroll: Payroll, desk: Desk) -> None:
    people = employ(staff(4))
    lines = [
        line(people[0], name='Comma, "quote" 堃', staff_number="=1+1"),
        line(people[1], id_number=f" {people[1].id_number.lower()} "),
        line(people[2], email="not an address"),
        line(people[3]),
        line(people[3]),
    ]
    sent = by_rows(payroll, lines)
    drain()
    by_hand = checked(desk_of(UNIT), lines[:3])
    found = outcomes(Batch.objects.get(pk=sent.json()["id"]))
    assert [one[1:] for one in found][2:] == [
        ("refused", "email_invalid"),
        ("ready", ""),
        ("refused", "twice_in_the_list"),
    ]
    assert outcomes(by_hand)[2] == found[2]
    notes = payroll.get(f"/lists/{sent.json()['id']}/rows").json()["rows"][1]["notes"]
    assert notes == ["spaces", "lower_case"]


def test_fields_may_be_left_out_but_not_invented(payroll: Payroll) -> None:
    sent = send_rows(payroll, [{"birth_date": "79/03/01"}])
    drain()
    assert outcomes(Batch.objects.get(pk=sent.json()["id"])) == [(2, "refused", "id_missing")]
    answer = send_rows(payroll, [{}, {"A123456789": "x"}], key="another-key-of-ours")
    assert problem(answer) == (400, "U-43")
    assert "A123456789" not in answer.content.decode()
    assert "row 2" in answer.json()["detail"]


def test_the_same_key_and_content_bring_the_same_list(payroll: Payroll) -> None:
    first, again = (send_rows(payroll, [{"name": "甲"}]) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert (Batch.objects.count(), events(Event.LIST_RECEIVED)) == (1, 1)
    assert problem(send_rows(payroll, [{"name": "乙"}])) == (409, "U-22")
    assert send_rows(payroll, [{"name": "乙"}], key="march-2026-list-2").status_code == 200
    assert Batch.objects.count() == 2


def test_two_units_may_use_the_same_key(payroll: Payroll) -> None:
    other = payroll_of(desk_of(OTHER)).enter()
    first, second = (send_rows(one, [{"name": "甲"}]).json()["id"] for one in (payroll, other))
    assert first != second


@pytest.mark.parametrize("key", ["", "short", "k" * 15, "k" * 65, "has spaces in it!!", "ключ-ключ-ключ-ключ"])
def test_a_list_needs_a_key(payroll: Payroll, key: str) -> None:
    answer = send_rows(payroll, [{}], key=key)
    assert problem(answer) == (400, "U-43")
    assert "header Idempotency-Key" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b" ", "body"),
        (b"{}", "body"),
        (b'{"rows": []}', "body"),
        (b"[", "body"),
        (b"[{}", "body"),
        (b"[{},]", "body"),
        (b"[{} {}]", "body"),
        (b"[{}] []", "body"),
        (b"[{}, nan]", "body"),
        (b"[" * 100_000, "body"),
        (b'[{"a":' * 50_000, "body"),
        (b"\xff\xfe[]", "body"),
        (b"[1]", "row 1"),
        (b"[{}, null]", "row 2"),
        (b'[{"name": 7}]', "row 1 name"),
        (b'[{"name": "a\\u0000b"}]', "row 1 name"),
        (b'[{"name": "a\\nb"}]', "row 1 name"),
        (b'[{"name": "\\ud800"}]', "row 1 name"),
        (b'[{"name": "' + b"x" * 501 + b'"}]', "row 1 name"),
        (b'[{"name": ' + b"9" * 5000 + b"}]", "body"),
    ],
)
def test_json_that_is_none_of_ours_is_refused_with_its_place(payroll: Payroll, body: bytes, where: str) -> None:
    answer = send_rows(payroll, body, **{"Accept-Language": "en"})
    assert problem(answer) == (400, "U-43")
    assert f"Look at: {where}." in answer.json()["detail"]
    assert not Batch.objects.exists()


def test_no_rows_at_all_are_an_empty_list(payroll: Payroll) -> None:
    assert problem(send_rows(payroll, b" [ ] ")) == (400, "U-15")


def test_white_space_between_rows_is_forgiven(payroll: Payroll) -> None:
    assert send_rows(payroll, b' [ {"name":"x"} ,\n\t{} ] \n').status_code == 200


def test_two_hundred_thousand_rows_are_taken_and_not_one_more(payroll: Payroll) -> None:
    many = b"[" + b"{}," * 199_999 + b"{}]"
    assert send_rows(payroll, many).status_code == 200
    assert problem(send_rows(payroll, many[:-1] + b",{}]", key="march-2026-list-2")) == (400, "U-12")
    assert Batch.objects.count() == 1


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
def test_what_is_too_large_is_refused_before_it_is_read(payroll: Payroll, kind: str) -> None:
    headers = {"Authorization": f"Bearer {payroll.token}", "Idempotency-Key": KEY}
    announced: dict[str, Any] = {"CONTENT_LENGTH": str(most_bytes() + 1024 * 1024)}
    answer = payroll.browser.generic("POST", f"{API}/lists", b"x", content_type=kind, headers=headers, **announced)
    assert problem(answer) == (413, "U-11")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"id_number,birth_date", "text/csv"),
        (b"a=b", "application/x-www-form-urlencoded"),
        (b"nothing", "multipart/form-data"),
        (b"nothing", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="list"; filename="a.csv"\r\n\r\ntext\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n1\r\n'
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="b.csv"\r\n\r\n2\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_a_body_without_one_file_is_refused(payroll: Payroll, body: bytes, kind: str) -> None:
    answer = payroll.post("/lists", body, kind, **{"Idempotency-Key": KEY})
    assert problem(answer) == (400, "U-43")
    assert not Batch.objects.exists()


def test_the_file_lies_in_the_database_sealed_and_nowhere_else(payroll: Payroll) -> None:
    person = staff(1)[0]
    content = csv_of([line(person)])
    send_file(payroll, content)
    stored = b"".join(bytes(part.sealed) for part in BatchPart.objects.all())
    assert person.id_number.encode() not in stored
    assert bytes(Batch.objects.get().sealed_name) != b"staff.csv"


def test_a_file_that_cannot_be_read_tells_why(payroll: Payroll) -> None:
    sent = send_file(payroll, b"no,headings\n1,2\n")
    drain()
    told = payroll.get(f"/lists/{sent.json()['id']}", **{"Accept-Language": "en"}).json()
    assert told["state"] == "refused"
    assert told["problem"] == {"code": "U-13", "title": "The headings of the columns are missing"}


def sent_and_checked(payroll: Payroll, people: Sequence[RegisterRow]) -> str:
    path = f"/lists/{by_file(payroll, [line(row) for row in people]).json()['id']}"
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


def test_a_unit_has_no_more_open_lists_than_it_may(payroll: Payroll) -> None:
    for number in range(5):
        assert send_rows(payroll, [{}], key=f"march-2026-list-{number}").status_code == 200
    assert problem(send_rows(payroll, [{}], key="march-2026-list-5")) == (429, "U-23")


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
    assert [(one["list"], one["line"], one["staff_number"]) for one in gone] == [(None, None, None)]


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


@pytest.mark.usefixtures("committed")
class TestRaces:
    """The same request at the same moment, on both engines."""

    def test_one_request_sent_many_times_at_once_brings_one_list(self) -> None:
        payroll = payroll_of(desk_of(UNIT)).enter()
        answers = race([partial(send_rows, payroll, [{"name": "甲"}]) for _ in range(8)])
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert (Batch.objects.count(), events(Event.LIST_RECEIVED)) == (1, 1)

    def test_of_different_lists_under_one_key_one_is_taken(self) -> None:
        payroll = payroll_of(desk_of(UNIT)).enter()
        answers = race([partial(send_rows, payroll, [{"name": f"甲{number}"}]) for number in range(6)])
        assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"U-22"}
        assert Batch.objects.count() == 1
