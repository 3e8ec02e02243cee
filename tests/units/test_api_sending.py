"""What is sent to the API: files and rows, once each whatever is repeated, and refused with its place."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

from nhi_express.audit.catalogue import Event
from nhi_express.help.errors import Refused
from nhi_express.units.flows import lists
from nhi_express.units.flows.desk import Desk
from nhi_express.units.models import Batch, BatchPart
from nhi_express.units.views.api import bodies
from nhi_express.units.views.receiving import most_bytes
from tests.counting import events
from tests.races.racing import race
from tests.tasks import drain
from tests.units.api_acts import FIELDS, KEY, by_file, by_rows, mixed, problem, send_file, send_rows
from tests.units.payroll import API, Payroll, payroll_of
from tests.units.staff import OTHER, UNIT, checked, csv_of, desk_of, employ, line, outcomes, staff


@pytest.fixture
def desk(db: None) -> Desk:
    return desk_of(UNIT)


@pytest.fixture
def payroll(desk: Desk) -> Payroll:
    return payroll_of(desk).enter()


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


@pytest.mark.parametrize(
    "body",
    [
        "[" + "[]," * 60_000 + "[]]",
        '[{"name": [' + "[]," * 60_000 + "[]]}]",
        '[{"name": "' + "x" * 100_000 + '"}]',
        "[" + "[" * 100_000,
    ],
)
def test_an_element_that_is_far_too_long_is_not_taken_apart(payroll: Payroll, body: str) -> None:
    assert problem(send_rows(payroll, body)) == (400, "U-43")
    assert not Batch.objects.exists()


def test_one_element_of_many_megabytes_takes_little_memory() -> None:
    body = '[{"name": [' + "[]," * 3_000_000 + "[]]}]"
    tracemalloc.start()
    with pytest.raises(Refused):
        list(bodies._elements(body))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


def test_a_row_may_be_as_long_as_its_cells_and_written_as_json_likes(payroll: Payroll) -> None:
    row = dict.fromkeys(FIELDS, "𠮷" * 500)
    body = json.dumps([row, {"name": "x"}, row, {"name": "y"}], indent=1)
    assert len(body) > 60_000
    assert send_rows(payroll, body).status_code == 200
    drain()
    assert Batch.objects.get().lines == 4


def test_a_unit_brings_so_many_lists_a_day(payroll: Payroll, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_A_DAY", 2)
    for number in range(2):
        assert send_rows(payroll, [{}], key=f"march-2026-list-{number}").status_code == 200
    assert problem(send_rows(payroll, [{}], key="march-2026-list-2")) == (429, "U-26")


def test_a_unit_has_no_more_open_lists_than_it_may(payroll: Payroll) -> None:
    for number in range(5):
        assert send_rows(payroll, [{}], key=f"march-2026-list-{number}").status_code == 200
    assert problem(send_rows(payroll, [{}], key="march-2026-list-5")) == (429, "U-23")


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
