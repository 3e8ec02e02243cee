"""Insured units: the named ones of the sandbox, and the insurer's list of all units of a register."""

import csv
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from nhi_sandbox.identifiers import tax_id
from nhi_sandbox.register import RegisterRow

_TABLE = Path(__file__).parent / "data" / "units.toml"

STAFF: Final = 400
"""How many generated people of a demo's register work for the sandbox company."""


class UnitRow(NamedTuple):
    """One unit as text, in the order of the file's columns; `responsible` is that person's ID number."""

    code: str
    tax_id: str
    certificate: str
    name: str
    kind: str
    responsible: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedUnit:
    """A unit that somebody of the units' story is responsible for; `responsible` is that persona's key."""

    key: str
    code: str
    tax_id: str
    certificate: str
    name: str
    name_en: str
    kind: str
    responsible: str

    def row(self, responsible: str) -> UnitRow:
        """This unit's row of the insurer's list, with the ID number of who is responsible."""
        return UnitRow(self.code, self.tax_id, self.certificate, self.name, self.kind, responsible)


@cache
def named_units() -> dict[str, NamedUnit]:
    """The named units by key."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["unit"]
    return {row["key"]: NamedUnit(**row) for row in table}


def other_units(people: Iterable[RegisterRow]) -> Iterator[UnitRow]:
    """Every other unit of these people; the first grown-up insured through it is responsible for it."""
    seen = {unit.code for unit in named_units().values()} | {""}
    for row in people:
        if row.unit_code not in seen and row.insured == "Y" and row.deceased == "N" and row.birth_date < "2006":
            seen.add(row.unit_code)
            number = int(row.unit_code[2:])
            yield UnitRow(row.unit_code, tax_id(number), f"115{number:07d}", row.unit_name, "employer", row.id_number)


def write_units(path: Path, rows: Iterable[UnitRow]) -> None:
    """Write the insurer's list of units as UTF-8 CSV with a header row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([UnitRow._fields, *rows])
