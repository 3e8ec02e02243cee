"""Which sign-in a view asks for, said by its guard, so that the table of who may open what is read from the code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, TypeVar

# A bound phone, the portal, a unit's desk, the staff's side.
Side = Literal["phone", "portal", "desk", "staff"]
_View = TypeVar("_View", bound=Callable[..., object])
_SIDE: Final = "guard_side"
_POWER: Final = "guard_power"


def guarded_by(side: Side, view: _View, power: str = "") -> _View:
    """Mark a guarded view; ``power`` is what it asks of staff beyond signing in. Wrappers around it keep the mark."""
    vars(view).update({_SIDE: side, _POWER: power})
    return view


def guard_of(view: Callable[..., object]) -> tuple[Side | None, str]:
    """The side whose sign-in a view asks for, and the power; (None, "") for a view that anybody may open."""
    return getattr(view, _SIDE, None), getattr(view, _POWER, "")
