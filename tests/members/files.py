"""Register files for tests: good rows, spoilt rows, and what came of importing them."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.db import connection

from nhi_express.core.vault import vault
from nhi_express.members.adapters.table import context
from nhi_express.members.flows import import_register
from nhi_express.members.models import FormerNumber, ImportRun, InsuredMember
from nhi_express.members.schema import HEADER
from nhi_sandbox.register import RegisterRow
from nhi_sandbox.synth import people

Told = tuple[str, str, str]


@cache
def rows(count: int, seed: int = 11) -> tuple[RegisterRow, ...]:
    """Good rows of invented people."""
    return tuple(people(count, seed))


def line(row: Iterable[str]) -> str:
    """A row as a line without its end, quoted where it must be."""
    return ",".join(f'"{cell}"' if "," in cell else cell for cell in row)


def write(path: Path, lines: Iterable[Iterable[str] | bytes], *, end: str = "\n", header: bytes | None = None) -> Path:
    """Write a file: the header, then rows or raw lines, each with ``end``."""
    raw = [line(one).encode() if not isinstance(one, bytes) else one for one in lines]
    begin = ",".join(HEADER).encode() if header is None else header
    path.write_bytes(b"".join(one + end.encode() for one in (begin, *raw)))
    return path


def load(file: Path) -> ImportRun:
    """Import a file, with the rejects beside it."""
    return import_register(file, rejects_of(file), lambda place: None)


def rejects_of(file: Path) -> Path:
    """Where the command puts the rejects of a file when not told."""
    return file.with_suffix(".rejects.csv")


def told(file: Path) -> list[Told]:
    """The rejects of a file: line, column and reason of each, in order."""
    with rejects_of(file).open(encoding="utf-8", newline="") as source:
        heading, *found = list(csv.reader(source))
    assert heading == ["line", "column", "reason"]
    return [(one, column, reason) for one, column, reason in found]


def members() -> dict[str, list[str]]:
    """The whole register, opened: fields by ID number."""
    safe = vault()
    found = {}
    for row in InsuredMember.objects.all():
        fields = safe.open(row.sealed, context(row.key)).decode().split("\x1f")
        assert row.key == safe.index(fields[0], "members.id")
        assert row.card_key == safe.index(fields[5], "members.card")
        found[fields[0]] = fields
    return found


def formers() -> set[tuple[object, object]]:
    """Which former number is whose."""
    return set(FormerNumber.objects.values_list("key", "member"))


def surroundings() -> dict[str, str]:
    """The environment for a process of its own on the database of this test."""
    name, address = str(connection.settings_dict["NAME"]), os.environ["NHI_DATABASE_URL"]
    url = f"sqlite:///{name}" if connection.vendor == "sqlite" else address.replace("@/nhi?", f"@/{name}?")
    return {**os.environ, "NHI_DATABASE_URL": url}
