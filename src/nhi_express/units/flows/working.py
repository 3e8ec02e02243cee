"""Working through a list in turns, so that every list gets on: reading, checking, and after the officer's yes inviting.

A turn does one piece of work in one transaction, together with how far the list came and with its next turn, which goes
to the end of the queue. It begins by claiming the list as it found it, so of two that do the same piece one is undone:
a worker that dies loses nothing, and nothing is done twice. Questions are asked before the transaction, which keeps it
short: on SQLite nobody else can write meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from itertools import islice
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce, Length
from django_tasks_db.models import DBTaskResult

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, rows
from nhi_express.core.config import config
from nhi_express.core.jobs import job
from nhi_express.core.vault import vault
from nhi_express.units.flows import checking, inviting, lines
from nhi_express.units.flows.checking import Judged, Standing
from nhi_express.units.models import Batch, BatchLines, BatchPart, BatchRow
from nhi_express.units.reading import ListRefused, read_list
from nhi_express.units.rules import BatchState, RowState

WORKING: Final = (BatchState.RECEIVED, BatchState.READING, BatchState.CHECKING, BatchState.ENROLLING)
# Reading begins at the file's first byte each time, so one turn of it takes many lines.
LINES_A_TURN: Final = 50_000
# A list that nobody has worked on for so long has lost its turn with the worker that had it in hand.
LEASE: Final = timedelta(seconds=60)
_TRIES: Final = 3


class Overtaken(Exception):
    """The list is not as it was found: another worker, or the officer, was faster."""


@job
def turn(batch_id: str) -> None:
    """One turn of a list. Where it stands no longer where it did, there is nothing to do."""
    work(UUID(batch_id))


def work(batch_id: UUID) -> None:
    """Do a list's next piece of work, if it has one."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is not None and batch.state in WORKING:
        with suppress(Overtaken):
            _try(_STEPS[BatchState(batch.state)], batch)


def _try(step: Callable[[Batch], None], batch: Batch) -> None:
    """Do a step. Where somebody registers at this very moment it is undone, and done again knowing of it."""
    for _ in range(_TRIES - 1):
        try:
            step(batch)
        except IntegrityError:
            continue
        return
    step(batch)


def queue(batch: Batch) -> None:
    """Put a list's next turn at the end of the queue, within the caller's transaction; one at a time is enough."""
    payload = {"args": [str(batch.id)], "kwargs": {}}
    waiting = DBTaskResult.objects.ready().filter(task_path=turn.module_path, args_kwargs=payload)
    if not waiting.exists():
        turn.enqueue(str(batch.id))


def take_up_again() -> int:
    """Give a turn to each list that has lost its own. Returns how many."""
    stale = Batch.objects.filter(state__in=WORKING, turn_at__lt=clock.now() - LEASE)
    return sum(_take_up(batch) for batch in stale)


def _take_up(batch: Batch) -> bool:
    with transaction.atomic():
        mine = Batch.objects.filter(pk=batch.pk, state=batch.state, turn_at=batch.turn_at)
        if not mine.update(turn_at=clock.now()):
            return False
        queue(batch)
    return True


def advance(batch: Batch, state: BatchState, piece: int, **columns: object) -> None:
    """Claim the list as it was found, and note how far it comes with this turn. Raises :class:`Overtaken`."""
    found = {"id": batch.id, "state": batch.state, "piece": batch.piece, "confirmed": batch.confirmed}
    now = clock.now()
    columns |= {"state": state, "piece": piece, "turn_at": now}
    if state != batch.state:
        columns["state_at"] = now
    if not rows.change(Batch, found, **columns):
        raise Overtaken
    if state in WORKING:
        queue(batch)


def _read(batch: Batch) -> None:
    """Read the next lines of the file, and seal them in pieces."""
    try:
        sheet = read_list(_file(batch), name_of(batch), config().unit_rows)
        wanted = islice(sheet.lines, batch.lines, batch.lines + LINES_A_TURN)
        pieces = list(lines.sealed(batch.id, batch.piece, wanted))
    except ListRefused as refusal:
        _refuse(batch, refusal.problem)
    else:
        _keep(batch, sheet.columns, pieces)


def _keep(batch: Batch, columns: Mapping[str, int], pieces: Sequence[tuple[lines.Piece, int]]) -> None:
    read = sum(count for _, count in pieces)
    ended = read < LINES_A_TURN
    state, piece = (BatchState.CHECKING, 0) if ended else (BatchState.READING, batch.piece + len(pieces))
    with transaction.atomic():
        advance(batch, state, piece, lines=batch.lines + read, columns=dict(columns))
        lines.keep(batch.id, batch.piece, [one for one, _ in pieces])


def _file(batch: Batch) -> bytes:
    parts = BatchPart.objects.filter(batch=batch).order_by("number")
    whole = BytesIO()
    # All of its room at once: a buffer that grows leaves holes behind that are as large as the file.
    whole.seek(parts.aggregate(room=Coalesce(Sum(Length("sealed")), 0))["room"])
    whole.write(b"\0")
    whole.seek(0)
    for part in parts.iterator(1):
        whole.write(vault().open(part.sealed, part_context(batch.id, part.number)))
    whole.truncate()
    # Not copied, as it would be where the parts are joined.
    return whole.getvalue()


def part_context(batch: UUID, number: int) -> str:
    """What a piece of a file is sealed for."""
    return f"units.part:{batch}:{number}"


def name_of(batch: Batch) -> str:
    """The file's name; empty once the file was removed."""
    return vault().open(batch.sealed_name, name_context(batch.id)).decode() if batch.sealed_name else ""


def name_context(batch: UUID) -> str:
    """What a file's name is sealed for."""
    return f"units.name:{batch}"


def _refuse(batch: Batch, problem: str) -> None:
    """The file is none of ours: nothing of it is kept."""
    with transaction.atomic():
        advance(batch, BatchState.REFUSED, batch.piece, problem=problem, lines=0)
        BatchPart.objects.filter(batch=batch).delete()
        BatchLines.objects.filter(batch=batch).delete()
        record(Event.LIST_REFUSED, About(), "system", unit=batch.unit_id, batch=str(batch.id), problem=problem)


def _check(batch: Batch) -> None:
    """Check the next piece: for the first time, or once more after the officer's yes. Behind the last, conclude."""
    if batch.checked == batch.lines:
        _conclude(batch)
    else:
        (_check_again if batch.confirmed else _check_first)(batch)


def _check_first(batch: Batch) -> None:
    # Asked before anything of the register is read: what changes from now on makes another moment.
    seen = batch.seen if batch.piece else checking.moment()
    judged = checking.judge(batch, lines.piece(batch, batch.piece))
    told = {"checked": batch.checked + len(judged), "seen": seen}
    with transaction.atomic():
        advance(
            batch, BatchState.CHECKING, batch.piece + 1, **told, **_counted(batch, Counter(o.state for o in judged))
        )
        rows.add_all(BatchRow, _ROW, [_row(batch, one) for one in judged])


def _check_again(batch: Batch) -> None:
    """Check the next piece once more, opened only if something changed there; most lists are as they were, and done."""
    span, left = lines.span(batch, batch.piece), batch.lines - batch.checked
    if not batch.piece and checking.unchanged(batch):
        alike = left
    elif span and checking.unchanged(batch, span):
        alike = BatchRow.objects.filter(batch=batch, line__range=span).count()
    else:
        _check_anew(batch)
        return
    with transaction.atomic():
        advance(batch, BatchState.CHECKING, batch.piece + 1, checked=batch.checked + alike)


def _check_anew(batch: Batch) -> None:
    """Judge the next piece as if for the first time, and note which lines come out otherwise."""
    known = _known(batch, batch.piece)
    judged = checking.judge(batch, lines.piece(batch, batch.piece))
    changed = [one for one in judged if not checking.still(one, known[one.line])]
    counts = Counter(one.state for one in changed)
    counts.subtract(known[one.line].state for one in changed)
    told = {"checked": batch.checked + len(known), "changed": batch.changed + len(changed)}
    with transaction.atomic():
        advance(batch, BatchState.CHECKING, batch.piece + 1, **told, **_counted(batch, counts))
        for one in changed:
            _change(batch, one)


_STATES: Final = {"ready": RowState.READY, "registered": RowState.REGISTERED, "refused": RowState.REFUSED}


def _counted(batch: Batch, counts: Mapping[str, int]) -> dict[str, int]:
    return {name: getattr(batch, name) + counts.get(state.value, 0) for name, state in _STATES.items()}


def _known(batch: Batch, piece: int) -> dict[int, Standing]:
    """The lines of a piece as they came out before."""
    mine = BatchRow.objects.filter(batch=batch, line__range=lines.span(batch, piece)).order_by("line")
    return {row[0]: Standing(*row) for row in mine.values_list(*Standing._fields)}


_ROW: Final = ("batch_id", "line", "state", "reason", "notes", "member", "mailbox", "code_way")


def _row(batch: Batch, one: Judged) -> tuple[object, ...]:
    told = (one.state, one.reason, ",".join(one.read.notes), one.member)
    return (batch.id, one.line, *told, checking.mailbox_key(one.read), one.code_way)


def _change(batch: Batch, one: Judged) -> None:
    told = {"state": one.state, "reason": one.reason, "code_way": one.code_way, "member": one.member}
    rows.change(BatchRow, {"batch": batch.id, "line": one.line}, **told)


def _conclude(batch: Batch) -> None:
    """All lines are checked: show the officer what came of it, or after a yes to this very outcome go on."""
    with transaction.atomic():
        shared = checking.refuse_shared_mailboxes(batch)
        counts = {"ready": batch.ready - shared, "refused": batch.refused + shared}
        changed = batch.changed + shared if batch.confirmed else 0
        if batch.confirmed and not changed:
            advance(batch, BatchState.ENROLLING, 0, **counts)
        else:
            # Lines that changed were seen at another moment than the others: the next time all are opened.
            seen = batch.seen if not changed else ""
            told = {"version": batch.version + 1, "confirmed": False, "changed": changed, "seen": seen}
            advance(batch, BatchState.CHECKED, 0, **counts, **told)


def _enrol(batch: Batch) -> None:
    """Invite the people on the next piece of a confirmed list; behind the last it is done, if nobody was left out."""
    span = lines.span(batch, batch.piece)
    ready = inviting.ready_in(batch, span) if span else []
    done = span is None and not inviting.any_ready(batch)
    with transaction.atomic():
        advance(batch, BatchState.DONE if done else BatchState.ENROLLING, batch.piece + 1 if span else 0)
        _count(batch, inviting.invite_all(batch, ready))


def _count(batch: Batch, outcomes: Counter[RowState]) -> None:
    """Move the counts of lines that were ready to what became of them."""
    counts = Counter({state.value: count for state, count in outcomes.items()})
    counts[RowState.READY.value] = -outcomes.total()
    rows.change(Batch, {"id": batch.id}, **_counted(batch, counts), invited=batch.invited + outcomes[RowState.INVITED])


_STEPS: Final[Mapping[BatchState, Callable[[Batch], None]]] = {
    BatchState.RECEIVED: _read,
    BatchState.READING: _read,
    BatchState.CHECKING: _check,
    BatchState.ENROLLING: _enrol,
}
