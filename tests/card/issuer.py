"""A card issuer of one's own making, over real HTTP: it knows every card's key, and can be made to misbehave."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "a-token-for-tests"
_MASTER = b"the master key of the tests' cards"


def answer_of(card_number: str, challenge: bytes) -> bytes:
    """What the real card answers."""
    key = hmac.digest(_MASTER, card_number.encode(), hashlib.sha256)
    return hmac.digest(key, challenge, hashlib.sha256)[:16]


def octets(text: str) -> bytes:
    """Undo base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Issuer:
    """The running issuer. ``says`` replaces its answers: a status, and the bytes of a body."""

    url: str = ""
    says: tuple[int, bytes] | None = None
    waits: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)

    def reset(self) -> None:
        """As new."""
        self.says, self.waits = None, 0.0
        self.asked.clear()

    def answer(self, path: str, authorization: str | None, body: bytes) -> tuple[int, bytes]:
        """Status and body for one question."""
        if path != "/issuer/verify" or authorization != f"Bearer {TOKEN}":
            return 401, b"{}"
        told = json.loads(body)
        self.asked.append(told)
        time.sleep(self.waits)
        right = answer_of(told["card_number"], octets(told["challenge"]))
        return self.says or (200, json.dumps({"authentic": right == octets(told["response"])}).encode())


@contextmanager
def running() -> Iterator[Issuer]:
    """Start it."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status, content = issuer.answer(self.path, self.headers["authorization"], body)
            # Who asked may have given up meanwhile.
            with suppress(BrokenPipeError):
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.url = f"http://127.0.0.1:{server.server_port}/issuer"
    # It looks so often, in seconds, whether it is to stop.
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
