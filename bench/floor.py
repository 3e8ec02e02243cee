"""The floor of ``bench.units``: the rows that a list leaves, written ready-made, and nothing else."""

from __future__ import annotations

import time
from itertools import islice
from typing import Any

from django.db import connection, transaction

from nhi_express.units.flows.lines import LINES_A_PIECE

# In an order in which each row finds what it points to; each with the column that tells when its rows were made.
TABLES = {
    "units_batchlines": "number",
    "registration_registration": "created_at",
    "enrolment_invitation": "created_at",
    "units_batchrow": "line",
    "audit_entry": "id",
    "core_notice": "created_at",
}
Ready = dict[str, tuple[list[str], list[tuple[Any, ...]]]]


def rows_left() -> Ready:
    """Of each table its columns, and the rows of it as the engine's driver gave them."""
    left: Ready = {}
    with connection.cursor() as cursor:
        for table, order in TABLES.items():
            cursor.cursor.execute(f"SELECT * FROM {table} ORDER BY {order}")
            left[table] = [column[0] for column in cursor.cursor.description], cursor.cursor.fetchall()
    return left


def write(left: Ready) -> float:
    """Seconds to write them all, in transactions of as many lines as a turn has."""
    sources = {table: iter(found) for table, (_, found) in left.items()}
    most = max(len(found) for table, (_, found) in left.items() if table == "units_batchrow")
    begun = time.perf_counter()
    for _ in range(0, most, LINES_A_PIECE):
        with transaction.atomic():
            for table, (columns, found) in left.items():
                _write(table, columns, list(islice(sources[table], -(-len(found) * LINES_A_PIECE // most))))
    return time.perf_counter() - begun


def _write(table: str, columns: list[str], found: list[tuple[Any, ...]]) -> None:
    into = f"{table} ({', '.join(columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(f"INSERT INTO {into} VALUES ({', '.join(['%s'] * len(columns))})", found)
            return
        with cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for row in found:
                copy.write_row(row)
