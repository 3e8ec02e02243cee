"""The HTTP client's connections: kept, replaced when the other side hung up, and silent about what they carried."""

from __future__ import annotations

import contextlib
import json
import select
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx2
import pytest

from nhi_express.core.http import Failure
from nhi_express.core.wire import Wire

SECRET = "A123456789"


class Answering(BaseHTTPRequestHandler):
    """Answers with what came, and with the number of the connection it came by."""

    protocol_version = "HTTP/1.1"
    connections = 0

    def setup(self) -> None:
        super().setup()
        Answering.connections += 1
        self.number = Answering.connections

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        if self.path == "/hang-up":
            self.close_connection = True
            return
        if self.path == "/garbage":
            self.wfile.write(b"no answer at all\r\n\r\n")
            self.close_connection = True
            return
        if self.path == "/trickle":
            self._trickle()
            return
        if self.path == "/wait":
            self.rfile.read(1)
            return
        self._answer({"body": body, "connection": self.number, "header": self.headers.get("x-correlator")})

    def _trickle(self) -> None:
        """One octet at a time, each well before anybody would give up waiting for it."""
        with contextlib.suppress(OSError):
            for _ in range(200):
                self.wfile.write(b"H")
                time.sleep(0.05)
        self.close_connection = True

    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("location", "/elsewhere")
        self.send_header("content-length", "0")
        self.end_headers()

    def _answer(self, value: dict[str, Any]) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        # The other side may hang up after an answer without having said so.
        self.close_connection = self.path == "/then-hang-up"

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(transport=Wire(), timeout=httpx2.Timeout(0.3), trust_env=False) as made:
        yield made


def test_a_question_and_its_answer(client: httpx2.Client, address: str) -> None:
    told = client.post(f"{address}/ask", json={"a": "龘"}, headers={"x-correlator": "c"}).json()
    assert (json.loads(told["body"]), told["header"]) == ({"a": "龘"}, "c")


def test_a_connection_is_kept(client: httpx2.Client, address: str) -> None:
    numbers = {client.post(f"{address}/ask", data={"a": "b"}).json()["connection"] for _ in range(5)}
    assert len(numbers) == 1


def test_one_that_the_other_side_closed_is_replaced_before_anything_is_sent(
    client: httpx2.Client, address: str
) -> None:
    first = client.post(f"{address}/then-hang-up", data={"a": "b"}).json()["connection"]
    wire = client._transport
    assert isinstance(wire, Wire)
    [[idle]] = wire._idle.values()
    # The other side hangs up a moment after its answer; before that nobody can know.
    assert select.select([idle.sock], [], [], 10)[0]
    second = client.post(f"{address}/ask", data={"a": "b"}).json()["connection"]
    assert first != second


def test_redirects_are_not_followed(client: httpx2.Client, address: str) -> None:
    answer = client.get(f"{address}/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/elsewhere")


@pytest.mark.parametrize(
    ("path", "kind"), [("/hang-up", Failure), ("/garbage", Failure), ("/wait", httpx2.TimeoutException)]
)
def test_what_fails_says_nothing_of_what_was_sent(
    client: httpx2.Client, address: str, path: str, kind: type[Exception]
) -> None:
    with pytest.raises(kind) as raised:
        client.post(address + path, json={"idDocument": SECRET})
    assert isinstance(raised.value, Failure)
    assert SECRET not in str(raised.value)
    assert address not in str(raised.value)


def test_one_that_trickles_is_given_up_at_the_deadline(client: httpx2.Client, address: str) -> None:
    begun = time.monotonic()
    with pytest.raises(httpx2.TimeoutException):
        client.post(f"{address}/trickle", json={}, timeout=0.4)
    # It would have gone on for ten seconds.
    assert time.monotonic() - begun < 8


def test_nobody_there_is_a_failure_too(client: httpx2.Client) -> None:
    with pytest.raises(Failure):
        client.post("http://127.0.0.1:1/", json={})
