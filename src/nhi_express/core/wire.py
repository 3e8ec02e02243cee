"""How the HTTP client's requests reach the network: kept-alive connections of the standard library.

httpx2's own transport costs four times as much, and a registration asks its operator eight times
(`script/bench enrol`).
"""

from __future__ import annotations

import io
import select
import socket
import time
from collections import defaultdict
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Lock
from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_Origin = tuple[str, str, int | None]
# More idle connections to one operator are not kept; more may be open while they are needed.
_MOST_IDLE = 32


class Wire(httpx2.BaseTransport):
    """Plain HTTP/1.1 for :class:`httpx2.Client`; TLS certificates are verified. Safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._idle: defaultdict[_Origin, list[HTTPConnection]] = defaultdict(list)
        self._tls = httpx2.create_ssl_context()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request, and read the whole answer. Raises :class:`httpx2.TransportError`, which names no value."""
        origin = (request.url.scheme, request.url.host, request.url.port)
        connection = self._take(origin) or self._make(origin)
        try:
            answer, body = _exchange(connection, request)
        except (OSError, HTTPException) as error:
            connection.close()
            raise _failure(error) from error
        if not answer.will_close:
            self._give_back(origin, connection)
        return httpx2.Response(answer.status, headers=answer.getheaders(), content=body)

    def close(self) -> None:
        """Close all idle connections."""
        with self._lock:
            for connections in self._idle.values():
                while connections:
                    connections.pop().close()

    def _make(self, origin: _Origin) -> HTTPConnection:
        scheme, host, port = origin
        return HTTPSConnection(host, port, context=self._tls) if scheme == "https" else HTTPConnection(host, port)

    def _take(self, origin: _Origin) -> HTTPConnection | None:
        """An idle connection that the other side has not closed meanwhile."""
        while True:
            with self._lock:
                if not self._idle[origin]:
                    return None
                connection = self._idle[origin].pop()
            # Something to read before anything was asked: an end, or nonsense.
            if not select.select([connection.sock], [], [], 0)[0]:
                return connection
            connection.close()

    def _give_back(self, origin: _Origin, connection: HTTPConnection) -> None:
        with self._lock:
            if len(self._idle[origin]) < _MOST_IDLE:
                self._idle[origin].append(connection)
                return
        connection.close()


def _exchange(connection: HTTPConnection, request: httpx2.Request) -> tuple[HTTPResponse, bytes]:
    waits = request.extensions["timeout"]
    if connection.sock is None:
        connection.timeout = waits["connect"]
        connection.connect()
    connection.sock.settimeout(waits["read"])
    connection.sock.sendall(_written(request))
    # The library asks of what it reads from no more than `makefile`.
    until = _Until(connection.sock, time.monotonic() + waits["read"])
    answer = HTTPResponse(until, method=request.method)  # type: ignore[arg-type]
    answer.begin()
    return answer, answer.read()


class _Until(io.RawIOBase):
    """What a connection brings until a deadline: a time-out for each piece alone would let one trickle for hours."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection, self._deadline = connection, deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        """As :meth:`socket.socket.makefile`."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """It is for nothing else."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Wait for the next piece. Raises :class:`TimeoutError` when the deadline has passed."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


def _written(request: httpx2.Request) -> bytes:
    """The request as it travels: in one piece, for a second one would cost as much again. Raises HTTPException."""
    lines = [b"%s %s HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [b"%s: %s" % header for header in request.headers.raw]
    if any(b"\r" in line or b"\n" in line for line in lines):
        raise HTTPException("a line within a line")
    return b"\r\n".join([*lines, b"", request.read()])


def _failure(error: Exception) -> httpx2.TransportError:
    """The fault by its kind alone: what was sent or received never stands in it."""
    kind = httpx2.TimeoutException if isinstance(error, TimeoutError) else httpx2.NetworkError
    return kind(type(error).__name__)
