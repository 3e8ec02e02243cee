"""Readers and cards of this computer by PC/SC. The only module that imports pyscard.

It calls the plain SCard functions, whose results are numbers that tell exactly what happened; the classes above them
fold several causes into one exception.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Final

from smartcard import scard

from nhi_card_agent.readers import Card, Fault, Reader

# Seconds to wait for another program to end its transaction. PC/SC itself would wait for ever.
PATIENCE: Final = 3.0
# Services look at their readers a few times a second: after these looks, seconds apart, a pulled card was missed.
_LOOKS: Final = 10
_BETWEEN_LOOKS: Final = 0.1
# How often a card may be reset by another program's leaving before we give up.
_TRIES: Final = 3

_FAULTS: Final[Mapping[int, str]] = {
    scard.SCARD_E_NO_SERVICE: "NO_PCSC",
    scard.SCARD_E_SERVICE_STOPPED: "NO_PCSC",
    scard.SCARD_E_SERVER_TOO_BUSY: "NO_PCSC",
    scard.SCARD_E_NO_READERS_AVAILABLE: "NO_READER",
    scard.SCARD_E_UNKNOWN_READER: "NO_READER",
    scard.SCARD_E_READER_UNAVAILABLE: "NO_READER",
    scard.SCARD_E_NO_SMARTCARD: "NO_CARD",
    scard.SCARD_W_REMOVED_CARD: "NO_CARD",
    scard.SCARD_E_SHARING_VIOLATION: "READER_BUSY",
}


def _fault(result: int) -> Fault:
    """What a result means before the card answered. Windows gives its codes as negative numbers."""
    codes = {code & 0xFFFFFFFF: name for code, name in _FAULTS.items()}
    return Fault(codes.get(result & 0xFFFFFFFF, "CARD_UNREADABLE"))


def _check(result: int) -> None:
    if result != scard.SCARD_S_SUCCESS:
        raise _fault(result)


@contextmanager
def _context() -> Iterator[int]:
    """A context of its own for each act: one that was kept does not survive a restart of the service."""
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if result != scard.SCARD_S_SUCCESS:
        raise Fault("NO_PCSC")
    try:
        yield context
    finally:
        scard.SCardReleaseContext(context)


class PcscReaders:
    """The readers that the system's PC/SC service knows."""

    def all(self) -> list[Reader]:
        """Those plugged in now. Raises :class:`Fault` NO_PCSC."""
        with _context() as context:
            result, names = scard.SCardListReaders(context, [])
        if result == scard.SCARD_E_NO_READERS_AVAILABLE:
            return []
        _check(result)
        return [PcscReader(name) for name in names]


@dataclass(slots=True)
class PcscReader:
    """One reader, by the name that the service gives it."""

    name: str

    def has_card(self) -> bool:
        """Whether a card is in; not so where the reader itself is gone. Raises :class:`Fault` NO_PCSC."""
        with _context() as context:
            result, states = scard.SCardGetStatusChange(context, 0, [(self.name, scard.SCARD_STATE_UNAWARE)])
        if _fault(result).code == "NO_READER":
            return False
        if result != scard.SCARD_S_SUCCESS:
            raise Fault("NO_PCSC")
        return bool(states[0][1] & scard.SCARD_STATE_PRESENT)

    @contextmanager
    def connect(self) -> Iterator[Card]:
        """Power the card up and keep other programs off it; afterwards it is reset and forgets what was chosen."""
        link = _opened(self.name)
        try:
            yield PcscCard(self.name, link.handle, link.protocol)
        finally:
            link.close()


def _stays(name: str) -> bool:
    """Whether the card is still in reader ``name`` when the service has had time to look."""
    for _ in range(_LOOKS):
        if not PcscReader(name).has_card():
            return False
        time.sleep(_BETWEEN_LOOKS)
    return True


@dataclass(frozen=True, slots=True)
class _Link:
    """A card in a transaction of ours."""

    context: int
    handle: int
    protocol: int

    def close(self) -> None:
        # What these say no longer matters: after a pull they all fail.
        scard.SCardEndTransaction(self.handle, scard.SCARD_LEAVE_CARD)
        scard.SCardDisconnect(self.handle, scard.SCARD_RESET_CARD)
        scard.SCardReleaseContext(self.context)


def _opened(name: str) -> _Link:
    """A link to the card in reader ``name``. Raises :class:`Fault`, READER_BUSY after :data:`PATIENCE`."""
    coming: Future[_Link] = Future()
    Thread(target=_open_into, args=(coming, name), daemon=True).start()
    try:
        return coming.result(PATIENCE)
    except TimeoutError as error:
        coming.add_done_callback(_close_late)
        raise Fault("READER_BUSY") from error


def _open_into(coming: Future[_Link], name: str) -> None:
    try:
        coming.set_result(_open(name))
    except BaseException as error:  # whatever it is, the one who waits must have it
        coming.set_exception(error)


def _close_late(coming: Future[_Link]) -> None:
    if coming.exception() is None:
        coming.result().close()


def _open(name: str) -> _Link:
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if result != scard.SCARD_S_SUCCESS:
        raise Fault("NO_PCSC")
    try:
        return _begin(context, name)
    except Fault:
        scard.SCardReleaseContext(context)
        raise


def _begin(context: int, name: str) -> _Link:
    """Connect and begin a transaction, again where another program's leaving reset the card in between."""
    for _ in range(_TRIES):
        either = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, handle, protocol = scard.SCardConnect(context, name, scard.SCARD_SHARE_SHARED, either)
        _check(result)
        result = scard.SCardBeginTransaction(handle)
        if result == scard.SCARD_S_SUCCESS:
            return _Link(context, handle, protocol)
        scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)
        if result != scard.SCARD_W_RESET_CARD:
            raise _fault(result)
    raise Fault("READER_BUSY")


@dataclass(frozen=True, slots=True)
class PcscCard:
    """A card in our transaction."""

    reader: str
    handle: int
    protocol: int

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """See :class:`nhi_card_agent.readers.Card`."""
        header = scard.SCARD_PCI_T0 if self.protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
        result, answer = scard.SCardTransmit(self.handle, header, list(self._sent(apdu)))
        # Some readers call it a success when the card was pulled, and give nothing.
        if result != scard.SCARD_S_SUCCESS or len(answer) < 2:
            raise self._lost(result)
        # Some platforms give the bytes as signed numbers.
        raw = bytes(value & 0xFF for value in answer)
        return raw[:-2], int.from_bytes(raw[-2:], "big")

    def _sent(self, apdu: bytes) -> bytes:
        """``apdu`` as the protocol carries it: T=0 knows no length behind data (ISO 7816-3, 12.2)."""
        behind_data = len(apdu) > 5 and len(apdu) == 5 + apdu[4] + 1
        return apdu[:-1] if behind_data and self.protocol == scard.SCARD_PROTOCOL_T0 else apdu

    def _lost(self, result: int) -> Fault:
        """Why a card that had answered no longer does. Few readers say that it was pulled; so look whether it is in."""
        fault = _fault(result)
        if fault.code == "NO_PCSC":
            return fault
        pulled = fault.code in {"NO_CARD", "NO_READER"} or not _stays(self.reader)
        return Fault("CARD_PULLED" if pulled else "CARD_UNREADABLE")
