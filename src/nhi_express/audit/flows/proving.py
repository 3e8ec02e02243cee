"""The log's proof: a Merkle tree over its events, its head signed now and then.

Whoever changes, removes or adds an event behind the house's back cannot make the signed heads true again; a copy of
one head, kept elsewhere, is enough to notice. Events that were rightly removed by age leave their leaves behind, so
the tree stays whole (C2SP signed-note, tlog-checkpoint; RFC 9162, section 2.1).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction

from nhi_express.audit.flows.counting import progress_of, settled_after
from nhi_express.audit.models import Checkpoint, Entry, Node, Progress
from nhi_express.audit.rules import RunningTree, edges, leaf_hash, node_hash, root_of
from nhi_express.core import clock
from nhi_express.core.config import config
from nhi_express.core.signing import log_key

_READER, _CHUNK = "tree", 1000


def canonical(entry: Entry) -> bytes:
    """An event as it is hashed: JSON with sorted keys and no blanks. Nothing in it names a person."""
    told = {
        "id": entry.pk,
        "at": entry.at.isoformat(),
        "event": entry.event,
        "actor": entry.actor,
        "member": str(entry.member or ""),
        "registration": str(entry.registration or ""),
        "claimed": str(entry.claimed or ""),
        "payload": entry.payload,
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def grow() -> int:
    """Add the events that came since the last time to the tree. Returns how many."""
    total = 0
    while added := _grow_chunk():
        total += added
    return total


def _grow_chunk() -> int:
    with transaction.atomic():
        progress = progress_of(_READER)
        entries = list(settled_after(progress.entry)[:_CHUNK])
        if not entries:
            return 0
        size = size_of_tree()
        tree = _Growth()
        for place, entry in enumerate(entries, size):
            tree.add(place, leaf_hash(canonical(entry)), entry.pk)
        Node.objects.bulk_create(tree.nodes, batch_size=500)
        Progress.objects.filter(pk=_READER).update(entry=entries[-1].pk)
        return len(entries)


class _Growth:
    """New nodes of the tree: with each leaf, the nodes that it makes whole."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._new: dict[tuple[int, int], bytes] = {}

    def add(self, place: int, digest: bytes, entry: int) -> None:
        """Add a leaf."""
        self._keep(0, place, digest, entry)
        level = 0
        while place & 1:
            digest = node_hash(self._at(level, place - 1), digest)
            level, place = level + 1, place >> 1
            self._keep(level, place, digest, None)

    def _keep(self, level: int, place: int, digest: bytes, entry: int | None) -> None:
        self._new[level, place] = digest
        self.nodes.append(Node(level=level, place=place, digest=digest, entry=entry))

    def _at(self, level: int, place: int) -> bytes:
        known = self._new.get((level, place))
        return known if known is not None else _stored(level, place)


def _stored(level: int, place: int) -> bytes:
    return bytes(Node.objects.get(level=level, place=place).digest)


def size_of_tree() -> int:
    """How many events the tree holds."""
    last = Node.objects.filter(level=0).order_by("-place").values_list("place", flat=True).first()
    return 0 if last is None else last + 1


def root_at(size: int) -> bytes:
    """The root of the tree when it had ``size`` events."""
    return root_of([_stored(level, place) for level, place in edges(size)])


def sign_head() -> Checkpoint | None:
    """Sign the head of the tree, if it has grown since the last one."""
    size = size_of_tree()
    if not size or Checkpoint.objects.filter(pk=size).exists():
        return None
    text = _head(size, root_at(size))
    return Checkpoint.objects.create(size=size, note=f"{text}\n{_signature(text)}", at=clock.now())


def _head(size: int, root: bytes) -> str:
    return f"{_origin()}\n{size}\n{base64.b64encode(root).decode()}\n"


def _origin() -> str:
    return f"{config().site_host}/audit"


def _signature(text: str) -> str:
    key = log_key()
    signed = base64.b64encode(_key_id(key.public_key()) + key.sign(text.encode())).decode()
    return f"— {_origin()} {signed}\n"


def _key_id(key: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(f"{_origin()}\n\x01".encode() + key.public_bytes_raw()).digest()[:4]


def public_key() -> str:
    """The key by which signed heads are verified, as C2SP's signed notes write it."""
    key = log_key().public_key()
    encoded = base64.b64encode(b"\x01" + key.public_bytes_raw()).decode()
    return f"{_origin()}+{_key_id(key).hex()}+{encoded}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a verification found: how much holds, and every fault by its place, named by code."""

    events: int
    removed: int
    heads: int
    faults: tuple[str, ...]


def verify(progress: Callable[[int], object] = lambda _: None) -> Finding:
    """Make the tree anew from the log and compare it with what is kept and signed. ``progress`` is told each leaf.

    Events removed by age are taken by the leaves that they left behind.
    """
    tree, faults, removed, size = RunningTree(), list[str](), 0, 0
    heads = {head.size: head for head in Checkpoint.objects.order_by("size")}
    for size, (leaf, today) in enumerate(_leaves(), 1):
        removed += today is None
        if today not in {None, leaf}:
            faults.append(f"event_changed:{size}")
        tree.add(leaf)
        if size in heads and not _head_holds(heads[size], tree.root()):
            faults.append(f"head_untrue:{size}")
        progress(size)
    faults.extend(f"head_untrue:{ahead}" for ahead in heads if ahead > size)
    return Finding(size, removed, len(heads), (*faults, *_foreign()))


def _leaves() -> Iterator[tuple[bytes, bytes | None]]:
    """Each leaf as kept, and as its event hashes today; None where the event is gone."""
    after = -1
    while rows := list(Node.objects.filter(level=0, place__gt=after).order_by("place")[:_CHUNK]):
        found = Entry.objects.in_bulk([row.entry for row in rows if row.entry is not None])
        for row in rows:
            entry = found.get(row.entry) if row.entry is not None else None
            yield bytes(row.digest), leaf_hash(canonical(entry)) if entry else None
        after = rows[-1].place


def _foreign() -> Iterator[str]:
    """Events that stand in the log and not in the tree, though the tree is past them: slipped in afterwards; and
    events too young to have been removed by age."""
    past = Progress.objects.filter(pk=_READER).values_list("entry", flat=True).first() or 0
    leaves = Node.objects.filter(level=0).values("entry")
    for entry in Entry.objects.filter(id__lte=past).exclude(id__in=leaves).values_list("id", flat=True)[:20]:
        yield f"event_added:{entry}"
    oldest = Entry.objects.order_by("id").values_list("id", flat=True).first()
    if oldest is not None:
        kept = Node.objects.filter(level=0, entry__gte=oldest).exclude(entry__in=Entry.objects.values("id"))
        for place in kept.values_list("place", flat=True)[:20]:
            yield f"event_removed:{place}"


def _head_holds(head: Checkpoint, root: bytes) -> bool:
    text, _, signature = head.note.partition("\n\n")
    text += "\n"
    if text != _head(head.size, root):
        return False
    try:
        signed = base64.b64decode(signature.rsplit(" ", 1)[-1])
        log_key().public_key().verify(signed[4:], text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
