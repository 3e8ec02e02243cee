"""Loading the insurer's list of units from its file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction

from nhi_express.enrolment.flows.numbers import keys_beside
from nhi_express.units.adapters import listing
from nhi_express.units.adapters.listing import Reason, Reject, WrongList
from nhi_express.units.flows.officers import end_duty, lock_unit
from nhi_express.units.models import Officer
from nhi_express.units.ports import ListedAs
from nhi_express.units.rules import OfficerRole, OfficerState

CHUNK = 1000
_Read = tuple[int, ListedAs | Reject]


@dataclass(slots=True)
class Loaded:
    """What came of an import: lines taken, lines rejected, and units struck off for they stand in it no longer."""

    accepted: int = 0
    rejected: int = 0
    removed: int = 0


@dataclass(slots=True)
class _Chunk:
    units: list[ListedAs] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def import_units(file: Path, rejects: Path, progress: Callable[[int], object], *, whole: bool = False) -> Loaded:
    """Load the insurer's list of units, chunk by chunk, each in one transaction.

    Interrupted, run it again: what is listed already is written the same once more. A unit that stands twice is taken
    where it stands first. Who is named responsible no longer is an officer no more. ``whole``: the file names all units
    that there are, and the others are struck off at its end; none where any line was rejected, for it may be theirs.
    ``progress`` is told the byte reached; ``rejects`` appears at the end, whole. Raises :class:`WrongList`.
    """
    if rejects.exists() and rejects.samefile(file):
        raise WrongList("The rejects would overwrite the list of units: name another file for them.")
    unfinished = rejects.with_name(rejects.name + ".part")
    with file.open("rb") as source:
        listing.check_header(source)
        with unfinished.open("w", encoding="utf-8", newline="") as out:
            loaded = _load(source, csv.writer(out), progress, whole=whole)
    unfinished.replace(rejects)
    return loaded


def _load(
    source: BinaryIO,
    told: Any,  # noqa: ANN401 - csv's own writer
    progress: Callable[[int], object],
    *,
    whole: bool,
) -> Loaded:
    told.writerow(("line", "column", "reason"))
    loaded, seen, lines = Loaded(), set[str](), listing.read(source)
    while read := list(islice(lines, CHUNK)):
        chunk = _take(read, seen)
        loaded.accepted += len(chunk.units)
        loaded.rejected += len(chunk.rejects)
        told.writerows((one.line, one.column, one.reason) for one in chunk.rejects)
        progress(source.tell())
    if whole and loaded.accepted and not loaded.rejected:
        with transaction.atomic():
            loaded.removed = listing.strike_off_all_but(seen)
    return loaded


def _take(read: list[_Read], seen: set[str]) -> _Chunk:
    """Write one chunk: all of it or nothing."""
    chunk = _Chunk()
    for line, found in read:
        if isinstance(found, Reject):
            chunk.rejects.append(found)
        elif found.code in seen:
            chunk.rejects.append(Reject(line, "code", Reason.TWICE_IN_THE_FILE))
        else:
            seen.add(found.code)
            chunk.units.append(found)
    with transaction.atomic():
        listing.upsert(chunk.units)
        for officer in _no_longer_responsible(chunk.units):
            lock_unit(officer.unit_id)
            # Meanwhile the duty may have ended otherwise.
            still = Officer.objects.filter(pk=officer.pk, state=OfficerState.ACTIVE).first()
            if still is not None:
                end_duty(still, "system")
    return chunk


def _no_longer_responsible(units: list[ListedAs]) -> Iterator[Officer]:
    """The responsible persons of units here whom the list does not name any longer, not even by a former number."""
    named = {unit.code: unit.responsible for unit in units}
    active = Officer.objects.filter(role=OfficerRole.RESPONSIBLE, state=OfficerState.ACTIVE)
    for officer in active.filter(unit__in=named):
        if named[officer.unit_id] not in {officer.member, *keys_beside(officer.member)}:
            yield officer
