"""What a clerk does to a registration, each with its reason; what opens or ends one takes a second person's yes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness
from nhi_express.counter.flows import reading
from nhi_express.counter.flows.cases import AtDesk, require_documents
from nhi_express.counter.flows.duty import OnDuty, require
from nhi_express.counter.models import Approval, Case
from nhi_express.counter.rules import (
    ACTS,
    NEEDS_A_SECOND,
    STOPS,
    Act,
    ApprovalState,
    CaseState,
    LookUpPurpose,
    Power,
    ReasonCode,
)
from nhi_express.devices import flows as devices
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.members.ports import Member
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason

_REASONS = {
    ReasonCode.MEMBERS_WISH: Reason.OWN_WISH,
    ReasonCode.LOST: Reason.THEFT,
    ReasonCode.STOLEN: Reason.THEFT,
    ReasonCode.MISUSE: Reason.NOT_ME,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a clerk wants done, and why."""

    act: Act
    reason: ReasonCode


def ask(at: AtDesk, on_duty: OnDuty, asked: Asked) -> Approval | None:
    """Do an act at once, or put it before a second person: then the approval that waits is returned.

    Raises :class:`Refused`: not an act of this case's purpose, documents lack, or it cannot be done as things stand.
    """
    require_documents(at)
    if asked.act not in ACTS[at.purpose]:
        raise Refused(Problem.ACT_NOT_POSSIBLE)
    registration = _concerned(at)
    _refuse_former_number(at, registration, asked.act)
    if asked.act not in NEEDS_A_SECOND:
        with transaction.atomic():
            _still_open(at.case)
            _carry_out(asked, registration, at.case, on_duty)
        return None
    return _put_before_a_second(at, on_duty, asked)


def _refuse_former_number(at: AtDesk, registration: Registration, act: Act) -> None:
    """Under a former number nothing is done but to change it, or to stop; under the present one nothing is changed."""
    former = registration.member != at.member.key
    if act is Act.CHANGE_NUMBER and not former:
        raise Refused(Problem.NUMBER_DOES_NOT_FOLLOW)
    if former and act not in {Act.CHANGE_NUMBER, *STOPS}:
        raise Refused(Problem.FORMER_NUMBER)


def _concerned(at: AtDesk) -> Registration:
    if at.registration is None:
        raise Refused(Problem.ACT_NOT_POSSIBLE)
    return at.registration


def _still_open(case: Case) -> None:
    if not Case.objects.select_for_update().filter(pk=case.pk, state=CaseState.OPEN).exists():
        raise Refused(Problem.CASE_OVER)


def _put_before_a_second(at: AtDesk, on_duty: OnDuty, asked: Asked) -> Approval:
    try:
        with transaction.atomic():
            _still_open(at.case)
            approval = Approval.objects.create(
                id=randomness.identifier(),
                case=at.case,
                act=asked.act,
                reason=asked.reason,
                state=ApprovalState.ASKED,
                asked_by=on_duty.staff,
                asked_at=clock.now(),
            )
            codes = {"act": asked.act.value, "reason": asked.reason.value}
            record(Event.APPROVAL_ASKED, at.about, on_duty.actor, staff=on_duty.who, case=str(at.case.id), **codes)
    except IntegrityError as error:
        raise Refused(Problem.APPROVAL_OVER) from error
    return approval


def latest(case: Case) -> Approval | None:
    """The newest act of a case that went before a second person."""
    return Approval.objects.filter(case=case).order_by("-asked_at").first()


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a second person, and whom it concerns; pages show a masked name, to tell two lines apart."""

    approval: Approval
    member: Member


def waiting(on_duty: OnDuty) -> list[Waiting]:
    """What waits for a second person; a clerk sees their own office's, a supervisor all.

    What oneself has asked for does not wait for oneself, nor does an affair of one's own or of a relative.
    """
    require(on_duty, Power.APPROVE)
    asked = Approval.objects.select_related("case__office", "asked_by").filter(state=ApprovalState.ASKED)
    if on_duty.staff.office_id:
        asked = asked.filter(case__office=on_duty.staff.office_id)
    found = list(asked.exclude(asked_by=on_duty.staff).order_by("asked_at")[:100])
    members = reading.strangers(on_duty, {one.case.member for one in found})
    return [Waiting(one, members[one.case.member]) for one in found if one.case.member in members]


def decide(on_duty: OnDuty, approval_id: UUID, *, granted: bool) -> None:
    """Grant or deny what a colleague asked for; what is granted is done in the same transaction.

    The look-up is on record whatever comes of it. Raises :class:`Refused`: one's own request, one's own or a relative's
    affair, decided already, the case is over, or it cannot be done any longer.
    """
    require(on_duty, Power.APPROVE)
    approval = _open_approval(on_duty, approval_id)
    member = reading.concerned(approval.case.member)
    with transaction.atomic():
        reading.note(on_duty, member, LookUpPurpose.DECISION, approval.case)
    reading.refuse_own(on_duty, member)
    with transaction.atomic():
        state = ApprovalState.GRANTED if granted else ApprovalState.DENIED
        mine = Approval.objects.filter(pk=approval.pk, state=ApprovalState.ASKED)
        if not mine.update(state=state, decided_by=on_duty.staff, decided_at=clock.now()):
            raise Refused(Problem.APPROVAL_OVER)
        _note_decision(on_duty, approval, granted=granted)
        if granted:
            _grant(on_duty, approval)


def _open_approval(on_duty: OnDuty, approval_id: UUID) -> Approval:
    found = Approval.objects.select_related("case__office").filter(pk=approval_id)
    if on_duty.staff.office_id:
        found = found.filter(case__office=on_duty.staff.office_id)
    approval = found.first()
    if approval is None:
        raise Refused(Problem.NOT_FOUND)
    if approval.asked_by_id == on_duty.staff.pk:
        raise Refused(Problem.APPROVAL_OWN)
    if approval.state != ApprovalState.ASKED or approval.case.state != CaseState.OPEN:
        raise Refused(Problem.APPROVAL_OVER)
    return approval


def _note_decision(on_duty: OnDuty, approval: Approval, *, granted: bool) -> None:
    event = Event.APPROVAL_GRANTED if granted else Event.APPROVAL_DENIED
    about = About(approval.case.member, approval.case.registration)
    codes = {"act": approval.act, "reason": approval.reason, "asked_by": str(approval.asked_by_id)}
    record(event, about, on_duty.actor, staff=on_duty.who, case=str(approval.case_id), **codes)


def _grant(on_duty: OnDuty, approval: Approval) -> None:
    member = register().by_key(approval.case.member)
    registration = reading.registration_of(member) if member else None
    if registration is None:
        raise Refused(Problem.ACT_NOT_POSSIBLE)
    _carry_out(Asked(Act(approval.act), ReasonCode(approval.reason)), registration, approval.case, on_duty)


def _carry_out(asked: Asked, registration: Registration, of: Case, on_duty: OnDuty) -> None:
    """With its event, within the caller's transaction. Raises :class:`Refused`."""
    codes = {"act": asked.act.value, "reason": asked.reason.value}
    about = accounts.about(registration)
    record(Event.ACT_DONE, about, on_duty.actor, staff=on_duty.who, case=str(of.id), **codes)
    reason = _REASONS.get(asked.reason, Reason.STAFF)
    match asked.act:
        case Act.SUSPEND:
            _suspend(registration, reason, on_duty)
        case Act.RESTORE:
            _restore(registration, reason, on_duty)
        case Act.END_PHONES:
            devices.end_all(registration, asked.reason.value, on_duty.actor)
        case Act.CANCEL:
            # The phones first: afterwards no address is left at which to tell of them.
            devices.end_all(registration, "cancelled", on_duty.actor)
            accounts.cancel(registration, reason, on_duty.actor)
        case Act.CHANGE_NUMBER:
            # The register itself says that both numbers are this person's.
            accounts.follow_number(registration, of.member, on_duty.actor)
        case Act.REGISTER:
            raise Refused(Problem.ACT_NOT_POSSIBLE)


def _suspend(registration: Registration, reason: Reason, on_duty: OnDuty) -> None:
    if not accounts.suspend(registration.pk, reason, on_duty.actor):
        raise Refused(Problem.ACT_NOT_POSSIBLE)


def _restore(registration: Registration, reason: Reason, on_duty: OnDuty) -> None:
    """After a theft, or when somebody else acted in the member's name, the old phones do not come back to life."""
    stopped_for = Reason(registration.reason)
    if accounts.restore(registration.pk, reason, on_duty.actor):
        devices.end_all(registration, stopped_for.value, on_duty.actor)
