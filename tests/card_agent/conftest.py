"""A component that runs, and a page that talks to it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import pytest

from nhi_card_agent.pairing import Pairing
from nhi_card_agent.server import CardServer
from tests.card_agent.cards import MemoryReaders

PORTAL = "https://portal.example"
OTHER_PORTAL = "https://other.example"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass
class Page:
    """A page of a portal, and how its browser would send what it asks. ``None`` leaves a header away."""

    port: int
    origin: str | None = PORTAL
    token: str = ""

    def send(self, method: str, path: str, body: object = None, **headers: str | None) -> Answer:
        """Send a request; ``body`` is made JSON unless it is bytes, and a header ``X_Y`` is sent as ``X-Y``."""
        sent: dict[str, str | None] = {"Origin": self.origin, "Host": f"127.0.0.1:{self.port}"}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        raw = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        if raw is not None:
            sent |= {"Content-Type": "application/json", "Content-Length": str(len(raw))}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self._exchange(method, path, raw, {name: value for name, value in sent.items() if value is not None})

    def _exchange(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            line.putheader(name, value)
        line.endheaders(body)
        came = line.getresponse()
        raw = came.read()
        line.close()
        return Answer(came.status, dict(came.getheaders()), json.loads(raw) if raw else None)

    def pair(self, ticket: str) -> Page:
        """Pair, and be the page that holds the token."""
        self.token = self.send("POST", "/pair", {"ticket": ticket}).body["token"]
        return self

    def read(self, *want: str, **more: object) -> Answer:
        """Ask for ``want`` of the card."""
        return self.send("POST", "/read", {"want": list(want), **more})


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Running:
    """A component that runs, with its readers and its clock."""

    readers: MemoryReaders
    clock: Clock
    server: CardServer
    tickets: list[str] = field(default_factory=lambda: [f"{number:022d}" for number in range(100)])

    @property
    def port(self) -> int:
        return self.server.server_port

    def page(self, origin: str | None = PORTAL) -> Page:
        """A page that has not paired."""
        return Page(self.port, origin)

    def paired(self, origin: str = PORTAL) -> Page:
        """A page that has paired."""
        return self.page(origin).pair(self.tickets.pop())


@pytest.fixture
def agent() -> Iterator[Running]:
    """The component without any reader, for two portals."""
    readers, clock = MemoryReaders(), Clock()
    server = CardServer(readers, frozenset({PORTAL, OTHER_PORTAL}), 0, Pairing(clock))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield Running(readers, clock, server)
    server.shutdown()
    server.server_close()
    thread.join()
