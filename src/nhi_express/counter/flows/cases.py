"""A case at a counter: opened for one purpose and one person, with the documents seen, and over when it is over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, Actor, record
from nhi_express.core import clock, randomness
from nhi_express.core.config import config
from nhi_express.counter.flows import reading
from nhi_express.counter.flows.duty import OnDuty, require
from nhi_express.counter.models import Approval, Case, Screen
from nhi_express.counter.rules import (
    ApprovalState,
    CaseState,
    Document,
    LookUpPurpose,
    Power,
    Purpose,
    lacking,
    needed,
    permit_good,
)
from nhi_express.devices import flows as devices
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.members.ports import Member
from nhi_express.members.rules import IdNumber
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason, State, begins_anew, restored_to


@dataclass(frozen=True, slots=True)
class AtDesk:
    """An open case with the person in it. Pages show of the person what the case needs and no more."""

    case: Case
    member: Member
    registration: Registration | None

    @property
    def purpose(self) -> Purpose:
        """Why it was opened."""
        return Purpose(self.case.purpose)

    @property
    def needed(self) -> frozenset[Document]:
        """The documents it asks for."""
        return needed(self.purpose, foreign=self.member.record.foreign)

    @property
    def lacking(self) -> frozenset[Document]:
        """Those not seen yet."""
        seen = [Document(name) for name in self.case.seen]
        return lacking(self.purpose, seen, foreign=self.member.record.foreign)

    @property
    def begins_anew(self) -> bool:
        """Whether a restoring would end the old phones and the password, for they were in wrong hands."""
        stopped = self._stopped
        return stopped is not None and begins_anew(Reason(stopped.reason))

    @property
    def would_end(self) -> bool:
        """Whether a restoring would cancel it, for it was in wrong hands and never finished."""
        stopped = self._stopped
        if stopped is None:
            return False
        return restored_to(State(stopped.before or State.ACTIVE), Reason(stopped.reason)) is State.CANCELLED

    @property
    def has_ended(self) -> bool:
        """Whether it was cancelled in this case instead of restored."""
        return self.purpose is Purpose.RESTORE and self.case.registration is not None and self.registration is None

    @property
    def _stopped(self) -> Registration | None:
        held = self.registration
        mine = self.purpose is Purpose.RESTORE and held is not None and held.state == State.SUSPENDED
        return held if mine else None

    @property
    def lacks_password(self) -> bool:
        """Whether it is registered and has no password: the next channel sets one."""
        held = self.registration
        return held is not None and held.state == State.ACTIVE and not held.password_hash

    @property
    def about(self) -> About:
        """Whom its events concern."""
        return About(self.member.key, self.registration.id if self.registration else None)


def open_case(on_duty: OnDuty, id_number: IdNumber, purpose: Purpose) -> Case:
    """Open a case for whoever stands at the desk.

    Raises :class:`Refused`: no such person, dead, one's own or a relative's record, or a case is open already. Each
    try is on record.
    """
    require(on_duty, Power.DESK)
    member = reading.find(on_duty, id_number, LookUpPurpose.CASE)
    reading.refuse_own(on_duty, member)
    if member.record.deceased and purpose is not Purpose.CANCEL:
        reading.refuse(on_duty, member, Problem.PERSON_DECEASED)
    registration, now = reading.registration_of(member), clock.now()
    case = Case(
        id=randomness.identifier(),
        office=on_duty.office,
        clerk=on_duty.staff,
        member=member.key,
        registration=registration.id if registration else None,
        purpose=purpose,
        state=CaseState.OPEN,
        opened_at=now,
        touched_at=now,
    )
    try:
        with transaction.atomic():
            _leave_stale(member.key)
            case.save(force_insert=True)
            about = About(member.key, case.registration)
            facts = {"office": on_duty.office.code, "case": str(case.id), "purpose": purpose.value}
            record(Event.CASE_OPENED, about, on_duty.actor, staff=on_duty.who, **facts)
    except IntegrityError:
        reading.refuse(on_duty, member, Problem.CASE_OPEN_ELSEWHERE)
    return case


def current(on_duty: OnDuty, case_id: UUID, *, touch: bool = True) -> AtDesk:
    """An open case of this clerk's; ``touch`` begins its time anew.

    Raises :class:`Refused`: not theirs (as if there were none), or over.
    """
    require(on_duty, Power.DESK)
    case = Case.objects.select_related("office").filter(pk=case_id, clerk=on_duty.staff).first()
    if case is None:
        raise Refused(Problem.NOT_FOUND)
    if case.state == CaseState.OPEN and _is_stale(case):
        end(case, CaseState.LEFT, on_duty)
    if case.state != CaseState.OPEN:
        raise Refused(Problem.CASE_OVER)
    if touch:
        Case.objects.filter(pk=case.pk).update(touched_at=clock.now())
    return at_desk(case)


def at_desk(case: Case) -> AtDesk:
    """A case with its person and their registration. Raises :class:`Refused` when it is over."""
    member = register().by_key(case.member)
    if member is None or case.state != CaseState.OPEN:
        raise Refused(Problem.CASE_OVER)
    return AtDesk(case, member, reading.registration_of(member))


def mine(on_duty: OnDuty) -> list[Case]:
    """The open cases of this clerk, the newest first."""
    return list(Case.objects.filter(clerk=on_duty.staff, state=CaseState.OPEN).order_by("-opened_at"))


def see_documents(at: AtDesk, on_duty: OnDuty, seen: Collection[Document], permit_until: date | None) -> None:
    """Note which documents the clerk has in hand; the case goes on only with all it needs.

    ``permit_until`` is the last day printed on a residence permit. Raises :class:`Refused`: one lacks, or it has run
    out.
    """
    foreign = at.member.record.foreign
    if lacking(at.purpose, seen, foreign=foreign):
        raise Refused(Problem.DOCUMENTS_LACKING)
    if Document.RESIDENCE_PERMIT in at.needed and not permit_good(permit_until, clock.today()):
        reading.refuse(on_duty, at.member, Problem.PERMIT_EXPIRED)
    names = sorted(document.value for document in seen if document in at.needed)
    with transaction.atomic():
        if not Case.objects.filter(pk=at.case.pk, state=CaseState.OPEN).update(seen=names):
            raise Refused(Problem.CASE_OVER)
        record(Event.DOCUMENTS_SEEN, at.about, on_duty.actor, staff=on_duty.who, case=str(at.case.id), seen=names)
    at.case.seen = names


def require_documents(at: AtDesk) -> None:
    """Raise :class:`Refused` while a document lacks."""
    if at.lacking:
        raise Refused(Problem.DOCUMENTS_LACKING)


def drop(at: AtDesk, on_duty: OnDuty) -> None:
    """Close a case without more ado; what was done in it stays done."""
    end(at.case, CaseState.DROPPED, on_duty)


def finish(at: AtDesk, on_duty: OnDuty) -> None:
    """Close a case whose purpose is served."""
    end(at.case, CaseState.DONE, on_duty)


def end(case: Case, state: CaseState, on_duty: OnDuty | None) -> None:
    """End a case, with its screen and what waits in it."""
    with transaction.atomic():
        end_within(case, state, on_duty)


def end_within(case: Case, state: CaseState, on_duty: OnDuty | None) -> None:
    """The same within the caller's transaction. Ending what is over already changes nothing."""
    now = clock.now()
    if not Case.objects.filter(pk=case.pk, state=CaseState.OPEN).update(state=state, ended_at=now):
        return
    case.state = state
    parted, _ = Screen.objects.filter(case=case).delete()
    # In the order in which an approval is decided: what it carries out may end the code as well.
    Approval.objects.filter(case=case, state=ApprovalState.ASKED).update(state=ApprovalState.LAPSED, decided_at=now)
    if parted:
        forget_code(case)
    actor: Actor = on_duty.actor if on_duty else "system"
    who = on_duty.who if on_duty else ""
    about = About(case.member, case.registration)
    record(Event.CASE_ENDED, about, actor, staff=who, case=str(case.id), state=state.value)


def forget_code(case: Case) -> None:
    """End the device code that a case's screen shows: without the screen nobody sees any longer who scans it."""
    member = register().by_key(case.member)
    registration = reading.registration_of(member) if member else None
    if registration is not None:
        devices.forget_code(registration)


def _is_stale(case: Case) -> bool:
    return case.touched_at < clock.now() - timedelta(minutes=config().case_minutes)


def _leave_stale(member: UUID) -> None:
    """A case left lying at another desk does not stand in the way of the person who comes back."""
    for case in Case.objects.select_for_update().filter(member=member, state=CaseState.OPEN):
        if _is_stale(case):
            end_within(case, CaseState.LEFT, None)


def close_stale() -> int:
    """Close the cases that were left lying. Returns how many."""
    oldest = clock.now() - timedelta(minutes=config().case_minutes)
    stale = list(Case.objects.filter(state=CaseState.OPEN, touched_at__lt=oldest)[:200])
    for case in stale:
        end(case, CaseState.LEFT, None)
    return len(stale)
