"""The insurer's list of units, and how units are called."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from uuid import UUID

from nhi_express.members.flows import register
from nhi_express.units.adapters.table import UnitTable
from nhi_express.units.models import Batch, Officer
from nhi_express.units.ports import UnitRegister


@cache
def unit_register() -> UnitRegister:
    """The insurer's list of units of this installation."""
    return UnitTable()


def name_of(code: str) -> str:
    """A unit's name as the insurer lists it; its code where it is not listed any longer."""
    return unit_register().names([code]).get(code, code)


def are_listed(codes: Collection[str]) -> bool:
    """Whether the insurer lists all of these units at this moment: who was struck off works here no longer."""
    return len(unit_register().names(codes)) == len(codes)


def names_of_officers(batches: Iterable[Batch]) -> dict[UUID | None, str]:
    """Who brought these lists, by officer: masked names; and of which unit, where they acted for another's."""
    units = {batch.officer_id: batch.unit_id for batch in batches if batch.officer_id}
    officers = Officer.objects.in_bulk(units)
    members = register().by_keys({officer.member for officer in officers.values()})
    agents = {officer.unit_id for officer in officers.values() if officer.unit_id != units[officer.id]}
    firms = unit_register().names(agents) if agents else {}
    named: dict[UUID | None, str] = {}
    for identifier, officer in officers.items():
        name = members[officer.member].record.masked_name if officer.member in members else ""
        named[identifier] = (
            f"{name} ({firms.get(officer.unit_id, officer.unit_id)})" if officer.unit_id in agents else name
        )
    return named
