"""What stands in the tables, to compare before and after."""

from __future__ import annotations

from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.core.models import Notice
from nhi_express.devices.models import Device, Session
from nhi_express.registration.models import Consent, Registration

_LASTING = (Registration, Device, Consent, Session, Notice)


def lasting_rows() -> dict[str, int]:
    """How many rows stand in each table that an enrolment writes to, and how many enrolments are on record."""
    counted = {model.__name__: model._default_manager.count() for model in _LASTING}
    return {**counted, "enrolled": events(Event.ENROLLED)}


def events(event: Event) -> int:
    """How often an event is on record."""
    return Entry.objects.filter(event=event.value).count()


def payloads(*events: Event) -> list[dict[str, object]]:
    """What is on record of these events, oldest first."""
    return [entry.payload for entry in Entry.objects.filter(event__in=events).order_by("id")]


def contents() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every lasting table, and the audit log's, for a comparison to the letter."""
    return {
        model.__name__: sorted((tuple(map(str, row)) for row in model._default_manager.values_list()), key=str)
        for model in (*_LASTING, Entry)
    }
