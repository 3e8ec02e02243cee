"""Who runs on which core, and how busy it was: read from /proc, for Linux only."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

SITE_CORE = 0
_TICK = os.sysconf("SC_CLK_TCK")


def on_site_core() -> tuple[str, ...]:
    """The command that keeps another one on the site's core."""
    return ("taskset", "-c", str(SITE_CORE))


def leave_site_core() -> None:
    """Keep this process and all its children off the site's core, so that load and sandbox cost the site nothing.

    With one core only there is nowhere to go: then it stays, and the figures say less.
    """
    others = os.sched_getaffinity(0) - {SITE_CORE}
    if others:
        os.sched_setaffinity(0, others)


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for parent in found:
        for listed in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in listed.read_text().split()]
    return found


def site_processes() -> list[int]:
    """The processes of the web server that this process started, directly or not."""
    return [pid for pid in family(os.getpid()) if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def cpu_seconds(pids: list[int]) -> float:
    """Processor time that these processes have used, in user and kernel together."""
    return sum(_ticks(pid) for pid in pids) / _TICK


def _ticks(pid: int) -> int:
    # The name, in brackets, may hold spaces; utime and stime are the 14th and 15th field, so 11th and 12th after it.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@dataclass(frozen=True, slots=True)
class Reading:
    """Time passed and processor time used, both in seconds since some beginning."""

    at: float
    cpu: float

    @classmethod
    def of(cls, pids: list[int]) -> Reading:
        """Read both now."""
        return cls(time.perf_counter(), cpu_seconds(pids))

    def since(self, before: Reading) -> Reading:
        """What passed between two readings."""
        return Reading(self.at - before.at, self.cpu - before.cpu)
