"""A whole installation on this machine for trying out: site, worker and sandbox, everything under one folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2

from nhi_sandbox.cards import issuer
from nhi_sandbox.cards.component import build_component
from nhi_sandbox.personas import register_rows, unit_rows
from nhi_sandbox.place import Place
from nhi_sandbox.postman import Letter, read_letters
from nhi_sandbox.register import RegisterRow, write_register
from nhi_sandbox.staff import OFFICES, NamedStaff, code_in, keep, kept
from nhi_sandbox.units import STAFF, write_units

CLIENT_ID: Final = "nhi-express"
AGENT_PORT: Final = 46464
# Of so many people as many are fit to work for the sandbox's units.
_WITH_STAFF: Final = 2 * STAFF
_PATIENCE_SECONDS = 60
_COLLECTED_EVERY_SECONDS: Final = 30


class DidNotStart(RuntimeError):
    """A part of the installation did not come up. The text names the part and its log."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the parts listen on this machine's loopback."""

    site: int
    sandbox: int
    smtp: int
    agent: int

    @classmethod
    def free(cls) -> Ports:
        """Ports that nobody uses now."""
        with ExitStack() as held:
            probes = [held.enter_context(socket.socket()) for _ in range(4)]
            for probe in probes:
                probe.bind(("127.0.0.1", 0))
            return cls(*(probe.getsockname()[1] for probe in probes))


class Installation:
    """A running installation. Use it in a `with`: its parts are stopped at the end, each by its own process id."""

    def __init__(
        self,
        folder: Path,
        ports: Ports,
        *,
        database_url: str = "",
        wrap: tuple[str, ...] = (),
        real_cards: bool = False,
    ) -> None:
        self.folder, self.ports = folder.resolve(), ports
        self.place = Place(
            f"http://app.localhost:{ports.site}",
            f"http://operators.localhost:{ports.sandbox}",
            f"http://127.0.0.1:{ports.agent}",
            self._let_codes_end,
            self._print_letters,
            self.first_code,
            self._import_again,
        )
        self._database_url = database_url or f"sqlite:///{self.folder / 'db.sqlite3'}"
        # Benches put a command in front of the site's, to keep it on one core.
        self._wrap = wrap
        self._real_cards = real_cards
        self._parts: list[subprocess.Popen[bytes]] = []

    @property
    def environment(self) -> dict[str, str]:
        """What the site and its commands read."""
        settings = {
            "ENV": "demo",
            "SANDBOX": "1",
            "GALLERY": "1",
            "SECRET_KEY": "only-for-try-outs",
            "SITE_URL": self.place.site,
            "DATABASE_URL": self._database_url,
            "KEYS_DIR": str(self.folder / "keys"),
            "CLIENT_ID": CLIENT_ID,
            "GATEWAY_URL": f"{self.place.sandbox}/gateway/authorize",
            "GATEWAY_ISSUER": f"{self.place.sandbox}/gateway",
            "CARD_ISSUER_URL": f"http://127.0.0.1:{self.ports.sandbox}/issuer",
            "CARD_ISSUER_TOKEN": issuer.TOKEN,
            "CARD_AGENT_URL": f"http://127.0.0.1:{self.ports.agent}",
            "CARD_AGENT_FILES": str(self.folder / "component"),
            # People try things out for more than a day.
            "STAFF_CODE_HOURS": "72",
            "SMTP_URL": f"smtp://127.0.0.1:{self.ports.smtp}",
            "MAIL_FROM": "NHI Express <no-reply@sandbox.localhost>",
        }
        return {**os.environ, **{f"NHI_{name}": value for name, value in settings.items()}}

    def prepare(self, members: int, *, fresh: bool) -> None:
        """Make keys, tables, the register's people, and counters; what is there already stays."""
        if fresh:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / "keys" / "signing.pem").exists():
            self.run("keys", "init")
        self.run("migrate")
        build_component(self.folder / "component")
        register = self.folder / "register.csv"
        if not register.exists():
            self._fill(register, list(register_rows(members + _WITH_STAFF, seed=1, staff=STAFF)))
            self.run("staff", "offices", "--also", str(OFFICES))

    def first_code(self, colleague: NamedStaff) -> str:
        """The first-time code of one of the staff, good once; their account is made when it is first asked for."""
        file = self.folder / "staff.json"
        codes = kept(file)
        if colleague.account not in codes:
            keep(file, codes | {colleague.account: code_in(self.run(*colleague.verbs()))})
        return kept(file)[colleague.account]

    def _import_again(self, row: RegisterRow) -> None:
        """The insurer's next file: this row alone."""
        file = self.folder / "changed.csv"
        write_register(file, [row])
        self.run("members", "import", str(file))

    def _fill(self, register: Path, people: list[RegisterRow]) -> None:
        """Import the insurer's two files: who is insured, and the units through which they are."""
        units = self.folder / "units.csv"
        write_units(units, unit_rows(people))
        write_register(register, people)
        self.run("members", "import", str(register))
        self.run("units", "import", str(units))

    def _let_codes_end(self) -> None:
        """As if time had passed for every code that waits; only in a database of this folder's own."""
        with closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=20)) as database, database:
            database.execute(
                "UPDATE registration_address SET code_until = '2000-01-01 00:00:00' WHERE confirmed_at IS NULL"
            )
            database.execute("UPDATE devices_devicecode SET until = '2000-01-01 00:00:00' WHERE used_by IS NULL")
            database.execute("UPDATE enrolment_invitation SET code_until = '2000-01-01 00:00:00' WHERE state = 'open'")

    def _print_letters(self) -> list[Letter]:
        """Print what is due, as for the insurer's mail house, and read all letters that were ever printed."""
        folder = self.folder / "letters"
        self.run("units", "letters", "--out", str(folder))
        return read_letters(folder)

    def run(self, *verbs: str) -> str:
        """Run one `nhi-express` command of this installation. Returns what it said; raises DidNotStart with that."""
        command = [sys.executable, "-m", "nhi_express", *verbs]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise DidNotStart(f"nhi-express {verbs[0]}: {done.stderr[-2000:] or done.stdout[-2000:]}")
        return done.stdout

    def __enter__(self) -> Installation:
        try:
            self._start_sandbox()
            self.run("operators", "load", str(self.folder / "operators.json"))
            self._start("worker", "nhi_express", "worker")
            self._start("site", "nhi_express", "serve", "--port", str(self.ports.site), wrap=self._wrap)
            self._wait("site", f"http://127.0.0.1:{self.ports.site}/health/ready")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for part in reversed(self._parts):
            part.send_signal(signal.SIGTERM)
        for part in self._parts:
            try:
                part.wait(10)
            except subprocess.TimeoutExpired:
                part.kill()
        self._parts.clear()

    def watch(self) -> str:
        """Wait until a part ends, and name it. Meanwhile the mail house collects what is to be printed."""
        collected = 0.0
        while True:
            if time.monotonic() > collected + _COLLECTED_EVERY_SECONDS:
                self._print_letters()
                collected = time.monotonic()
            for part in self._parts:
                if part.poll() is not None:
                    return str(part.args)
            time.sleep(0.5)

    def _start_sandbox(self) -> None:
        options = [
            *("--port", str(self.ports.sandbox), "--smtp-port", str(self.ports.smtp)),
            *("--site-jwks-uri", f"http://127.0.0.1:{self.ports.site}/mobile/jwks.json"),
            *("--client-id", CLIENT_ID, "--redirect-uri", f"{self.place.site}/app/bind/mobile/back"),
            *("--data", str(self.folder), "--browser-base", self.place.sandbox),
            *("--agent-port", str(self.ports.agent), "--agent-origin", self.place.site),
            *(("--real-cards",) if self._real_cards else ()),
        ]
        self._start("sandbox", "nhi_sandbox", "serve", *options)
        self._wait("sandbox", f"http://127.0.0.1:{self.ports.sandbox}/control/health")

    def _start(self, name: str, module: str, *arguments: str, wrap: tuple[str, ...] = ()) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            command = [*wrap, sys.executable, "-m", module, *arguments]
            self._parts.append(subprocess.Popen(command, env=self.environment, stdout=log, stderr=log))

    def _wait(self, name: str, url: str) -> None:
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until and self._parts[-1].poll() is None:
            try:
                if httpx2.get(url, timeout=2, trust_env=False).status_code == 200:
                    return
            except httpx2.HTTPError:
                pass
            time.sleep(0.1)
        raise DidNotStart(f"{name} did not come up; its last words are in {self.folder / f'{name}.log'}")
