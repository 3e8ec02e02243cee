"""Verifying the log: its events, the tree's leaves and the signed heads are read side by side, each in its order.

Nothing that the database says is taken on trust but what a signed head proves: which event a leaf stands for, what is
gone by age, and when a head was signed. All is read in pieces, so a long log takes long and no more memory.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.audit.flows.expiring import kept_since, last_aged_head
from nhi_express.audit.flows.proving import HeadRefused, SignedHead, canonical, newest_head, read_head, size_of_tree
from nhi_express.audit.models import Checkpoint, Entry, Node
from nhi_express.audit.rules import RunningTree, edges, leaf_hash
from nhi_express.core import clock

# So many events are verified at once where somebody waits for it.
PART: Final = 20_000
# The worker signs every ten minutes what is settled; an event that is older than this should have its head.
SIGNED_WITHIN: Final = timedelta(hours=1)
_OVERDUE, _MOST_FAULTS, _CHUNK = "head_overdue", 100, 1000
_BEFORE_ALL: Final = -(2**63)

# By its code, what a fault says of the place that follows it: an event's number in the log's order, for event_added and
# head_overdue its id in the table, for heads their size.
FAULTS: Final[dict[str, Promise]] = {
    "event_changed": _("This event is not as it was written."),
    "event_removed": _("This event is gone, and not by age."),
    "event_added": _("This event was slipped in afterwards."),
    "leaf_missing": _("The tree lacks this event."),
    "leaf_unlinked": _("The tree no longer says which event this was."),
    "head_untrue": _("This signed head does not fit the log, or was not signed by us."),
    "kept_head_untrue": _("The log is not the one whose head was kept elsewhere."),
    _OVERDUE: _("This event has had no signed head for over an hour."),
}

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a verification found: how much it looked at, and faults, each a code and a place (:data:`FAULTS`).

    ``before`` events stand before the part that was looked at. Of many faults the first hundred are named, and
    ``more`` says how many there are besides at least.
    """

    events: int
    removed: int
    heads: int
    faults: tuple[str, ...]
    before: int = 0
    more: int = 0

    @property
    def told(self) -> list[tuple[str, Promise]]:
        """The faults with their words."""
        return [(fault, FAULTS[fault.partition(":")[0]]) for fault in self.faults]

    @property
    def tampered(self) -> bool:
        """Whether the log is not what was signed. One that waits for its head too long may still be."""
        return any(not fault.startswith(_OVERDUE) for fault in self.faults)


def verify(kept: Iterable[SignedHead] = (), progress: Callable[[int], object] = lambda _: None) -> Finding:
    """Verify the whole log, against ``kept`` heads too, and put on record what was found. ``progress`` is told each
    event's number."""
    newest = _newest_size()
    found = _Verification(0, newest, kept).run(size_of_tree(), progress)
    numbers = {"events": found.events, "removed": found.removed, "heads": found.heads}
    with transaction.atomic():
        record(Event.LOG_VERIFIED, About(), "system", **numbers, faults=len(found.faults) + found.more)
    return found


def verify_newest(most: int = PART) -> Finding:
    """Verify the last ``most`` events under the newest signed head. That head proves what stands before them."""
    newest = _newest_size()
    size = min(newest, size_of_tree())
    return _Verification(max(0, size - most), newest).run(size)


def _newest_size() -> int:
    newest = newest_head()
    return newest.size if newest else 0


class _Verification:
    """One verification, from a place in the tree on. Heads up to the size of ``newest`` must hold."""

    def __init__(self, start: int, newest: int, kept: Iterable[SignedHead] = ()) -> None:
        self._start, self._size = start, start
        self._tree = RunningTree(_begun(start))
        self._link = self._signed = _link_of(start)
        self._coming = _in_order(Entry.objects.all(), "id", self._link or _BEFORE_ALL)
        self._event = next(self._coming, None)
        self._claims = heapq.merge(_stored(start, newest), sorted(map(_kept, kept)), key=lambda claim: claim.size)
        self._claim = next(self._claims, None)
        self._aged = _Aged()
        self._removed, self._heads = 0, 0
        self._faults: list[str] = []
        self._more = 0

    def run(self, size: int, progress: Callable[[int], object] = lambda _: None) -> Finding:
        """Verify until the tree has ``size`` leaves."""
        leaves = Node.objects.filter(level=0, place__lt=size)
        for leaf in _in_order(leaves, "place", self._start - 1):
            self._take(leaf.place + 1, bytes(leaf.digest), leaf.entry)
            progress(self._size)
        self._judge_the_rest()
        self._find_overdue()
        seen = self._size - self._start
        return Finding(seen, self._removed, self._heads, tuple(self._faults), self._start, self._more)

    def _take(self, number: int, leaf: bytes, entry: int | None) -> None:
        if number != self._size + 1:
            self._found("leaf_missing", self._size + 1)
        self._size = number
        self._tree.add(leaf)
        self._compare(number, leaf, entry)
        while self._claim is not None and self._claim.size <= number:
            self._judge(self._claim)
            self._claim = next(self._claims, None)

    def _compare(self, number: int, leaf: bytes, entry: int | None) -> None:
        """Each leaf has an event of its own, later than that of the leaf before: neither is hashed."""
        if entry is None or entry <= self._link:
            self._found("leaf_unlinked", number)
            return
        self._link = entry
        event = self._met(entry)
        if event is None:
            self._miss(number, entry)
        elif leaf_hash(canonical(event)) != leaf:
            self._found("event_changed", number)

    def _met(self, entry: int) -> Entry | None:
        """The event, if it is there. Whatever comes before it has no leaf; once faults are many, it is passed by."""
        while self._event is not None and self._event.pk < entry:
            self._found("event_added", self._event.pk)
            if self._more:
                self._coming = _in_order(Entry.objects.all(), "id", entry - 1)
            self._event = next(self._coming, None)
        if self._event is None or self._event.pk != entry:
            return None
        event, self._event = self._event, next(self._coming, None)
        return event

    def _miss(self, number: int, entry: int) -> None:
        # Events go by age meanwhile, too; once there are more faults than are named, nobody needs to know.
        if not self._aged.covers(number, entry) and len(self._faults) < _MOST_FAULTS:
            self._aged.look()
        if self._aged.covers(number, entry):
            self._removed += 1
        else:
            self._found("event_removed", number)

    def _judge(self, claim: _Claim) -> None:
        self._heads += not claim.kept
        if claim.size != self._size or claim.root != self._tree.root():
            self._found("kept_head_untrue" if claim.kept else "head_untrue", claim.size)
        elif not claim.kept:
            self._signed = self._link

    def _judge_the_rest(self) -> None:
        """Heads of more events than there are."""
        for claim in [] if self._claim is None else [self._claim, *self._claims]:
            self._judge(claim)

    def _find_overdue(self) -> None:
        waiting = Entry.objects.filter(id__gt=self._signed, at__lt=clock.now() - SIGNED_WITHIN).order_by("id")
        for entry in waiting.values_list("id", flat=True)[:1]:
            self._found(_OVERDUE, entry)

    def _found(self, code: str, place: int) -> None:
        if len(self._faults) < _MOST_FAULTS:
            self._faults.append(f"{code}:{place}")
        else:
            self._more += 1


class _Aged:
    """What may be gone by age: what a head covers that was signed so long ago, and nothing behind a living event."""

    def __init__(self) -> None:
        self._size, self._oldest = 0, 0

    def look(self) -> None:
        """See how it stands now. A head's own words count: its row's time is not signed."""
        head, oldest = last_aged_head(), Entry.objects.order_by("id").values_list("id", flat=True).first()
        said = _said(head) if head else None
        self._size = said.size if said and said.at <= kept_since() else 0
        self._oldest = 2**63 if oldest is None else oldest

    def covers(self, number: int, entry: int) -> bool:
        """Whether the event of this place and id may be gone."""
        return number <= self._size and entry < self._oldest


@dataclass(frozen=True, slots=True, order=True)
class _Claim:
    """What a head says the root was at a size; nothing, where nobody has signed it."""

    size: int
    root: bytes | None
    kept: bool


def _kept(head: SignedHead) -> _Claim:
    return _Claim(head.size, head.root, kept=True)


def _stored(after: int, until: int) -> Iterator[_Claim]:
    for head in _in_order(Checkpoint.objects.filter(size__lte=until), "size", after):
        said = _said(head)
        yield _Claim(head.size, said.root if said else None, kept=False)


def _said(head: Checkpoint) -> SignedHead | None:
    try:
        said = read_head(head.note)
    except HeadRefused:
        return None
    return said if (said.size, said.at) == (head.size, head.at) else None


def _begun(size: int) -> Iterator[tuple[int, bytes]]:
    """The whole subtrees of the tree of ``size`` leaves; one that is not there makes every later head untrue."""
    for level, place in edges(size):
        node = Node.objects.filter(level=level, place=place).first()
        yield level, bytes(node.digest) if node else b""


def _link_of(size: int) -> int:
    return Node.objects.filter(level=0, place=size - 1).values_list("entry", flat=True).first() or 0


def _in_order(rows: QuerySet[Row], key: str, after: int) -> Iterator[Row]:
    """Rows by their key, read in pieces: no statement takes long, and few rows are held at once."""
    while piece := list(rows.filter(**{f"{key}__gt": after}).order_by(key)[:_CHUNK]):
        yield from piece
        after = getattr(piece[-1], key)
