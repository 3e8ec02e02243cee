"""服務據點: the offices, as everybody finds them and as administrators keep them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness
from nhi_express.counter.flows.duty import OnDuty, require
from nhi_express.counter.models import Office, Staff
from nhi_express.counter.rules import Power, StaffState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused

SHIPPED = Path(__file__).parents[1] / "data" / "offices.toml"


def public() -> list[Office]:
    """The offices that are open, region by region."""
    return list(Office.objects.filter(closed_at=None).order_by("place", "code"))


def find(code: str) -> Office:
    """An open office. Raises :class:`Refused`."""
    office = Office.objects.filter(pk=code, closed_at=None).first()
    if office is None:
        raise Refused(Problem.NOT_FOUND)
    return office


def new_code() -> str:
    """A short name for a new office, which nobody has to think up."""
    return "office-" + randomness.digits(6)


def load(file: Path) -> int:
    """Load offices from a TOML file, all or none; those known already are left as they are. Returns how many came.

    Raises :class:`OSError` and :class:`tomllib.TOMLDecodeError` for a file that is none.
    """
    told = tomllib.loads(file.read_text("utf-8"))["office"]
    rows = [Office(place=place, **row) for place, row in enumerate(told)]
    with transaction.atomic():
        known = set(Office.objects.values_list("code", flat=True))
        added = [row for row in rows if row.code not in known]
        Office.objects.bulk_create(added)
    return len(added)


def keep(by: OnDuty, code: str, columns: Mapping[str, object]) -> Office:
    """Add an office or change one; sessions of its clerks hold only in its networks as they are now.

    Raises :class:`Refused` for whose role does not include it.
    """
    require(by, Power.CONTENT)
    with transaction.atomic():
        office, made = Office.objects.update_or_create(code=code, defaults=dict(columns))
        what = "added" if made else "changed"
        record(Event.OFFICE_CHANGED, About(), "staff", staff=by.who, office=office.code, what=what)
    return office


def close(by: OnDuty, office: Office) -> None:
    """Close an office for good. Raises :class:`Refused` while clerks work there."""
    require(by, Power.CONTENT)
    with transaction.atomic():
        if Staff.objects.filter(office=office).exclude(state=StaffState.CLOSED).exists():
            raise Refused(Problem.ACT_NOT_POSSIBLE)
        Office.objects.filter(pk=office.pk).update(closed_at=clock.now())
        record(Event.OFFICE_CHANGED, About(), "staff", staff=by.who, office=office.code, what="closed")
