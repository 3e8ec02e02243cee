"""The card component, run here on the desk's readers instead of on a member's computer with real ones."""

import os
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from nhi_sandbox.cards import stack
from nhi_sandbox.cards.desk import CardDesk, Inserted, SoftwareReaders


class Component:
    """The running component: listens on the loopback at `port`. Use it in a `with`."""

    def __init__(self, desk: CardDesk, port: int, origin: str) -> None:
        """Bind `port` (0 for any free one) for pages of the portal at `origin` (scheme, host and port, no slash).

        Raises OSError for a taken port and ImportError where the component is not installed.
        """
        # Not everybody who runs a sandbox has the component.
        from nhi_card_agent.readers import Fault
        from nhi_card_agent.server import make_server

        self._server = make_server(SoftwareReaders(desk, Fault), frozenset({origin}), port)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="card-component", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def __enter__(self) -> "Component":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class RealComponent:
    """The component as a process of its own, on a real smart card service whose virtual readers follow the desk."""

    def __init__(self, desk: CardDesk, port: int, origin: str) -> None:
        """Like :class:`Component`. Raises :class:`RuntimeError` where this machine lacks the parts."""
        if stack.missing():
            raise RuntimeError(stack.missing())
        self._desk, self.port, self._origin = desk, port, origin
        self._running = ExitStack()

    def __enter__(self) -> "RealComponent":
        folder = self._running.enter_context(TemporaryDirectory(prefix="nhi-cards-"))
        service = stack.CardStack(Path(folder) / "s")
        self._running.callback(service.stop)
        service.start()
        command = [sys.executable, "-m", "nhi_card_agent", "serve", "--origin", self._origin, "--port", str(self.port)]
        process = subprocess.Popen(command, env={**os.environ, **service.environment}, stdin=subprocess.DEVNULL)
        self._running.callback(process.wait, 10)
        self._running.callback(process.terminate)
        stack.await_port(self.port)
        self._desk.follow(partial(_follow, service))
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()


def _follow(service: stack.CardStack, reader: int, inserted: Inserted | None) -> None:
    if inserted is None:
        service.remove(reader)
    else:
        service.insert(inserted.card.answer, slot=reader, reset=inserted.card.reset)


def build_component(target: Path) -> None:
    """Build the component's wheel into `target`, for the portal's download page, where its source is at hand."""
    found = find_spec("nhi_card_agent")
    source = Path(found.origin).parents[2] if found and found.origin else None
    if source is None or not (source / "pyproject.toml").exists():
        return
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target.resolve())]
    subprocess.run(command, cwd=source, capture_output=True, check=True)
