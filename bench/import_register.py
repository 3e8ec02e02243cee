"""Rows of the insured register loaded per second, against the same rows merely sealed, indexed and written.

The floor knows the rows already: it neither reads a file nor parses nor checks, and writes with plain ``executemany``
(SQLite) or ``COPY`` (PostgreSQL) in transactions of the same size. Each half runs on empty tables. Memory is the peak
of a process of its own for a short file, measured against the peak for a long one: the nearer to 1, the flatter.
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
    from uuid import UUID

    from nhi_express.core.vault import Vault

_TARGET, _FLAT = 0.40, 0.90
_SHORT = 10_000
_SEED = 5
Row = tuple[str, str, bytes]
Sealed = tuple["UUID", "UUID", bytes, int]


def main(argv: list[str] | None = None) -> None:
    """Measure and print; or be one of the processes that do (``--part``)."""
    wanted = parse(_options(), argv)
    if wanted.part:
        print(json.dumps({"speed": _speed, "memory": _memory}[wanted.part](wanted)))
        return
    # In /tmp, because the path of a Unix socket may not be long and the database's own user must reach it.
    with tempfile.TemporaryDirectory(prefix="nhi-bench-") as name:
        show(_measures(wanted, Path(name)), as_json=wanted.json)


def _options() -> ArgumentParser:
    options = parser(__doc__)
    options.add_argument("--rows", type=int, default=50_000, help="rows of each half of a run")
    options.add_argument("--engine", choices=("sqlite", "postgresql"), help="one engine only")
    options.add_argument(
        "--memory-rows",
        type=int,
        default=1_000_000,
        help="rows of the long file, loaded once a run (a minute each); 0 for none",
    )
    options.add_argument("--part", choices=("speed", "memory"), help=SUPPRESS)
    options.add_argument("--file", type=Path, help=SUPPRESS)
    return options


def _measures(wanted: Namespace, folder: Path) -> Iterator[Measure]:
    folder.chmod(0o755)
    file = _register(folder, wanted.rows)
    for engine in [wanted.engine] if wanted.engine else ["sqlite", "postgresql"]:
        with database(engine, folder) as url:
            pairs = child(
                "bench.import_register", folder, url, "--part", "speed", "--file", str(file), "--runs", str(wanted.runs)
            )
            note = f"{wanted.rows:,} rows a run"
            yield Measure(f"import-{engine}", "rows/s", _TARGET, [(one, floor) for one, floor in pairs], [note])
            if wanted.memory_rows:
                yield _flatness(engine, url, folder, wanted)


def _flatness(engine: str, url: str, folder: Path, wanted: Namespace) -> Measure:
    files = [_register(folder, rows) for rows in (_SHORT, wanted.memory_rows)]
    note = f"value: peak for {_SHORT:,} rows, floor: peak for {wanted.memory_rows:,}"
    measure = Measure(f"import-memory-{engine}", "MiB", _FLAT, notes=[note])
    for _ in range(wanted.runs):
        short, long = (
            child("bench.import_register", folder, url, "--part", "memory", "--file", str(file))[0][0] for file in files
        )
        measure.pairs.append((short, long))
    return measure


def _register(folder: Path, rows: int) -> Path:
    """A register file of invented people; made once."""
    from nhi_sandbox.register import write_register
    from nhi_sandbox.synth import people

    file = folder / f"{rows}.csv"
    if not file.exists():
        write_register(file, people(rows, _SEED))
    return file


def _speed(wanted: Namespace) -> list[tuple[float, float]]:
    """Pairs of rows a second: the import's and the floor's, taken in turns."""
    vault = prepare()
    rows = _rows(wanted.file)
    _timed_import(wanted.file)
    return [(len(rows) / _timed_import(wanted.file), len(rows) / _timed_floor(vault, rows)) for _ in range(wanted.runs)]


def _memory(wanted: Namespace) -> list[tuple[float]]:
    """The most memory, in MiB, that this process held at any moment of one import."""
    prepare()
    _timed_import(wanted.file)
    return [(peak(),)]


def _rows(file: Path) -> list[Row]:
    """ID number, card number and the whole line of each row."""
    lines = file.read_bytes().splitlines()[1:]
    cells = [line.decode().split(",", 6) for line in lines]
    return [(cell[0], cell[5], line) for cell, line in zip(cells, lines, strict=True)]


def _empty() -> None:
    from nhi_express.members.models import FormerNumber, ImportRun, InsuredMember

    for model in (InsuredMember, FormerNumber, ImportRun):
        model.objects.all().delete()
    gc.collect()


def _timed_import(file: Path) -> float:
    """Seconds that the product takes for the file."""
    from nhi_express.members.flows import import_register

    _empty()
    begun = time.perf_counter()
    run = import_register(file, file.with_suffix(".rejects"), lambda place: None)
    passed = time.perf_counter() - begun
    assert run.accepted and not run.rejected, "the invented rows are all good ones"
    return passed


def _timed_floor(vault: Vault, rows: list[Row]) -> float:
    """Seconds for nothing but sealing, indexing and writing."""
    from django.db import transaction

    from nhi_express.members.flows import CHUNK

    _empty()
    left = iter(rows)
    begun = time.perf_counter()
    while chunk := list(islice(left, CHUNK)):
        with transaction.atomic():
            _write([_sealed(vault, row) for row in chunk])
    return time.perf_counter() - begun


def _sealed(vault: Vault, row: Row) -> Sealed:
    id_number, card, line = row
    key = vault.index(id_number, "members.id")
    return key, vault.index(card, "members.card"), vault.seal(line, f"members.record:{key}"), 1


def _write(rows: list[Sealed]) -> None:
    from django.db import connection

    into = "members_insuredmember (key, card_key, sealed, run)"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            hexed = [(key.hex, card.hex, sealed, run) for key, card, sealed, run in rows]
            cursor.executemany(f"INSERT INTO {into} VALUES (%s, %s, %s, %s)", hexed)
            return
        with cursor.copy(f"COPY {into} FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["uuid", "uuid", "bytea", "int8"])
            for row in rows:
                copy.write_row(row)


if __name__ == "__main__":
    main()
