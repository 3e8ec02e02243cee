"""Starting the sandbox: one small HTTP server and one SMTP server on this machine's loopback address only."""

import asyncio
import json
import os
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import uvicorn
from aiosmtpd.smtp import SMTP
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from nhi_sandbox.apis import OperatorApis
from nhi_sandbox.cards.component import Component, RealComponent
from nhi_sandbox.cards.panel import CardPanel
from nhi_sandbox.control import Control
from nhi_sandbox.gateway import Gateway
from nhi_sandbox.inbox import BIGGEST, Postman
from nhi_sandbox.pages import Pages
from nhi_sandbox.panel import Panel
from nhi_sandbox.postman import Tray
from nhi_sandbox.tokens import TokenDesk
from nhi_sandbox.world import Settings, World

LOOPBACK: Final = "127.0.0.1"
# Longer than any client keeps an idle connection: who closes first resets the request that is just on its way.
_IDLE_SECONDS: Final = 3600


class ProductionRefused(RuntimeError):
    """The sandbox was asked to start where a production site runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to start: ports (0 for any free one), who the site is, where to leave `operators.json` and find letters.

    With an `agent_port` the card component runs too, for pages of `agent_origin`; with `real_cards` it reads virtual
    cards through this machine's smart card service instead of software readers.
    """

    port: int
    smtp_port: int
    site_jwks_uri: str
    client_id: str
    redirect_uri: str
    data: Path | None = None
    browser_base: str = ""
    agent_port: int | None = None
    agent_origin: str = ""
    real_cards: bool = False


def make_app(world: World, smtp_port: int, component: Component | RealComponent | None = None) -> ASGIApp:
    """The whole sandbox as one ASGI application, with its SMTP server and the card component running beside it."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        postman = Postman(world.inbox)
        smtp = await loop.create_server(
            lambda: SMTP(postman, data_size_limit=BIGGEST, enable_SMTPUTF8=True, hostname="sandbox.localhost"),
            LOOPBACK,
            smtp_port,
        )
        with component or nullcontext():
            yield
        smtp.close()

    pages = Pages()
    operators = (Gateway(world, pages), TokenDesk(world), OperatorApis(world))
    people = (Panel(world, pages), CardPanel(world, pages), Tray(world.settings.letters, pages), pages)
    rooms = (*operators, world.card_issuer, Control(world), *people)
    routes = [route for room in rooms for route in room.routes()]
    app = Starlette(routes=routes, lifespan=lifespan)
    return Doorkeeper(app, urlsplit(world.settings.browser_base).hostname or "")


class Doorkeeper:
    """Lets in only requests for this machine's own names, and no changes sent by pages of other sites.

    So a page that somebody has open elsewhere can neither read nor steer the sandbox (DNS rebinding, CSRF).
    """

    def __init__(self, app: ASGIApp, browser_host: str) -> None:
        self._app = app
        self._hosts = {LOOPBACK.encode(), b"localhost", browser_host.encode()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http":
            headers: dict[bytes, bytes] = dict(scope["headers"])
            if headers.get(b"host", b"").rpartition(b":")[0] not in self._hosts:
                return await PlainTextResponse("unknown host", 400)(scope, receive, send)
            if scope["method"] != "GET" and headers.get(b"sec-fetch-site") == b"cross-site":
                return await PlainTextResponse("not from another site", 403)(scope, receive, send)
        return await self._app(scope, receive, send)


class _Protocol(H11Protocol):
    """uvicorn's HTTP protocol, which also shows the application its connection, so that it can play a dead server."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def make_server(
    options: Options, clock: Callable[[], float] = time.time
) -> tuple[uvicorn.Server, socket.socket, World]:
    """The server, its bound socket, and the world it shows.

    Raises ProductionRefused, OSError for a taken port, ImportError where the card component is missing. Run it with
    `server.run(sockets=[socket])`. `clock` gives seconds since the epoch.
    """
    if os.environ.get("NHI_ENV") == "production":
        raise ProductionRefused("The sandbox does not start where NHI_ENV is production.")
    # asyncio switches Nagle's delay off only for sockets that say TCP; without it every answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, options.port))
    port = listener.getsockname()[1]
    world = World(
        settings=Settings(
            client_id=options.client_id,
            redirect_uri=options.redirect_uri,
            site_jwks_uri=options.site_jwks_uri,
            browser_base=(options.browser_base or f"http://operators.localhost:{port}").rstrip("/"),
            back_base=f"http://{LOOPBACK}:{port}",
            letters=options.data / "letters" if options.data else None,
        ),
        clock=clock,
    )
    if options.data:
        _leave_operators(options.data, world)
    config = uvicorn.Config(
        make_app(world, options.smtp_port, _component(options, world)),
        http=_Protocol,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=_IDLE_SECONDS,
    )
    return uvicorn.Server(config), listener, world


def _component(options: Options, world: World) -> Component | RealComponent | None:
    if options.agent_port is None:
        return None
    made = RealComponent if options.real_cards else Component
    return made(world.card_desk, options.agent_port, options.agent_origin)


def _leave_operators(data: Path, world: World) -> None:
    data.mkdir(parents=True, exist_ok=True)
    text = json.dumps(world.listed_operators(), ensure_ascii=False, indent=2)
    (data / "operators.json").write_text(text + "\n", encoding="utf-8")


def serve(options: Options) -> None:
    """Run until stopped; says where it stands once it listens. Raises what `make_server` raises."""
    server, listener, world = make_server(options)
    listener.listen(128)
    # Read by whoever started this with port 0.
    print(f"sandbox {world.settings.browser_base} {world.settings.back_base}", flush=True)  # noqa: T201
    server.run(sockets=[listener])
