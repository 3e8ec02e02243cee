"""Inviting many members at once: what a unit's confirmed list becomes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record_all
from nhi_express.core import clock, randomness, rows
from nhi_express.core.lifetimes import lifetime
from nhi_express.enrolment.models import Invitation
from nhi_express.enrolment.rules import InvitationState
from nhi_express.registration import flows as accounts


class Invitee(NamedTuple):
    """A member to invite, and how the insurer can send a code to the address in its own register."""

    member: UUID
    code_way: str


class Invited(NamedTuple):
    """What came of inviting: the invitations by member, and who was passed over: for having finished registering, or
    for an invitation of this unit that is still in force."""

    made: dict[UUID, UUID]
    registered: set[UUID]
    already: set[UUID]


def last_day() -> date:
    """The last day of an invitation that is made today: people are told a day, and have all of it."""
    return clock.today() + timedelta(days=lifetime("invitation_days") - 1)


def end_of(day: date) -> datetime:
    """The midnight in Taipei with which a day ends."""
    return datetime.combine(day + timedelta(days=1), time(), clock.TAIPEI)


def last_day_before(until: datetime) -> date:
    """The last day that is over with ``until``: the day itself for any moment in it, the day before for a midnight."""
    return (until - timedelta(microseconds=1)).astimezone(clock.TAIPEI).date()


def invited_among(unit: str, members: Iterable[UUID]) -> set[UUID]:
    """Of many members, those whom this unit has invited already and who may still finish."""
    return _in_force(unit, _open_among(members))


def invitations_of(unit: str) -> QuerySet[Invitation]:
    """The invitations by this unit that may still be finished, to be asked within a statement."""
    return Invitation.objects.filter(unit=unit, state=InvitationState.OPEN, until__gt=clock.now())


def invite(unit: str, invitees: Collection[Invitee], client: str = "") -> Invited:
    """Begin a registration for each member who has none, and open an invitation for each, within the caller's
    transaction; who has registered, or was invited by this unit, is passed over. ``client``: the payroll system that
    brought them, for the log.

    An invitation of another unit ends with it: the caller has seen in the register whose the member is now.
    Raises :class:`django.db.IntegrityError` when one of them registers or is invited at this moment.
    """
    members = [one.member for one in invitees]
    found = _open_among(members)
    invited = _in_force(unit, found)
    waiting = [member for member in members if member not in invited]
    # Their own language is not known before they choose one; their officer's need not be theirs.
    registrations = accounts.await_activation(waiting, language="")
    registered = {member for member in waiting if member not in registrations} | accounts.registered_among(invited)
    already = invited - registered
    passed = registered | already
    chosen = [one for one in invitees if one.member not in passed]
    _end([open_ for open_ in found if open_.member not in passed])
    made = _open(unit, chosen)
    by = {"unit": unit, **({"client": client} if client else {})}
    told = ((member, {**by, "invitation": str(identifier)}) for member, identifier in made.items())
    record_all(Event.INVITED, ((About(member, registrations[member]), what) for member, what in told), "officer")
    return Invited(made, registered, already)


def _open(unit: str, invitees: Sequence[Invitee]) -> dict[UUID, UUID]:
    now, until, state = clock.now(), end_of(last_day()), InvitationState.OPEN.value
    drawn = randomness.identifiers(len(invitees))
    opened = [
        (identifier, one.member, unit, state, now, now, until, one.code_way)
        for identifier, one in zip(drawn, invitees, strict=True)
    ]
    rows.add_all(Invitation, _COLUMNS, opened)
    return {member: identifier for identifier, member, *_ in opened}


_COLUMNS = ("id", "member", "unit", "state", "created_at", "state_at", "until", "code_way")


class _Standing(NamedTuple):
    """An invitation that is open, or whose end nobody has noted yet."""

    id: UUID
    member: UUID
    unit: str
    until: datetime


def _open_among(members: Iterable[UUID]) -> list[_Standing]:
    found = rows.among(Invitation, "member", members, *_Standing._fields, only="state = 'open'")
    return [_Standing(*row) for row in found]


def _in_force(unit: str, found: Iterable[_Standing]) -> set[UUID]:
    now = clock.now()
    return {open_.member for open_ in found if open_.unit == unit and open_.until > now}


def _end(found: Collection[_Standing]) -> None:
    """Close invitations that a newer one takes the place of."""
    if not found:
        return
    mine = Invitation.objects.filter(pk__in=[open_.id for open_ in found], state=InvitationState.OPEN)
    mine.update(state=InvitationState.ENDED, state_at=clock.now(), code_due=False)
    told = ((About(open_.member), {"unit": open_.unit, "invitation": str(open_.id)}) for open_ in found)
    record_all(Event.INVITATION_ENDED, told, "system")
