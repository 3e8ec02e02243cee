"""An import cut off at any moment and run again ends as if it had never been disturbed; on both engines."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from nhi_express.members import flows
from nhi_express.members.flows import AnotherImport, import_register
from nhi_express.members.models import FormerNumber, ImportReject, ImportRun, InsuredMember
from tests.members.files import Told, formers, load, members, rejects_of, rows, surroundings, told, write

pytestmark = pytest.mark.usefixtures("committed")
Outcome = tuple[dict[str, list[str]], set[tuple[object, object]], list[Told]]


class Cut(Exception):
    """The process ended here."""


def spoilt(count: int) -> list[tuple[str, ...] | bytes]:
    """Rows with a reject of each kind in every hundred, and numbers that stand again much later."""
    lines: list[tuple[str, ...] | bytes] = list(rows(count))
    for place in range(0, count, 100):
        lines[place] = b"no row"
        lines[place + 1] = rows(count)[place + 1]._replace(birth_date="1985-02-30")
        lines[place + 2] = rows(count)[(place * 7 + 50) % count]
    return lines


def outcome(file: Path) -> Outcome:
    """All that an import leaves."""
    assert not ImportReject.objects.exists()
    assert not list(file.parent.glob("*.part"))
    return members(), formers(), told(file)


def forget(file: Path) -> None:
    """As before the first import."""
    for model in (InsuredMember, FormerNumber, ImportRun, ImportReject):
        model._default_manager.all().delete()
    rejects_of(file).unlink(missing_ok=True)


@contextmanager
def cut_before(number: int) -> Iterator[list[str]]:
    """Make the ``number``-th statement that is sent to the database the last one. Gives those let through.

    The undoing of a transaction is not counted: a database does that by itself when a process is gone.
    """
    passed: list[str] = []

    def wrapper(execute: Callable[..., Any], sql: str, params: object, many: bool, context: dict[str, Any]) -> Any:
        if not sql.startswith(("ROLLBACK", "RELEASE")):
            if len(passed) + 1 == number:
                raise Cut(sql.split(maxsplit=1)[0])
            passed.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield passed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test's register file goes."""
    return tmp_path / "register.csv"


def test_an_import_cut_off_at_any_statement_goes_on_where_it_stopped(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "CHUNK", 40)
    write(file, spoilt(200))
    run = load(file)
    undisturbed = outcome(file)
    for number in range(1, 300):
        forget(file)
        with cut_before(number) as passed, suppress(Cut):
            load(file)
            break
        reached = ImportRun.objects.values_list("offset", flat=True).first() or 0
        again = load(file)
        assert outcome(file) == undisturbed, passed[-1]
        assert (again.accepted, again.rejected, again.line) == (run.accepted, run.rejected, run.line), passed[-1]
        assert reached <= again.offset == run.offset
    assert number > 30


def test_an_import_may_be_cut_off_again_and_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "CHUNK", 20)
    write(file, spoilt(200))
    load(file)
    undisturbed = outcome(file)
    forget(file)
    cuts = 0
    # Long enough for one chunk or two each time.
    while ImportRun.objects.filter(finished_at=None).exists() or not cuts:
        with cut_before(16), suppress(Cut):
            load(file)
        cuts += 1
    assert cuts > 3
    assert ImportRun.objects.get().finished_at is not None
    assert outcome(file) == undisturbed


def test_rejects_are_told_wherever_the_second_half_is_asked_to_tell_them(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "CHUNK", 40)
    write(file, spoilt(200))
    load(file)
    whole = rejects_of(file).read_bytes()
    forget(file)
    with pytest.raises(Cut):
        import_register(file, rejects_of(file), stop_after(3))
    assert not rejects_of(file).exists()
    elsewhere = tmp_path / "elsewhere.csv"
    import_register(file, elsewhere, lambda place: None)
    assert elsewhere.read_bytes() == whole


def stop_after(chunks: int) -> Callable[[int], None]:
    """A progress that ends the process after so many chunks."""
    seen: list[int] = []

    def progress(place: int) -> None:
        seen.append(place)
        if len(seen) == chunks:
            raise Cut

    return progress


def test_an_import_is_not_gone_on_with_when_another_came_between(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "CHUNK", 2)
    with pytest.raises(Cut):
        import_register(write(file, rows(6)), rejects_of(file), stop_after(2))
    moved = rows(6)[0]._replace(postal_address="新竹市東區示範路9號")
    load(write(file.with_name("newer.csv"), [moved]))
    # The older file is loaded from its beginning: what it says of the first row counts again.
    assert load(file).accepted == 6
    assert members() == {row.id_number: list(row) for row in rows(6)}


def test_a_file_that_was_mended_meanwhile_is_another_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "CHUNK", 2)
    with pytest.raises(Cut):
        import_register(write(file, [b"x", *rows(6)]), rejects_of(file), stop_after(2))
    run = load(write(file, rows(6)))
    assert (run.accepted, run.rejected, told(file), len(members())) == (6, 0, [], 6)


def test_of_two_imports_of_one_file_at_once_one_stops(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "CHUNK", 40)
    write(file, spoilt(200))
    load(file)
    undisturbed = outcome(file)
    forget(file)
    begun: list[int] = []

    def meanwhile(place: int) -> None:
        if not begun:
            begun.append(place)
            load(file)

    with pytest.raises(AnotherImport):
        import_register(file, rejects_of(file), meanwhile)
    assert outcome(file) == undisturbed


class Killed:
    """The real command in a process of its own, on the database of this test."""

    def __init__(self, file: Path) -> None:
        self.command = [sys.executable, "-m", "nhi_express", "members", "import", str(file)]

    def start(self) -> subprocess.Popen[bytes]:
        """Begin or go on."""
        output = subprocess.DEVNULL
        return subprocess.Popen(self.command, env=surroundings(), stdout=output, stderr=output)

    def kill_somewhere(self, chance: random.Random) -> bool:
        """Start it, wait until it has written something more, and kill it at a random moment. False: it was done."""
        before, process = progress_so_far(), self.start()
        until = time.monotonic() + 60
        while process.poll() is None and progress_so_far() == before and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(chance.random() * 0.1)
        process.send_signal(signal.SIGKILL)
        return process.wait(60) == -signal.SIGKILL


def progress_so_far() -> int:
    """Bytes done, of all imports."""
    return sum(ImportRun.objects.values_list("offset", flat=True))


def test_a_process_killed_at_random_moments_and_run_again_leaves_what_an_undisturbed_one_does(file: Path) -> None:
    write(file, spoilt(20_000))
    run = load(file)
    undisturbed = outcome(file)
    forget(file)
    seed = random.SystemRandom().randrange(10**6)
    chance, command = random.Random(seed), Killed(file)
    kills = 0
    while kills < 3 and command.kill_somewhere(chance):
        kills += 1
    assert command.start().wait(120) == 0
    last = ImportRun.objects.latest("pk")
    assert outcome(file) == undisturbed, f"seed {seed}, {kills} kills"
    assert (last.accepted, last.rejected) == (run.accepted, run.rejected)
    assert kills
