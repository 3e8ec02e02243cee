"""The people whom a unit has invited: how far they are, a reminder, a withdrawal, slips to hand out.

All of it follows the register at the moment of asking. Of somebody who is not insured through the unit any longer,
nothing is shown and nothing can be done, whatever the unit knew before; and nothing is ever shown that the unit did not
give itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from nhi_express.core import throttle
from nhi_express.core.jobs import job
from nhi_express.core.limits import Limit
from nhi_express.enrolment.flows import invitations
from nhi_express.enrolment.flows.inviting import last_day_before
from nhi_express.enrolment.models import Invitation
from nhi_express.enrolment.rules import InvitationState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.members.ports import Member
from nhi_express.units import pdf
from nhi_express.units.flows import inviting, lines, lists
from nhi_express.units.flows.desk import Desk
from nhi_express.units.flows.naming import name_of
from nhi_express.units.models import Batch, BatchRow, Officer
from nhi_express.units.rules import RowCells

SLIPS_A_PART: Final = 500
_REMINDED_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invited, as their unit may see them.

    ``row`` is where they stand in a list, and ``cells`` what the list said; None once that was removed. Both are None
    for somebody who is ``left``: no longer insured through the unit.
    """

    id: UUID
    state: InvitationState
    since: datetime
    until: datetime
    left: bool
    row: BatchRow | None
    cells: RowCells | None


def people(
    desk: Desk,
    state: InvitationState,
    *,
    batch: UUID | None = None,
    after: UUID | None = None,
    most: int,
) -> list[Person]:
    """The unit's invitations in a state, the newest first, those of one list where ``batch`` names it.

    At most ``most``, from behind the invitation ``after``. Raises :class:`Refused` when that is not the unit's.
    """
    found = _of(desk, batch).filter(state=state)
    if after is not None:
        last = _mine(desk, after)
        found = found.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, id__gt=last.id))
    return _seen(desk, found.order_by("-created_at", "id")[:most])


def counts(desk: Desk, batch: UUID | None = None) -> dict[InvitationState, int]:
    """How many invitations stand in each state."""
    told = _of(desk, batch).order_by().values_list("state").annotate(Count("pk"))
    return dict.fromkeys(InvitationState, 0) | {InvitationState(state): count for state, count in told}


def person(desk: Desk, invitation: UUID) -> Person:
    """One of them. Raises :class:`Refused` for anybody else, and for who is no longer with the unit."""
    found = _seen(desk, [_mine(desk, invitation)])[0]
    if found.left:
        raise Refused(Problem.NOT_FOUND)
    return found


def remind(desk: Desk, invitation: UUID) -> None:
    """Send the invitation once more, and where the insurer's code has run out have a new one made.

    Raises :class:`Refused`: nobody of this unit, not waiting any longer, or reminded within a day.
    """
    found = person(desk, invitation)
    if found.state != InvitationState.OPEN:
        raise Refused(Problem.PERSON_NOT_WAITING)
    _remind(desk, found)


def _remind(desk: Desk, found: Person) -> None:
    with transaction.atomic(), _told_to_officers():
        invitations.remind(found.id, desk.unit.code, desk.who)
        if found.row is not None and found.cells is not None:
            inviting.post_invitation(desk.unit, found.cells, last_day_before(found.until))


def begin_reminding(desk: Desk, batch: UUID) -> None:
    """Have all reminded, in the queue, who still wait of a list. Raises :class:`Refused` when that was done today."""
    lists.find(desk, batch)
    decision = throttle.spend(Limit.LIST_REMINDER, str(batch))
    if not decision.permitted:
        raise Refused(Problem.REMINDED_ALREADY, until=decision.until)
    remind_some.enqueue(str(batch), desk.who, 0)


@job
def remind_some(batch: str, officer: str, after: int) -> None:
    """Remind the next people of a list, and leave the others to a turn of their own: one transaction for both."""
    found = Batch.objects.select_related("unit").get(pk=UUID(batch))
    desk = Desk(found.unit, Officer.objects.get(pk=UUID(officer)) if officer else None)
    with transaction.atomic():
        last = remind_next(desk, found, after)
        if last:
            remind_some.enqueue(batch, officer, last)


def remind_next(desk: Desk, batch: Batch, after: int) -> int:
    """Remind the next who wait of a list, so many at once, within the caller's transaction.

    Returns the line behind which to go on; 0 when all are through. Who was reminded within a day is passed over.
    """
    waiting = BatchRow.objects.filter(batch=batch, invitation__state=InvitationState.OPEN, line__gt=after)
    rows = list(waiting.select_related("invitation").order_by("line")[:_REMINDED_AT_ONCE])
    for found in _seen(desk, [row.invitation for row in rows if row.invitation]):
        _remind_if_due(desk, found)
    return rows[-1].line if len(rows) == _REMINDED_AT_ONCE else 0


def _remind_if_due(desk: Desk, found: Person) -> None:
    try:
        if not found.left:
            _remind(desk, found)
    except Refused:
        # Finished at this moment, or reminded today: nothing to do, and the others go on.
        return


def withdraw(desk: Desk, invitation: UUID) -> None:
    """Take an invitation back, with the registration that waits for it. It cannot be undone, only begun anew.

    Raises :class:`Refused`: nobody of this unit, or not waiting any longer.
    """
    person(desk, invitation)
    with _told_to_officers():
        invitations.withdraw(invitation, desk.unit.code, name_of(desk.unit.code), desk.who)


_OFFICERS_WORDS: Final[Mapping[Problem, Problem]] = {
    Problem.NO_INVITATION: Problem.PERSON_NOT_WAITING,
    Problem.TOO_MANY_ATTEMPTS: Problem.REMINDED_ALREADY,
}


@contextmanager
def _told_to_officers() -> Iterator[None]:
    """What members are told of their invitation, in words for the officer who asked."""
    try:
        yield
    except Refused as refusal:
        raise Refused(_OFFICERS_WORDS.get(refusal.problem, refusal.problem), **refusal.details) from None


def lists_with_people(desk: Desk) -> list[Batch]:
    """The unit's lists of which somebody was invited, the newest first."""
    return [batch for batch in lists.of_unit(desk) if batch.invited]


def slips_of(batch: Batch) -> int:
    """For how many people of a list slips are printed: those whom no e-mail tells; none once its file was removed."""
    return _without_mail(batch).count() if batch.file_until else 0


def slips(desk: Desk, batch: UUID, part: int) -> bytes:
    """A part of a list's slips (1 is the first) as a PDF: for those who wait and are still with the unit.

    Raises :class:`Refused`: not this unit's list, no such part, or nobody left to print one for.
    """
    first = (part - 1) * SLIPS_A_PART
    rows = _without_mail(lists.find(desk, batch)).select_related("invitation").order_by("line")
    some = rows[first : first + SLIPS_A_PART] if part > 0 else ()
    found = _seen(desk, [row.invitation for row in some if row.invitation])
    unit = name_of(desk.unit.code)
    made = [pdf.Slip(_called(one), unit) for one in found if one.cells and one.state == InvitationState.OPEN]
    if not made:
        raise Refused(Problem.SLIPS_GONE)
    return pdf.slips(made)


def _without_mail(batch: Batch) -> QuerySet[BatchRow]:
    return BatchRow.objects.filter(batch=batch, invitation__isnull=False, mailbox=None)


def _called(found: Person) -> str:
    """By what the unit knows whose slip it is: what its own list said, or where."""
    given = (found.cells.name or found.cells.staff_number) if found.cells else ""
    return given or (f"#{found.row.line}" if found.row else "")


def _of(desk: Desk, batch: UUID | None) -> QuerySet[Invitation]:
    mine = Invitation.objects.filter(unit=desk.unit.code)
    if batch is None:
        return mine
    return mine.filter(Exists(BatchRow.objects.filter(invitation=OuterRef("pk"), batch=lists.find(desk, batch))))


def _mine(desk: Desk, invitation: UUID) -> Invitation:
    found = Invitation.objects.filter(pk=invitation, unit=desk.unit.code).first()
    if found is None:
        raise Refused(Problem.NOT_FOUND)
    return found


def _seen(desk: Desk, found: Iterable[Invitation]) -> list[Person]:
    """Invitations of the unit as it may see them: one question to the register, and one to the lists, for all."""
    shown = list(found)
    members = register().by_keys([one.member for one in shown])
    here = {one.id for one in shown if _with(desk, members.get(one.member))}
    placed = BatchRow.objects.filter(invitation__in=here, batch__unit=desk.unit).select_related("batch").order_by("pk")
    rows = {row.invitation_id: row for row in placed}
    given = lines.cells_of(rows.values())
    return [_person(one, one.id in here, rows.get(one.id), given) for one in shown]


def _person(invitation: Invitation, here: bool, row: BatchRow | None, given: Mapping[int, RowCells]) -> Person:
    times = invitation.state_at, invitation.until
    cells = given.get(row.pk) if row else None
    return Person(invitation.id, InvitationState(invitation.state), *times, not here, row, cells)


def _with(desk: Desk, member: Member | None) -> bool:
    """Whether the register has somebody as insured through the desk's unit at this moment."""
    if member is None or not member.record.insured or member.record.deceased:
        return False
    return member.record.unit_code == desk.unit.code
