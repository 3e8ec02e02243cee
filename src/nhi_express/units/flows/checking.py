"""Checking lines of a list against the register, the accounts, and the other lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Value, When
from django.db.models.lookups import Exact

from nhi_express.core import clock, rows
from nhi_express.core.vault import vault
from nhi_express.enrolment.flows.inviting import invitations_of, invited_among
from nhi_express.enrolment.rules import CodeWay
from nhi_express.members.flows import key_of, known_keys, register
from nhi_express.members.ports import Member
from nhi_express.members.rules import MemberRecord
from nhi_express.registration import flows as accounts
from nhi_express.units.flows.lines import Span
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
_OPEN: Final = (BatchState.CHECKING, BatchState.CHECKED, BatchState.ENROLLING)
# What stands elsewhere about a person, not what the line says, makes these of a good line.
_BESIDE: Final = (RowReason.INVITED_ALREADY, RowReason.IN_ANOTHER_LIST)


class Judged(NamedTuple):
    """What becomes of one line. ``reason`` and ``code_way`` are empty where there is none.

    ``member`` is there for the line that counts for its person, and for no other, however often somebody is listed.
    """

    line: int
    read: ReadRow
    member: UUID | None
    state: str
    reason: str
    code_way: str


class Standing(NamedTuple):
    """What a line came out as when it was checked before."""

    line: int
    state: str
    reason: str
    member: UUID | None


@dataclass(frozen=True, slots=True)
class _Beside:
    """For whom and when lines are judged, and what stands elsewhere about their people; ``before``: whose line stands
    further up in the list."""

    unit: str
    today: date
    registered: set[UUID]
    invited: set[UUID]
    elsewhere: set[UUID]
    before: set[UUID]

    def of(self, who: UUID) -> RowState | RowReason:
        """What becomes of a good line about somebody, whoever stands further up."""
        if who in self.registered:
            return RowState.REGISTERED
        if who in self.invited:
            return RowReason.INVITED_ALREADY
        return RowReason.IN_ANOTHER_LIST if who in self.elsewhere else RowState.READY


def moment() -> str:
    """What a line's outcome depends on besides what stands elsewhere: the register, and the day. Empty: unknown."""
    version = register().version()
    return f"{version} {clock.today()}" if version else ""


def judge(batch: Batch, lines: Sequence[Line]) -> list[Judged]:
    """Judge one piece of a list, with one question to each table."""
    read = [read_row(line.cells) for line in lines]
    keys = [key_of(row.id_number) if row.id_number else None for row in read]
    found = register().by_keys({key for key in keys if key})
    members = [found.get(key) if key else None for key in keys]
    people = [member.key if member else key for member, key in zip(members, keys, strict=True)]
    beside = _beside(batch, lines[0].number, {who for who in people if who}, _former(found.values()))
    judged = []
    for line, row, member, who in zip(lines, read, members, people, strict=True):
        record = member.record if member else None
        state, reason = _judge(row, record, who, beside)
        counts = who if not reason or reason in _BESIDE else None
        judged.append(Judged(line.number, row, counts, state.value, str(reason), _code_way(record, state)))
    return judged


def _judge(
    row: ReadRow, record: MemberRecord | None, who: UUID | None, beside: _Beside
) -> tuple[RowState, RowReason | Literal[""]]:
    """One line by itself, and then beside the others: of two good lines about one person the first counts."""
    state, reason = judge_row(row, record, beside.unit, who in beside.registered, beside.today)
    if reason or who is None:
        return state, reason
    if who in beside.before:
        return RowState.REFUSED, RowReason.TWICE_IN_THE_LIST
    beside.before.add(who)
    outcome = beside.of(who)
    return (RowState.REFUSED, outcome) if isinstance(outcome, RowReason) else (outcome, "")


def unchanged(batch: Batch, span: Span | None = None) -> bool:
    """Whether all lines, or those of a piece, come out as before, told in one statement without opening them.

    If the :func:`moment` is the same, only what stands elsewhere can make a difference, and only to lines that count
    for a person. Asked under the present number alone: whom something waits for under a former one looks changed.
    """
    if not batch.seen or batch.seen != moment():
        return False
    who = OuterRef("member")
    registered = accounts.finished().filter(member=who)
    invited = invitations_of(batch.unit_id).filter(member=who)
    others = Batch.objects.exclude(pk=batch.pk).filter(unit=batch.unit_id, state__in=_OPEN)
    elsewhere = BatchRow.objects.filter(member=who, state=RowState.READY, batch__in=others)
    now = Case(
        When(Exists(registered), then=Value(RowState.REGISTERED)),
        When(Exists(invited), then=Value(RowReason.INVITED_ALREADY)),
        When(Exists(elsewhere), then=Value(RowReason.IN_ANOTHER_LIST)),
        default=Value(RowState.READY),
    )
    was = Case(
        When(state=RowState.REGISTERED, then=F("state")),
        When(reason__in=_BESIDE, then=F("reason")),
        default=Value(RowState.READY),
    )
    mine = BatchRow.objects.filter(batch=batch, member__isnull=False)
    if span:
        mine = mine.filter(line__range=span)
    return not mine.exclude(Exact(now, was)).exists()


def still(judged: Judged, before: Standing) -> bool:
    """Whether a line comes out as before. One that was refused for a shared address stays so."""
    if before.reason == RowReason.EMAIL_SHARED and judged.state == RowState.READY:
        return True
    return (judged.state, judged.reason) == (before.state, before.reason)


def _former(members: Iterable[Member]) -> dict[UUID, UUID]:
    """The members' keys by those of the numbers that they had before; few had any."""
    changed = (member for member in members if member.record.former_id_numbers)
    return {key: member.key for member in changed for key in known_keys(member)[1:]}


def _beside(batch: Batch, first: int, members: Collection[UUID], former: Mapping[UUID, UUID]) -> _Beside:
    """``former``: under which other keys an invitation or a registration of these members may stand."""
    known = {*members, *former}
    found = rows.among(BatchRow, "member", known, "member", "batch_id", "line", "state")
    standing = [(former.get(who, who), *where) for who, *where in found]
    others = {other for _, other, _, state in standing if other != batch.id and state == RowState.READY}
    theirs = Batch.objects.filter(pk__in=others, unit=batch.unit_id, state__in=_OPEN)
    live = set(theirs.values_list("pk", flat=True)) if others else set()
    return _Beside(
        batch.unit_id,
        clock.today(),
        {former.get(who, who) for who in accounts.registered_among(known)},
        {former.get(who, who) for who in invited_among(batch.unit_id, known)},
        {who for who, other, _, state in standing if other in live and state == RowState.READY},
        {who for who, other, line, _ in standing if other == batch.id and line < first},
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

    Asked when all lines are checked, for the last may show that the first one's address is not its own. In two
    statements: as one, PostgreSQL counts all lines anew for each line.
    """
    lines = BatchRow.objects.filter(batch=batch, mailbox__isnull=False).order_by().values_list("mailbox")
    shared = (
        lines.annotate(lines=Count("pk")).filter(lines__gt=MOST_LINES_PER_MAILBOX).values_list("mailbox", flat=True)
    )
    refused = {"state": RowState.REFUSED.value, "reason": RowReason.EMAIL_SHARED.value, "code_way": ""}
    ready = {"batch": batch.id, "state": RowState.READY.value}
    return rows.change_among(BatchRow, "mailbox", shared, ready, **refused)
