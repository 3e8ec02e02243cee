"""Figures as bars and as a table: one source for the picture, the table beside it, and the CSV. Pure but for words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

_WIDTH, _ROW, _NUMBER = 640, 30, 60
# Room for names, and about what a letter takes of it; one of Chinese takes two.
_MOST_ROOM, _LETTER = 280, 7


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
    label: str
    total: int
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
    # Each number is a part of the one before, as in a funnel; the first is the whole.
    nested: bool = False

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
        totals = [bar.values[0] if self.nested else bar.total for bar in self.bars]
        room = min(max((_room(bar.label) for bar in self.bars), default=0), _MOST_ROOM)
        scale = (_WIDTH - room - _NUMBER) / (max(totals, default=0) or 1)
        for row, (bar, total) in enumerate(zip(self.bars, totals, strict=True)):
            parts = _inner(bar.values) if self.nested else enumerate(bar.values)
            yield Drawn(bar, _cut(bar.label), total, row * _ROW + 4, tuple(_parts(parts, room, scale)))

    def rows(self) -> Iterator[list[object]]:
        """The table, and the CSV."""
        for bar in self.bars:
            yield [bar.label, *bar.values]


def _room(label: str) -> int:
    return _LETTER * (sum(1 if letter.isascii() else 2 for letter in label) + 1)


def _cut(label: str) -> str:
    """As much of a name as there is room for; the table beside the picture has it whole."""
    if _room(label) <= _MOST_ROOM:
        return label
    while _room(label) > _MOST_ROOM - _LETTER:
        label = label[:-1]
    return label.rstrip() + "…"


def _inner(values: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The innermost first, then what each one around it adds."""
    within = 0
    for series in reversed(range(len(values))):
        yield series, max(values[series] - within, 0)
        within = max(values[series], within)


def _parts(values: Iterable[tuple[int, int]], room: int, scale: float) -> Iterator[Part]:
    left = float(room)
    for series, value in values:
        width = round(value * scale, 1)
        if width:
            yield Part(series, round(left, 1), width)
        left += width
