"""The surroundings of a test run, laid before Django reads its settings (pytest loads this by `-p tests.environment`).

`NHI_TEST_ENGINE=postgresql` runs the same tests on a private PostgreSQL started from the distribution's package.
"""

import atexit
import os
import shutil
import socket
import tempfile
from pathlib import Path

from tests.postgres import PrivatePostgres


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _folder() -> Path:
    """One folder for the whole run; workers of pytest-xdist inherit it."""
    if "NHI_TEST_FOLDER" not in os.environ:
        made = tempfile.mkdtemp(prefix="nhi-test-")
        os.environ["NHI_TEST_FOLDER"] = made
        atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(os.environ["NHI_TEST_FOLDER"])


def _database(folder: Path) -> str:
    if os.environ.get("NHI_TEST_ENGINE") != "postgresql":
        return f"sqlite:///{folder / 'db.sqlite3'}"
    server = PrivatePostgres(folder / "postgres")
    server.start()
    atexit.register(server.stop)
    return server.url("nhi")


def _make_keys(folder: Path) -> None:
    from nhi_express.core.signing import make_signing_key
    from nhi_express.core.vault import make_keys

    if not folder.exists():
        make_keys(folder)
        make_signing_key(folder)


_at = _folder()
_port = free_port()
os.environ.update(
    NHI_ENV="test",
    NHI_SECRET_KEY="only-for-tests",
    NHI_KEYS_DIR=str(_at / "keys"),
    NHI_GALLERY="1",
    NHI_SANDBOX="1",
    NHI_GATEWAY_URL=f"http://operators.localhost:{_port}/gateway/authorize",
    NHI_GATEWAY_ISSUER=f"http://operators.localhost:{_port}/gateway",
    # Short enough that a hanging operator does not hold up the suite.
    NHI_OPERATOR_TIMEOUT_SECONDS="3",
    NHI_OPERATOR_DEADLINE_SECONDS="6",
    DJANGO_SETTINGS_MODULE="nhi_express.settings",
)
SANDBOX_PORT = _port
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["NHI_DATABASE_URL"] = _database(_at)
    _make_keys(_at / "keys")
