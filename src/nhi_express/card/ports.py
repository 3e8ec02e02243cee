"""What the card channel asks of the outside world."""

from __future__ import annotations

from typing import Protocol

from nhi_express.card.rules import PermitData


class IssuerDown(Exception):
    """The card issuer did not answer, or not sensibly. The message is a code of ours, never a value."""


class CardAuthority(Protocol):
    """Who can tell whether a card is the real one (DESIGN, the outside world)."""

    def verify(self, card_number: str, challenge: bytes, response: bytes) -> bool:
        """Whether the card with this number answered the challenge (32 bytes) so (16 bytes).

        Raises :class:`IssuerDown`.
        """
        ...


class PermitReader(Protocol):
    """Who can read what the chip of a residence permit gave. Its format is not published: see the stand-in."""

    def read(self, data: bytes) -> PermitData:
        """The permit's data. Raises :class:`nhi_express.card.rules.PermitFault`."""
        ...
