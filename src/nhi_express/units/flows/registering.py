"""The insurer's list of units, and a unit that its responsible person registers."""

from __future__ import annotations

from functools import cache

from nhi_express.units.adapters.table import UnitTable
from nhi_express.units.ports import UnitRegister


@cache
def unit_register() -> UnitRegister:
    """The insurer's list of units of this installation."""
    return UnitTable()


def name_of(code: str) -> str:
    """A unit's name as the insurer lists it; its code where it is not listed any longer."""
    return unit_register().names([code]).get(code, code)
