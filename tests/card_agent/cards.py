"""Cards and readers that live in memory: what a test wants them to be, written to the component's own protocols."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from nhi_card_agent.apdu import NHI_AID, PERMIT_AID, READ_BLOCK, READ_STATE
from nhi_card_agent.readers import Card, Fault, Reader

BLOCK = b"000012345678" + "王小明".encode("big5hkscs").ljust(20, b"\0") + b"A1234567890750203M1080301"
PERMIT = b"A8000000142035123120240520123456789012"
OK = b"\x90\x00"
NOT_FOUND = b"\x6a\x82"
UNKNOWN = b"\x6d\x00"


def answer_to(challenge: bytes) -> bytes:
    """What the cards here answer to a challenge."""
    return hashlib.sha256(b"card" + challenge).digest()[:16]


@dataclass
class Applet:
    """A card: commands in, answers with their status words out. ``answers`` are by the beginning of a command."""

    aid: bytes = NHI_AID
    answers: dict[bytes, bytes] = field(default_factory=dict)
    selected: bool = False
    heard: list[bytes] = field(default_factory=list)

    def __call__(self, apdu: bytes) -> bytes:
        self.heard.append(apdu)
        if apdu[:4] == bytes.fromhex("00A40400"):
            self.selected = apdu[5:] == self.aid
            return OK if self.selected else NOT_FOUND
        if not self.selected:
            return NOT_FOUND
        return next((answer for begin, answer in self.answers.items() if apdu.startswith(begin)), self._known(apdu))

    def _known(self, apdu: bytes) -> bytes:
        if apdu == READ_BLOCK:
            return (BLOCK if self.aid == NHI_AID else PERMIT) + OK
        # A reader that speaks T=0 leaves away the length behind the data.
        if apdu in (READ_STATE, READ_STATE[:-1]):
            return b"1" + OK
        if apdu[:5] == bytes.fromhex("0082111220") and len(apdu) in (37, 38):
            return answer_to(apdu[5:37]) + OK
        return UNKNOWN


def permit_card() -> Applet:
    """A residence permit with a chip, of the stand-in layout."""
    return Applet(PERMIT_AID)


@dataclass
class MemoryCard:
    """The wire to a card; ``pulled_after`` is how many commands it stays in."""

    applet: Callable[[bytes], bytes]
    pulled_after: int | None = None
    before: Callable[[], None] = lambda: None

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        self.before()
        if self.pulled_after is not None:
            if self.pulled_after == 0:
                raise Fault("CARD_PULLED")
            self.pulled_after -= 1
        answer = self.applet(apdu)
        return answer[:-2], int.from_bytes(answer[-2:], "big")


@dataclass
class MemoryReader:
    """A reader, empty or with a card; ``fault`` is what it raises instead of connecting."""

    name: str = "Desk reader"
    card: Card | None = None
    fault: str = ""
    connected: int = 0

    def has_card(self) -> bool:
        return self.card is not None

    @contextmanager
    def connect(self) -> Iterator[Card]:
        if self.fault or self.card is None:
            raise Fault(self.fault or "NO_CARD")
        self.connected += 1
        try:
            yield self.card
        finally:
            self.connected -= 1


@dataclass
class MemoryReaders:
    """The readers of a computer; ``fault`` is what asking for them raises."""

    plugged: list[MemoryReader] = field(default_factory=list)
    fault: str = ""

    def all(self) -> list[Reader]:
        if self.fault:
            raise Fault(self.fault)
        return list(self.plugged)
