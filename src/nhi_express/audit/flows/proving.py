"""The log's proof: a Merkle tree over its events, its head signed now and then.

Whoever changes, removes or adds an event behind the house's back cannot make the signed heads true again; a copy of
one head, kept elsewhere, is enough to notice (:mod:`.verifying`). Events that were rightly removed by age leave their
leaves behind, so the tree stays whole (C2SP signed-note, tlog-checkpoint; RFC 9162, section 2.1).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction

from nhi_express.audit.flows.counting import progress_of, settled_after
from nhi_express.audit.models import Checkpoint, Entry, Node, Progress
from nhi_express.audit.rules import edges, leaf_hash, node_hash, root_of
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
        entries = settled_after(progress.entry, _CHUNK)
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


def newest_head() -> Checkpoint | None:
    """The head that was signed last."""
    return Checkpoint.objects.order_by("-size").first()


def sign_head() -> Checkpoint | None:
    """Sign the head of the tree, if it has grown since the last one."""
    size = size_of_tree()
    if not size or Checkpoint.objects.filter(pk=size).exists():
        return None
    at = clock.now().replace(microsecond=0)
    text = _text(SignedHead(size, root_at(size), at))
    return Checkpoint.objects.create(size=size, note=f"{text}\n{_signature(text)}", at=at)


@dataclass(frozen=True, slots=True)
class SignedHead:
    """What a signed head says: so many events, the root over them, and when it was signed (UTC)."""

    size: int
    root: bytes
    at: datetime


class HeadRefused(Exception):
    """This is no head of this log, or nobody with its key has signed it; the message says which."""


# The first three lines are the standard's; the fourth, an extension line, lets nobody make a head older than it is.
_HEAD = re.compile(r"(\S+)\n([1-9]\d{0,17})\n([A-Za-z0-9+/]{43}=)\nsigned (\S+)\n")


def _text(head: SignedHead) -> str:
    return f"{_origin()}\n{head.size}\n{base64.b64encode(head.root).decode()}\nsigned {head.at.isoformat()}\n"


def read_head(note: str) -> SignedHead:
    """A head that this log's key has signed; what follows its signatures is passed over.

    Raises :class:`HeadRefused`.
    """
    text, _, signatures = note.removeprefix("\ufeff").replace("\r\n", "\n").lstrip().partition("\n\n")
    text += "\n"
    read = _HEAD.fullmatch(text)
    if read is None:
        raise HeadRefused("no signed head as `nhi-express audit checkpoint` prints it")
    origin, size, root, at = read.groups()
    if origin != _origin():
        raise HeadRefused(f"a head of {origin}; this log is {_origin()}")
    if not any(_signs(line, text) for line in signatures.splitlines()):
        raise HeadRefused("not signed with the log's key (log.pem) of this installation")
    return SignedHead(int(size), base64.b64decode(root), datetime.fromisoformat(at))


def _signs(line: str, text: str) -> bool:
    key = log_key().public_key()
    try:
        signed = base64.b64decode(line.removeprefix(f"— {_origin()} "), validate=True)
        key.verify(signed[4:], text.encode())
    except (InvalidSignature, ValueError):
        return False
    return signed[:4] == _key_id(key)


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
