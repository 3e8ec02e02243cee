"""The named people of the sandbox: a fixed table, one person for each situation a member can be in."""

import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path

from nhi_sandbox.lines import Fault, FaultKind, Kind, Line, Network
from nhi_sandbox.register import RegisterRow
from nhi_sandbox.synth import people

_TABLE = Path(__file__).parent / "data" / "personas.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """An invented person, their card, their line, and what should come of it.

    `expected` is PASS or the name of the site's problem. `typed_phone` and `typed_last4` say what the person
    types where it is wrong; `owner` is the document number their operator has on file where it is not their own.
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
        household = self.is_citizen and not self.no_household
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
            unit_code="900000001",
            unit_name="示範沙盒股份有限公司",
            insured="Y" if self.insured else "N",
            deceased="Y" if self.deceased else "N",
            email="",
            mobile="0" + self.phone.removeprefix("+886"),
            postal_address="臺中市西屯區何安里示範路1號",
            permit_issued="" if self.is_citizen else "2024-05-20",
        )

    def as_json(self) -> dict[str, object]:
        """Everything about this person, with `types`, as plain data."""
        return {**asdict(self), "types": self.types}


@cache
def personas() -> dict[str, Persona]:
    """All personas by key, in the table's order."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["persona"]
    lists = ("former_id_numbers", "services")
    rows = ({**entry, **{name: tuple(entry.get(name, ())) for name in lists}} for entry in table)
    return {row["key"]: Persona(**row) for row in rows}


def register_rows(count: int, seed: int) -> Iterator[RegisterRow]:
    """The register's file: every persona who is in it, then `count` generated people."""
    return chain((person.row() for person in personas().values() if person.in_register), people(count, seed))
