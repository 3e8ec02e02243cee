"""The outside world for tests of the site: a whole sandbox in this process, reached over real HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.test import Client

from nhi_express.core.config import config
from nhi_express.members.adapters import loading
from nhi_express.members.adapters.loading import Loaded
from nhi_express.members.flows import sealed_row
from nhi_express.mobile.adapters.camara import line_authority, redirect_uri
from nhi_express.mobile.flows import replace_operators
from nhi_express.mobile.models import Operator
from nhi_sandbox.lines import Fault, FaultKind
from nhi_sandbox.personas import Persona, personas
from nhi_sandbox.server import Options, make_server
from nhi_sandbox.world import World
from tests.environment import SANDBOX_PORT, free_port


@dataclass
class Outside:
    """The running sandbox: its world to look into and to spoil, and where its mail server listens."""

    world: World
    smtp_port: int

    @property
    def browser_base(self) -> str:
        """The sandbox's address in browsers."""
        return self.world.settings.browser_base

    def reset(self) -> None:
        """All as new, and the site knows of no trouble with any operator."""
        self.world.reset()
        line_authority.cache_clear()
        replace_operators([_operator(row) for row in self.world.listed_operators()])

    def break_operator(self, code: str, kind: FaultKind, delay: float | None = None) -> None:
        """Make a whole operator fail."""
        self.world.operators[code].fault = Fault(kind, delay)


def address_of(person: Persona) -> str:
    """The mail address that the register of the tests holds for a persona."""
    return f"{person.key}@mail.example.tw"


def load_personas() -> None:
    """Write all personas who are in the register, each with a mail address, as an import does."""
    loading.upsert(list(_sealed_personas()))


@cache
def _sealed_personas() -> tuple[Loaded, ...]:
    people = [person for person in personas().values() if person.in_register]
    return tuple(sealed_row(list(person.row()._replace(email=address_of(person))), 1) for person in people)


def _operator(item: dict[str, object]) -> Operator:
    days = {name: date.fromisoformat(str(item[name])) for name in ("valid_from", "valid_to") if item[name]}
    return Operator(**{**item, "valid_to": None, **days})


@contextmanager
def published_keys() -> Iterator[str]:
    """Serve what the site itself answers at /mobile/jwks.json, over real HTTP; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = Client().get(self.path)
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/mobile/jwks.json"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def running_sandbox() -> Iterator[Outside]:
    """Start the sandbox on the port that the settings of this run name."""
    smtp_port = free_port()
    with published_keys() as jwks_uri:
        options = Options(
            port=SANDBOX_PORT,
            smtp_port=smtp_port,
            site_jwks_uri=jwks_uri,
            client_id=config().client_id,
            redirect_uri=redirect_uri(),
        )
        server, listener, world = make_server(options)
        listener.listen(64)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the sandbox did not start"
            time.sleep(0.01)
        yield Outside(world, smtp_port)
        server.should_exit = True
        thread.join(5)
