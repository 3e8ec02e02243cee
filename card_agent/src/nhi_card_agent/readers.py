"""What the component needs of card readers, whoever answers, and which reader it uses."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol


class Fault(Exception):
    """Why something cannot be done.

    ``code`` is stable and goes to the page. Readers raise NO_PCSC, NO_READER, NO_CARD, NOT_NHI_CARD, NOT_A_PERMIT,
    CARD_UNREADABLE, CARD_PULLED, READER_BUSY and TWO_CARDS; the server has its own beside them (`server.STATUS`).
    ``readers`` are the names to choose from, with TWO_CARDS only.
    """

    def __init__(self, code: str, readers: Sequence[str] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.readers = tuple(readers)


class Card(Protocol):
    """A card that was powered up and is nobody else's for as long as the connection lasts."""

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """Send one command; the answer's data and status word, which may be 61xx or 6Cxx.

        Raises :class:`Fault` CARD_PULLED, CARD_UNREADABLE or NO_PCSC.
        """
        ...


class Reader(Protocol):
    """A card reader that is plugged in, or was a moment ago."""

    name: str

    def has_card(self) -> bool:
        """Whether a card is in, of whatever kind. Raises :class:`Fault` NO_PCSC."""
        ...

    def connect(self) -> AbstractContextManager[Card]:
        """Power the card up. Raises :class:`Fault` NO_CARD, CARD_PULLED, CARD_UNREADABLE, READER_BUSY or NO_PCSC."""
        ...


class Readers(Protocol):
    """The readers of this computer."""

    def all(self) -> list[Reader]:
        """Those that are plugged in now; none is an empty list. Raises :class:`Fault` NO_PCSC."""
        ...


def choose(readers: Readers, name: str | None = None) -> Reader:
    """The reader called ``name``, or else the only one with a card in it.

    Raises :class:`Fault` NO_READER, NO_CARD, TWO_CARDS with the names to choose from, or NO_PCSC.
    """
    there = [reader for reader in readers.all() if name in (None, reader.name)]
    if not there:
        raise Fault("NO_READER")
    if name is not None:
        return there[0]
    filled = [reader for reader in there if reader.has_card()]
    if not filled:
        raise Fault("NO_CARD")
    if len(filled) > 1:
        raise Fault("TWO_CARDS", [reader.name for reader in filled])
    return filled[0]
