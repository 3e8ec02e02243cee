"""Many phones at once, counted while they keep going: what is begun before a window and after it does not matter."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Thread

from bench.cores import Reading

_RAMP_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Window:
    """What was seen while all phones were busy: acts, seconds, and seconds of processor time of the watched parts."""

    acts: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Acts per second."""
        return self.acts / self.seconds

    @property
    def per_core(self) -> float:
        """Acts per second of the processor time that they took: what one core could do with nothing to wait for."""
        return self.acts / self.cpu

    @property
    def busy(self) -> float:
        """Share of one core that the watched processes used."""
        return self.cpu / self.seconds


class Crowd:
    """Threads that each repeat an act of their own until told to stop."""

    def __init__(self, acts: Sequence[Callable[[], object]]) -> None:
        self._acts, self._counts, self._stop = acts, [0] * len(acts), Event()
        self._faults: list[Exception] = []

    def watch(self, pids: list[int], seconds: float) -> Window:
        """Let everybody run, and count for ``seconds``. Raises the first thing that went wrong for anybody."""
        threads = [Thread(target=self._repeat, args=(place,)) for place in range(len(self._acts))]
        for thread in threads:
            thread.start()
        time.sleep(_RAMP_SECONDS)
        before, begun = sum(self._counts), Reading.of(pids)
        time.sleep(seconds)
        after, passed = sum(self._counts), Reading.of(pids).since(begun)
        self._stop.set()
        for thread in threads:
            thread.join()
        if self._faults:
            raise self._faults[0]
        return Window(after - before, passed.at, passed.cpu)

    def _repeat(self, place: int) -> None:
        try:
            while not self._stop.is_set():
                self._acts[place]()
                self._counts[place] += 1
        except Exception as fault:  # Whatever it is, a bench whose phones fail has no figure; `watch` raises it.
            self._faults.append(fault)
