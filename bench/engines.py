"""Databases made for a bench, and processes of their own that measure on them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nhi_express.core.vault import Vault


@contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
    """The address of an empty database, and its server for as long as it is needed."""
    if engine == "sqlite":
        yield f"sqlite:///{folder}/bench.sqlite3"
        return
    from tests.postgres import PrivatePostgres

    server = PrivatePostgres(folder / "postgres")
    server.start()
    try:
        yield server.url("nhi")
    finally:
        server.stop()
        shutil.rmtree(server.folder)


def child(module: str, folder: Path, url: str, *arguments: str) -> list[list[float]]:
    """What a process of its own measures: Django reads the database's address once."""
    surroundings = {
        "NHI_ENV": "demo",
        "NHI_DATABASE_URL": url,
        "NHI_KEYS_DIR": str(folder / "keys"),
        "DJANGO_SETTINGS_MODULE": "nhi_express.settings",
    }
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env={**os.environ, **surroundings}, stdout=subprocess.PIPE, check=True)
    told: list[list[float]] = json.loads(done.stdout)
    return told


def prepare() -> Vault:
    """Keys, tables, and the modules that may be imported only when Django knows its settings."""
    import django
    from django.core.management import call_command

    from nhi_express.core import vault
    from nhi_express.core.config import config

    django.setup()
    call_command("migrate", verbosity=0)
    if not config().keys_dir.exists():
        vault.make_keys(config().keys_dir)
    return vault.vault()


def peak() -> float:
    """The most memory, in MiB, that this process has held. Not `ru_maxrss`: that begins with what its parent held."""
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    return int(told["VmHWM"].split()[0]) / 1024
