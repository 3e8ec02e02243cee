"""Checking lines of a list against the register, the accounts, and the other lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from nhi_express.core import clock, rows
from nhi_express.core.vault import vault
from nhi_express.enrolment.flows.inviting import invited_among
from nhi_express.enrolment.rules import CodeWay
from nhi_express.members.flows import key_of, register
from nhi_express.members.ports import Member
from nhi_express.members.rules import MemberRecord
from nhi_express.registration import flows as accounts
from nhi_express.units.models import Batch, BatchRow
from nhi_express.units.reading import Line
from nhi_express.units.rules import (
    MOST_LINES_PER_MAILBOX,
    BatchState,
    ReadRow,
    RowReason,
    RowState,
    judge_row,
    mailbox,
    read_row,
)

# Lists whose ready lines still may become invitations.
_OPEN = (BatchState.CHECKING, BatchState.CHECKED, BatchState.ENROLLING)


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of one line. ``reason`` and ``code_way`` are empty where there is none.

    ``member`` is there for the line that counts for its person, and for no other, however often somebody is listed.
    """

    line: int
    read: ReadRow
    member: UUID | None
    state: str
    reason: str
    code_way: str


@dataclass(frozen=True, slots=True)
class _Around:
    """All that is known around some lines: whom the register knows, and what stands elsewhere about the same people."""

    found: dict[UUID, Member]
    registered: set[UUID]
    invited: set[UUID]
    before: set[UUID]
    elsewhere: set[UUID]


def judge(batch: Batch, lines: Sequence[Line]) -> list[Judged]:
    """Judge one piece of a list, with one question to each table."""
    read = [read_row(line.cells) for line in lines]
    keys = [key_of(row.id_number) if row.id_number else None for row in read]
    around = _look_around(batch, lines[0].number, [key for key in keys if key])
    today, judged = clock.today(), []
    for line, row, key in zip(lines, read, keys, strict=True):
        member = around.found.get(key) if key else None
        who = member.key if member else key
        record = member.record if member else None
        state, reason = judge_row(row, record, batch.unit_id, who in around.registered, today)
        if not reason and who:
            state, reason = _among_others(who, state, around)
        counts = None if reason else who
        judged.append(Judged(line.number, row, counts, state.value, str(reason), _code_way(record, state)))
    return judged


def _among_others(who: UUID, state: RowState, around: _Around) -> tuple[RowState, str]:
    """The same line seen beside the others; of two good lines about one person the first counts."""
    if who in around.before:
        return RowState.REFUSED, RowReason.TWICE_IN_THE_LIST
    around.before.add(who)
    if state == RowState.REGISTERED:
        return state, ""
    if who in around.invited:
        return RowState.REFUSED, RowReason.INVITED_ALREADY
    return (RowState.REFUSED, RowReason.IN_ANOTHER_LIST) if who in around.elsewhere else (state, "")


def _look_around(batch: Batch, first: int, keys: Sequence[UUID]) -> _Around:
    found = register().by_keys(keys)
    members = {found[key].key if key in found else key for key in keys}
    standing = list(rows.among(BatchRow, "member", members, "member", "batch_id", "line", "state"))
    others = {other for _, other, _, state in standing if other != batch.id and state == RowState.READY}
    live = set(Batch.objects.filter(pk__in=others, state__in=_OPEN).values_list("pk", flat=True)) if others else set()
    return _Around(
        found,
        accounts.registered_among(members),
        invited_among(batch.unit_id, members),
        {who for who, other, line, _ in standing if other == batch.id and line < first},
        {who for who, other, _, state in standing if other in live and state == RowState.READY},
    )


def _code_way(record: MemberRecord | None, state: RowState) -> str:
    """How the insurer can reach a member by the register's own address; of no concern where nobody is invited."""
    if record is None or state != RowState.READY:
        return ""
    way = CodeWay.LETTER if record.postal_address else CodeWay.MAIL if record.email else CodeWay.NONE
    return way.value


def mailbox_key(row: ReadRow) -> UUID | None:
    """The keyed index of a line's address, by which lines with the same one are found."""
    return vault().index(mailbox(row.email), "units.mailbox") if row.email else None


def refuse_shared_mailboxes(batch: Batch) -> int:
    """Refuse ready lines whose address stands on too many lines, within the caller's transaction. Returns how many.

    Asked when all lines are checked, for the last may show that the first one's address is not its own.
    """
    mine = BatchRow.objects.filter(batch=batch)
    lines = mine.filter(mailbox__isnull=False).values("mailbox").annotate(lines=Count("pk")).order_by()
    shared = lines.filter(lines__gt=MOST_LINES_PER_MAILBOX).values("mailbox")
    ready = mine.filter(state=RowState.READY, mailbox__in=shared)
    return ready.update(state=RowState.REFUSED, reason=RowReason.EMAIL_SHARED, code_way="")


def still(judged: Judged, state: str, reason: str) -> bool:
    """Whether a line that was judged before comes out as it did. One refused for a shared address stays so."""
    if reason == RowReason.EMAIL_SHARED and judged.state == RowState.READY:
        return True
    return (judged.state, judged.reason) == (state, reason)
