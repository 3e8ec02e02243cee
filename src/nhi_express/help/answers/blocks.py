"""What an answer is made of. The template has one branch for each ``kind``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Text


@dataclass(frozen=True, slots=True, eq=False)
class Paragraph:
    """A paragraph."""

    text: Text
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True, slots=True, eq=False)
class Bullets:
    """A list without order."""

    items: tuple[Text, ...]
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """What to do, in order."""

    items: tuple[Text, ...]
    kind: ClassVar[str] = "steps"


@dataclass(frozen=True, slots=True, eq=False)
class Notice:
    """What to know first; ``look`` is a kind of notice in the design system."""

    title: Text
    text: Text
    look: str = "first"
    kind: ClassVar[str] = "notice"


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """Where to do what the answer tells. A path, not a route's name: help knows none of the rooms above it."""

    text: Text
    path: str


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Where to go on, best first."""

    items: tuple[Link, ...]
    kind: ClassVar[str] = "links"


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part of an answer with a heading and an anchor of its own, e.g. one of the seven causes of question 9."""

    anchor: str
    title: Text
    paragraphs: tuple[Text, ...]
    links: tuple[Link, ...] = ()
    kind: ClassVar[str] = "part"


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A drawing among the static files, with the words that stand for it; size in CSS pixels."""

    file: str
    text: Text
    width: int
    height: int
    kind: ClassVar[str] = "picture"


@dataclass(frozen=True, slots=True, eq=False)
class CallUs:
    """The hotline's numbers."""

    kind: ClassVar[str] = "call"


Block = Paragraph | Bullets | Steps | Notice | Links | Part | Picture | CallUs


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One question. ``see`` are numbers of questions that go well with it."""

    number: int
    title: Text
    blocks: tuple[Block, ...]
    see: tuple[int, ...] = ()

    @property
    def anchor(self) -> str:
        """The stable anchor, e.g. ``q9``."""
        return f"q{self.number}"

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts with anchors of their own."""
        return tuple(block for block in self.blocks if isinstance(block, Part))
