"""Which page may ask for cards: one that showed a fresh ticket, for as long as it keeps asking."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final, TypeVar

IDLE_SECONDS: Final = 15 * 60
MOST_TOKENS: Final = 8
# Only the portal's own pages get this far, with one ticket a visit: more than a computer sees between restarts.
MOST_TICKETS: Final = 10_000

_T = TypeVar("_T")


@dataclass(slots=True)
class _Pair:
    origin: str
    used: float


class Pairing:
    """Tokens of pages, in memory only: a restart ends them all. May be used by several threads.

    ``clock`` tells seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._tickets: OrderedDict[str, None] = OrderedDict()
        self._pairs: OrderedDict[str, _Pair] = OrderedDict()

    def pair(self, ticket: str, origin: str) -> str | None:
        """A token for the page of ``origin``, or None if ``ticket`` was used before. Above eight, the oldest goes."""
        with self._lock:
            if ticket in self._tickets:
                return None
            _keep(self._tickets, ticket, None, MOST_TICKETS)
            token = secrets.token_urlsafe(32)
            _keep(self._pairs, token, _Pair(origin, self._clock()), MOST_TOKENS)
            return token

    def admits(self, token: str, origin: str) -> bool:
        """Whether ``token`` is alive and was given to ``origin``; each use gives it its fifteen minutes anew."""
        with self._lock:
            now = self._clock()
            pair = self._pairs.get(token)
            if pair is None or pair.origin != origin:
                return False
            if now - pair.used >= IDLE_SECONDS:
                del self._pairs[token]
                return False
            pair.used = now
            return True


def _keep(kept: OrderedDict[str, _T], key: str, value: _T, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
