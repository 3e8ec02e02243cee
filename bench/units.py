"""Rows of a unit's list checked and enrolled per second, against what that costs at the least, and done elsewhere.

The product reads a list, checks it, checks it once more after the officer's yes, and invites its people: in turns of
the job queue, as the worker does. The floor only writes the rows that this leaves, ready-made, into the same tables
with plain ``executemany`` (SQLite) or ``COPY`` (PostgreSQL), in transactions of the same size.

django-import-export reads the same list in its bulk mode (no diffs, no instances looked for) and makes the same checks
once, into one plain table; it seals nothing and invites nobody. It is measured as it is meant to be used, with the
checks in its hook for a row; and with our own look-ups for many rows put in front of it, which is only told.

Memory is the peak of a process of its own for a short list, against that for a long one: the nearer to 1, the flatter.
The file itself, which is held whole while it is read, is not counted: a setting bounds it.
"""

from __future__ import annotations

import gc
import json
import tempfile
import time
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bench.engines import child, database, peak, prepare
from bench.report import Measure, parse, parser, show

if TYPE_CHECKING:
    from nhi_express.units.flows.desk import Desk
    from nhi_express.units.models import Batch

_TARGET, _ELSEWHERE, _FLAT = 0.10, 2.5, 0.90
_SHORT, _LONG = 1_000, 200_000
_LISTS = ("units_batchpart", "units_batch", "django_tasks_database_dbtaskresult")
_SEED, _UNIT = 5, "110000001"


def main(argv: list[str] | None = None) -> None:
    """Measure and print; or be one of the processes that do (``--part``)."""
    wanted = parse(_options(), argv)
    if wanted.part:
        print(json.dumps({"load": _load, "speed": _speed, "bring": _bring, "memory": _memory}[wanted.part](wanted)))
        return
    with tempfile.TemporaryDirectory(prefix="nhi-bench-") as name:
        show(_measures(wanted, Path(name)), as_json=wanted.json)


def _options() -> ArgumentParser:
    options = parser(__doc__)
    options.add_argument("--rows", type=int, default=30_000, help="rows of the list in each part of a run")
    options.add_argument("--engine", choices=("sqlite", "postgresql"), help="one engine only")
    options.add_argument(
        "--memory-rows",
        type=int,
        default=_LONG,
        help="rows of the long list, done once a run (a minute each); 0 for none",
    )
    options.add_argument("--part", choices=("load", "speed", "bring", "memory"), help=SUPPRESS)
    options.add_argument("--file", type=Path, help=SUPPRESS)
    return options


def _measures(wanted: Namespace, folder: Path) -> Iterator[Measure]:
    folder.chmod(0o755)
    staff = max(wanted.rows, wanted.memory_rows)
    files = {rows: _files(folder, rows) for rows in {staff, wanted.rows, _SHORT}}
    for engine in [wanted.engine] if wanted.engine else ["sqlite", "postgresql"]:
        with database(engine, folder) as url:
            child("bench.units", folder, url, "--part", "load", "--file", str(files[staff][0]))
            asked = ("--part", "speed", "--file", str(files[wanted.rows][1]), "--runs", str(wanted.runs))
            yield from _speeds(engine, f"{wanted.rows:,} rows a run", child("bench.units", folder, url, *asked))
            if wanted.memory_rows:
                lists = (files[_SHORT][1], files[wanted.memory_rows][1])
                yield _flatness(engine, url, folder, lists, wanted.runs)


def _speeds(engine: str, note: str, told: list[list[float]]) -> Iterator[Measure]:
    """Of each run: the product's rows a second, those that it has only checked, the floor's, and elsewhere's twice."""
    by_row, helped = (
        "floor: django-import-export, which only checks",
        "floor: the same, helped by our look-ups for many",
    )
    for name, value, floor, target, more in (
        ("units", 0, 2, _TARGET, ()),
        ("units-elsewhere", 0, 3, _ELSEWHERE, (by_row,)),
        ("units-checked-elsewhere", 1, 3, _ELSEWHERE, ("value: checked, not enrolled", by_row)),
        ("units-checked-helped", 1, 4, None, ("value: checked, not enrolled", helped)),
    ):
        pairs = [(run[value], run[floor]) for run in told]
        yield Measure(f"{name}-{engine}", "rows/s", target, pairs, [note, *more])


def _flatness(engine: str, url: str, folder: Path, lists: tuple[Path, Path], runs: int) -> Measure:
    note = f"value: peak for {lists[0].stem} rows, floor: peak for {lists[1].stem}"
    measure = Measure(f"units-memory-{engine}", "MiB", _FLAT, notes=[note])
    for _ in range(runs):
        short, long = (_held(folder, url, one) for one in lists)
        measure.pairs.append((short, long))
    return measure


def _held(folder: Path, url: str, file: Path) -> float:
    """The worker's peak with a list that another process, the site, has taken in."""
    told = [child("bench.units", folder, url, "--part", part, "--file", str(file)) for part in ("bring", "memory")]
    return told[-1][0][0]


def _files(folder: Path, rows: int) -> tuple[Path, Path]:
    """The register's file of so many invented people of one unit, and the unit's list of them."""
    import csv

    from nhi_sandbox.register import write_register
    from nhi_sandbox.synth import fit, people

    register, listed = folder / f"{rows}.register.csv", folder / f"{rows}.csv"
    found = islice(filter(fit, people(3 * rows + 1000, _SEED)), rows)
    staff = [row._replace(unit_code=_UNIT, unit_name="好日子商行") for row in found]
    write_register(register, staff)
    with listed.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("身分證號", "出生日期", "姓名", "電子郵件", "員工編號"))
        for number, row in enumerate(staff):
            address = f"staff{number}@example.tw"
            writer.writerow((row.id_number, row.birth_date, row.name, address, number))
    return register, listed


def _load(wanted: Namespace) -> list[tuple[int]]:
    """Put the people into the register, and the unit among the users."""
    prepare()
    from nhi_express.core import clock
    from nhi_express.members.flows import import_register
    from nhi_express.units.models import Unit

    run = import_register(wanted.file, wanted.file.with_suffix(".rejects"), lambda place: None)
    assert not run.rejected, "the invented rows are all good ones"
    Unit.objects.create(code=_UNIT, registered_at=clock.now())
    return [(run.accepted,)]


def _bring(wanted: Namespace) -> list[tuple[int]]:
    """Take a list in, and no more."""
    prepare()
    _let_go()
    _empty(*_LISTS)
    _receive(wanted.file)
    return [(1,)]


def _memory(wanted: Namespace) -> list[tuple[float]]:
    """The most memory, in MiB, that this process held at any moment of one list, less the list's file."""
    prepare()
    from nhi_express.units.models import Batch

    _work(Batch.objects.get())
    return [(peak() - wanted.file.stat().st_size / 1024**2,)]


def _speed(wanted: Namespace) -> list[tuple[float, ...]]:
    """Of each run the rows a second of the product, of the floor, and of the two ways elsewhere, taken in turns."""
    prepare()
    from bench import elsewhere, floor
    from nhi_express.core import jobs

    rows = sum(1 for _ in wanted.file.open("rb")) - 1
    table = elsewhere.make_table()
    jobs.settle()
    _let_go()
    runs = []
    for _ in range(wanted.runs + 1):
        checked, ours = _work(_receive(wanted.file))
        ready = floor.rows_left()
        _empty()
        least = floor.write(ready)
        _empty(*_LISTS)
        other = [elsewhere.load(table, wanted.file, _UNIT, helped=helped) for helped in (False, True)]
        runs.append(tuple(rows / seconds for seconds in (ours, checked, least, *other)))
    # The first run warms caches up.
    return runs[1:]


def _empty(*more: str) -> None:
    """Remove what a list leaves, and with ``more`` the list itself."""
    from django.db import connection

    from bench.floor import TABLES

    with connection.cursor() as cursor:
        for table in (*reversed(TABLES), *more):
            cursor.execute(f"DELETE FROM {table}" if connection.vendor == "sqlite" else f"TRUNCATE {table} CASCADE")
    gc.collect()


def _let_go() -> None:
    """Let the audit log be emptied: on PostgreSQL that is what TRUNCATE does."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")


def _receive(file: Path) -> Batch:
    """The list as its officer uploads it."""
    from nhi_express.units.flows import lists

    with file.open("rb") as source:
        return lists.receive(_desk(), file.name, iter(lambda: source.read(65_536), b""), language="zh-hant")


def _desk() -> Desk:
    from nhi_express.units.flows.desk import Desk
    from nhi_express.units.models import Unit

    return Desk(Unit.objects.get(pk=_UNIT), None)


def _work(batch: Batch) -> tuple[float, float]:
    """Seconds for a list from its first turn until it is checked, and until its last invitation: nobody waits for the
    officer's yes."""
    from nhi_express.core import jobs
    from nhi_express.units.flows import lists

    begun = time.perf_counter()
    while jobs.run_task():
        pass
    checked = time.perf_counter() - begun
    lists.confirm(_desk(), batch.id, 1)
    while jobs.run_task():
        pass
    passed = time.perf_counter() - begun
    batch.refresh_from_db()
    assert batch.invited == batch.lines > 0, "everybody on the list is ready"
    return checked, passed


if __name__ == "__main__":
    main()
