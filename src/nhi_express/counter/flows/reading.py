"""Opening a member's record: never without a purpose, never unrecorded, shown to the member, and watched.

An insider who read records for years unnoticed is what this must make impossible: each look-up is a row and an event
in the transaction that answers it, and what is unusual about it raises an alert that the looker cannot see.
"""

from __future__ import annotations

from datetime import timedelta

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
from nhi_express.members.flows import register
from nhi_express.members.ports import Member
from nhi_express.members.rules import IdNumber
from nhi_express.registration import flows as accounts


def find(on_duty: OnDuty, id_number: IdNumber, purpose: LookUpPurpose) -> Member:
    """The member of a number, with the look-up on record. Raises :class:`Refused` when there is none, on record too."""
    member = register().find(id_number)
    if member is None:
        with transaction.atomic():
            codes = {"problem": Problem.PERSON_NOT_FOUND.value.code, "purpose": purpose.value}
            record(Event.LOOKED_UP, About(), on_duty.actor, staff=on_duty.who, **codes)
        raise Refused(Problem.PERSON_NOT_FOUND)
    with transaction.atomic():
        note(on_duty, member, purpose)
    return member


def note(on_duty: OnDuty, member: Member, purpose: LookUpPurpose, case: Case | None = None) -> frozenset[AlertKind]:
    """Put a look-up on record, within the caller's transaction. Returns what was unusual about it."""
    now = clock.now()
    row = LookUp.objects.create(staff=on_duty.staff, member=member.key, purpose=purpose, at=now, case=case)
    registration = accounts.living(member.key)
    about = About(member.key, registration.id if registration else None)
    at = on_duty.staff.office_id or on_duty.role.value
    record(Event.LOOKED_UP, about, on_duty.actor, staff=on_duty.who, purpose=purpose.value, office=at)
    kinds = _unusual(on_duty, member)
    for kind in sorted(kinds):
        Alert.objects.create(look_up=row, kind=kind, at=now)
        record(Event.ALERT_RAISED, About(), "system", staff=on_duty.who, kind=kind.value)
    return kinds


def _unusual(on_duty: OnDuty, member: Member) -> frozenset[AlertKind]:
    now, staff = clock.now(), on_duty.staff
    here = now.astimezone(clock.TAIPEI)
    household = household_index(member.record.household_number)
    own = staff.member == member.key
    colleagues = Staff.objects.filter(member=member.key).exclude(pk=staff.pk).exclude(state=StaffState.CLOSED)
    return unusual(
        in_the_last_hour=LookUp.objects.filter(staff=staff, at__gt=now - timedelta(hours=1)).count(),
        hour=here.hour,
        weekend=here.weekday() >= 5,
        own=own,
        relative=not own and household is not None and household == staff.household,
        colleague=colleagues.exists(),
        watched=Watched.objects.filter(pk=member.key).exists(),
    )


def watch(number: IdNumber, *, on: bool) -> None:
    """Let every look-up of a record raise an alert, or no longer. Raises :class:`Refused` for nobody's number."""
    member = register().find(number)
    if member is None:
        raise Refused(Problem.PERSON_NOT_FOUND)
    if on:
        Watched.objects.get_or_create(pk=member.key, defaults={"since": clock.now()})
    else:
        Watched.objects.filter(pk=member.key).delete()


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
