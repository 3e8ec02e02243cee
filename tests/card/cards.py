"""NHI cards and residence permits as a reader gives them, for personas and for people who cheat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from nhi_express.card.flows.presenting import PresentedCard, challenge, present
from nhi_express.card.rules import AddressBasis, Household, Permit
from nhi_express.members.rules import HouseholdNumber
from nhi_sandbox.personas import Persona
from tests.card.issuer import answer_of, octets


def roc(day: str) -> bytes:
    """YYYY-MM-DD as the card writes it."""
    given = date.fromisoformat(day)
    return f"{given.year - 1911:03d}{given:%m%d}".encode()


def block_of(person: Persona, changes: Mapping[str, str] | None = None) -> bytes:
    """The public block of a persona's card; ``changes`` are of id_number, card_number, birth_date, name."""
    names = ("id_number", "card_number", "birth_date", "name")
    held: dict[str, str] = {name: getattr(person, name) for name in names} | dict(changes or {})
    name = held["name"].encode("big5hkscs", "replace")[:20].ljust(20, b"\0")
    numbers = held["card_number"].encode() + name + held["id_number"].encode()
    return numbers + roc(held["birth_date"]) + person.sex.encode() + roc("2019-03-01")


def permit_of(person: Persona, *, id_number: str = "", expires: str = "20351231", issued: str = "20240520") -> Permit:
    """A persona's residence permit."""
    return Permit(f"{id_number or person.id_number}{expires}{issued}123456789012".encode())


def household_of(person: Persona, **changes: str) -> Household:
    """What the register holds of a persona's household; ``changes`` are of number, county, district, village."""
    row = person.row()
    held = {"number": row.household_number, "county": "臺中市", "district": "西屯區", "village": "何安里", **changes}
    number = HouseholdNumber.parse(held.pop("number"))
    return Household(number, AddressBasis(**held, neighbourhood="12"))


@dataclass
class Browser:
    """A browser with a reader."""

    visit: UUID = field(default_factory=uuid4)

    def present(self, person: Persona, *, silent: bool = False, **changes: str) -> PresentedCard:
        """Put a persona's card in and send what it says; a ``silent`` one does not answer the challenge."""
        fresh = challenge(self.visit)
        number = changes.get("card_number", person.card_number)
        answer = None if silent else answer_of(number, octets(fresh.challenge))
        return present(self.visit, fresh.token, block_of(person, changes), answer)
