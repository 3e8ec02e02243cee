"""A circuit breaker for each operator: one that keeps failing is left alone for a while, so nobody waits in vain."""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from nhi_express.core import clock
from nhi_express.mobile.ports import OperatorDown

Answer = TypeVar("Answer")
_FAILURES, _PAUSE_SECONDS = 5, 30.0


class Circuit:
    """Opens after five failures in a row; after half a minute one try goes through, and its success closes it.

    Each process learns for itself: that costs a few time-outs more and needs no shared state.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._failures: dict[str, int] = {}
        self._open_until: dict[str, float] = {}

    def call(self, operator: str, act: Callable[[], Answer]) -> Answer:
        """Do ``act`` unless the operator's circuit is open. Raises :class:`OperatorDown`."""
        self._admit(operator)
        try:
            answer = act()
        except OperatorDown:
            self._failed(operator)
            raise
        except Exception:
            # A refusal is an answer: it must not count, or anybody could open the circuit with made-up codes.
            self._answered(operator)
            raise
        self._answered(operator)
        return answer

    def _admit(self, operator: str) -> None:
        now = clock.now().timestamp()
        with self._lock:
            if self._open_until.get(operator, 0.0) > now:
                raise OperatorDown(operator)
            if operator in self._open_until:
                # Half open: this one tries, the others still wait.
                self._open_until[operator] = now + _PAUSE_SECONDS

    def _answered(self, operator: str) -> None:
        with self._lock:
            self._failures.pop(operator, None)
            self._open_until.pop(operator, None)

    def _failed(self, operator: str) -> None:
        with self._lock:
            self._failures[operator] = self._failures.get(operator, 0) + 1
            if self._failures[operator] >= _FAILURES:
                self._open_until[operator] = clock.now().timestamp() + _PAUSE_SECONDS
