"""The named people of the sandbox: a fixed table, one person for each situation a member can be in."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path

from nhi_sandbox.lines import Fault, FaultKind, Kind, Line, Network
from nhi_sandbox.register import RegisterRow
from nhi_sandbox.synth import hired, people
from nhi_sandbox.units import UnitRow, named_units, other_units

_TABLES = [
    Path(__file__).parent / "data" / name for name in ("personas.toml", "unit_people.toml", "counter_people.toml")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """An invented person, their card, their line, and what should come of it.

    `expected` is PASS or the name of the site's problem. `typed_phone` and `typed_last4` say what the person
    types where it is wrong; `owner` is the document number their operator has on file where it is not their own.
    `unit` is the one they are insured through. `listed` is, for the people of the units' story, what the sandbox
    company's list says of them once it is checked: ready, registered, or why they are refused.
    """

    key: str
    name: str
    name_en: str
    story_zh: str
    story_en: str
    expected: str
    id_number: str
    birth_date: str
    sex: str
    card_number: str
    phone: str
    operator: str
    kind: Kind
    former_id_numbers: tuple[str, ...] = ()
    card_status: str = "valid"
    insured: bool = True
    deceased: bool = False
    in_register: bool = True
    no_household: bool = False
    owner: str = ""
    network: Network = "mobile"
    typed_phone: str = ""
    typed_last4: str = ""
    services: tuple[str, ...] = ()
    fault: FaultKind = "none"
    delay: float | None = None
    sim_changed_hours: int | None = None
    unit: str = "sandbox"
    listed: str = ""
    email: str = ""
    no_address: bool = False

    @property
    def is_citizen(self) -> bool:
        """Whether the number is a citizen's (second character 1 or 2)."""
        return self.id_number[1] in "12"

    @property
    def types(self) -> dict[str, str]:
        """What this person types: ID number, phone number and the card's last four digits."""
        return {
            "id_number": self.id_number,
            "phone": "0" + (self.typed_phone or self.phone).removeprefix("+886"),
            "last4": self.typed_last4 or self.card_number[-4:],
        }

    def line(self) -> Line:
        """This person's mobile line as the operator knows it, new on every call."""
        return Line(
            msisdn=self.phone,
            id_document=self.owner or self.id_number,
            operator=self.operator,
            kind=self.kind,
            birth_date=date.fromisoformat(self.birth_date),
            services=self.services,
            sim_changed_hours=self.sim_changed_hours,
            fault=Fault(self.fault, self.delay),
        )

    def row(self) -> RegisterRow:
        """This person's row of the insured register."""
        household, unit = self.is_citizen and not self.no_household, named_units()[self.unit]
        return RegisterRow(
            id_number=self.id_number,
            former_id_numbers=";".join(self.former_id_numbers),
            name=self.name,
            birth_date=self.birth_date,
            sex=self.sex,
            card_number=self.card_number,
            card_status=self.card_status,
            card_issued="2019-03-01",
            household_number=f"F{self.card_number[-7:]}" if household else "",
            household_area="臺中市西屯區何安里" if household else "",
            unit_code=unit.code,
            unit_name=unit.name,
            insured="Y" if self.insured else "N",
            deceased="Y" if self.deceased else "N",
            email=self.email,
            mobile="0" + self.phone.removeprefix("+886"),
            postal_address="" if self.no_address else "臺中市西屯區何安里示範路1號",
            permit_issued="" if self.is_citizen else "2024-05-20",
        )

    def as_json(self) -> dict[str, object]:
        """Everything about this person, with `types`, as plain data."""
        return {**asdict(self), "types": self.types}


@cache
def personas() -> dict[str, Persona]:
    """All personas by key, in the tables' order."""
    table = chain.from_iterable(tomllib.loads(file.read_text(encoding="utf-8"))["persona"] for file in _TABLES)
    lists = ("former_id_numbers", "services")
    rows = ({**entry, **{name: tuple(entry.get(name, ())) for name in lists}} for entry in table)
    return {row["key"]: Persona(**row) for row in rows}


def register_rows(count: int, seed: int, staff: int = 0) -> Iterator[RegisterRow]:
    """The register's file: every persona who is in it, then `count` generated people.

    `staff` of them work for the sandbox company, a tenth as many for the farm next door (see `synth.hired`).
    """
    everybody = hired(people(count, seed), staff)
    return chain((person.row() for person in personas().values() if person.in_register), everybody)


def unit_rows(people: Iterable[RegisterRow]) -> Iterator[UnitRow]:
    """The insurer's list of units: the named ones, then every other one of these people."""
    named = (unit.row(personas()[unit.responsible].id_number) for unit in named_units().values())
    return chain(named, other_units(people))
