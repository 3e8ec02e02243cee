"""What the system asks of the insurer's list of units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ListedAs:
    """A unit as the insurer lists it. ``responsible`` is the keyed index of the responsible person's ID number."""

    code: str
    tax_id: str
    certificate: str
    name: str
    kind: str
    responsible: UUID


class UnitRegister(Protocol):
    """The insurer's list of insured units, withholding agents and authorised agents."""

    def find(self, code: str) -> ListedAs | None:
        """The unit with this code."""
        ...

    def names(self, codes: Iterable[str]) -> dict[str, str]:
        """The names of units by code; a code that is not listed is missing."""
        ...
