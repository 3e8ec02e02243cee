"""How long codes and invitations live: by the settings, or as planned in the back office from a moment on.

The hard limits are those of the settings (:class:`nhi_express.core.config.Config`), and nothing planned passes them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final, Literal, get_args

from nhi_express.core import clock
from nhi_express.core.config import Config, config
from nhi_express.core.models import Override
from nhi_express.core.remembered import Remembered

Lifetime = Literal["device_code_minutes", "email_code_hours", "staff_code_hours", "activation_days", "invitation_days"]
# These alone may be changed while the site runs: whatever has begun keeps the life that it was given.
LIFETIMES: Final[tuple[Lifetime, ...]] = get_args(Lifetime)
_LIMITS: Final = {item.name: (item.metadata["minimum"], item.metadata["maximum"]) for item in fields(Config)}


@dataclass(frozen=True, slots=True)
class Planned:
    """A value, from a moment on."""

    name: str
    value: int
    effective_at: datetime


def limits(name: Lifetime) -> tuple[int, int]:
    """The least and the most that a lifetime may be."""
    return _LIMITS[name]


def lifetime(name: Lifetime) -> int:
    """A lifetime as it is now, in the unit of its name."""
    now, (low, high) = clock.now(), limits(name)
    begun = [one for one in _planned() if one.name == name and one.effective_at <= now]
    # A release may have narrowed the limits since.
    return min(max(begun[-1].value, low), high) if begun else int(getattr(config(), name))


@Remembered
def _planned() -> tuple[Planned, ...]:
    """Everything planned, in the order in which it begins."""
    rows = Override.objects.order_by("effective_at").values_list("name", "value", "effective_at")
    return tuple(Planned(*row) for row in rows)
