"""A unit begins to use the service: its responsible person registers it, proven by their own phone or card."""

from __future__ import annotations

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import record
from nhi_express.core import clock, randomness, throttle
from nhi_express.core.limits import Limit
from nhi_express.enrolment.flows.numbers import keys_beside, named_by
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.units.flows.naming import unit_register
from nhi_express.units.flows.officers import end_duty, lock_unit, tell
from nhi_express.units.models import Officer, Unit
from nhi_express.units.ports import ListedAs
from nhi_express.units.rules import CertificateNumber, OfficerRole, OfficerState, TaxId, UnitCode


def register_unit(registration: Registration, code: UnitCode, tax_id: TaxId, certificate: CertificateNumber) -> Unit:
    """Register a unit for its responsible person, who is signed in: the insurer's list must name all of it together.

    Done once more it changes nothing. Who was responsible before, and is not any longer, is an officer no more.
    Raises :class:`Refused`: one answer for anything that does not match, and a pause after several.
    """
    _spend(registration)
    listed = unit_register().find(str(code))
    same = listed is not None and (listed.tax_id, listed.certificate) == (str(tax_id), str(certificate))
    if listed is None or not same or not _responsible(listed, registration):
        with transaction.atomic():
            problem = Problem.UNIT_DATA_DO_NOT_MATCH
            record(Event.UNIT_REFUSED, accounts.about(registration), problem=problem.value.code)
        raise Refused(Problem.UNIT_DATA_DO_NOT_MATCH)
    with transaction.atomic():
        unit = _register(registration, listed.code)
    throttle.clear(Limit.UNIT_REGISTERING, str(registration.member))
    return unit


def _spend(registration: Registration) -> None:
    decision = throttle.spend(Limit.UNIT_REGISTERING, str(registration.member))
    if not decision.permitted:
        raise Refused(Problem.LOCKED, until=decision.until)


def _responsible(listed: ListedAs, registration: Registration) -> bool:
    """Whether the list names this member; it may still do so by a former ID number of theirs."""
    return named_by(registration.member) is not None and listed.responsible in keys_beside(registration.member)


def _register(registration: Registration, code: str) -> Unit:
    Unit.objects.get_or_create(pk=code, defaults={"registered_at": clock.now()})
    unit = lock_unit(code)
    former = Officer.objects.filter(unit=unit, role=OfficerRole.RESPONSIBLE, state=OfficerState.ACTIVE)
    own = keys_beside(registration.member)
    for officer in former.exclude(member__in=own):
        end_duty(officer, "officer")
    if not former.filter(member__in=own).exists():
        officer = _appoint(unit, registration)
        told = {"unit": unit.code, "officer": str(officer.id)}
        record(Event.UNIT_REGISTERED, accounts.about(registration), "officer", **told)
        tell(registration.member, "units/unit_registered", unit.code)
    return unit


def _appoint(unit: Unit, registration: Registration) -> Officer:
    """Make the member responsible; who is an officer already, or asked to be one, is so no longer as such."""
    now = clock.now()
    own = keys_beside(registration.member)
    Officer.objects.filter(unit=unit, member__in=own).exclude(state=OfficerState.ENDED).update(
        state=OfficerState.ENDED, state_at=now, sealed_typed=b""
    )
    return Officer.objects.create(
        id=randomness.identifier(),
        unit=unit,
        member=registration.member,
        role=OfficerRole.RESPONSIBLE,
        state=OfficerState.ACTIVE,
        invited_at=now,
        state_at=now,
    )
