"""The same list brought into one plain table by django-import-export in bulk mode, with the same checks."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from uuid import UUID

import tablib
from django.db import connection, models
from import_export import resources

from nhi_express.core import clock, rows
from nhi_express.enrolment.flows.inviting import invited_among
from nhi_express.members.flows import key_of, register
from nhi_express.members.ports import Member
from nhi_express.registration import flows as accounts
from nhi_express.units.models import BatchRow
from nhi_express.units.rules import ReadRow, RowCells, judge_row, mailbox, read_row

_GIVEN = ("id_number", "birth_date", "name", "email", "staff_number")
_CHUNK = 1_000


def make_table() -> type[models.Model]:
    """A table as somebody would make it for this: a line and what became of it."""

    class Plain(models.Model):
        """One line."""

        id_number = models.CharField(max_length=20)
        birth_date = models.CharField(max_length=20)
        name = models.CharField(max_length=100)
        email = models.CharField(max_length=254)
        staff_number = models.CharField(max_length=32)
        state = models.CharField(max_length=12)
        reason = models.CharField(max_length=24)

        class Meta:
            app_label = "bench"

    with connection.schema_editor() as editor:
        editor.create_model(Plain)
    return Plain


def load(table: type[models.Model], file: Path, unit: str, *, helped: bool) -> float:
    """Seconds to load the file. ``helped``: our own look-ups for many rows at once take the place of those by row."""
    table._default_manager.all().delete()
    begun = time.perf_counter()
    data = tablib.Dataset().load(file.read_text(encoding="utf-8"), format="csv")
    data.headers = list(_GIVEN)
    _resource(table, unit, helped=helped).import_data(data, raise_errors=True)
    passed = time.perf_counter() - begun
    assert table._default_manager.filter(state="ready").count() == len(data) > 0
    return passed


def _resource(table: type[models.Model], of_unit: str, *, helped: bool) -> resources.ModelResource:
    class Lines(_Checked):
        """The library's fastest way that still makes rows of a model."""

        unit, many = of_unit, helped

        class Meta:
            model = table
            fields = (*_GIVEN, "state", "reason")
            import_id_fields: tuple[str, ...] = ()
            use_bulk, batch_size, use_transactions = True, _CHUNK, True
            force_init_instance = skip_diff = skip_html_diff = True
            report_skipped = False

    return Lines()


class _Checked(resources.ModelResource):  # type: ignore[misc]
    """The checks that the product makes of a line, where the library has a place for them."""

    unit, many = "", False

    def before_import(self, dataset: tablib.Dataset, **_: object) -> None:
        """Before the first row."""
        self.seen, self.mailboxes, self.today = set[UUID | None](), Counter[str](), clock.today()
        self.found: dict[UUID, Member] = {}
        self.registered, self.invited, self.listed = set[UUID](), set[UUID](), set[UUID]()
        if self.many:
            numbers = [row.id_number for row in map(_read, dataset.dict) if row.id_number]
            keys = [key_of(number) for number in numbers]
            for place in range(0, len(keys), _CHUNK):
                self._look_up(keys[place : place + _CHUNK])

    def _look_up(self, keys: list[UUID]) -> None:
        self.found |= register().by_keys(keys)
        self.registered |= accounts.registered_among(keys)
        self.invited |= invited_among(self.unit, keys)
        self.listed |= {who for (who,) in rows.among(BatchRow, "member", keys, "member", only="state = 'ready'")}

    def before_import_row(self, row: dict[str, str], **_: object) -> None:
        """Check a row."""
        read = _read(row)
        key = key_of(read.id_number) if read.id_number else None
        if key and not self.many:
            self._look_up([key])
        member = self.found.get(key) if key else None
        record = member.record if member else None
        state, reason = judge_row(read, record, self.unit, key in self.registered, self.today)
        self.mailboxes[mailbox(read.email)] += 1
        elsewhere = "elsewhere" if any(key in known for known in (self.seen, self.invited, self.listed)) else ""
        self.seen.add(key)
        row["state"], row["reason"] = str(state), elsewhere or str(reason)


def _read(row: dict[str, str]) -> ReadRow:
    return read_row(RowCells(*(row[name] for name in _GIVEN)))
