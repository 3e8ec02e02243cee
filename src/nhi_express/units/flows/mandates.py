"""Mandates: a unit lets the officers of another act for it (代理人), and either side ends it at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.units.flows.desk import Desk
from nhi_express.units.flows.naming import name_of, unit_register
from nhi_express.units.flows.officers import responsible_of, tell
from nhi_express.units.models import DeskSession, Mandate, Officer, Unit
from nhi_express.units.rules import OfficerRole, OfficerState


@dataclass(frozen=True, slots=True)
class InForce:
    """A mandate as one side sees it: the unit at its other side."""

    id: UUID
    code: str
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Mandates:
    """Both directions: who may act for the unit, and whom the unit may act for."""

    given: list[InForce]
    held: list[InForce]


def mandates(desk: Desk) -> Mandates:
    """The mandates of the desk's unit; nothing for who acts for it by one."""
    if desk.as_agent:
        return Mandates([], [])
    code = desk.unit.code
    found = list(Mandate.objects.filter(Q(unit=code) | Q(agent=code), revoked_at=None).order_by("granted_at", "id"))
    names = unit_register().names({other for one in found for other in (one.unit_id, one.agent_id)})
    given = [_seen(one, one.agent_id, names) for one in found if one.unit_id == code]
    return Mandates(given, [_seen(one, one.unit_id, names) for one in found if one.agent_id == code])


def _seen(mandate: Mandate, other: str, names: dict[str, str]) -> InForce:
    return InForce(mandate.id, other, names.get(other, other), mandate.granted_at)


def find(desk: Desk, mandate_id: UUID) -> InForce:
    """A mandate in force that the desk's unit gave or holds. Raises :class:`Refused` for any other."""
    seen = mandates(desk)
    for one in (*seen.given, *seen.held):
        if one.id == mandate_id:
            return one
    raise Refused(Problem.NOT_FOUND)


def agent_of(desk: Desk, code: str) -> Unit:
    """Another registered unit, which could be asked to act. Raises :class:`Refused` when there is no such unit here."""
    responsible_of(desk)
    agent = Unit.objects.filter(pk=code).exclude(pk=desk.unit.code).first()
    if agent is None:
        raise Refused(Problem.AGENT_UNKNOWN)
    return agent


def grant(desk: Desk, agent_code: str) -> None:
    """Let the officers of another registered unit act for this one. Given already, it stays as it is.

    Raises :class:`Refused`: not the responsible person, or no such unit here.
    """
    me, agent = responsible_of(desk), agent_of(desk, agent_code)
    try:
        with transaction.atomic():
            mandate = Mandate.objects.create(
                id=randomness.identifier(), unit=desk.unit, agent=agent, granted_by=me, granted_at=clock.now()
            )
            _note(Event.MANDATE_GRANTED, mandate, me)
            _tell_both(mandate, "units/mandate_granted")
    except IntegrityError:
        return


def revoke(desk: Desk, mandate_id: UUID) -> None:
    """End a mandate at once, from either side; whoever acts by it now is signed out.

    Raises :class:`Refused`: not the responsible person, or no such mandate of the desk's unit.
    """
    me = responsible_of(desk)
    mine = Mandate.objects.filter(Q(unit=desk.unit) | Q(agent=desk.unit), pk=mandate_id, revoked_at=None)
    with transaction.atomic():
        if not mine.update(revoked_at=clock.now(), revoked_by=me):
            raise Refused(Problem.NOT_FOUND)
        mandate = Mandate.objects.get(pk=mandate_id)
        DeskSession.objects.filter(unit=mandate.unit_id, officer__unit=mandate.agent_id).delete()
        _note(Event.MANDATE_REVOKED, mandate, me)
        _tell_both(mandate, "units/mandate_revoked")


def _note(event: Event, mandate: Mandate, me: Officer) -> None:
    told = {"unit": mandate.unit_id, "agent": mandate.agent_id, "officer": str(me.id)}
    record(event, About(me.member), "officer", **told)


def _tell_both(mandate: Mandate, kind: str) -> None:
    """Tell the responsible persons of both units."""
    sides = (mandate.unit_id, mandate.agent_id)
    active = Officer.objects.filter(unit__in=sides, state=OfficerState.ACTIVE, role=OfficerRole.RESPONSIBLE)
    agent = {"agent": name_of(mandate.agent_id), "agent_code": mandate.agent_id}
    for member in sorted(set(active.values_list("member", flat=True))):
        tell(member, kind, mandate.unit_id, **agent)
