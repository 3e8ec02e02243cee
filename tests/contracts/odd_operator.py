"""An operator of one's own making, over real HTTP, that answers whatever a test wants it to."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from nhi_express.core.config import config
from nhi_express.mobile.models import Operator

ISSUER = "http://odd.localhost/op"
NONCE, PHONE = "the-nonce", "+886912345678"


@dataclass(frozen=True)
class Answer:
    """One answer: JSON of ``body``, or the bytes themselves."""

    body: object
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """What goes over the wire."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def id_token(**changes: object) -> str:
    """An ID token as it should be, with some claims changed; None leaves one out."""
    claims = {"iss": ISSUER, "aud": config().client_id, "nonce": NONCE, "amr": ["nba"], **changes}
    told = json.dumps({name: value for name, value in claims.items() if value is not None}).encode()
    return f"e30.{urlsafe_b64encode(told).decode().rstrip('=')}.c2ln"


def good_answers() -> dict[str, Answer]:
    """What an operator answers about a line that passes, by the last part of the path."""
    return {
        "token": Answer({"access_token": "one", "token_type": "Bearer", "id_token": id_token()}),
        "device-phone-number": Answer({"devicePhoneNumber": PHONE}),
        "retrive-subscription-status": Answer({"voiceSmsOut": "active", "dataService": "active"}),
        "check-tenure": Answer({"tenureDateCheck": True, "contractType": "PAYM"}),
        "verify": Answer({"ageCheck": "true", "parentalControl": "false"}),
        "check": Answer({"swapped": False}),
        "match": Answer({"idDocumentMatch": "true"}),
    }


@dataclass
class OddOperator:
    """The running operator and its answers, which a test may change."""

    answers: dict[str, Answer] = field(default_factory=good_answers)
    asked: list[str] = field(default_factory=list)

    def put_on_the_list(self, port: int) -> None:
        """Make it the site's only operator."""
        base = f"http://127.0.0.1:{port}/op"
        names = {"name_zh": "怪電信", "name_en": "Odd", "kind": "mno", "valid_from": date(2000, 1, 1)}
        Operator.objects.all().delete()
        Operator.objects.create(code="odd", issuer=ISSUER, token_endpoint=f"{base}/token", api_root=base, **names)


@contextmanager
def running() -> Iterator[tuple[OddOperator, int]]:
    """Start it; gives it and its port."""
    operator = OddOperator()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            name = self.path.rsplit("/", 1)[-1]
            self.rfile.read(int(self.headers.get("content-length", 0)))
            operator.asked.append(name)
            said = operator.answers.get(name, Answer({}, 404))
            self.send_response(said.status)
            headers: dict[str, Any] = {"Content-Length": len(said.content), **said.headers}
            for header, value in headers.items():
                self.send_header(header, str(value))
            self.end_headers()
            self.wfile.write(said.content)

        do_GET = do_POST = answer

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # It looks so often, in seconds, whether it is to stop.
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield operator, server.server_port
    finally:
        server.shutdown()
        server.server_close()
