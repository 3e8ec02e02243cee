"""Whole mobile registrations per second, against bare password hashing at the same parameters on the same core.

Every request of the journey goes through HTTP, the operator's answers included. The site has one core to itself; the
sandbox, the worker and the phones share the other.

`enrol-empty` tells how much of that a site could reach that does nothing at all: as many requests to bare views without
middleware, as many questions to an operator, and one password hash (`bench/bare.py`).
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

from bench import argon2_floor
from bench.bare_site import BareSite
from bench.cores import leave_site_core, on_site_core, site_processes
from bench.fast_phone import FastPhone
from bench.load import Crowd, Window
from bench.report import Measure, parse, parser, show
from bench.subscribers import Subscriber, add
from bench.wire import Wire
from nhi_sandbox.demo import Installation, Ports

_TARGET = 0.55
# Below this the site waited for somebody else, and the figure would say more about them.
_BUSY_ENOUGH = 0.93
_MOST_PER_SECOND = 60
# Of a registration, as FastPhone walks it.
_REQUESTS, _QUESTIONS = 13, 8


def main(argv: list[str] | None = None) -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--seconds", type=float, default=8, help="length of each half of a run")
    options.add_argument("--phones", type=int, default=6, help="phones at the same time")
    wanted = parse(options, argv)
    leave_site_core()
    installation = Installation(Path("var/bench/enrol"), Ports.free(), wrap=on_site_core())
    installation.prepare(0, fresh=True)
    with installation, BareSite(installation) as bare:
        site = [pid for pid in site_processes() if pid not in bare.pids]
        measure = _measure(installation, site, wanted)
        show([measure, _empty(bare, wanted)], as_json=wanted.json)


def _measure(installation: Installation, site: list[int], wanted: Namespace) -> Measure:
    people = SimpleQueue[Subscriber]()
    for one in add(installation, int(_MOST_PER_SECOND * (wanted.seconds + 2) * (wanted.runs + 1))):
        people.put(one)
    phones = [FastPhone(installation.ports) for _ in range(wanted.phones)]
    acts = [_enrolling(phone, people) for phone in phones]
    Crowd(acts).watch(site, min(wanted.seconds, 3))
    measure, windows = Measure("enrol", "registrations/s", _TARGET), list[Window]()
    for _ in range(wanted.runs):
        floor = argon2_floor.on_the_core(wanted.seconds)
        windows.append(Crowd(acts).watch(site, wanted.seconds))
        measure.pairs.append((windows[-1].rate, floor))
    measure.notes += _notes(windows)
    return measure


def _empty(bare: BareSite, wanted: Namespace) -> Measure:
    acts = [_asking(Wire("app.localhost", bare.port)) for _ in range(wanted.phones)]
    measure = Measure("enrol-empty", "empty registrations/s", None)
    for _ in range(wanted.runs):
        floor = argon2_floor.on_the_core(wanted.seconds)
        measure.pairs.append((Crowd(acts).watch(bare.pids, wanted.seconds).rate, floor))
    return measure


def _asking(wire: Wire) -> Callable[[], None]:
    def act() -> None:
        for _ in range(_REQUESTS - 1):
            wire.get("/nothing")
        wire.get(f"/questions/{_QUESTIONS}")

    return act


def _enrolling(phone: FastPhone, people: SimpleQueue[Subscriber]) -> Callable[[], None]:
    return lambda: phone.enrol(people.get_nowait())


def _notes(windows: list[Window]) -> list[str]:
    busy = min(window.busy for window in windows)
    cost = min(window.cpu / window.acts for window in windows if window.acts)
    told = [f"the site's core was {busy:.0%} busy with it, {cost * 1000:.1f} ms a registration"]
    return told if busy >= _BUSY_ENOUGH else [*told, "NOT saturated: the figure is lower than the site could do"]


if __name__ == "__main__":
    main()
