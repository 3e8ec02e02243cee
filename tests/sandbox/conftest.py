"""A running sandbox on free ports of 127.0.0.1, and the site's end of the conversation."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from joserfc.jwk import ECKey

from nhi_sandbox.server import Options, make_server
from nhi_sandbox.world import World

from .site_side import CLIENT_ID, REDIRECT_URI, Clock, Site, published


@dataclass
class Running:
    """A started sandbox."""

    world: World
    site: Site
    smtp_port: int


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running() -> Iterator[Running]:
    clock, key, smtp_port = Clock(), ECKey.generate_key("P-256", {"kid": "site-1"}), _free_port()
    with published(key) as jwks_uri:
        options = Options(
            port=0, smtp_port=smtp_port, site_jwks_uri=jwks_uri, client_id=CLIENT_ID, redirect_uri=REDIRECT_URI
        )
        server, listener, world = make_server(options, clock)
        listener.listen(16)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the sandbox did not start"
            time.sleep(0.01)
        yield Running(world, Site(world.settings.browser_base, world.settings.back_base, key, clock), smtp_port)
        server.should_exit = True
        thread.join(5)


@pytest.fixture(scope="session")
def _sandbox() -> Iterator[Running]:
    with _running() as running:
        yield running


@pytest.fixture
def sandbox(_sandbox: Running) -> Iterator[Running]:
    """The sandbox, as new before every test."""
    _sandbox.site.clock.ahead = 0
    _sandbox.world.reset()
    yield _sandbox


@pytest.fixture
def site(sandbox: Running) -> Site:
    """The site's end."""
    return sandbox.site
