"""Bringing a list to the desk: files, pasted rows, and uploads that mean no good or do not arrive whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT

from nhi_express.core.config import config
from nhi_express.core.vault import vault
from nhi_express.units.flows import lists
from nhi_express.units.models import Batch, BatchPart
from nhi_express.units.rules import BatchState
from nhi_express.units.views import receiving
from tests.units.desk_pages import Office, path_of
from tests.units.duties import Computer
from tests.units.staff import csv_of, line
from tests.visitor import code_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("people")]
UPLOAD = "/units/lists/upload"


def key_of(page: str) -> str:
    """The key of a form, by which it counts once."""
    return page.split('name="key" value="')[1].split('"', maxsplit=1)[0]


def send(office: Office, content: bytes | None = None, name: str = "staff.csv", **more: str) -> Any:
    """Send the form as a browser without scripts does."""
    fields = {"key": "k", "pasted": "", "end": "yes", **more}
    file = {"file": SimpleUploadedFile(name, content)} if content is not None else {}
    headers = {"Accept": fields.pop("accept", "text/html")}
    data = {"csrfmiddlewaretoken": office.token, **fields, **file}
    return office.browser.post(UPLOAD, data, headers=headers)


def good(office: Office) -> bytes:
    """A list of the unit's people."""
    return csv_of(line(one) for one in office.people)


def test_a_file_is_taken_and_the_officer_led_to_its_page() -> None:
    office = Office(2)
    answer = send(office, good(office))
    batch = Batch.objects.get()
    assert (answer.status_code, answer.headers["location"]) == (302, path_of(batch))
    assert (lists.name_of(batch), batch.source, batch.officer) == ("staff.csv", "web", office.desk.officer)
    office.work()
    assert office.again(batch).ready == 2


def test_what_is_needed_is_told_before_anything_is_sent() -> None:
    page = Office(0).text(UPLOAD)
    told = ("at most 32 MB and 200,000 rows", "without macros", "ID number", "Birth date", "removed after 30 days")
    for words in (*told, 'data-most="33554432"', "/units/lists/template.xlsx", "The connection was lost"):
        assert words in page


def test_a_script_is_told_where_to_go_on_or_why_not() -> None:
    office = Office(1)
    answer = send(office, good(office), accept="application/json")
    assert answer.json() == {"next": path_of(Batch.objects.get())}
    refused = send(office, b"x" * 10, accept="application/json", end="")
    assert (refused.status_code, refused.json()["problem"]["code"]) == (400, "G-03")


def test_rows_pasted_from_a_spreadsheet_are_a_list_too() -> None:
    office = Office(2)
    rows = ["\t".join(("身分證號", "出生日期", "姓名"))]
    rows += ["\t".join((one.id_number, one.birth_date, one.name)) for one in office.people]
    answer = send(office, pasted="\r\n".join(rows))
    assert answer.status_code == 302
    office.work()
    batch = Batch.objects.get()
    assert (batch.state, batch.ready, lists.name_of(batch)) == (BatchState.CHECKED, 2, "Pasted rows.csv")


def test_the_same_form_sent_twice_is_one_list_and_another_file_from_the_same_page_another() -> None:
    office = Office(2)
    key = key_of(office.text(UPLOAD))
    first = send(office, good(office), key=key)
    again = send(office, good(office), key=key)
    assert first.headers["location"] == again.headers["location"]
    other = send(office, csv_of([line(office.people[0])]), key=key)
    assert other.headers["location"] != first.headers["location"]
    assert Batch.objects.count() == 2
    assert key_of(office.text(UPLOAD)) != key


@pytest.mark.parametrize("pasted", ["", " \r\n\t "])
def test_an_empty_form_is_told_on_the_page(pasted: str) -> None:
    office = Office(0)
    answer = send(office, pasted=pasted)
    assert answer.status_code == 400
    assert "Choose a file first, or paste the rows" in answer.content.decode()
    assert not Batch.objects.exists()


def test_an_empty_file_is_a_list_without_headings() -> None:
    office = Office(0)
    send(office, b"")
    office.work()
    assert Batch.objects.get().state == BatchState.REFUSED


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A limit that a test can pass: the setting's smallest."""
    monkeypatch.setattr(receiving, "config", lambda: replace(config(), unit_file_megabytes=1))
    yield receiving.most_bytes()


class Counted(BytesIO):
    """A body that counts what is read of it, and may end before it should."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Read a piece; nothing when the connection is lost."""
        piece = super().read(size)
        self.taken += len(piece)
        return piece


def raw(office: Office, body: Counted, length: int | str, kind: str = MULTIPART_CONTENT) -> Any:
    """Send bytes as they are, and say how many they are."""
    told: dict[str, Any] = {"wsgi.input": body, "CONTENT_LENGTH": str(length), "CONTENT_TYPE": kind}
    headers = {"X-CSRFToken": office.token, "Accept": "text/html"}
    return office.browser.generic("POST", UPLOAD, headers=headers, **told)


def form(content: bytes, *, end: bool = True) -> bytes:
    """A form's body with a file, written by hand."""
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{{}}"{{}}\r\n\r\n'
    head = part.format("key", "") + "k\r\n" + part.format("file", '; filename="staff.csv"')
    tail = f"\r\n{part.format('end', '')}yes\r\n--{BOUNDARY}--\r\n" if end else ""
    return head.encode() + content + tail.encode()


def test_two_gigabytes_are_refused_before_a_byte_is_read() -> None:
    office, body = Office(0), Counted(form(b"x" * 1000))
    answer = raw(office, body, 2 * 1024**3)
    assert (answer.status_code, code_of(answer), body.taken) == (413, "U-11", 0)
    assert "at most 32 MB" in answer.content.decode()
    assert not Batch.objects.exists()


def test_more_than_was_allowed_is_refused_while_it_comes_and_the_rest_is_not_read(small: int) -> None:
    office, content = Office(0), form(b"x" * (small + 230_000))
    body = Counted(content)
    answer = raw(office, body, len(content))
    assert (answer.status_code, code_of(answer)) == (413, "U-11")
    assert body.taken < small + 150_000
    assert not Batch.objects.exists()


def test_many_small_files_together_are_bounded_too(small: int) -> None:
    office = Office(0)
    files = [SimpleUploadedFile(f"{number}.csv", b"x" * (small // 4 + 1)) for number in range(4)]
    data = {"csrfmiddlewaretoken": office.token, "key": "k", "end": "yes", "file": files}
    answer: Any = office.browser.post(UPLOAD, data)
    assert (answer.status_code, code_of(answer)) == (413, "U-11")


def test_a_file_of_just_the_allowed_size_is_taken(small: int) -> None:
    office = Office(0)
    assert send(office, b"x" * small).status_code == 302
    assert send(office, b"x" * (small + 1), key="l").status_code == 413


def test_pasted_rows_beyond_what_a_form_may_hold_are_refused_with_words() -> None:
    office = Office(0)
    answer = send(office, pasted="x" * 70_000)
    assert (answer.status_code, code_of(answer)) == (413, "U-11")


def test_an_upload_cut_off_on_the_way_is_not_taken() -> None:
    office, whole = Office(0), form(b"A123456789,1990-01-01\r\n" * 400)
    for cut in (len(whole) // 2, len(whole) - 100, len(form(b"", end=False))):
        answer = raw(office, Counted(whole[:cut]), len(whole))
        assert answer.status_code in {400, 403}
    assert not Batch.objects.exists()
    assert raw(office, Counted(whole), len(whole)).status_code == 302


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "application/octet-stream", "multipart/form-data", ""]
)
def test_another_kind_of_body_is_no_list(kind: str) -> None:
    office, content = Office(0), form(b"x")
    answer = raw(office, Counted(content), len(content), kind)
    assert answer.status_code == 400
    assert not Batch.objects.exists()


@pytest.mark.parametrize("length", ["", "-1", "x", "0"])
def test_a_body_that_says_not_how_long_it_is_is_no_list(length: str) -> None:
    office = Office(0)
    answer = raw(office, Counted(form(b"x")), length)
    assert answer.status_code == 400
    assert not Batch.objects.exists()


def test_without_the_forms_token_nothing_is_taken() -> None:
    office = Office(1)
    answer: Any = office.browser.post(UPLOAD, {"file": SimpleUploadedFile("x.csv", good(office)), "end": "yes"})
    assert (answer.status_code, code_of(answer)) == (403, "G-02")
    assert not Batch.objects.exists()


def test_nothing_is_read_of_what_a_stranger_sends() -> None:
    body = Counted(form(b"x" * 1000))
    told: dict[str, Any] = {"wsgi.input": body, "CONTENT_LENGTH": "5000", "CONTENT_TYPE": MULTIPART_CONTENT}
    answer: Any = Computer().browser.generic("POST", UPLOAD, **told)
    assert (answer.status_code, code_of(answer), body.taken) == (401, "U-02", 0)


def test_no_file_is_ever_on_disk_in_the_clear(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Django would put anything above two and a half megabytes into a file of its own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    office, content = Office(0), b"\xe8\x94\xa1" * 1_500_000
    made: list[object] = []
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", lambda *args, **_: made.append(args))
    assert send(office, content).status_code == 302
    assert made == []
    assert list(tmp_path.iterdir()) == []
    parts = BatchPart.objects.order_by("number")
    assert all(content[:24] not in bytes(part.sealed) for part in parts)
    batch = Batch.objects.get()
    opened = [vault().open(part.sealed, f"units.part:{batch.id}:{part.number}") for part in parts]
    assert b"".join(opened) == content


@pytest.mark.parametrize("name", ["../../etc/passwd.csv", "<b>.csv", "x" * 400 + ".csv", "名冊\u202e.csv", ""])
def test_a_files_name_is_only_a_name(name: str) -> None:
    office = Office(1)
    if name:
        send(office, good(office), name=name)
    else:
        send(office, pasted=good(office).decode())
    page = office.text("/units/lists/")
    assert "<b>.csv" not in page
    assert ".." not in lists.name_of(Batch.objects.get())


def test_too_many_open_lists_are_told_on_the_page() -> None:
    office = Office(1)
    for number in range(lists.MOST_OPEN):
        assert send(office, good(office), key=str(number)).status_code == 302
    answer = send(office, good(office), key="one too many")
    assert (answer.status_code, code_of(answer)) == (429, "U-23")
    assert "Upload and check" in answer.content.decode()
    assert Batch.objects.count() == lists.MOST_OPEN


def test_the_largest_file_is_the_settings() -> None:
    assert receiving.most_bytes() == config().unit_file_megabytes * 1024 * 1024
