"""Invitations: registrations that a unit has begun, and that the member alone can finish.

Whoever changes an invitation and a registration takes the invitation first, so that none waits for the other.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection, transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, rows, throttle
from nhi_express.core.limits import Limit
from nhi_express.enrolment.flows.numbers import keys_of, named_by
from nhi_express.enrolment.models import Invitation
from nhi_express.enrolment.rules import Channel, CodeWay, InvitationState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.members.ports import Member
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason

_OPEN = rows.Lookup(Invitation, "member", only="state = 'open'")
_OPEN_LOCKED = rows.Lookup(Invitation, "member", only="state = 'open'", lock=True)
# So many end in one transaction: each is told, and nobody shall wait for all.
_AT_ONCE = 200


def open_for(member: Member) -> Invitation | None:
    """The member's open invitation, be it still under a former ID number, unless its time is over."""
    return _in_time(_first(_OPEN, member))


def _first(lookup: rows.Lookup[Invitation], member: Member) -> Invitation | None:
    found = (lookup.one(key) for key in keys_of(member))
    return next((invitation for invitation in found if invitation is not None), None)


def attesting(member: Member) -> Invitation | None:
    """The open invitation of the unit through which the register has the member insured at this moment."""
    found = open_for(member)
    return found if found is not None and attests(found, member) else None


def attests(invitation: Invitation, member: Member) -> bool:
    """Whether the unit still may vouch for the member: the invitation is in time, and the member insured through it."""
    insured = member.record.insured and not member.record.deceased
    return invitation.until > clock.now() and insured and invitation.unit == member.record.unit_code


def locked(member: Member) -> Invitation | None:
    """The member's open invitation, in time or not, kept for the caller's transaction."""
    return _first(_OPEN_LOCKED, member)


def _in_time(invitation: Invitation | None) -> Invitation | None:
    return invitation if invitation is not None and invitation.until > clock.now() else None


def finish(invitation: Invitation, registration: Registration, channel: Channel) -> None:
    """The member is registered, by whatever channel; within the caller's transaction. Its code is spent.

    What was begun with it under a former ID number ends: the registration stands under the present one.
    """
    spent = {"code_hash": "", "token": None, "code_due": False}
    _move(invitation, InvitationState.FINISHED, channel=channel, **spent)
    if invitation.member != registration.member:
        accounts.cancel_begun([invitation.member], Reason.PROVEN, "system")
    codes = {"unit": invitation.unit, "invitation": str(invitation.id)}
    record(Event.INVITATION_FINISHED, accounts.about(registration), **codes, channel=channel)


def finish_for(registration: Registration, channel: Channel) -> None:
    """The same for a registration that became active later than at the gate: by its mailed code."""
    member = named_by(registration.member)
    with transaction.atomic():
        invitation = locked(member) if member else _OPEN_LOCKED.one(registration.member)
        if invitation is not None:
            finish(invitation, registration, channel)


def withdraw(invitation_id: UUID, unit: str, unit_name: str, officer: str) -> None:
    """A unit takes back what it has begun: its invitation, the registration that waits for it, and any code.

    The member is told at every address on file. Raises :class:`Refused`: not this unit's, or not open any longer.
    """
    with transaction.atomic():
        invitation = _of_unit(invitation_id, unit)
        _move(invitation, InvitationState.WITHDRAWN, code_due=False)
        begun = accounts.cancel_begun(_waiting_under([invitation]), Reason.WITHDRAWN, "officer")
        for registration in begun:
            accounts.tell(registration, "enrolment/withdrawn", {"unit": unit_name})
        _record(Event.INVITATION_WITHDRAWN, invitation, officer)


def remind(invitation_id: UUID, unit: str, officer: str) -> Invitation:
    """A unit reminds a member; where the insurer's code has run out, a new one is made and sent in its turn.

    Raises :class:`Refused`: not this unit's, not open any longer, or reminded within a day.
    """
    with transaction.atomic():
        invitation = _of_unit(invitation_id, unit)
        # A reminder refused changes nothing, so its try may go back with the rest.
        decision = throttle.spend(Limit.INVITATION_REMINDER, str(invitation_id))
        if not decision.permitted:
            raise Refused(Problem.TOO_MANY_ATTEMPTS, until=decision.until)
        if _wants_code(invitation):
            invitation.code_due = True
            rows.change(Invitation, {"id": invitation.id}, code_due=True)
        _record(Event.INVITATION_REMINDED, invitation, officer)
        return invitation


def _wants_code(invitation: Invitation) -> bool:
    over = invitation.code_until is None or invitation.code_until <= clock.now()
    return invitation.code_way != CodeWay.NONE and not invitation.code_due and over


def _of_unit(invitation_id: UUID, unit: str) -> Invitation:
    """The open invitation of a unit, kept for the caller's transaction. Raises :class:`Refused`."""
    mine = Invitation.objects.select_for_update().filter(pk=invitation_id, unit=unit, state=InvitationState.OPEN)
    invitation = _in_time(mine.first())
    if invitation is None:
        raise Refused(Problem.NO_INVITATION)
    return invitation


def end_over() -> int:
    """End the invitations whose time is over, with the registrations that wait for them. Returns how many."""
    ended = 0
    while some := _end_some():
        ended += some
    return ended


def _end_some() -> int:
    with transaction.atomic():
        over = Invitation.objects.filter(state=InvitationState.OPEN, until__lte=clock.now()).order_by("until")
        # Where the engine can, who finishes at this very moment is passed by instead of waited for.
        over = over.select_for_update(skip_locked=True) if connection.features.has_select_for_update else over
        invitations = list(over[:_AT_ONCE])
        for invitation in invitations:
            _move(invitation, InvitationState.ENDED, code_due=False)
            _record(Event.INVITATION_ENDED, invitation)
        for registration in accounts.cancel_begun(_waiting_under(invitations), Reason.EXPIRED, "system"):
            accounts.tell(registration, "enrolment/ended")
        return len(invitations)


def _waiting_under(ended: Collection[Invitation]) -> set[UUID]:
    """Under which keys the registrations begun with invitations that have ended may stand: a counter moves them to
    their members' present numbers, where a newer invitation may have begun one of its own."""
    own = {invitation.member for invitation in ended}
    moved = {member.key for member in register().by_keys(own).values()} - own
    return own | {key for key in moved if _OPEN.one(key) is None}


def _move(invitation: Invitation, state: InvitationState, **columns: object) -> None:
    """From open to another state, once. Raises :class:`Refused` when somebody was faster."""
    mine = {"id": invitation.id, "state": InvitationState.OPEN}
    if not rows.change(Invitation, mine, state=state, state_at=clock.now(), **columns):
        raise Refused(Problem.NO_INVITATION)


def _record(event: Event, invitation: Invitation, officer: str = "") -> None:
    codes = {"unit": invitation.unit, "invitation": str(invitation.id), **({"officer": officer} if officer else {})}
    record(event, About(member=invitation.member), "officer" if officer else "system", **codes)
