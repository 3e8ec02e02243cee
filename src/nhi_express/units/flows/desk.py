"""The units' desk: who acts, for which unit."""

from __future__ import annotations

from dataclasses import dataclass

from nhi_express.units.models import Officer, Unit
from nhi_express.units.rules import OfficerRole, Source


@dataclass(frozen=True, slots=True)
class Desk:
    """On whose behalf something is done. Every flow of this room takes one and touches nothing of another unit.

    ``officer`` is None where a machine acts: a payroll system through the API (``client`` is its id), an operator at
    the command line.
    """

    unit: Unit
    officer: Officer | None
    source: Source = Source.WEB
    client: str = ""

    @property
    def who(self) -> str:
        """The officer's random id for events; empty for a machine."""
        return str(self.officer.id) if self.officer else ""

    @property
    def told(self) -> dict[str, str]:
        """Who acts, as events have it: the officer, or the client where a payroll system acts."""
        return {"officer": self.who, **({"client": self.client} if self.client else {})}

    @property
    def responsible(self) -> bool:
        """Whether the responsible person of this very unit acts."""
        own = self.officer is not None and self.officer.unit_id == self.unit.code
        return own and self.officer is not None and self.officer.role == OfficerRole.RESPONSIBLE

    @property
    def as_agent(self) -> bool:
        """Whether the officer acts for another unit than their own, by its mandate."""
        return self.officer is not None and self.officer.unit_id != self.unit.code
