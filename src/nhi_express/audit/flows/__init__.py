"""Writing and reading the audit log."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from nhi_express.audit.catalogue import LOOK_UP_WORDS, SHOWN_TO_MEMBERS, Event
from nhi_express.audit.models import Entry
from nhi_express.core import clock, rows

Actor = Literal["member", "system", "officer", "clerk", "hotline", "staff"]


class About(NamedTuple):
    """Whom an event concerns: pseudonyms only.

    ``claimed`` is the number that somebody typed and did not prove to be theirs. It helps the hotline to find why a
    caller failed; it is never shown in that member's own history, which strangers could fill otherwise.
    """

    member: UUID | None = None
    registration: UUID | None = None
    claimed: UUID | None = None


def record(event: Event, about: About, actor: Actor = "member", /, **payload: str | int | list[str]) -> None:
    """Add an event, inside the transaction of the act it tells of.

    Raises :class:`RuntimeError` outside a transaction: an act without its event must not be possible.
    """
    _require_transaction(event)
    who = {"actor": actor, "member": about.member, "registration": about.registration, "claimed": about.claimed}
    rows.add(Entry(at=clock.now(), event=event.value, payload=payload, **who))


def record_all(event: Event, told: Iterable[tuple[About, dict[str, str]]], actor: Actor) -> None:
    """Add many events of one kind: whom each concerns, and its payload. As :func:`record` else."""
    _require_transaction(event)
    now, name = clock.now(), event.value
    made = [(now, name, actor, about.member, about.registration, payload) for about, payload in told]
    rows.add_all(Entry, ("at", "event", "actor", "member", "registration", "payload"), made)


def _require_transaction(event: Event) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError(f"{event.value} must be recorded in the transaction of its act")


def history(about: About, most: int = 100) -> QuerySet[Entry]:
    """What a member may read of their own record, newest first."""
    mine = Q(registration=about.registration) if about.registration else Q(pk__in=[])
    if about.member:
        mine |= Q(member=about.member)
    return Entry.objects.filter(mine, event__in=[event.value for event in SHOWN_TO_MEMBERS]).order_by("-id")[:most]


def timeline(members: Collection[UUID], registrations: Collection[UUID], most: int = 60) -> list[Entry]:
    """What happened to a person lately, for whoever helps them, newest first; failed tries of unproven callers too.

    Of that, what has words: the rest is for auditors.
    """
    theirs = Q(member__in=members) | Q(claimed__in=members) | Q(registration__in=registrations)
    told = [event.value for event in SHOWN_TO_MEMBERS]
    return list(Entry.objects.filter(theirs, event__in=told).order_by("-id")[:most])


def look_ups(about: About, most: int = 100) -> list[Entry]:
    """Who of the staff opened a member's record, newest first."""
    mine = Q(member=about.member) | Q(registration=about.registration)
    return list(Entry.objects.filter(mine, event=Event.LOOKED_UP.value).order_by("-id")[:most])


def told(entry: Entry) -> Promise | str:
    """An event in words for its member; of a look-up, who opened the record in what capacity, and why."""
    if entry.event == Event.LOOKED_UP.value:
        return LOOK_UP_WORDS.get((entry.actor, str(entry.payload.get("purpose"))), Event.LOOKED_UP.words)
    return Event(entry.event).words
