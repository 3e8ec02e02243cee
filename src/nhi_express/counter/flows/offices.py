"""服務據點: the offices, as everybody finds them and as administrators keep them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness
from nhi_express.counter.flows import content, seconding
from nhi_express.counter.flows.content import Deed, Target
from nhi_express.counter.flows.duty import OnDuty, require
from nhi_express.counter.models import Office, Staff
from nhi_express.counter.rules import Content, Edit, Power, StaffState, network_of
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

    Raises :class:`OSError` and :class:`ValueError` for a file that is none, or a network in it.
    """
    told = tomllib.loads(file.read_text("utf-8"))["office"]
    rows = [Office(place=place, **row | _networks(row)) for place, row in enumerate(told)]
    with transaction.atomic():
        known = set(Office.objects.values_list("code", flat=True))
        added = [row for row in rows if row.code not in known]
        Office.objects.bulk_create(added)
    return len(added)


def _networks(row: Mapping[str, object]) -> dict[str, list[str]]:
    """An office's networks, written as the form writes them: by that text they are compared."""
    told = row.get("networks", [])
    return {"networks": [network_of(one) for one in told]} if isinstance(told, list) else {}


def keep(by: OnDuty, target: Target, columns: Mapping[str, object], effective: date | None) -> None:
    """Add an office, or change what members read of one, at once or from a day on. Raises :class:`Refused`."""
    office = Office.objects.filter(pk=target.subject).first()
    before = {name: getattr(office, name) for name in columns} if office else {}
    deed = Deed(Edit.CHANGED if office else Edit.ADDED, before, columns)
    content.keep(by, target, deed, effective, lambda: _write(target.subject, columns))


def _write(code: str, columns: Mapping[str, object]) -> None:
    Office.objects.update_or_create(code=code, defaults=dict(columns))


def begin_planned() -> int:
    """Let planned changes of offices begin, once their day has come. Returns how many."""
    return content.begin_planned(Content.OFFICE, _write)


def keep_networks(by: OnDuty, office: Office, networks: Sequence[str]) -> bool:
    """Let an office's desks be in these networks. What goes is gone at once, with whoever is signed in from there; what
    is new waits for a second person. Returns whether something waits. Raises :class:`Refused`.
    """
    require(by, Power.CONTENT)
    with transaction.atomic():
        held = Office.objects.select_for_update().get(pk=office.pk)
        stay = [network for network in held.networks if network in networks]
        if stay != held.networks:
            Office.objects.filter(pk=office.pk).update(networks=stay)
            facts = {"office": office.code, "what": "networks"}
            record(Event.OFFICE_CHANGED, About(), "staff", staff=by.who, networks=stay, **facts)
        seconding.lapse(office=office)
        waits = not set(networks) <= set(stay)
        if waits:
            seconding.ask_networks(by, office, networks)
    return waits


def close(by: OnDuty, office: Office) -> None:
    """Close an office for good. Raises :class:`Refused` while clerks work there."""
    require(by, Power.CONTENT)
    with transaction.atomic():
        if Staff.objects.filter(office=office).exclude(state=StaffState.CLOSED).exists():
            raise Refused(Problem.ACT_NOT_POSSIBLE)
        Office.objects.filter(pk=office.pk).update(closed_at=clock.now())
        seconding.lapse(office=office)
        content.drop_plan(Content.OFFICE, office.code)
        record(Event.OFFICE_CHANGED, About(), "staff", staff=by.who, office=office.code, what="closed")
