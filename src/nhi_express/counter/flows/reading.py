"""Opening a member's record: never without a purpose, never unrecorded, shown to the member, and watched.

An insider who read records for years unnoticed is what this must make impossible: each look-up is a row and an event
in the transaction that answers it, and what is unusual about it raises an alert that the looker cannot see.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import NoReturn
from uuid import UUID

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock
from nhi_express.counter.flows.accounts import household_index
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.models import Alert, Case, LookUp, Staff, Watched
from nhi_express.counter.rules import AlertKind, LookUpPurpose, StaffState, unusual
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import known_keys, register
from nhi_express.members.ports import Member
from nhi_express.members.rules import IdNumber
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration


def find(on_duty: OnDuty, id_number: IdNumber, purpose: LookUpPurpose) -> Member:
    """The member of a number, with the look-up on record. Raises :class:`Refused` when there is none, on record too."""
    member = register().find(id_number)
    with transaction.atomic():
        note(on_duty, member, purpose)
    if member is None:
        raise Refused(Problem.PERSON_NOT_FOUND)
    return member


def concerned(key: UUID) -> Member:
    """Whom a case or a request concerns, be their number another one since. Raises :class:`Refused` for nobody."""
    member = register().by_keys([key]).get(key)
    if member is None:
        raise Refused(Problem.PERSON_NOT_FOUND)
    return member


def strangers(on_duty: OnDuty, keys: Collection[UUID]) -> dict[UUID, Member]:
    """Of many whom cases or requests concern, those whose affairs this employee may work on, by the key asked for."""
    found = register().by_keys(keys)
    return {key: member for key, member in found.items() if not is_near(on_duty.staff, member)}


def registration_of(member: Member) -> Registration | None:
    """A person's registration, be it still under a former number."""
    found = (accounts.living(key) for key in known_keys(member))
    return next((registration for registration in found if registration is not None), None)


def note(
    on_duty: OnDuty, member: Member | None, purpose: LookUpPurpose, case: Case | None = None
) -> frozenset[AlertKind]:
    """Put a look-up on record, within the caller's transaction. Returns what was unusual about it.

    A number that nobody has is noted too, without a member: whoever tries many numbers is noticed.
    """
    key, now = member.key if member else None, clock.now()
    row = LookUp.objects.create(staff=on_duty.staff, member=key, purpose=purpose, at=now, case=case)
    facts = {"purpose": purpose.value, "office": on_duty.staff.office_id or on_duty.role.value}
    if member is None:
        facts["problem"] = Problem.PERSON_NOT_FOUND.value.code
    record(Event.LOOKED_UP, _about(member), on_duty.actor, staff=on_duty.who, **facts)
    kinds = _unusual(on_duty, member)
    for kind in sorted(kinds):
        Alert.objects.create(look_up=row, kind=kind, at=now)
        record(Event.ALERT_RAISED, About(), "system", staff=on_duty.who, kind=kind.value)
    return kinds


def _about(member: Member | None) -> About:
    if member is None:
        return About()
    registration = registration_of(member)
    return About(member.key, registration.id if registration else None)


def _unusual(on_duty: OnDuty, member: Member | None) -> frozenset[AlertKind]:
    now, staff = clock.now(), on_duty.staff
    here, keys = now.astimezone(clock.TAIPEI), known_keys(member) if member else ()
    colleagues = Staff.objects.filter(member__in=keys).exclude(pk=staff.pk).exclude(state=StaffState.CLOSED)
    return unusual(
        in_the_last_hour=LookUp.objects.filter(staff=staff, at__gt=now - timedelta(hours=1)).count(),
        hour=here.hour,
        weekend=here.weekday() >= 5,
        own=member is not None and is_own(staff, member),
        relative=member is not None and is_relative(staff, member),
        colleague=colleagues.exists(),
        watched=Watched.objects.filter(pk__in=keys).exists(),
    )


def is_own(staff: Staff, member: Member) -> bool:
    """Whether a record is this employee's own, under whichever number their account knows them."""
    return staff.member in known_keys(member)


def is_relative(staff: Staff, member: Member) -> bool:
    """Whether a record is of somebody in this employee's household."""
    household = household_index(member.record.household_number)
    return household is not None and household == staff.household and not is_own(staff, member)


def is_near(staff: Staff, member: Member) -> bool:
    """Whether a record is this employee's own, or a relative's."""
    return is_own(staff, member) or is_relative(staff, member)


def refuse_own(on_duty: OnDuty, member: Member) -> None:
    """Nobody serves themselves or their household, nor says yes for them.

    Raises :class:`Refused`, on record; the look-up before it has raised its alert.
    """
    if is_near(on_duty.staff, member):
        refuse(on_duty, member, Problem.OWN_RECORD)


def refuse(on_duty: OnDuty, member: Member, problem: Problem) -> NoReturn:
    """Refuse, with the refusal on record. Raises :class:`Refused`."""
    with transaction.atomic():
        about = About(member.key)
        record(Event.STAFF_REFUSED, about, on_duty.actor, staff=on_duty.who, problem=problem.value.code)
    raise Refused(problem)


def watch(number: IdNumber, *, on: bool) -> None:
    """Let every look-up of a record raise an alert, or no longer. Raises :class:`Refused` for nobody's number."""
    member = register().find(number)
    if member is None:
        raise Refused(Problem.PERSON_NOT_FOUND)
    if on:
        Watched.objects.get_or_create(pk=member.key, defaults={"since": clock.now()})
    else:
        Watched.objects.filter(pk__in=known_keys(member)).delete()


def alerts_open() -> list[Alert]:
    """Alerts that nobody has looked into yet, the oldest first."""
    waiting = Alert.objects.select_related("look_up__staff__office").filter(settled_at=None)
    return list(waiting.order_by("at")[:200])


def settle(on_duty: OnDuty, alert_id: int, finding: str) -> None:
    """Note what an alert turned out to be. Nobody settles an alert about themselves. Raises :class:`Refused`."""
    with transaction.atomic():
        alert = Alert.objects.select_for_update().select_related("look_up").filter(pk=alert_id, settled_at=None).first()
        if alert is None:
            raise Refused(Problem.REQUEST_DECIDED)
        if alert.look_up.staff_id == on_duty.staff.pk:
            raise Refused(Problem.APPROVAL_OWN)
        alert.settled_by, alert.settled_at, alert.note = on_duty.staff, clock.now(), finding
        alert.save(update_fields=["settled_by", "settled_at", "note"])
        record(Event.ALERT_SETTLED, About(), on_duty.actor, staff=on_duty.who, kind=alert.kind, note=finding)
