"""What many requests ask and staff change once in a while: each process keeps the answer for some seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from nhi_express.core import clock

LIFE = timedelta(seconds=30)
Answer = TypeVar("Answer")
_ALL: list[Remembered[object]] = []


class Remembered(Generic[Answer]):
    """A question without arguments whose answer may be as old as :data:`LIFE`. Made as a decorator."""

    def __init__(self, ask: Callable[[], Answer]) -> None:
        self._ask = ask
        self._known: tuple[datetime, Answer] | None = None
        _ALL.append(self)  # type: ignore[arg-type]  # only ever told to forget

    def __call__(self) -> Answer:
        """The answer."""
        now, known = clock.now(), self._known
        # A clock that was set back does not make an answer last.
        if known is None or not timedelta() <= now - known[0] < LIFE:
            known = self._known = (now, self._ask())
        return known[1]

    def forget(self) -> None:
        """Ask anew the next time."""
        self._known = None


def forget_all() -> None:
    """Let this process see at once what it has just changed; others see it within :data:`LIFE`."""
    for one in _ALL:
        one.forget()
