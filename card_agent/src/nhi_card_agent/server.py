"""The HTTP side: what a page of the portal may ask on this computer's loopback, and how everybody else is refused.

Any page in any browser can send requests to a loopback port. So each request is held against three things before it
is looked at: the Host header (a foreign name that was made to resolve to 127.0.0.1 is refused), the Origin header (only
the portals this component was set up for), and a token that belongs to that origin. No request is logged.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Lock
from typing import Any, Final

from nhi_card_agent import __version__
from nhi_card_agent.apdu import CHALLENGE_LENGTH, read
from nhi_card_agent.pairing import Pairing
from nhi_card_agent.readers import Fault, Readers, choose

PORT: Final = 46464
MOST_BODY: Final = 4096
# How much of a body that is too large is still read, so that the refusal reaches its sender before the line is cut.
_MOST_DRAINED: Final = 256 * 1024
WANTS: Final = frozenset({"block", "state", "response", "permit"})
STATUS: Final[Mapping[str, int]] = {
    "NO_PCSC": 503,
    "NO_READER": 404,
    "NO_CARD": 404,
    "NOT_NHI_CARD": 422,
    "NOT_A_PERMIT": 422,
    "CARD_UNREADABLE": 422,
    "CARD_PULLED": 409,
    "READER_BUSY": 409,
    "TWO_CARDS": 409,
    "NOT_PAIRED": 401,
    "FOREIGN_ORIGIN": 403,
    "BAD_HOST": 403,
    "BAD_REQUEST": 400,
    "NOT_FOUND": 404,
    "BAD_METHOD": 405,
}
# Chrome asks for leave to reach this computer under the first name; a later draft had the second.
_LEAVES: Final = {
    "Access-Control-Request-Private-Network": "Access-Control-Allow-Private-Network",
    "Access-Control-Request-Local-Network": "Access-Control-Allow-Local-Network",
}
_TICKET: Final = re.compile(r"[A-Za-z0-9_-]{22,64}")
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")

Answer = dict[str, Any]


class CardServer(ThreadingHTTPServer):
    """Listens on 127.0.0.1 only. ``origins`` are the portals whose pages may ask."""

    daemon_threads = True
    # On Windows this option would let another program take the port over while we listen.
    allow_reuse_address = os.name == "posix"

    def __init__(self, readers: Readers, origins: frozenset[str], port: int, pairing: Pairing | None = None) -> None:
        self.readers = readers
        self.origins = origins
        self.pairing = pairing or Pairing()
        self.reading = Lock()
        super().__init__(("127.0.0.1", port), CardHandler)
        self.hosts = frozenset(f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost"))

    def server_bind(self) -> None:
        """Bind without asking the network for this computer's name, and on Windows without sharing the port."""
        if sys.platform == "win32":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a browser that went away is ordinary, and a trace might show what a card held."""


def make_server(readers: Readers, origins: frozenset[str], port: int = PORT) -> ThreadingHTTPServer:
    """The component's server, bound but not yet serving. ``port`` 0 is a free one. Raises :class:`OSError` if taken."""
    return CardServer(readers, origins, port)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that came from a portal's page: its origin, its token or "", and its JSON object."""

    server: CardServer
    origin: str
    token: str
    body: Mapping[str, object]

    def paired(self) -> None:
        """Raises :class:`Fault` NOT_PAIRED unless the token is alive and of this origin."""
        if not self.server.pairing.admits(self.token, self.origin):
            raise Fault("NOT_PAIRED")


def _version(ask: Ask) -> Answer:
    return {"name": "nhi-card-agent", "version": __version__, "protocol": 1}


def _pair(ask: Ask) -> Answer:
    ticket = ask.body.get("ticket")
    if not (isinstance(ticket, str) and _TICKET.fullmatch(ticket)):
        raise Fault("BAD_REQUEST")
    token = ask.server.pairing.pair(ticket, ask.origin)
    if token is None:
        raise Fault("NOT_PAIRED")
    return {"token": token}


def _status(ask: Ask) -> Answer:
    ask.paired()
    return {"readers": [{"name": one.name, "card": one.has_card()} for one in ask.server.readers.all()]}


def _read(ask: Ask) -> Answer:
    ask.paired()
    want, challenge, name = _wanted(ask.body), _challenge(ask.body), _reader_name(ask.body)
    if not ask.server.reading.acquire(blocking=False):
        raise Fault("READER_BUSY")
    try:
        with choose(ask.server.readers, name).connect() as card:
            found = read(card, want, challenge)
    finally:
        ask.server.reading.release()
    return {key: None if value is None else _encode(value) for key, value in found.items()}


_ROUTES: Final[Mapping[str, tuple[str, Callable[[Ask], Answer]]]] = {
    "/version": ("GET", _version),
    "/pair": ("POST", _pair),
    "/status": ("GET", _status),
    "/read": ("POST", _read),
}


def _wanted(body: Mapping[str, object]) -> frozenset[str]:
    want = body.get("want")
    if not (isinstance(want, list) and want and all(isinstance(one, str) for one in want) and WANTS.issuperset(want)):
        raise Fault("BAD_REQUEST")
    return frozenset(want)


def _challenge(body: Mapping[str, object]) -> bytes:
    """The challenge, or nothing where no response is wanted."""
    if "response" not in _wanted(body):
        return b""
    challenge = _decode(body.get("challenge"))
    if len(challenge) != CHALLENGE_LENGTH:
        raise Fault("BAD_REQUEST")
    return challenge


def _reader_name(body: Mapping[str, object]) -> str | None:
    name = body.get("reader")
    if not (name is None or isinstance(name, str)):
        raise Fault("BAD_REQUEST")
    return name


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decode(text: object) -> bytes:
    if not (isinstance(text, str) and _BASE64URL.fullmatch(text)):
        raise Fault("BAD_REQUEST")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise Fault("BAD_REQUEST") from error


class CardHandler(BaseHTTPRequestHandler):
    """One request: held against host and origin, then answered by its route."""

    server: CardServer
    protocol_version = "HTTP/1.1"
    server_version = "nhi-card-agent"
    sys_version = ""
    # Seconds that a sender may leave us waiting.
    timeout = 10
    _origin = ""
    _raw: bytes | None = None

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._serve()

    def do_OPTIONS(self) -> None:
        """Answer a browser that asks what this origin may do (CORS preflight)."""
        self._origin = ""
        try:
            self._admit()
        except Fault as fault:
            self._refuse(fault)
        else:
            self._send(204, None, self._leaves())

    def _serve(self) -> None:
        self._origin, self._raw = "", self._taken_body()
        try:
            self._admit()
            self._send(200, self._answer())
        except Fault as fault:
            self._refuse(fault)

    def _admit(self) -> None:
        """Hold the request against host and origin; only then is the origin one that answers may be shown to."""
        if self._only("Host") not in self.server.hosts:
            raise Fault("BAD_HOST")
        origin = self._only("Origin")
        if origin not in self.server.origins:
            raise Fault("FOREIGN_ORIGIN")
        self._origin = origin

    def _answer(self) -> Answer:
        method, answer = _ROUTES.get(self.path, ("", None))
        if answer is None:
            raise Fault("NOT_FOUND")
        if method != self.command:
            raise Fault("BAD_METHOD")
        body = self._body() if method == "POST" else {}
        return answer(Ask(self.server, self._origin, self._token(), body))

    def _only(self, name: str) -> str:
        """A header that must be there once; "" otherwise."""
        values = self.headers.get_all(name, [])
        return str(values[0]) if len(values) == 1 else ""

    def _token(self) -> str:
        scheme, _, token = self._only("Authorization").partition(" ")
        return token if scheme == "Bearer" else ""

    def _body(self) -> Mapping[str, object]:
        kind = self._only("Content-Type").partition(";")[0].strip().lower()
        if self._raw is None or kind != "application/json":
            raise Fault("BAD_REQUEST")
        try:
            body = json.loads(self._raw)
        except (ValueError, RecursionError) as error:
            raise Fault("BAD_REQUEST") from error
        if not isinstance(body, dict):
            raise Fault("BAD_REQUEST")
        return body

    def _taken_body(self) -> bytes | None:
        """The body, taken off the line before anything is refused: a refusal is lost where its body lies unread.

        None where it is too large or its length is not told.
        """
        length = self._only("Content-Length")
        if not re.fullmatch(r"[0-9]{1,9}", length):
            return None
        taken = self.rfile.read(min(int(length), _MOST_DRAINED))
        return taken if int(length) <= MOST_BODY else None

    def _leaves(self) -> dict[str, str]:
        leaves = {allow: "true" for request, allow in _LEAVES.items() if self._only(request) == "true"}
        methods = {"Access-Control-Allow-Methods": "GET, POST"}
        return methods | {"Access-Control-Allow-Headers": "content-type, authorization"} | leaves

    def _refuse(self, fault: Fault) -> None:
        names = {"readers": list(fault.readers)} if fault.code == "TWO_CARDS" else {}
        self._send(STATUS[fault.code], {"code": fault.code, **names})

    def _send(self, status: int, answer: Answer | None, extra: Mapping[str, str] | None = None) -> None:
        body = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {**self._headers(body), **(extra or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _headers(self, body: bytes) -> dict[str, str]:
        shown = {"Access-Control-Allow-Origin": self._origin} if self._origin else {}
        kind = {"Content-Type": "application/json", "Content-Length": str(len(body))} if body else {}
        always = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Origin"}
        # One request a connection: nothing that a refused sender left in it can be taken for the next request.
        return {**shown, **kind, **always, "Connection": "close"}

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the base class refuses itself: unknown methods, and requests that are no HTTP."""
        self._refuse(Fault("BAD_METHOD" if code == 501 else "BAD_REQUEST"))

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""
