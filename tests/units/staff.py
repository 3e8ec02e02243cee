"""People of a unit in the register, and lists of them as an officer uploads them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import islice

from django.db import transaction

from nhi_express.core import clock
from nhi_express.members.adapters.loading import upsert
from nhi_express.members.flows import sealed_row
from nhi_express.members.models import ImportRun
from nhi_express.units.flows import lists
from nhi_express.units.flows.desk import Desk
from nhi_express.units.models import Batch
from nhi_sandbox.register import RegisterRow
from nhi_sandbox.synth import fit, people
from tests.tasks import drain
from tests.units.payroll import unit_of

HEADINGS = ("身分證號", "出生日期", "姓名", "電子郵件", "員工編號")
UNIT, OTHER = "110000001", "110000002"


@cache
def grown_up(count: int) -> tuple[RegisterRow, ...]:
    """Invented people who may be registered by a unit."""
    return tuple(islice(filter(fit, people(3 * count + 50, 23)), count))


def staff(count: int, unit: str = UNIT) -> list[RegisterRow]:
    """So many people of a unit."""
    return [row._replace(unit_code=unit, unit_name="春天企業", insured="Y") for row in grown_up(count)]


def employ(rows: Sequence[RegisterRow]) -> Sequence[RegisterRow]:
    """Put people into the register, or change what it says of them."""
    now = clock.now()
    with transaction.atomic():
        run = ImportRun.objects.create(digest="", offset=len(rows), started_at=now, finished_at=now)
        upsert([sealed_row(list(row), run.pk) for row in rows])
    return rows


def line(row: RegisterRow, **changes: str) -> tuple[str, ...]:
    """A good line about somebody, with some cells changed."""
    cells = {"id_number": row.id_number, "birth_date": row.birth_date, "name": row.name, "email": email_of(row)}
    return tuple({**cells, "staff_number": row.id_number[-4:], **changes}.values())


def email_of(row: RegisterRow) -> str:
    """An address of somebody's own."""
    return f"{row.id_number.lower()}@staff.example.tw"


def csv_of(lines: Iterable[Sequence[str]]) -> bytes:
    """A list as a text file; the first person stands on line 2."""
    out = io.StringIO()
    csv.writer(out).writerows([HEADINGS, *lines])
    return out.getvalue().encode()


def bring(desk: Desk, lines: Iterable[Sequence[str]], **more: str) -> Batch:
    """Upload a list."""
    return lists.receive(desk, "staff.csv", [csv_of(lines)], language="zh-hant", **more)


def checked(desk: Desk, lines: Iterable[Sequence[str]]) -> Batch:
    """Upload a list and have it checked."""
    batch = bring(desk, lines)
    drain()
    return lists.find(desk, batch.id)


def enrolled(desk: Desk, batch: Batch) -> Batch:
    """Confirm a list as it was shown, and have it worked through."""
    lists.confirm(desk, batch.id, batch.version)
    drain()
    return lists.find(desk, batch.id)


def desk_of(code: str = UNIT) -> Desk:
    """The desk of a unit."""
    return unit_of(code)


def outcomes(batch: Batch) -> list[tuple[int, str, str]]:
    """Line, state and reason of each line that was checked."""
    return [(row.line, row.state.value, row.reason) for row in lists.rows(batch, most=100_000)]
