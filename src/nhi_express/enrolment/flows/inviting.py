"""Inviting many members at once: what a unit's confirmed list becomes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record_all
from nhi_express.core import clock, randomness, rows
from nhi_express.core.lifetimes import lifetime
from nhi_express.enrolment.models import Invitation
from nhi_express.enrolment.rules import InvitationState
from nhi_express.registration import flows as accounts


@dataclass(frozen=True, slots=True)
class Invitee:
    """A member to invite, and how the insurer can send a code to the address in its own register."""

    member: UUID
    code_way: str


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
    now = clock.now()
    found = _open_among(members)
    return {member for _, member, inviter, until in found if inviter == unit and until > now}


def invite(unit: str, invitees: Collection[Invitee], client: str = "") -> dict[UUID, UUID]:
    """Begin a registration for each member who has none, and open an invitation for each, within the caller's
    transaction. Returns the invitation of each member. ``client``: the payroll system that brought them, for the log.

    An invitation of another unit ends with it: the caller has seen in the register whose the member is now.
    Raises :class:`django.db.IntegrityError` when one of them registers or is invited at this moment.
    """
    members = [one.member for one in invitees]
    _end(_open_among(members))
    # Their own language is not known before they choose one; their officer's need not be theirs.
    registrations = accounts.await_activation(members, language="")
    made = {one.member: randomness.identifier() for one in invitees}
    now, until, state = clock.now(), end_of(last_day()), InvitationState.OPEN.value
    rows.add_all(
        Invitation,
        _COLUMNS,
        [(made[one.member], one.member, unit, state, now, now, until, one.code_way) for one in invitees],
    )
    by = {"unit": unit, **({"client": client} if client else {})}
    told = ((member, {**by, "invitation": str(identifier)}) for member, identifier in made.items())
    record_all(Event.INVITED, ((About(member, registrations[member]), what) for member, what in told), "officer")
    return made


_COLUMNS = ("id", "member", "unit", "state", "created_at", "state_at", "until", "code_way")
_Open = tuple[UUID, UUID, str, datetime]


def _open_among(members: Iterable[UUID]) -> list[_Open]:
    return list(rows.among(Invitation, "member", members, "id", "member", "unit", "until", only="state = 'open'"))


def _end(found: Collection[_Open]) -> None:
    """Close invitations that a newer one takes the place of."""
    if not found:
        return
    mine = Invitation.objects.filter(pk__in=[identifier for identifier, *_ in found], state=InvitationState.OPEN)
    mine.update(state=InvitationState.ENDED, state_at=clock.now(), code_due=False)
    told = ((About(member), {"unit": unit, "invitation": str(identifier)}) for identifier, member, unit, _ in found)
    record_all(Event.INVITATION_ENDED, told, "system")
