"""Sign-ins with a bound phone per second of one core, against bare views that do only what a sign-in cannot do without.

Both go through the same server, one after the other on the same core, with the same phones and their own SQLite.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.bare_site import BareSite
from bench.cores import leave_site_core, on_site_core, site_processes
from bench.fast_phone import FastPhone
from bench.load import Crowd, Window
from bench.report import Measure, parse, parser, show
from bench.subscribers import add
from nhi_sandbox.demo import Installation, Ports

_TARGET = 0.45


def main(argv: list[str] | None = None) -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--seconds", type=float, default=6, help="length of each half of a run")
    options.add_argument("--phones", type=int, default=4, help="phones at the same time")
    wanted = parse(options, argv)
    leave_site_core()
    installation = Installation(Path("var/bench/signin"), Ports.free(), wrap=on_site_core())
    installation.prepare(0, fresh=True)
    with installation:
        phones = _bound(installation, wanted.phones)
        with BareSite(installation, phones) as bare:
            show([_measure(installation, bare, phones, wanted.runs, wanted.seconds)], as_json=wanted.json)


def _bound(installation: Installation, count: int) -> list[FastPhone]:
    phones = [FastPhone(installation.ports) for _ in range(count)]
    for phone, person in zip(phones, add(installation, count), strict=True):
        phone.enrol(person)
    return phones


def _measure(
    installation: Installation, bare: BareSite, phones: Sequence[FastPhone], runs: int, seconds: float
) -> Measure:
    site = [pid for pid in site_processes() if pid not in bare.pids]
    _watch(phones, bare.port, bare.pids, 1), _watch(phones, installation.ports.site, site, 1)
    measure, windows = Measure("signin", "sign-ins/s of core time", _TARGET), list[Window]()
    for _ in range(runs):
        floor = _watch(phones, bare.port, bare.pids, seconds)
        windows.append(_watch(phones, installation.ports.site, site, seconds))
        measure.pairs.append((windows[-1].per_core, floor.per_core))
    cost = min(1 / window.per_core for window in windows)
    measure.notes.append(f"{cost * 1000:.1f} ms of the site's core a sign-in")
    return measure


def _watch(phones: Sequence[FastPhone], port: int, pids: list[int], seconds: float) -> Window:
    for phone in phones:
        phone.turn_to(port)
    return Crowd([phone.sign_in for phone in phones]).watch(pids, seconds)


if __name__ == "__main__":
    main()
