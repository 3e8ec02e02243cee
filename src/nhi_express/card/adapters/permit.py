"""A stand-in for the chip residence permit, whose data format is not published.

It proves no more than that somebody put data of this form in. A deployment that knows the real format, and how a
permit shows that it is no copy, replaces this class.
"""

from __future__ import annotations

from nhi_express.card.ports import PermitReader
from nhi_express.card.rules import PermitData


class StandInPermits:
    """:class:`nhi_express.card.ports.PermitReader` of the sandbox's permits."""

    def read(self, data: bytes) -> PermitData:
        """The permit's data. Raises :class:`nhi_express.card.rules.PermitFault`."""
        return PermitData.parse(data)


def permit_reader() -> PermitReader:
    """What reads permits in this installation."""
    return StandInPermits()
