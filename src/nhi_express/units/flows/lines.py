"""The lines of a list as they were given: sealed in pieces, opened again where they are needed."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple
from uuid import UUID
from zlib import compress, decompress

from nhi_express.core import rows
from nhi_express.core.vault import vault
from nhi_express.units.models import Batch, BatchLines, BatchRow
from nhi_express.units.reading import Line
from nhi_express.units.rules import RowCells

# So many lines are sealed together, and are one turn's work. Its writing is one transaction: on SQLite nobody else can
# write for that quarter of a second.
LINES_A_PIECE = 2_500
Piece = tuple[int, bytes]


def sealed(batch: UUID, first: int, lines: Iterator[Line]) -> Iterator[tuple[Piece, int]]:
    """Lines as pieces: the number of each piece's last line and its seal; and how many lines it has. ``first`` is the
    place of the first piece in the list."""
    number = first
    while some := list(islice(lines, LINES_A_PIECE)):
        content = compress(json.dumps([_told(line) for line in some], ensure_ascii=False).encode(), level=1)
        yield (some[-1].number, vault().seal(content, _context(batch, number))), len(some)
        number += 1


def keep(batch: UUID, first: int, pieces: Sequence[Piece]) -> None:
    """Write pieces, within the caller's transaction."""
    made = [(batch, number, last, content) for number, (last, content) in enumerate(pieces, first)]
    rows.add_all(BatchLines, ("batch_id", "number", "last", "sealed"), made)


def piece(batch: Batch, number: int) -> list[Line]:
    """The lines of one piece; none where it does not exist."""
    found = BatchLines.objects.filter(batch=batch, number=number).first()
    return [] if found is None else _opened(found)


class Span(NamedTuple):
    """The first and the last number that a line of a piece may have."""

    first: int
    last: int


def span(batch: Batch, number: int) -> Span | None:
    """Where a piece's lines are; None behind the last piece."""
    ends = dict(BatchLines.objects.filter(batch=batch, number__in=(number - 1, number)).values_list("number", "last"))
    return Span(ends.get(number - 1, 0) + 1, ends[number]) if number in ends else None


def cells_of(found: Iterable[BatchRow]) -> dict[int, RowCells]:
    """What the list held on these rows, by the rows' keys. Rows whose list was removed since are missing."""
    wanted: dict[UUID, dict[int, int]] = {}
    for row in found:
        wanted.setdefault(row.batch_id, {})[row.line] = row.pk
    return {keys[line.number]: line.cells for batch, keys in wanted.items() for line in lines_at(batch, keys)}


def lines_at(batch: UUID, numbers: Iterable[int]) -> Iterator[Line]:
    """The lines with these numbers, as far as they are still kept; each piece is opened once."""
    ends = list(BatchLines.objects.filter(batch=batch).order_by("number").values_list("last", flat=True))
    wanted: dict[int, set[int]] = {}
    for number in numbers:
        wanted.setdefault(bisect_left(ends, number), set()).add(number)
    for found in BatchLines.objects.filter(batch=batch, number__in=wanted).order_by("number"):
        yield from (line for line in _opened(found) if line.number in wanted[found.number])


def _opened(found: BatchLines) -> list[Line]:
    content = vault().open(found.sealed, _context(found.batch_id, found.number))
    return [Line(number, RowCells(*cells)) for number, *cells in json.loads(decompress(content))]


def _told(line: Line) -> tuple[int | str, ...]:
    cells = line.cells
    return line.number, cells.id_number, cells.birth_date, cells.name, cells.email, cells.staff_number


def _context(batch: UUID, number: int) -> str:
    return f"units.lines:{batch}:{number}"
