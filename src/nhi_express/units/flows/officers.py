"""Officers: named by the responsible person, who say yes or no themselves, and whose duty anybody of them can end.

Naming somebody answers the same whoever was named, and shows the same afterwards: an invitation stands in the unit's
list as it was typed until a person says yes. So nobody can ask here whether an ID number exists.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, Actor, record
from nhi_express.core import clock, randomness, throttle
from nhi_express.core.limits import Limit
from nhi_express.core.vault import vault
from nhi_express.enrolment.flows.numbers import keys_beside, keys_of, named_by
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import key_of, register
from nhi_express.members.rules import IdNumber
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.units.adapters import oauth
from nhi_express.units.flows.desk import Desk
from nhi_express.units.flows.naming import name_of
from nhi_express.units.models import Client, DeskSession, Officer, Unit
from nhi_express.units.rules import OfficerRole, OfficerState

_LIVING = (OfficerState.INVITED, OfficerState.ACTIVE)
# Who is asked to be an officer may think about it for so long; then the question ends.
_QUESTION_LASTS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Listed:
    """An officer as the unit's own officers see them: a masked name, or of the invited what was typed, masked."""

    id: UUID
    shown: str
    role: OfficerRole
    state: OfficerState
    since: datetime
    myself: bool


def officers(desk: Desk) -> list[Listed]:
    """The living officers of the desk's unit, the longest serving first; nothing for another unit's officers."""
    if desk.officer is None or desk.as_agent:
        return []
    found = Officer.objects.filter(unit=desk.unit, state__in=_LIVING).order_by("state", "state_at", "id")
    return [_listed(officer, desk.officer) for officer in found]


def _listed(officer: Officer, me: Officer) -> Listed:
    role, state = OfficerRole(officer.role), OfficerState(officer.state)
    shown = _typed(officer) if state == OfficerState.INVITED else masked_name(officer.member)
    return Listed(officer.id, shown, role, state, officer.state_at, officer.id == me.id)


def masked_name(member: UUID) -> str:
    """A member's name as others may see it; empty for one who left the register."""
    found = named_by(member)
    return found.record.masked_name if found else ""


def _typed(officer: Officer) -> str:
    return vault().open(officer.sealed_typed, _context(officer.id)).decode() if officer.sealed_typed else ""


def _context(officer: UUID) -> str:
    return f"units.officer.typed:{officer}"


def invite(desk: Desk, number: IdNumber) -> None:
    """Ask whoever has this ID number to be an officer. It ends the same whether anybody has it.

    Raises :class:`Refused`: not the responsible person, or too many in a short time.
    """
    me = responsible_of(desk)
    decision = throttle.spend(Limit.OFFICER_INVITING, desk.unit.code)
    if not decision.permitted:
        raise Refused(Problem.TOO_MANY_ATTEMPTS, until=decision.until)
    found = register().find(number)
    member = found.key if found else key_of(number)
    try:
        with transaction.atomic():
            if not _living(desk.unit, keys_of(found) if found else (member,)).exists():
                _invite(me, member, number)
    except IntegrityError:
        # They are an officer already, or asked already: nothing to do, and nothing to tell.
        return


def _living(unit: Unit, keys: Collection[UUID]) -> QuerySet[Officer]:
    return Officer.objects.filter(unit=unit, member__in=keys, state__in=_LIVING)


def _invite(me: Officer, member: UUID, number: IdNumber) -> None:
    now, identifier = clock.now(), randomness.identifier()
    officer = Officer.objects.create(
        id=identifier,
        unit_id=me.unit_id,
        member=member,
        role=OfficerRole.OFFICER,
        state=OfficerState.INVITED,
        invited_by=me,
        invited_at=now,
        state_at=now,
        sealed_typed=vault().seal(_masked(number).encode(), _context(identifier)),
    )
    _note(Event.OFFICER_INVITED, officer, "officer")
    tell(member, "units/officer_invited", officer.unit_id)


def _masked(number: IdNumber) -> str:
    text = str(number)
    return f"{text[:3]}****{text[-3:]}"


def responsible_of(desk: Desk) -> Officer:
    """The responsible person who acts here. Raises :class:`Refused` for anybody else."""
    if desk.officer is None or not desk.responsible:
        raise Refused(Problem.RESPONSIBLE_ONLY)
    return desk.officer


def tell(member: UUID, kind: str, unit: str, **values: str) -> None:
    """Tell a member who has a registration of an act of a unit, at every address on file, in the act's transaction."""
    registration = _registration_of(member)
    if registration is not None:
        accounts.tell(registration, kind, {"unit": name_of(unit), "code": unit, **values})


def _registration_of(member: UUID) -> Registration | None:
    """A member's registration, whichever of their ID numbers either is known by."""
    found = (accounts.living(key) for key in keys_beside(member))
    return next((registration for registration in found if registration is not None), None)


def _note(event: Event, officer: Officer, actor: Actor) -> None:
    registration = _registration_of(officer.member)
    about = About(officer.member, registration.id if registration else None)
    record(event, about, actor, unit=officer.unit_id, officer=str(officer.id), role=officer.role)


def duties_of(registration: Registration) -> list[Officer]:
    """Where a member is an officer, and where they are asked to be one; the questions first."""
    mine = Officer.objects.filter(member__in=keys_beside(registration.member), state__in=_LIVING).select_related("unit")
    return sorted(mine, key=lambda one: (one.state != OfficerState.INVITED, one.state_at))


def accept(registration: Registration, officer_id: UUID) -> None:
    """The member says yes: from now on they act for the unit.

    Raises :class:`Refused` when nobody asks any longer, or they asked too long ago.
    """
    with transaction.atomic():
        officer = _mine(registration, officer_id, OfficerState.INVITED)
        asks_still = officer.invited_by is not None and officer.invited_by.state == OfficerState.ACTIVE
        if not asks_still or officer.invited_at < clock.now() - _QUESTION_LASTS:
            raise Refused(Problem.NOT_FOUND)
        _move(officer, OfficerState.ACTIVE)
        _note(Event.OFFICER_ACCEPTED, officer, "member")
        tell(officer.member, "units/officer_accepted", officer.unit_id)
        _tell_inviter(officer, "units/officer_joined")


def leave(registration: Registration, officer_id: UUID) -> None:
    """The member says no to being asked, or ends their own duty.

    Raises :class:`Refused`: no such duty of theirs, or they are the last responsible person.
    """
    with transaction.atomic():
        _end(_mine(registration, officer_id, *_LIVING), "member")


def end(desk: Desk, officer_id: UUID) -> None:
    """End an officer's duty, or take back an invitation. Everybody may end their own; the responsible person, any.

    Raises :class:`Refused`: not of this unit, not theirs to end, or the last responsible person.
    """
    if desk.officer is None or desk.as_agent:
        raise Refused(Problem.NOT_FOUND)
    with transaction.atomic():
        officer = _locked(officer_id, *_LIVING, unit=desk.unit)
        if officer.id != desk.officer.id:
            responsible_of(desk)
        _end(officer, "officer")


def _mine(registration: Registration, officer_id: UUID, *states: OfficerState) -> Officer:
    return _locked(officer_id, *states, member__in=keys_beside(registration.member))


def _locked(officer_id: UUID, *states: OfficerState, **whose: object) -> Officer:
    """An officer, with the unit kept from changing its officers meanwhile. Raises :class:`Refused`."""
    found = Officer.objects.filter(pk=officer_id, **whose).values_list("unit", flat=True).first()
    if found is not None:
        lock_unit(found)
        officer = Officer.objects.filter(pk=officer_id, state__in=states).first()
        if officer is not None:
            return officer
    raise Refused(Problem.NOT_FOUND)


def lock_unit(code: str) -> Unit:
    """Keep a unit's officers and mandates from changing beside this transaction."""
    return Unit.objects.select_for_update().get(pk=code)


def _end(officer: Officer, actor: Actor) -> None:
    if officer.state == OfficerState.INVITED:
        return _unask(officer, actor)
    if officer.role == OfficerRole.RESPONSIBLE and not _others_responsible(officer):
        raise Refused(Problem.LAST_RESPONSIBLE)
    return end_duty(officer, actor)


def _unask(officer: Officer, actor: Actor) -> None:
    _move(officer, OfficerState.ENDED)
    if actor == "member":
        _note(Event.OFFICER_DECLINED, officer, actor)
        _tell_inviter(officer, "units/officer_declined")
    else:
        _note(Event.OFFICER_TAKEN_BACK, officer, actor)
        tell(officer.member, "units/officer_taken_back", officer.unit_id)


def _others_responsible(officer: Officer) -> bool:
    same = Officer.objects.filter(unit=officer.unit_id, role=OfficerRole.RESPONSIBLE, state=OfficerState.ACTIVE)
    return same.exclude(pk=officer.pk).exists()


def end_duty(officer: Officer, actor: Actor) -> None:
    """End a duty and every use of the desk by it, within the caller's transaction; its member is told.

    A responsible person leaves no way in behind: whom they asked is asked no longer, and the payroll systems that they
    made clients are ended with their tokens. Officers who said yes stay; the next responsible person sees them all.
    """
    _move(officer, OfficerState.ENDED)
    DeskSession.objects.filter(officer=officer).delete()
    _note(Event.OFFICER_ENDED, officer, actor)
    tell(officer.member, "units/officer_ended", officer.unit_id)
    if officer.role == OfficerRole.RESPONSIBLE:
        _close_behind(officer, "system" if actor == "system" else "officer")


def _close_behind(officer: Officer, actor: Actor) -> None:
    for asked in Officer.objects.filter(invited_by=officer, state=OfficerState.INVITED).order_by("id"):
        _unask(asked, actor)
    for client in Client.objects.select_for_update().filter(made_by=officer, ended_at=None).order_by("id"):
        oauth.end(client)
        told = {"unit": client.unit_id, "officer": str(officer.id), "client": client.client_id}
        record(Event.CLIENT_ENDED, About(officer.member), actor, **told)


def end_unanswered() -> int:
    """Take back the questions that nobody has answered in time. Returns how many."""
    old = Officer.objects.filter(state=OfficerState.INVITED, invited_at__lt=clock.now() - _QUESTION_LASTS)
    return sum(_end_unanswered(officer) for officer in old.order_by("invited_at"))


def _end_unanswered(officer: Officer) -> bool:
    with transaction.atomic():
        lock_unit(officer.unit_id)
        still = Officer.objects.filter(pk=officer.pk, state=OfficerState.INVITED).first()
        if still is not None:
            _unask(still, "system")
        return still is not None


def _move(officer: Officer, wanted: OfficerState) -> None:
    officer.state, officer.state_at, officer.sealed_typed = wanted, clock.now(), b""
    officer.save(update_fields=["state", "state_at", "sealed_typed"])


def _tell_inviter(officer: Officer, kind: str) -> None:
    inviter = officer.invited_by
    if inviter is not None and inviter.state == OfficerState.ACTIVE:
        tell(inviter.member, kind, officer.unit_id)
