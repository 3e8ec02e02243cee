"""What is counted of an event, and the tree that shows when the log was tampered with. Pure.

Leaf and node hashes and inclusion of right edges as in RFC 9162, section 2.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

# Seconds from accepted terms to the end, as the figures class them.
TIME_CLASSES = ((60, "<1"), (120, "<2"), (300, "<5"), (600, "<10"))
LONGER = "10+"


@dataclass(frozen=True, slots=True)
class Kind:
    """What an event is counted under."""

    channel: str = ""
    office: str = ""
    code: str = ""
    detail: str = ""


def kind_of(payload: Mapping[str, object]) -> Kind:
    """Under what an event with this payload is counted: codes of our own catalogues only."""
    seconds = payload.get("seconds")
    code = time_class(seconds) if isinstance(seconds, int) else str(payload.get("problem", ""))
    detail = payload.get("platform") or payload.get("operator") or ""
    return Kind(
        channel=str(payload.get("channel", ""))[:12],
        office=str(payload.get("office", ""))[:16],
        code=code[:16],
        detail=family(str(detail))[:24],
    )


def time_class(seconds: int) -> str:
    """The class of a duration, in minutes."""
    return next((name for limit, name in TIME_CLASSES if seconds < limit), LONGER)


def family(platform: str) -> str:
    """A platform without its version: Android 15 and Android 14 are one bar."""
    return platform.split(" ", maxsplit=1)[0]


# --- The tree ---


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two nodes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def edges(size: int) -> Iterator[tuple[int, int]]:
    """The whole subtrees that a tree of ``size`` leaves is made of, the highest first: (level, place on its level)."""
    at = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            yield level, at >> level
            at += 1 << level


def root_of(digests: Sequence[bytes]) -> bytes:
    """The root over the whole subtrees of a tree, given the highest first."""
    if not digests:
        return hashlib.sha256(b"").digest()
    root = digests[-1]
    for left in reversed(digests[:-1]):
        root = node_hash(left, root)
    return root


class RunningTree:
    """The whole subtrees of a tree that grows leaf by leaf; it may begin with those of a smaller one, as
    :func:`edges` has them: (level, hash)."""

    def __init__(self, begun: Iterable[tuple[int, bytes]] = ()) -> None:
        self._stack = list(begun)

    def add(self, leaf: bytes) -> None:
        """Add a leaf's hash."""
        level, digest = 0, leaf
        while self._stack and self._stack[-1][0] == level:
            digest = node_hash(self._stack.pop()[1], digest)
            level += 1
        self._stack.append((level, digest))

    def root(self) -> bytes:
        """The root over all leaves so far."""
        return root_of([digest for _, digest in self._stack])
