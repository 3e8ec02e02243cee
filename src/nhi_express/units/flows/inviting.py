"""What the lines of a confirmed list become: invitations, and letters to the addresses on the lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from nhi_express.core import outbox
from nhi_express.core.outbox import Letter
from nhi_express.enrolment.flows.inviting import Invitee, invite, last_day
from nhi_express.enrolment.models import Invitation
from nhi_express.enrolment.rules import InvitationState
from nhi_express.units.flows import lines
from nhi_express.units.flows.lines import Span
from nhi_express.units.flows.naming import name_of
from nhi_express.units.models import Batch, BatchRow, Unit
from nhi_express.units.rules import RowCells, RowReason, RowState
from nhi_express.units.typed import plain


class Ready(NamedTuple):
    """A line whose person is to be invited."""

    line: int
    member: UUID
    code_way: str


def ready_in(batch: Batch, span: Span) -> list[Ready]:
    """The lines to invite of one piece, in the order of the list."""
    told = _ready(batch).filter(line__range=span).order_by("line").values_list("line", "member", "code_way")
    return [Ready(line, member, way) for line, member, way in told if member]


def any_ready(batch: Batch) -> bool:
    """Whether a line is left to invite: after an upgrade in mid-list, pieces may have been longer than was invited."""
    return _ready(batch).exists()


def _ready(batch: Batch) -> QuerySet[BatchRow]:
    return BatchRow.objects.filter(batch=batch, state=RowState.READY, member__isnull=False)


def invite_all(batch: Batch, ready: Sequence[Ready]) -> Counter[RowState]:
    """Invite the people of these lines of the piece at hand, within the caller's transaction. Returns how many came to
    which state.

    Who has registered or was invited since the lines were checked is passed over: that is seen in this transaction.
    Raises :class:`django.db.IntegrityError` when it happens at this very moment.
    """
    made, registered, already = invite(
        batch.unit_id, [Invitee(one.member, one.code_way) for one in ready], batch.client
    )
    _pass_over(batch, ready, registered, RowState.REGISTERED, "")
    _pass_over(batch, ready, already, RowState.REFUSED, RowReason.INVITED_ALREADY)
    if made:
        _link(batch, ready)
        outbox.post_all(_letters(batch, {one.line for one in ready if one.member in made}))
    return Counter({RowState.REGISTERED: len(registered), RowState.REFUSED: len(already), RowState.INVITED: len(made)})


def _pass_over(batch: Batch, ready: Sequence[Ready], who: set[UUID], state: RowState, reason: str) -> None:
    if who:
        of = [one.line for one in ready if one.member in who]
        BatchRow.objects.filter(batch=batch, line__in=of).update(state=state, reason=reason, code_way="")


def _link(batch: Batch, ready: Sequence[Ready]) -> None:
    """Note on those of the lines that are still ready what became of them."""
    mine = BatchRow.objects.filter(batch=batch, state=RowState.READY, line__range=(ready[0].line, ready[-1].line))
    theirs = Invitation.objects.filter(member=OuterRef("member"), state=InvitationState.OPEN)
    mine.update(state=RowState.INVITED, invitation=Subquery(theirs.values("pk")))


def _letters(batch: Batch, numbers: Container[int]) -> list[Letter]:
    name, until = name_of(batch.unit_id), last_day()
    found = (plain(line.cells.email) for line in lines.piece(batch, batch.piece) if line.number in numbers)
    return [_letter(name, until, email) for email in found if email]


def post_invitation(unit: Unit, cells: RowCells, until: date) -> None:
    """Write once more to the address on a line, if it has one, within the caller's transaction; ``until``: its end."""
    email = plain(cells.email)
    if email:
        outbox.post(_letter(name_of(unit.code), until, email), bulk=True)


def _letter(unit_name: str, until: date, email: str) -> Letter:
    """In every language: whom it invites has not chosen one yet."""
    return Letter("units/invited", email, "", {"unit": unit_name, "until": until.isoformat()})
