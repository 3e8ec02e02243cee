"""What every bench prints: medians of several runs, each a ratio to a floor measured in the same run."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from rich.console import Console
from rich.table import Table

LEAST_RUNS = 3


@dataclass(slots=True)
class Measure:
    """One claim, measured: pairs of (value, floor) in ``unit``, one pair a run, taken in turns: A B A B.

    ``target`` is the least ratio that the project asks for, or None where a figure is only told; ``note`` says what a
    reader must know to believe the figures.
    """

    bench: str
    unit: str
    target: float | None
    pairs: list[tuple[float, float]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def value(self) -> float:
        """Median of what the product does."""
        return median(value for value, _ in self.pairs)

    @property
    def floor(self) -> float:
        """Median of the floor."""
        return median(floor for _, floor in self.pairs)

    @property
    def ratio(self) -> float:
        """Median of the runs' own ratios: what slows the machine down slows both halves of a run."""
        return median(value / floor for value, floor in self.pairs)

    def as_json(self) -> dict[str, object]:
        """The object printed for machines."""
        figures = {"value": round(self.value, 3), "floor": round(self.floor, 3), "ratio": round(self.ratio, 3)}
        told = {"bench": self.bench, "unit": self.unit, **figures, "runs": len(self.pairs)}
        return {**told, "target": self.target, "note": "; ".join(self.notes)}


def parser(what: str | None) -> ArgumentParser:
    """The options that all benches share."""
    made = ArgumentParser(description=what)
    made.add_argument("--json", action="store_true", help="print one object a line")
    made.add_argument("--runs", type=int, default=LEAST_RUNS, help=f"how many pairs of runs, {LEAST_RUNS} or more")
    return made


def parse(options: ArgumentParser, argv: list[str] | None) -> Namespace:
    """Read the command line; too few runs are refused, for a median of two is none."""
    wanted = options.parse_args(argv)
    if wanted.runs < LEAST_RUNS:
        options.error(f"--runs must be {LEAST_RUNS} or more")
    return wanted


def show(measures: Iterable[Measure], *, as_json: bool) -> None:
    """Print the measures, as lines of JSON or as a table."""
    if as_json:
        for measure in measures:
            print(json.dumps(measure.as_json()), flush=True)
        return
    table = Table("bench", "value", "floor", "ratio", "asked for", "runs", "note")
    for measure in measures:
        table.add_row(*_cells(measure))
    Console().print(table)


def _cells(measure: Measure) -> tuple[str, ...]:
    figures = (f"{measure.value:,.1f} {measure.unit}", f"{measure.floor:,.1f}", f"{measure.ratio:.2f}")
    asked = "" if measure.target is None else f"≥ {measure.target:.2f}"
    return (measure.bench, *figures, asked, str(len(measure.pairs)), "; ".join(measure.notes))
