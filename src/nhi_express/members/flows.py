"""The insured register: looking members up, and loading the insurer's file."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from io import BufferedReader
from itertools import chain
from pathlib import Path
from uuid import UUID

from django.db import transaction

from nhi_express.core import clock
from nhi_express.core.vault import vault
from nhi_express.members.adapters import loading
from nhi_express.members.adapters.loading import Loaded
from nhi_express.members.adapters.table import CARD_PURPOSE, ID_PURPOSE, RegisterTable, context
from nhi_express.members.models import ImportReject, ImportRun
from nhi_express.members.ports import InsuredRegister, Member
from nhi_express.members.reading import Chunk, Reject, WrongFile, check_header, read_chunk
from nhi_express.members.rules import IdNumber, pack
from nhi_express.members.schema import Reason

CHUNK = 2000
_REJECTS_HEADER = ("line", "column", "reason")
_ANOTHER = "Another import of this file is running; this one stopped."


@cache
def register() -> InsuredRegister:
    """The insured register of this installation."""
    return RegisterTable()


def key_of(number: IdNumber) -> UUID:
    """The keyed index of an ID number, whether or not anybody has it: of a member's present one, the member's key."""
    return vault().index(str(number), ID_PURPOSE)


def known_keys(member: Member) -> tuple[UUID, ...]:
    """The keys under which a member may be known elsewhere: that of the present number first, then of former ones."""
    return tuple(map(key_of, member.known_numbers))


class AnotherImport(Exception):
    """Another process goes on with the same import at the same time; it goes on, this one stops."""


def import_register(file: Path, rejects: Path, progress: Callable[[int], object]) -> ImportRun:
    """Load the insurer's file, chunk by chunk, each in one transaction together with how far it came.

    Run again after an interruption it goes on after the last whole chunk; run again when finished it loads anew.
    The rejects file appears at the end, whole.
    A number that stands twice is taken where it stands first. ``progress`` is told the byte reached.
    Raises :class:`WrongFile` and :class:`AnotherImport`; chunks that were written before stay.
    """
    if rejects.exists() and rejects.samefile(file):
        raise WrongFile("The rejects would overwrite the register file: name another file for them.")
    if not rejects.parent.is_dir():
        # Said now, not after an hour's import: the rejects are written at its end.
        raise WrongFile("The folder for the rejects does not exist.")
    with file.open("rb") as source:
        first = check_header(source)
        run = _begin(source)
        source.seek(max(run.offset, first))
        while chunk := read_chunk(source, run.line, CHUNK):
            _take(run, chunk)
            progress(chunk.offset)
    _finish(run, rejects)
    return run


def _begin(source: BufferedReader) -> ImportRun:
    """The last import where it was of this very file and did not finish, else a new one.

    An import older than the last is never gone on with: what it wrote may have been written over since.
    """
    source.seek(0)
    digest = hashlib.file_digest(source, "sha256").hexdigest()
    last = ImportRun.objects.order_by("-pk").first()
    if last is not None and last.digest == digest and last.finished_at is None:
        return last
    return ImportRun.objects.create(digest=digest, line=1, started_at=clock.now())


def sealed_row(cells: list[str], run: int) -> Loaded:
    """A checked row as it is stored."""
    safe = vault()
    key = safe.index(cells[0], ID_PURPOSE)
    former = [(safe.index(number, ID_PURPOSE), key) for number in cells[1].split(";")] if cells[1] else []
    return Loaded(key, safe.index(cells[5], CARD_PURPOSE), safe.seal(pack(cells), context(key)), run, former)


def _take(run: ImportRun, chunk: Chunk) -> None:
    """Write one chunk, its rejects and how far the import came: all or nothing."""
    rows = [sealed_row(cells, run.pk) for cells in chunk.rows]
    with transaction.atomic():
        twice = loading.upsert(rows)
        found = [Reject(chunk.lines[place], "id_number", Reason.TWICE_IN_THE_FILE) for place in twice]
        told = [*chunk.rejects, *found]
        _advance(run, chunk, len(rows) - len(twice), len(told))
        ImportReject.objects.bulk_create(
            ImportReject(run=run.pk, line=one.line, column=one.column, reason=one.reason) for one in told
        )


def _advance(run: ImportRun, chunk: Chunk, accepted: int, rejected: int) -> None:
    """Note how far the import came, if nobody else has taken it further meanwhile. Raises :class:`AnotherImport`."""
    reached = {
        "offset": chunk.offset,
        "line": chunk.line,
        "accepted": run.accepted + accepted,
        "rejected": run.rejected + rejected,
    }
    if not ImportRun.objects.filter(pk=run.pk, offset=run.offset, finished_at=None).update(**reached):
        raise AnotherImport(_ANOTHER)
    for name, value in reached.items():
        setattr(run, name, value)


def _finish(run: ImportRun, file: Path) -> None:
    """Write the rejects file and close the import. Raises :class:`AnotherImport`.

    The rejects wait in the database until then, so that the file tells each of them once however often the import was
    cut off; it is there whole or not at all, and a cut before the end of this only makes it be written again.
    """
    now = clock.now()
    with transaction.atomic():
        if not ImportRun.objects.filter(pk=run.pk, finished_at=None).update(finished_at=now):
            raise AnotherImport(_ANOTHER)
        rejects = ImportReject.objects.filter(run=run.pk)
        _write_rejects(rejects.order_by("line").values_list("line", "column", "reason").iterator(CHUNK), file)
        rejects.delete()
    run.finished_at = now


def _write_rejects(rejects: Iterable[tuple[int, str, str]], file: Path) -> None:
    unfinished = file.with_name(file.name + ".part")
    with unfinished.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(chain([_REJECTS_HEADER], rejects))
    unfinished.replace(file)
