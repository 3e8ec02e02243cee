"""A browser's connection at the least cost: one kept-alive socket, a jar of cookies, no more of HTTP than is needed.

The load must never be what limits a bench; httpx2 costs more than a page of the site does.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

_AGENT = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile"


class Unexpected(Exception):
    """An answer that no member should ever see. The text says where and what."""


class HungUp(Unexpected):
    """The server closed the connection."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, where to go on to, and the body."""

    status: int
    location: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Wire:
    """One browser at one host of this machine's loopback."""

    def __init__(self, host: str, port: int) -> None:
        self.origin, self.cookies = f"http://{host}:{port}", dict[str, str]()
        self._port, self._rest = port, b""
        self._connect()
        self._fixed = f" HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: {_AGENT}\r\nAccept-Language: zh-TW\r\n"

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def get(self, target: str) -> Answer:
        """Open a page."""
        return self._send("GET", target, b"", "")

    def form(self, target: str, **fields: str) -> Answer:
        """Send a form of this origin, with the token against forgery that stands in the cookie."""
        body = urlencode({"csrfmiddlewaretoken": self.cookies["csrftoken"], **fields}).encode()
        return self._send("POST", target, body, "Content-Type: application/x-www-form-urlencoded\r\n")

    def json(self, target: str, value: object) -> Answer:
        """Send JSON of this origin."""
        told = "Content-Type: application/json\r\nAccept: application/json\r\n"
        return self._send("POST", target, json.dumps(value).encode(), told)

    def _send(self, method: str, target: str, body: bytes, told: str) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if cookie:
            told += f"Cookie: {cookie}\r\n"
        if method == "POST":
            told += f"Origin: {self.origin}\r\nContent-Length: {len(body)}\r\n"
            told += f"X-CSRFToken: {self.cookies.get('csrftoken', '')}\r\n"
        return self._exchange(f"{method} {target}{self._fixed}{told}\r\n".encode() + body)

    def _exchange(self, request: bytes) -> Answer:
        """Send, on a new connection when the server has closed the idle one meanwhile."""
        try:
            self._socket.sendall(request)
            return self._receive()
        except (HungUp, ConnectionError):
            self.close()
            self._connect()
        self._socket.sendall(request)
        return self._receive()

    def _receive(self) -> Answer:
        head, _, self._rest = self._until(lambda data: b"\r\n\r\n" in data).partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
            if name.lower() == "set-cookie":
                self._keep(value.strip())
        length = int(headers.get("content-length", "0"))
        body = self._until(lambda data: len(data) >= length)
        body, self._rest = body[:length], body[length:]
        return Answer(int(status.split(" ")[1]), headers.get("location", ""), body)

    def _until(self, enough: Callable[[bytes], bool]) -> bytes:
        data = self._rest
        while not enough(data):
            more = self._socket.recv(65536)
            if not more:
                raise HungUp("in the middle of an answer" if data else "before any answer")
            data += more
        return data

    def _keep(self, cookie: str) -> None:
        name, _, value = cookie.partition(";")[0].partition("=")
        self.cookies[name] = value.strip('"')
