"""Invented people who are insured, hold a valid card and a monthly plan, and have never registered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx2

from nhi_sandbox.demo import Installation
from nhi_sandbox.register import RegisterRow, write_register
from nhi_sandbox.synth import people

_OPERATORS = ("cht", "twm", "fet")
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Subscriber:
    """What a person types, and the operator that knows their line."""

    id_number: str
    msisdn: str
    last4: str
    operator: str


def add(installation: Installation, count: int) -> list[Subscriber]:
    """Bring ``count`` people into the register, and their lines into the running sandbox."""
    rows = list(_able(count))
    file = installation.folder / "subscribers.csv"
    write_register(file, rows)
    installation.run("members", "import", str(file))
    found = [_subscriber(place, row) for place, row in enumerate(rows)]
    for start in range(0, count, _BATCH):
        _add_lines(installation.ports.sandbox, found[start : start + _BATCH])
    return found


def _able(count: int) -> Iterator[RegisterRow]:
    """The first ``count`` generated people whom the mobile channel takes."""
    everybody = people(count * 2 + 100, seed=2)
    able = (row for row in everybody if (row.card_status, row.insured, row.deceased) == ("valid", "Y", "N"))
    return (row for row, _ in zip(able, range(count), strict=False))


def _subscriber(place: int, row: RegisterRow) -> Subscriber:
    operator = _OPERATORS[place % len(_OPERATORS)]
    return Subscriber(row.id_number, f"+88691{place:07d}", row.card_number[-4:], operator)


def _add_lines(port: int, batch: list[Subscriber]) -> None:
    lines = [{"msisdn": one.msisdn, "id_document": one.id_number, "operator": one.operator} for one in batch]
    httpx2.post(f"http://127.0.0.1:{port}/control/lines", json=lines, trust_env=False).raise_for_status()
