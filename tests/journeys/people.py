"""The people of the journeys: the sandbox's named ones, and newcomers from the register, a new one for each test."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import httpx2

from nhi_sandbox.demo import Installation
from nhi_sandbox.personas import Persona, personas
from nhi_sandbox.register import RegisterRow
from nhi_sandbox.units import named_units

ENOUGH = 160
_FIRST_NUMBER = 900_005_000
_GOOD = {"insured": "Y", "deceased": "N", "card_status": "valid"}


def named(key: str) -> Persona:
    """One of the sandbox's named people."""
    return personas()[key]


class Newcomers:
    """Insured people who have never used the app and work for none of the named units.

    Each is handed out once, with a mobile line of their own.
    """

    def __init__(self, installation: Installation) -> None:
        self._sandbox = f"http://127.0.0.1:{installation.ports.sandbox}"
        self._rows = self._eligible(installation.folder / "register.csv")
        self._number = _FIRST_NUMBER

    @staticmethod
    def _eligible(register: Path) -> Iterator[RegisterRow]:
        taken = {person.id_number for person in personas().values()}
        employers = {unit.code for unit in named_units().values()}
        with register.open(encoding="utf-8", newline="") as file:
            for row in map(RegisterRow._make, list(csv.reader(file))[1:]):
                good = all(getattr(row, name) == wanted for name, wanted in _GOOD.items())
                if good and row.id_number not in taken and row.unit_code not in employers:
                    yield row

    def next(self) -> Persona:
        """A person, and their monthly-plan line put into the operators' books."""
        row, self._number = next(self._rows), self._number + 1
        person = _person(row, f"+886{self._number}")
        line = {"msisdn": person.phone, "id_document": person.id_number, "operator": person.operator}
        httpx2.post(f"{self._sandbox}/control/lines", json=[line], trust_env=False).raise_for_status()
        return person


def _person(row: RegisterRow, phone: str) -> Persona:
    return Persona(
        key=phone,
        name=row.name,
        name_en=row.name,
        story_zh="",
        story_en="",
        expected="PASS",
        id_number=row.id_number,
        birth_date=row.birth_date,
        sex=row.sex,
        card_number=row.card_number,
        phone=phone,
        operator="cht",
        kind="postpaid",
    )
