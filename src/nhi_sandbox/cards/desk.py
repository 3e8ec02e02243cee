"""Which card is in which reader now, and software readers for the card component that this sandbox runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Final

from nhi_sandbox.cards.application import CARD_KINDS, CardKind, VirtualCard, make_card
from nhi_sandbox.personas import Persona, personas

if TYPE_CHECKING:
    from nhi_card_agent.readers import Reader

READERS: Final = 2
"""How many readers the desk has; only the first is plugged in at the beginning."""
NOBODYS: Final[tuple[CardKind, ...]] = ("foreign", "broken")
"""Kinds of cards that belong to no persona."""

ACTIONS: Final = ("insert", "pull", "plug", "unplug")
"""What can be done at the desk."""

Follower = Callable[[int, "Inserted | None"], None]
"""Is told the reader's number, and the card that is in it now."""

MakeFault = Callable[[str], Exception]
"""Makes the component's exception from its code: NO_CARD, CARD_PULLED, READER_BUSY."""


class WrongMove(ValueError):
    """What was asked of the desk cannot be done. The text says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Inserted:
    """A card in a reader: what it is and whose (a persona's key, empty for nobody's)."""

    kind: CardKind
    persona: str
    card: VirtualCard


@dataclass(slots=True)
class Slot:
    """A reader: whether it is plugged in, what is in it, and whether somebody talks to that card."""

    name: str
    plugged: bool
    inserted: Inserted | None = None
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """How a reader was at one moment."""

    number: int
    name: str
    plugged: bool
    inserted: Inserted | None

    def as_json(self) -> dict[str, object]:
        """The same as plain data; `kind` and `persona` are None while no card is in."""
        card = self.inserted
        what = {"kind": card.kind if card else None, "persona": card.persona if card else None}
        return {"name": self.name, "plugged": self.plugged, **what}


def card_of(kind: str, persona: str) -> Inserted:
    """A new card of this kind for the persona with this key. Raises WrongMove when there is no such thing."""
    known = next((one for one in CARD_KINDS if one == kind), None)
    if known is None:
        raise WrongMove(f"kind must be one of {', '.join(CARD_KINDS)}")
    if known in NOBODYS:
        return Inserted(known, "", make_card(known, _anybody().row()))
    person = personas().get(persona)
    if person is None:
        raise WrongMove("no such persona")
    if known == "permit" and person.is_citizen:
        raise WrongMove("a citizen has no residence permit")
    return Inserted(known, person.key, make_card(known, person.row()))


def _anybody() -> Persona:
    return next(iter(personas().values()))


class CardDesk:
    """The readers on the desk. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._slots = [Slot(f"Sandbox Reader {number}", number == 1) for number in range(1, READERS + 1)]
        self._followers: list[Follower] = []
        self._fixed = False

    def follow(self, follower: Follower) -> None:
        """Let somebody know of each card that is put in or comes out; the readers stay plugged in from now on."""
        with self._lock:
            for slot in self._slots:
                slot.plugged = True
            self._fixed = True
            self._followers.append(follower)

    def _hold(self, reader: int, inserted: Inserted | None) -> None:
        slot = self._slot(reader)
        changes, slot.inserted = slot.inserted is not inserted, inserted
        for follower in self._followers if changes else ():
            follower(reader, inserted)

    def reset(self) -> None:
        """One reader, no card."""
        with self._lock:
            for number, slot in enumerate(self._slots):
                self.pull(number)
                slot.plugged = self._fixed or number == 0

    def readers(self) -> list[Seen]:
        """Every reader as it is now, in order, plugged in or not."""
        with self._lock:
            return [Seen(number, slot.name, slot.plugged, slot.inserted) for number, slot in enumerate(self._slots)]

    def move(self, action: str, reader: int = 0, kind: str = "", persona: str = "") -> None:
        """Do one of ACTIONS to a reader; kind and persona are for `insert`. Raises WrongMove."""
        match action:
            case "insert":
                self.insert(kind, persona, reader)
            case "pull":
                self.pull(reader)
            case "plug":
                self.plug(reader)
            case "unplug":
                self.unplug(reader)
            case _:
                raise WrongMove(f"action must be one of {', '.join(ACTIONS)}")

    def insert(self, kind: str, persona: str = "", reader: int = 0) -> None:
        """Put a card in; what was in comes out. Raises WrongMove."""
        inserted = card_of(kind, persona)
        with self._lock:
            slot = self._slot(reader)
            if not slot.plugged:
                raise WrongMove("the reader is not plugged in")
            self._hold(reader, inserted)

    def pull(self, reader: int = 0) -> None:
        """Take the card out, if there is one. Raises WrongMove when there is no such reader."""
        with self._lock:
            self._hold(reader, None)

    def unplug(self, reader: int = 0) -> None:
        """Unplug the reader; its card is out then. Raises WrongMove when there is no such reader."""
        with self._lock:
            slot = self._slot(reader)
            if self._fixed:
                raise WrongMove("these readers cannot be unplugged")
            slot.plugged, slot.inserted = False, None

    def plug(self, reader: int = 0) -> None:
        """Plug the reader in. Raises WrongMove when there is no such reader."""
        with self._lock:
            self._slot(reader).plugged = True

    def card_in(self, reader: int) -> Inserted | None:
        """What is in this reader now."""
        with self._lock:
            return self._slot(reader).inserted

    def take(self, reader: int, make_fault: MakeFault) -> Inserted:
        """Begin to talk to the card in this reader, freshly powered. Raises the component's NO_CARD or READER_BUSY."""
        with self._lock:
            slot = self._slot(reader)
            if slot.inserted is None:
                raise make_fault("NO_CARD")
            if slot.busy:
                raise make_fault("READER_BUSY")
            slot.busy = True
            slot.inserted.card.reset()
            return slot.inserted

    def release(self, reader: int) -> None:
        """End what `take` began."""
        with self._lock:
            self._slot(reader).busy = False

    def answer(self, reader: int, inserted: Inserted, apdu: bytes) -> bytes | None:
        """What the card answers, or None if it is no longer in this reader."""
        with self._lock:
            return inserted.card.answer(apdu) if self._slot(reader).inserted is inserted else None

    def _slot(self, reader: int) -> Slot:
        if reader not in range(READERS):
            raise WrongMove(f"reader must be from 0 to {READERS - 1}")
        return self._slots[reader]


@dataclass(frozen=True, slots=True)
class SoftwareCard:
    """A connection to a card (the component's `Card`)."""

    desk: CardDesk
    reader: int
    inserted: Inserted
    make_fault: MakeFault

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """Data and status word of one command's answer. Raises the component's CARD_PULLED."""
        answered = self.desk.answer(self.reader, self.inserted, apdu)
        if answered is None:
            raise self.make_fault("CARD_PULLED")
        return answered[:-2], int.from_bytes(answered[-2:])


@dataclass(slots=True)
class SoftwareReader:
    """A reader of the desk (the component's `Reader`)."""

    desk: CardDesk
    number: int
    name: str
    make_fault: MakeFault

    def has_card(self) -> bool:
        """Whether a card is in."""
        return self.desk.card_in(self.number) is not None

    @contextmanager
    def connect(self) -> Iterator[SoftwareCard]:
        """Talk to the card, alone. Raises the component's NO_CARD or READER_BUSY."""
        inserted = self.desk.take(self.number, self.make_fault)
        try:
            yield SoftwareCard(self.desk, self.number, inserted, self.make_fault)
        finally:
            self.desk.release(self.number)


@dataclass(frozen=True, slots=True)
class SoftwareReaders:
    """All readers of the desk (the component's `Readers`)."""

    desk: CardDesk
    make_fault: MakeFault

    def all(self) -> "list[Reader]":
        """The readers that are plugged in."""
        there = (seen for seen in self.desk.readers() if seen.plugged)
        return [SoftwareReader(self.desk, seen.number, seen.name, self.make_fault) for seen in there]
