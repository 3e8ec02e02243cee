"""A unit's lists: brought, looked at, confirmed, stopped, and removed when their time is over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, Actor, record
from nhi_express.core import clock, randomness
from nhi_express.core.config import config
from nhi_express.core.rows import add_all
from nhi_express.core.vault import vault
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.units.flows import lines, working
from nhi_express.units.flows.desk import Desk
from nhi_express.units.flows.lines import cells_of
from nhi_express.units.flows.working import name_of
from nhi_express.units.models import Batch, BatchLines, BatchPart, BatchRow, Unit
from nhi_express.units.reading import Line, RejectRow
from nhi_express.units.rules import BatchState, RowCells, RowReason, RowState

# Other rooms and views know one door to the lists.
__all__ = [
    "MOST_OPEN",
    "LineShown",
    "Progress",
    "Review",
    "confirm",
    "find",
    "first_rows",
    "forget_files",
    "name_of",
    "of_unit",
    "progress",
    "receive",
    "rejects",
    "review",
    "rows",
    "stop",
]

MOST_OPEN = 5
# A unit brings one list a month; each is kept for a while, and a stopped one leaves room for the next at once.
MOST_A_DAY = 50
_UNFINISHED = (*working.WORKING, BatchState.CHECKED)
_PIECE = 128 * 1024


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work on a list is: ``done`` of ``whole`` lines in its present state; ``whole`` is 0 while unknown."""

    state: BatchState
    done: int
    whole: int


@dataclass(frozen=True, slots=True)
class Review:
    """What came of checking: ``version`` names it when it is confirmed. ``reasons`` counts refused lines by reason;
    ``changed`` counts those that came out otherwise than at the review before."""

    version: int
    ready: int
    registered: int
    refused: int
    changed: int
    reasons: dict[RowReason, int]


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line with what became of it. ``cells`` are empty where the list was removed since."""

    line: int
    state: RowState
    reason: str
    notes: tuple[str, ...]
    cells: RowCells


def receive(desk: Desk, name: str, chunks: Iterable[bytes], *, request_key: str | None = None, language: str) -> Batch:
    """Take a list in: its pieces are sealed as they come, and the whole is stored at once or not at all.

    ``request_key``: sent again with the same content, the list that it brought before is the answer.
    Raises :class:`Refused`: too large, too many open lists, too many in a day, or the key was used for other content.
    """
    batch_id, digest = randomness.identifier(), hashlib.sha256()
    parts = list(_sealed_parts(batch_id, _taken(chunks, digest)))
    key = hashlib.sha256(request_key.encode()).hexdigest() if request_key else None
    try:
        with transaction.atomic():
            return _again(desk, key, digest.digest()) or _store(
                desk, Batch(id=batch_id, request_key=key, digest=digest.digest(), language=language), name, parts
            )
    except IntegrityError:
        # The same request came twice at the same moment, and the other was faster.
        found = _again(desk, key, digest.digest())
        if found is None:
            raise
        return found


def _taken(chunks: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    """The file in pieces of one size, as it comes. Raises :class:`Refused` as soon as it is too large."""
    most, size, held = config().unit_file_megabytes * 1024 * 1024, 0, bytearray()
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise Refused(Problem.LIST_TOO_LARGE, megabytes=config().unit_file_megabytes)
        digest.update(chunk)
        held += chunk
        while len(held) >= _PIECE:
            yield bytes(held[:_PIECE])
            del held[:_PIECE]
    if held:
        yield bytes(held)


def _sealed_parts(batch: UUID, pieces: Iterable[bytes]) -> Iterator[tuple[UUID, int, bytes]]:
    for number, piece in enumerate(pieces):
        yield batch, number, vault().seal(piece, working.part_context(batch, number))


def _again(desk: Desk, key: str | None, digest: bytes) -> Batch | None:
    """The list that the same request brought before. Raises :class:`Refused` when it was another list."""
    found = Batch.objects.filter(unit=desk.unit, request_key=key).first() if key else None
    if found is not None and bytes(found.digest) != digest:
        raise Refused(Problem.REQUEST_KEY_TAKEN)
    return found


def _store(desk: Desk, batch: Batch, name: str, parts: list[tuple[UUID, int, bytes]]) -> Batch:
    # Of two lists that come at the same moment, the second waits here and is counted with the first.
    Unit.objects.select_for_update().get(pk=desk.unit.pk)
    if Batch.objects.filter(unit=desk.unit, state__in=_UNFINISHED).count() >= MOST_OPEN:
        raise Refused(Problem.TOO_MANY_LISTS)
    now = clock.now()
    if Batch.objects.filter(unit=desk.unit, created_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Refused(Problem.TOO_MANY_LISTS_TODAY, most=MOST_A_DAY)
    batch.unit, batch.officer, batch.source, batch.client = desk.unit, desk.officer, desk.source, desk.client
    batch.state = BatchState.RECEIVED
    batch.sealed_name = vault().seal(name.encode("utf-8", "replace"), working.name_context(batch.id))
    batch.created_at = batch.state_at = batch.turn_at = now
    batch.file_until = now + timedelta(days=config().unit_file_days)
    batch.save(force_insert=True)
    add_all(BatchPart, ("batch_id", "number", "sealed"), parts)
    _record(Event.LIST_RECEIVED, desk, batch, source=desk.source)
    working.queue(batch)
    return batch


def of_unit(desk: Desk, most: int = 100, before: datetime | None = None) -> list[Batch]:
    """The unit's lists, the newest first; those that came before a moment, where it is given."""
    found = Batch.objects.filter(unit=desk.unit).order_by("-created_at")
    return list((found.filter(created_at__lt=before) if before else found)[:most])


def find(desk: Desk, batch_id: UUID) -> Batch:
    """One of the unit's lists. Raises :class:`Refused` for any other."""
    found = Batch.objects.filter(unit=desk.unit, pk=batch_id).first()
    if found is None:
        raise Refused(Problem.NOT_FOUND)
    return found


def progress(batch: Batch) -> Progress:
    """How far the work on it is."""
    state = BatchState(batch.state)
    if state in {BatchState.RECEIVED, BatchState.READING}:
        return Progress(state, batch.lines, 0)
    if state in {BatchState.ENROLLING, BatchState.DONE}:
        return Progress(state, batch.invited, batch.invited + batch.ready)
    return Progress(state, batch.checked, batch.lines)


def review(batch: Batch) -> Review:
    """What came of checking."""
    refused = BatchRow.objects.filter(batch=batch, state=RowState.REFUSED).order_by()
    counted = refused.values_list("reason").annotate(Count("pk"))
    reasons = {RowReason(reason): count for reason, count in counted}
    return Review(batch.version, batch.ready, batch.registered, batch.refused, batch.changed, reasons)


def rows(batch: Batch, state: RowState | None = None, after: int = 0, most: int = 50) -> list[LineShown]:
    """Lines that were checked, in their order: those in a state (None: all), behind the line ``after``."""
    found = BatchRow.objects.filter(batch=batch, line__gt=after).order_by("line")
    shown = list((found if state is None else found.filter(state=state))[:most])
    cells = cells_of(shown)
    return [_shown(row, cells.get(row.pk, RowCells())) for row in shown]


def _shown(row: BatchRow, cells: RowCells) -> LineShown:
    notes = tuple(row.notes.split(",")) if row.notes else ()
    return LineShown(row.line, RowState(row.state), row.reason, notes, cells)


def rejects(desk: Desk, batch_id: UUID) -> Iterator[RejectRow]:
    """The refused lines of a list in their order, opened piece by piece. Raises :class:`Refused` for another unit's."""
    batch, last = find(desk, batch_id), 0
    while some := rows(batch, RowState.REFUSED, last, lines.LINES_A_PIECE):
        yield from (RejectRow(row.line, row.cells, RowReason(row.reason)) for row in some)
        last = some[-1].line


def first_rows(batch: Batch, most: int = 5) -> list[Line]:
    """The first lines as they were read, as soon as they are."""
    return lines.piece(batch, 0)[:most]


def confirm(desk: Desk, batch_id: UUID, version: int) -> Batch:
    """Say yes to a review: every line is checked once more, and if all come out alike their people are invited.

    Raises :class:`Refused`: the result is another by now, or the list does not wait for a yes.
    """
    shown = Batch.objects.filter(pk=batch_id, unit=desk.unit, state=BatchState.CHECKED, version=version)
    with transaction.atomic():
        if not _move(shown, BatchState.CHECKING, piece=0, checked=0, changed=0, confirmed=True):
            waits = find(desk, batch_id).state == BatchState.CHECKED
            raise Refused(Problem.BATCH_CHANGED if waits else Problem.BATCH_NOT_THERE_YET)
        batch = find(desk, batch_id)
        _record(Event.LIST_CONFIRMED, desk, batch, rows=batch.ready)
        working.queue(batch)
    return batch


def stop(desk: Desk, batch_id: UUID) -> Batch:
    """Stop a list wherever it is; whoever is invited already stays invited. Its file goes at once, its lines in time.

    Raises :class:`Refused` when it is over.
    """
    unfinished = Batch.objects.filter(pk=batch_id, unit=desk.unit, state__in=_UNFINISHED)
    with transaction.atomic():
        if not _move(unfinished, BatchState.STOPPED):
            find(desk, batch_id)
            raise Refused(Problem.BATCH_NOT_THERE_YET)
        batch = find(desk, batch_id)
        BatchPart.objects.filter(batch=batch).delete()
        _record(Event.LIST_STOPPED, desk, batch, rows=batch.invited)
    return batch


def _move(mine: QuerySet[Batch], wanted: BatchState, **columns: object) -> int:
    """Move a list on, if it is still found so: of two officers, or an officer and the worker, one wins."""
    now = clock.now()
    return mine.update(state=wanted, state_at=now, turn_at=now, **columns)


def _record(event: Event, desk: Desk, batch: Batch, **more: str | int) -> None:
    member = desk.officer.member if desk.officer else None
    actor: Actor = "officer" if desk.officer else "system"
    record(event, About(member), actor, unit=desk.unit.code, batch=str(batch.id), **desk.told, **more)


def forget_files() -> int:
    """Remove files whose time is over, with all that their lines held; what came of them stays, for who was invited.

    Returns how many. A list that still waits for its officer is stopped with it.
    """
    over = Batch.objects.filter(file_until__lt=clock.now())
    return sum(_forget(batch) for batch in over)


def _forget(batch: Batch) -> int:
    with transaction.atomic():
        gone = Batch.objects.filter(pk=batch.pk, file_until=batch.file_until)
        if not gone.update(file_until=None, sealed_name=b""):
            return 0
        _move(Batch.objects.filter(pk=batch.pk, state__in=_UNFINISHED), BatchState.STOPPED)
        BatchPart.objects.filter(batch=batch).delete()
        BatchLines.objects.filter(batch=batch).delete()
        BatchRow.objects.filter(batch=batch).exclude(state=RowState.INVITED).delete()
        record(Event.LIST_REMOVED, About(), "system", batch=str(batch.id))
    return 1
