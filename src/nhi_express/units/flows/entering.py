"""Signing in to the units' desk, and the session that it opens.

Whoever comes has proven to be a member: by the passkey of a bound phone, by the app, or by card and password. What the
desk adds is the duty: an officer acts for their own unit, and for the units that let theirs act (a mandate).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness
from nhi_express.core.config import config
from nhi_express.core.encoding import fingerprint
from nhi_express.devices import flows as devices
from nhi_express.devices.models import Device
from nhi_express.devices.rules import DeviceState
from nhi_express.enrolment.flows.numbers import keys_beside
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import State
from nhi_express.units.flows.desk import Desk
from nhi_express.units.flows.naming import are_listed
from nhi_express.units.models import DeskSession, Mandate, Officer, Unit
from nhi_express.units.rules import OfficerState

How = Literal["passkey", "phone", "card"]


@dataclass(frozen=True, slots=True)
class Duty:
    """A unit that somebody may act for, and as whose officer."""

    unit: Unit
    officer: Officer

    @property
    def as_agent(self) -> bool:
        """Whether the unit is another's, which lets the officer's own unit act for it."""
        return self.officer.unit_id != self.unit.code

    @property
    def holds(self) -> bool:
        """Whether the insurer lists the unit, and the officer's own, at this moment."""
        return are_listed({self.unit.code, self.officer.unit_id})


def duties(member: UUID) -> list[Duty]:
    """The units that a member may act for now, each once: their own, then those that let one of theirs act.

    A unit that the insurer lists no longer has no officers. Who became an officer under a former ID number is one under
    the present number, and the other way round.
    """
    mine = Officer.objects.filter(member__in=keys_beside(member), state=OfficerState.ACTIVE).select_related("unit")
    own = list(mine.order_by("invited_at", "id"))
    found = {officer.unit_id: Duty(officer.unit, officer) for officer in own}
    for officer in own:
        for mandate in _mandates_of(officer):
            found.setdefault(mandate.unit_id, Duty(mandate.unit, officer))
    return [duty for duty in found.values() if duty.holds]


def _mandates_of(officer: Officer) -> QuerySet[Mandate]:
    in_force = Mandate.objects.filter(agent=officer.unit_id, revoked_at=None)
    return in_force.select_related("unit").order_by("granted_at", "id")


def enter_by_passkey(token: str, assertion: dict[str, Any]) -> tuple[UUID, str]:
    """Sign in with the passkey of a bound phone. Returns the member's key and the session's secret.

    Raises :class:`Refused`: a passkey that is not known and one that does not hold are told alike.
    """
    device = devices.prove_passkey(token, assertion)
    member = device.registration.member
    return member, open_desk(member, "passkey", device)


def open_desk(member: UUID, how: How, device: Device | None = None) -> str:
    """Open the desk for a member who has proven to be one. Returns the secret for the cookie.

    Raises :class:`Refused` when the phone or the registration is stopped, or no unit has named the member its officer;
    a refusal is on record.
    """
    registration = accounts.living(member)
    try:
        if device is not None:
            devices.refuse_stopped(device)
        return _open(_usable(registration), _first_duty(member), how, device)
    except Refused as refusal:
        about = About(member, registration.id if registration else None)
        with transaction.atomic():
            record(Event.DESK_REFUSED, about, "officer", how=how, problem=refusal.problem.value.code)
        raise


def _usable(registration: Registration | None) -> Registration:
    accounts.refuse_suspended(registration)
    if registration is None or registration.state != State.ACTIVE:
        raise Refused(Problem.NOT_CONFIRMED)
    return registration


def _first_duty(member: UUID) -> Duty:
    found = duties(member)
    if not found:
        raise Refused(Problem.NOT_AN_OFFICER)
    return found[0]


def _open(registration: Registration, duty: Duty, how: How, device: Device | None) -> str:
    secret, now = randomness.token(256), clock.now()
    with transaction.atomic():
        DeskSession.objects.create(
            digest=fingerprint(secret),
            officer=duty.officer,
            unit=duty.unit,
            registration=registration,
            device=device,
            password=fingerprint(registration.password_hash),
            started_at=now,
            seen_at=now,
        )
        record(Event.DESK_OPENED, accounts.about(registration), "officer", **_told(duty), how=how)
    return secret


def _told(duty: Duty) -> dict[str, str]:
    return {"unit": duty.unit.code, "officer": str(duty.officer.id)}


def desk_of(secret: str, *, touch: bool = True) -> Desk | None:
    """Who acts by this secret and for which unit, or None. ``touch``: somebody does something, so it is not idle.

    None when it is unknown, idle, too old; when the officer's duty, the registration, the phone or the mandate was
    stopped, or a unit was struck off the insurer's list; when the password was changed since.
    """
    found = _session(secret)
    limits = {"idle_minutes": config().portal_idle_minutes, "hours": config().portal_session_hours}
    over = devices.is_over if touch else devices.timed_out
    if found is None or over(found, **limits):
        return None
    return Desk(found.unit, found.officer)


def _session(secret: str) -> DeskSession | None:
    mandate = Mandate.objects.filter(unit=OuterRef("unit"), agent=OuterRef("officer__unit"), revoked_at=None)
    living = DeskSession.objects.select_related("unit", "officer__unit", "registration").filter(
        Q(unit=F("officer__unit")) | Exists(mandate),
        Q(device=None) | Q(device__state=DeviceState.ACTIVE),
        digest=fingerprint(secret),
        officer__state=OfficerState.ACTIVE,
        registration__state=State.ACTIVE,
        # One that was open before a stop does not come back to life when the registration is restored.
        started_at__gte=F("registration__state_at"),
    )
    found = living.first()
    same = found is not None and bytes(found.password) == fingerprint(found.registration.password_hash)
    return found if found is not None and same and Duty(found.unit, found.officer).holds else None


def switch_unit(secret: str, code: str) -> None:
    """Go on for another unit that the officer may act for. Raises :class:`Refused` for any other."""
    with transaction.atomic():
        found = _session(secret)
        if found is None:
            raise Refused(Problem.UNIT_SIGN_IN_NEEDED)
        duty = next((one for one in duties(found.officer.member) if one.unit.code == code), None)
        if duty is None:
            raise Refused(Problem.NOT_FOUND)
        DeskSession.objects.filter(pk=found.pk).update(officer=duty.officer, unit=duty.unit)
        record(Event.DESK_OPENED, accounts.about(found.registration), "officer", **_told(duty), how="switch")


def close_desk(secret: str) -> None:
    """Sign out. A session that is over already stays so."""
    with transaction.atomic():
        found = DeskSession.objects.select_related("officer", "registration").filter(pk=fingerprint(secret)).first()
        if found is None:
            return
        found.delete()
        told = {"unit": found.unit_id, "officer": str(found.officer_id)}
        record(Event.DESK_CLOSED, accounts.about(found.registration), "officer", **told)


def forget_expired() -> int:
    """Remove sessions that are over. Returns how many rows went."""
    oldest = clock.now() - timedelta(hours=config().portal_session_hours)
    return DeskSession.objects.filter(started_at__lt=oldest).delete()[0]
