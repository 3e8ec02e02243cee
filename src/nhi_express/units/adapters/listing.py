"""The insurer's list of units as a file (CSV, UTF-8): one line, one unit; whatever stands in it, memory stays flat."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import BinaryIO, TypeVar

from nhi_express.members.flows import key_of
from nhi_express.members.rules import IdentifierError, IdNumber
from nhi_express.units.models import ListedUnit
from nhi_express.units.ports import ListedAs
from nhi_express.units.rules import CertificateNumber, TaxId, UnitCode, UnitKind

Parsed = TypeVar("Parsed")
HEADER = ("code", "tax_id", "certificate", "name", "kind", "responsible")
_LONGEST_LINE, _LONGEST_NAME = 4096, 120


class WrongList(Exception):
    """The file is no list of units at all. The message says why and names nobody."""


class Reason(StrEnum):
    """Why a line was not taken."""

    NOT_A_ROW = "not_a_row"
    LINE_TOO_LONG = "line_too_long"
    NOT_UTF8 = "not_utf8"
    MISSING = "missing"
    TOO_LONG = "too_long"
    INVALID = "invalid"
    TWICE_IN_THE_FILE = "twice_in_the_file"


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that was not taken: its number in the file, the column, and why; never what it held."""

    line: int
    column: str
    reason: Reason


class _Fault(ValueError):
    def __init__(self, reason: Reason, column: str = "") -> None:
        super().__init__(reason)
        self.reason, self.column = reason, column


def check_header(source: BinaryIO) -> None:
    """Read the first line. Raises :class:`WrongList`; the message never repeats what stands there."""
    raw = source.readline(_LONGEST_LINE).removeprefix(b"\xef\xbb\xbf")
    try:
        found = tuple(cell.strip() for cell in _cells(raw))
    except _Fault as error:
        raise WrongList("The first line cannot be read as UTF-8 with commas.") from error
    if found != HEADER:
        raise WrongList(f"The first line must name these columns: {','.join(HEADER)}")


def read(source: BinaryIO) -> Iterator[tuple[int, ListedAs | Reject]]:
    """Each line after the first with its number: the unit on it, or why it is not taken."""
    for number in count(2):
        raw = source.readline(_LONGEST_LINE)
        if not raw:
            return
        # Spreadsheets end their files with rows of nothing but commas.
        if raw.strip(b", \t\r\n"):
            yield number, _read_line(source, raw, number)


def _read_line(source: BinaryIO, raw: bytes, number: int) -> ListedAs | Reject:
    try:
        if len(raw) == _LONGEST_LINE and not raw.endswith(b"\n"):
            while (more := source.readline(_LONGEST_LINE)) and not more.endswith(b"\n"):
                pass
            raise _Fault(Reason.LINE_TOO_LONG)
        return _unit(_cells(raw))
    except _Fault as fault:
        return Reject(number, fault.column, fault.reason)


def _cells(raw: bytes) -> list[str]:
    try:
        return next(csv.reader([raw.decode("utf-8").rstrip("\r\n")], strict=True), [])
    except UnicodeDecodeError as error:
        raise _Fault(Reason.NOT_UTF8) from error
    except csv.Error as error:
        raise _Fault(Reason.NOT_A_ROW) from error


def _unit(cells: Sequence[str]) -> ListedAs:
    if len(cells) != len(HEADER):
        raise _Fault(Reason.NOT_A_ROW)
    row = {name: cell.strip() for name, cell in zip(HEADER, cells, strict=True)}
    for name in HEADER:
        if not row[name]:
            raise _Fault(Reason.MISSING, name)
    if len(row["name"]) > _LONGEST_NAME:
        raise _Fault(Reason.TOO_LONG, "name")
    return ListedAs(
        code=str(_parsed(UnitCode.parse, row, "code")),
        tax_id=str(_parsed(TaxId.parse, row, "tax_id")),
        certificate=str(_parsed(CertificateNumber.parse, row, "certificate")),
        name=_printable(row["name"]),
        kind=_kind(row["kind"]),
        responsible=key_of(_parsed(IdNumber.parse, row, "responsible")),
    )


def _parsed(read: Callable[[str], Parsed], row: dict[str, str], name: str) -> Parsed:
    try:
        return read(row[name])
    except IdentifierError as error:
        raise _Fault(Reason.INVALID, name) from error


def _printable(name: str) -> str:
    if not name.isprintable():
        raise _Fault(Reason.INVALID, "name")
    return name


def _kind(text: str) -> str:
    if text not in set(UnitKind):
        raise _Fault(Reason.INVALID, "kind")
    return text


def strike_off_all_but(codes: Set[str]) -> int:
    """Remove the units that have none of these codes, within the caller's transaction. Returns how many."""
    listed = ListedUnit.objects.values_list("code", flat=True).iterator(10_000)
    gone = [code for code in listed if code not in codes]
    for start in range(0, len(gone), 500):
        ListedUnit.objects.filter(pk__in=gone[start : start + 500]).delete()
    return len(gone)


def upsert(units: Sequence[ListedAs]) -> None:
    """Write units, each once, within the caller's transaction; those that are listed already are listed anew."""
    rows = [ListedUnit(**{name: getattr(unit, name) for name in HEADER}) for unit in units]
    ListedUnit.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=list(HEADER[1:]), batch_size=1000
    )
