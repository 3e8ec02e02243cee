"""The desk behind the real server: streams beside other pages, and uploads that are too large or break off."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode

import pytest

from nhi_express.core.server import granian
from nhi_express.units.models import Batch
from nhi_express.units.views.desk import COOKIE
from nhi_express.units.views.watching import STREAMS
from tests.environment import free_port
from tests.members.files import surroundings
from tests.units.desk_pages import Office, path_of
from tests.units.staff import bring, csv_of, line

pytestmark = pytest.mark.usefixtures("committed", "people")
UPLOAD, BOUNDARY = "/units/lists/upload", "a-boundary"


class Site:
    """The site in a process of its own, and an officer's browser that speaks HTTP by hand."""

    def __init__(self, port: int, office: Office) -> None:
        self.port, self.token = port, office.token
        self.cookies = f"{COOKIE}={office.secret}; csrftoken={self.token}"

    def ask(self, path: str, **headers: str) -> HTTPResponse:
        """Open an address."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=20)
        line.request("GET", path, headers={"Cookie": self.cookies, "Accept-Language": "en", **headers})
        return line.getresponse()

    def begin_upload(self, length: int) -> socket.socket:
        """The head of an upload; what follows is the caller's."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        head = {"Host": "localhost", "Cookie": self.cookies, "Accept": "application/json", "X-CSRFToken": self.token}
        told = {**head, "Content-Type": kind, "Content-Length": str(length), "Accept-Language": "en"}
        text = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        line.sendall(f"POST {UPLOAD} HTTP/1.1\r\n{text}\r\n".encode())
        return line


@contextmanager
def served(office: Office) -> Iterator[Site]:
    """The real server, as an installation starts it, on the database of this test."""
    port = free_port()
    command = granian("nhi_express.wsgi:application", "127.0.0.1", port)
    with subprocess.Popen(command, env=surroundings(), stderr=subprocess.DEVNULL) as process:
        try:
            site = Site(port, office)
            until = time.monotonic() + 30
            while time.monotonic() < until:
                try:
                    site.ask("/health/live").read()
                    break
                except OSError:
                    time.sleep(0.1)
            yield site
        finally:
            process.terminate()


def form(content: bytes) -> bytes:
    """A form's body with a file."""
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{{}}"{{}}\r\n\r\n'
    head = part.format("key", "") + "k\r\n" + part.format("file", '; filename="staff.csv"')
    return head.encode() + content + f"\r\n{part.format('end', '')}yes\r\n--{BOUNDARY}--\r\n".encode()


def answer_of(connection: socket.socket) -> tuple[int, dict[str, dict[str, str]]]:
    """Status and JSON of an answer; (0, {}) when the site just hung up."""
    answer = HTTPResponse(connection)
    try:
        answer.begin()
        return answer.status, json.loads(answer.read())
    except (OSError, ValueError):
        return 0, {}


def test_events_come_as_they_happen_and_leave_room_for_everybody_else() -> None:
    office = Office(2)
    batch = bring(office.desk, [line(one) for one in office.people])
    with served(office) as site:
        streams = [site.ask(path_of(batch, "events"), Accept="text/event-stream") for _ in range(STREAMS)]
        assert site.ask(path_of(batch, "events"), Accept="text/event-stream").status == 204
        began = time.monotonic()
        for stream in streams:
            assert (stream.readline(), stream.readline()) == (b"retry: 1000\n", b"\n")
            assert b"waits for its turn" in stream.readline()
        for _ in range(10):
            assert site.ask(path_of(batch)).status == 200
        assert time.monotonic() - began < 10, "nobody waits for a stream to end"
        office.work()
        assert b'"stage": "checked:1:1"' in streams[0].read()
        streams[1].close()
        free = time.monotonic() + 15
        while (again := site.ask(path_of(batch, "events"), Accept="text/event-stream")).status == 204:
            assert time.monotonic() < free, "a place that was left is free again"
            time.sleep(0.2)
        assert b"checked:1:1" in again.read()


def test_an_upload_too_large_is_answered_at_once_and_the_rest_of_it_is_nobodys_concern() -> None:
    office = Office(1)
    with served(office) as site:
        connection = site.begin_upload(2 * 1024**3)
        connection.sendall(form(b"x" * 10_000)[:8_000])
        status, told = answer_of(connection)
        assert (status, told["problem"]["code"]) == (413, "U-11")
        assert "at most 32 MB" in told["problem"]["body"]
        connection.close()
        assert site.ask("/units/lists/").status == 200
    assert not Batch.objects.exists()


def test_an_upload_that_breaks_off_leaves_nothing_and_can_be_tried_again() -> None:
    office = Office(2)
    body = form(csv_of(line(one) for one in office.people) + b"\r\n" * 300_000)
    with served(office) as site:
        for sent in (0, 300, len(body) // 2, len(body) - 60):
            connection = site.begin_upload(len(body))
            connection.sendall(body[:sent])
            connection.shutdown(socket.SHUT_WR) if sent % 2 else connection.close()
            assert site.ask(f"/units/lists/?{urlencode({'after': sent})}").status == 200
            assert not Batch.objects.exists()
        connection = site.begin_upload(len(body))
        connection.sendall(body)
        assert answer_of(connection)[0] == 200
    assert Batch.objects.count() == 1
