"""Figures as bars and as a table: one source for the picture, the table beside it, and the CSV. Pure but for words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

_WIDTH, _ROW, _LABEL, _NUMBER = 640, 30, 200, 60


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a chart: what it is, and a number for each series."""

    label: str
    values: tuple[int, ...]

    @property
    def total(self) -> int:
        """All series together."""
        return sum(self.values)


@dataclass(frozen=True, slots=True)
class Part:
    """A drawn piece of a bar: which series, where it begins and how wide it is."""

    series: int
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A bar as it is drawn."""

    bar: Bar
    top: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart of the dashboard."""

    name: str
    title: Promise
    about: Promise
    head: Promise
    series: tuple[str, ...]
    bars: tuple[Bar, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(bar.total for bar in self.bars)

    @property
    def height(self) -> int:
        """Of the picture."""
        return _ROW * len(self.bars) + 6

    @property
    def width(self) -> int:
        """Of the picture."""
        return _WIDTH

    def drawn(self) -> Iterator[Drawn]:
        """The bars with their places: the longest fills the width."""
        most = max((bar.total for bar in self.bars), default=0) or 1
        scale = (_WIDTH - _LABEL - _NUMBER) / most
        for row, bar in enumerate(self.bars):
            yield Drawn(bar, row * _ROW + 4, tuple(_parts(bar.values, scale)))

    def rows(self) -> Iterator[list[object]]:
        """The table, and the CSV."""
        for bar in self.bars:
            yield [bar.label, *bar.values]


def _parts(values: Sequence[int], scale: float) -> Iterator[Part]:
    left = float(_LABEL)
    for series, value in enumerate(values):
        width = round(value * scale, 1)
        if width:
            yield Part(series, round(left, 1), width)
        left += width
