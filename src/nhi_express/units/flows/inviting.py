"""What the lines of a confirmed list become: invitations, and letters to the addresses on the lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection

from nhi_express.core import outbox
from nhi_express.core.outbox import Letter
from nhi_express.enrolment.flows.inviting import Invitee, invite, invited_among, last_day
from nhi_express.registration import flows as accounts
from nhi_express.units.flows import lines
from nhi_express.units.flows.naming import name_of
from nhi_express.units.models import Batch, BatchRow, Unit
from nhi_express.units.rules import RowCells, RowReason, RowState
from nhi_express.units.typed import plain


class Ready(NamedTuple):
    """A line whose person is to be invited."""

    line: int
    member: UUID
    code_way: str


def next_ready(batch: Batch) -> list[Ready]:
    """The next lines to invite, in the order of the list: one piece's work; none when all are through."""
    ready = BatchRow.objects.filter(batch=batch, state=RowState.READY, member__isnull=False).order_by("line")
    some = ready.values_list("line", "member", "code_way")[: lines.LINES_A_PIECE]
    return [Ready(line, member, way) for line, member, way in some if member]


def invite_all(batch: Batch, ready: Sequence[Ready]) -> Counter[RowState]:
    """Invite the people of these lines, within the caller's transaction. Returns how many came to which state.

    Who has registered or was invited since the lines were checked is passed over: that is seen in this transaction.
    Raises :class:`django.db.IntegrityError` when it happens at this very moment.
    """
    members = [one.member for one in ready]
    registered = accounts.registered_among(members)
    invited = invited_among(batch.unit_id, members) - registered
    _pass_over(batch, ready, registered, RowState.REGISTERED, "")
    _pass_over(batch, ready, invited, RowState.REFUSED, RowReason.INVITED_ALREADY)
    left = [one for one in ready if one.member not in registered and one.member not in invited]
    made = invite(batch.unit_id, [Invitee(one.member, one.code_way) for one in left], batch.client)
    _link(batch, [(one.line, made[one.member]) for one in left])
    outbox.post_all(_letters(batch, [one.line for one in left]))
    return Counter({RowState.REGISTERED: len(registered), RowState.REFUSED: len(invited), RowState.INVITED: len(left)})


def _pass_over(batch: Batch, ready: Sequence[Ready], who: set[UUID], state: RowState, reason: str) -> None:
    if who:
        of = [one.line for one in ready if one.member in who]
        BatchRow.objects.filter(batch=batch, line__in=of).update(state=state, reason=reason, code_way="")


# One row a line: where the engine can, all at once.
_LINK: Final = "UPDATE units_batchrow SET state = 'invited', invitation_id = %s WHERE batch_id = %s AND line = %s"
_LINK_ALL: Final = (
    "UPDATE units_batchrow SET state = 'invited', invitation_id = made.id "
    "FROM unnest(%s::integer[], %s::uuid[]) AS made (line, id) "
    "WHERE batch_id = %s AND units_batchrow.line = made.line"
)


def _link(batch: Batch, made: Sequence[tuple[int, UUID]]) -> None:
    """Note on the lines what became of them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            numbers, invitations = [line for line, _ in made], [one for _, one in made]
            cursor.execute(_LINK_ALL, [numbers, invitations, batch.id])
        else:
            cursor.executemany(_LINK, [(one.hex, batch.id.hex, line) for line, one in made])


def _letters(batch: Batch, numbers: Sequence[int]) -> list[Letter]:
    name, until = name_of(batch.unit_id), last_day()
    found = (plain(line.cells.email) for line in lines.lines_at(batch.id, numbers))
    return [_letter(name, until, email) for email in found if email]


def post_invitation(unit: Unit, cells: RowCells, until: date) -> None:
    """Write once more to the address on a line, if it has one, within the caller's transaction; ``until``: its end."""
    email = plain(cells.email)
    if email:
        outbox.post(_letter(name_of(unit.code), until, email), bulk=True)


def _letter(unit_name: str, until: date, email: str) -> Letter:
    """In every language: whom it invites has not chosen one yet."""
    return Letter("units/invited", email, "", {"unit": unit_name, "until": until.isoformat()})
