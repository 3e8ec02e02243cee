"""Who may ask the component, and how everybody else is refused."""

from __future__ import annotations

import re
import socket

import pytest

from nhi_card_agent.pairing import IDLE_SECONDS, MOST_TOKENS, Pairing
from nhi_card_agent.readers import Card, Fault, Reader
from nhi_card_agent.server import MOST_BODY, STATUS, make_server
from tests.card_agent.cards import MemoryReaders
from tests.card_agent.conftest import OTHER_PORTAL, PORTAL, Running

FOREIGN = ["https://evil.example", "http://portal.example", "https://portal.example:8443", "https://portal.example.evil",
           "null", "", "https://PORTAL.example", f"{PORTAL}/", None]  # fmt: skip


def test_it_tells_what_it_is(agent: Running) -> None:
    told = agent.page().send("GET", "/version")
    assert (told.status, told.body) == (200, {"name": "nhi-card-agent", "version": "1.0.0", "protocol": 1})


def test_it_listens_on_this_computer_only() -> None:
    with make_server(MemoryReaders(), frozenset({PORTAL}), 0) as server:
        host, port = server.socket.getsockname()
        assert host == "127.0.0.1"
        with pytest.raises(OSError, match="in use"):
            make_server(MemoryReaders(), frozenset({PORTAL}), port)


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/version"), ("POST", "/pair"), ("GET", "/status"), ("POST", "/read"), ("OPTIONS", "/read"), ("GET", "/")],
)
def test_a_foreign_page_is_refused_and_may_not_read_the_refusal(
    agent: Running, origin: str | None, method: str, path: str
) -> None:
    told = agent.page(origin).send(method, path, {"ticket": "a" * 22} if method == "POST" else None)
    assert (told.status, told.body) == (403, {"code": "FOREIGN_ORIGIN"})
    assert not [name for name in told.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "localhost", "127.0.0.1:1", "127.0.0.1.:{port}",
             "LOCALHOST:{port}", "[::1]:{port}", "0.0.0.0:{port}", "127.0.0.1:{port}.evil", "", None]
)  # fmt: skip
def test_a_name_that_was_made_to_lead_here_is_refused(agent: Running, host: str | None) -> None:
    told = agent.paired().send("GET", "/status", Host=host and host.format(port=agent.port))
    assert (told.status, told.body) == (403, {"code": "BAD_HOST"})
    assert "Access-Control-Allow-Origin" not in told.headers


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_both_names_of_this_computer_are_good(agent: Running, name: str) -> None:
    assert agent.page().send("GET", "/version", Host=f"{name}:{agent.port}").status == 200


@pytest.mark.parametrize("twice", ["Host: 127.0.0.1:{port}", f"Origin: {PORTAL}"])
def test_a_header_that_came_twice_counts_for_none(agent: Running, twice: str) -> None:
    lines = ["GET /version HTTP/1.1", f"Host: 127.0.0.1:{agent.port}", f"Origin: {PORTAL}", twice, "", ""]
    assert _raw(agent, "\r\n".join(lines).format(port=agent.port).encode()).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize(
    "rubbish", [b"rubbish\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET /version HTTP/9.9\r\n\r\n"]
)
def test_what_is_no_http_is_refused_without_a_trace(
    agent: Running, rubbish: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    assert b"BAD_REQUEST" in _raw(agent, rubbish)
    assert capfd.readouterr() == ("", "")


def _raw(agent: Running, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", agent.port), timeout=5) as line:
        line.sendall(sent)
        return b"".join(iter(lambda: line.recv(4096), b""))


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ({}, set()),
        ({"Access_Control_Request_Private_Network": "true"}, {"Access-Control-Allow-Private-Network"}),
        ({"Access_Control_Request_Local_Network": "true"}, {"Access-Control-Allow-Local-Network"}),
        ({"Access_Control_Request_Private_Network": "false"}, set()),
    ],
)
def test_a_browser_that_asks_first_is_told_what_the_page_may(
    agent: Running, asked: dict[str, str], granted: set[str]
) -> None:
    told = agent.page().send("OPTIONS", "/read", Access_Control_Request_Method="POST", **asked)
    assert (told.status, told.body) == (204, None)
    assert {
        "Access-Control-Allow-Origin": PORTAL,
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "content-type, authorization",
        "Vary": "Origin",
    }.items() <= told.headers.items()
    assert {name for name in told.headers if name.endswith("-Network")} == granted
    assert "Access-Control-Allow-Credentials" not in told.headers


@pytest.mark.parametrize(("method", "path"), [("GET", "/version"), ("GET", "/status"), ("POST", "/read"), ("PUT", "/")])
def test_no_answer_is_kept_or_guessed_at(agent: Running, method: str, path: str) -> None:
    told = agent.page().send(method, path)
    wanted = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Origin"}
    assert wanted.items() <= told.headers.items()


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/", "NOT_FOUND"),
        ("GET", "/version/", "NOT_FOUND"),
        ("GET", "/version?a=b", "NOT_FOUND"),
        ("GET", "http://127.0.0.1/version", "NOT_FOUND"),
        ("POST", "/version", "BAD_METHOD"),
        ("GET", "/pair", "BAD_METHOD"),
        ("POST", "/status", "BAD_METHOD"),
        ("GET", "/read", "BAD_METHOD"),
        ("PUT", "/read", "BAD_METHOD"),
        ("DELETE", "/pair", "BAD_METHOD"),
    ],
)
def test_only_what_there_is_can_be_asked(agent: Running, method: str, path: str, code: str) -> None:
    told = agent.paired().send(method, path, {} if method == "POST" else None)
    assert (told.status, told.body) == ({"NOT_FOUND": 404, "BAD_METHOD": 405}[code], {"code": code})


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 4000, b'{"ticket": "' + b"a" * MOST_BODY + b'"}', b"{}" * 200_000],
)
@pytest.mark.parametrize("path", ["/pair", "/read"])
def test_a_body_that_is_no_small_object_is_refused(agent: Running, path: str, body: bytes) -> None:
    told = agent.paired().send("POST", path, body)
    assert (told.status, told.body) == (400, {"code": "BAD_REQUEST"})


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "text/plain"},
        {"Content_Type": None},
        {"Content_Length": "-1"},
        {"Content_Length": None, "Transfer_Encoding": "chunked"},
    ],
)
def test_a_body_of_another_kind_is_refused(agent: Running, headers: dict[str, str | None]) -> None:
    told = agent.page().send("POST", "/pair", {"ticket": "a" * 22}, **headers)
    assert (told.status, told.body) == (400, {"code": "BAD_REQUEST"})


@pytest.mark.parametrize("ticket", [None, 7, "", "a" * 21, "a" * 65, "a" * 21 + "=", "a" * 22 + "\n", ["a" * 22]])
def test_a_ticket_is_22_to_64_letters_of_base64url(agent: Running, ticket: object) -> None:
    assert agent.page().send("POST", "/pair", {"ticket": ticket}).body == {"code": "BAD_REQUEST"}


def test_a_ticket_serves_once(agent: Running) -> None:
    first, second = (agent.page().send("POST", "/pair", {"ticket": "-_" * 11}) for _ in range(2))
    assert first.status == 200
    assert (second.status, second.body) == (401, {"code": "NOT_PAIRED"})


@pytest.mark.parametrize(("method", "path"), [("GET", "/status"), ("POST", "/read")])
@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic {token}", "{token}", "bearer{token}"]
)
def test_without_its_token_a_page_gets_nothing(
    agent: Running, method: str, path: str, authorization: str | None
) -> None:
    page = agent.paired()
    given = authorization and authorization.format(token=page.token)
    told = page.send(method, path, {"want": ["block"]} if method == "POST" else None, Authorization=given)
    assert (told.status, told.body) == (401, {"code": "NOT_PAIRED"})


def test_a_token_belongs_to_the_origin_that_paired(agent: Running) -> None:
    page = agent.paired()
    page.origin = OTHER_PORTAL
    assert page.send("GET", "/status").body == {"code": "NOT_PAIRED"}
    page.origin = PORTAL
    assert page.send("GET", "/status").status == 200


def test_a_token_ends_when_it_was_not_used_for_a_quarter_of_an_hour(agent: Running) -> None:
    page = agent.paired()
    for _ in range(3):
        agent.clock.now += IDLE_SECONDS - 1
        assert page.send("GET", "/status").status == 200
    agent.clock.now += IDLE_SECONDS
    assert page.send("GET", "/status").status == 401


def test_of_more_than_eight_tokens_the_oldest_goes(agent: Running) -> None:
    pages = [agent.paired() for _ in range(MOST_TOKENS + 1)]
    assert [page.send("GET", "/status").status for page in pages] == [401] + [200] * MOST_TOKENS


def test_tickets_that_were_used_do_not_pile_up_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_card_agent.pairing.MOST_TICKETS", 3)
    pairing = Pairing()
    assert all(pairing.pair(ticket, PORTAL) for ticket in "abcd")
    assert [pairing.pair(ticket, PORTAL) is None for ticket in "dcb"] == [True] * 3
    assert pairing.pair("a", PORTAL)


def test_every_fault_that_a_docstring_names_has_a_status() -> None:
    named = set(
        re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", f"{Fault.__doc__}{Card.transmit.__doc__}{Reader.connect.__doc__}")
    )
    assert len(named) == 9
    assert named <= STATUS.keys()
