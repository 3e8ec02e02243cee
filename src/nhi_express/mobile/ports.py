"""What the mobile channel asks of the operators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from nhi_express.members.rules import IdNumber, MobileNumber
from nhi_express.mobile.rules import LineFacts


class OperatorDown(Exception):
    """An operator did not answer, answered with an error, or its circuit is open. The message is its code."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and what must be remembered until it comes back."""

    url: str
    state: str
    memory: dict[str, str]


@dataclass(frozen=True, slots=True)
class Return:
    """What the browser brought back from the gateway. Empty strings where nothing came."""

    code: str
    error: str
    issuer: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about a line, and from whom."""

    facts: LineFacts
    operator: str


class LineAuthority(Protocol):
    """Silent network authentication: who holds a line, and to whom it belongs."""

    def depart(self) -> Departure:
        """Begin an authorization by the network. No personal data leaves in it."""
        ...

    def examine(
        self, back: Return, memory: dict[str, str], number: MobileNumber, id_numbers: Sequence[IdNumber]
    ) -> Finding:
        """Learn the facts of the line that the browser came back with.

        ``id_numbers`` are asked in turn until one is the subscriber's. Raises :class:`OperatorDown`.
        """
        ...
