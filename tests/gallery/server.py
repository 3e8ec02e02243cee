"""A server of its own for tests that look at pages: the real one, with the gallery on and nobody in its database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from tests.environment import free_port

_START_SECONDS = 30


@contextmanager
def gallery_server(folder: Path) -> Iterator[str]:
    """Serve the site; gives its address by a name under ``localhost``, as browsers need it for passkeys."""
    port = free_port()
    settings = {
        "NHI_ENV": "test",
        "NHI_GALLERY": "1",
        "NHI_SITE_URL": f"http://app.localhost:{port}",
        "NHI_DATABASE_URL": f"sqlite:///{folder / 'gallery.sqlite3'}",
        "NHI_KEYS_DIR": str(folder / "keys"),
    }
    environment = {**os.environ, **settings, "DJANGO_SETTINGS_MODULE": "nhi_express.settings"}
    migrate = [sys.executable, "-m", "django", "migrate", "--skip-checks", "--verbosity=0"]
    subprocess.run(migrate, env=environment, check=True)
    granian = Path(sys.executable).with_name("granian")
    command = [str(granian), "--interface", "wsgi", "--port", str(port), "--log-level", "error"]
    command += ["--blocking-threads", "2", "nhi_express.wsgi:application"]
    with subprocess.Popen(command, env=environment) as server:
        try:
            _wait(f"http://127.0.0.1:{port}/health/live", server)
            yield f"http://app.localhost:{port}"
        finally:
            server.terminate()


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
