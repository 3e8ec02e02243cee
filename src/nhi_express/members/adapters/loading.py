"""Writing many rows of the register at once, the fastest way each engine has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from nhi_express.members.models import InsuredMember

_COLUMNS = "(key, card_key, sealed, run)"
# A row that this very import wrote already is left as it is: its number stands twice in the file.
_UPDATE = (
    "ON CONFLICT (key) DO UPDATE SET card_key = excluded.card_key, sealed = excluded.sealed, run = excluded.run "
    "WHERE members_insuredmember.run <> excluded.run"
)
_INSERT = f"INSERT INTO members_insuredmember {_COLUMNS} VALUES (%s, %s, %s, %s) {_UPDATE}"  # noqa: S608 - constants
_FORMER = (
    "INSERT INTO members_formernumber (key, member) VALUES (%s, %s) "
    "ON CONFLICT (key) DO UPDATE SET member = excluded.member"
)
_STAGE = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS register_stage "
    "(key uuid, card_key uuid, sealed bytea, run bigint) ON COMMIT DELETE ROWS"
)
_FROM_STAGE = (
    f"INSERT INTO members_insuredmember {_COLUMNS} "  # noqa: S608 - constants
    f"SELECT DISTINCT ON (key) key, card_key, sealed, run FROM register_stage {_UPDATE}"
)


class Loaded(NamedTuple):
    """A row ready to be written; ``former`` pairs former indexes with the present one."""

    key: UUID
    card_key: UUID
    sealed: bytes
    run: int
    former: list[tuple[UUID, UUID]]


def upsert(rows: Sequence[Loaded]) -> list[int]:
    """Write rows of one import within the caller's transaction.

    Returns the places of those that were not written, because their number stands twice in the file: the first wins.
    """
    if not rows:
        return []
    twice: set[int] = set()
    if not _all_written(rows):
        twice = _places_of_repeats(rows)
        rows = [row for place, row in enumerate(rows) if place not in twice]
        _write(rows)
    _write_former([pair for row in rows for pair in row.former])
    return sorted(twice)


def _all_written(rows: Sequence[Loaded]) -> bool:
    """Write all rows, or none of them: which row of a number got in is not told."""
    with transaction.atomic():
        whole = _write(rows) == len(rows)
        if not whole:
            transaction.set_rollback(True)
    return whole


def _places_of_repeats(rows: Sequence[Loaded]) -> set[int]:
    """Where a number stands that this import wrote before, or that stands among these rows before."""
    keys = [row.key for row in rows]
    written = InsuredMember.objects.filter(pk__in=keys, run=rows[0].run)
    seen, places = set(written.values_list("pk", flat=True)), set()
    for place, key in enumerate(keys):
        if key in seen:
            places.add(place)
        seen.add(key)
    return places


def _write(rows: Sequence[Loaded]) -> int:
    return _copy(rows) if connection.vendor == "postgresql" else _execute_many(rows)


def _execute_many(rows: Sequence[Loaded]) -> int:
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, [(row.key.hex, row.card_key.hex, row.sealed, row.run) for row in rows])
        return int(cursor.rowcount)


def _copy(rows: Sequence[Loaded]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy("COPY register_stage FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["uuid", "uuid", "bytea", "int8"])
            for row in rows:
                copy.write_row(row[:4])
        cursor.execute(_FROM_STAGE)
        written = int(cursor.rowcount)
        cursor.execute("TRUNCATE register_stage")
        return written


def _write_former(pairs: list[tuple[UUID, UUID]]) -> None:
    if not pairs:
        return
    native = connection.features.has_native_uuid_field
    with connection.cursor() as cursor:
        cursor.executemany(_FORMER, pairs if native else [(one.hex, other.hex) for one, other in pairs])
