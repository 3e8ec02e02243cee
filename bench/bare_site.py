"""A running server of :mod:`bench.bare`, on the site's core."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence

from bench.cores import family, on_site_core
from bench.fast_phone import FastPhone
from nhi_express.core.server import granian
from nhi_sandbox.demo import Installation, Ports

_PATIENCE_SECONDS = 30


class BareSite:
    """Use it in a `with`. It knows the ``phones`` given to it, and asks the sandbox of ``installation``."""

    def __init__(self, installation: Installation, phones: Sequence[FastPhone] = ()) -> None:
        self.port = Ports.free().site
        folder = installation.folder / "bare"
        folder.mkdir()
        self._log, known = folder / "bare.log", folder / "phones.json"
        known.write_text(json.dumps([_known(phone) for phone in phones]))
        told = {
            "BARE_DATABASE": f"sqlite:///{folder / 'db.sqlite3'}",
            "BARE_PHONES": str(known),
            "BARE_OPERATOR": f"http://127.0.0.1:{installation.ports.sandbox}/control/health",
            "NHI_ENV": "demo",
        }
        self._environment = {**os.environ, **told}

    @property
    def pids(self) -> list[int]:
        """The server's processes."""
        return family(self._process.pid)

    def __enter__(self) -> BareSite:
        subprocess.run([sys.executable, "-m", "bench.bare"], env=self._environment, check=True)
        command = [*on_site_core(), *granian("bench.bare:application", "127.0.0.1", self.port)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(10)

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise
                time.sleep(0.1)


def _known(phone: FastPhone) -> dict[str, str]:
    jwk = phone.key.jwk
    return {"id": phone.device, "passkey": phone.passkey, "x": jwk["x"], "y": jwk["y"]}
