"""What a gallery page is, and where they are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

_OWN = {"page", "urls", "views"}


# Where words are put together while the page is made, a function gives the context in the language of the moment.
Context = Mapping[str, object]
State = Context | Callable[[], Context]


@dataclass(frozen=True, slots=True)
class Page:
    """A template and the states it can be in; each state is a complete context."""

    name: str
    template: str
    states: Mapping[str, State]


@cache
def pages() -> tuple[Page, ...]:
    """All pages of all rooms, by room and in the order of their tables."""
    return tuple(page for room in _rooms() for page in room.PAGES)


def _rooms() -> list[ModuleType]:
    package = import_module("nhi_express.site.gallery")
    names = sorted(module.name for module in iter_modules(package.__path__) if module.name not in _OWN)
    return [import_module(f"{package.__name__}.{name}") for name in names]


def find(name: str, state: str) -> tuple[str, Context] | None:
    """The template of a page and the context of one of its states, in the present language; or nothing."""
    for page in pages():
        if page.name == name and state in page.states:
            context = page.states[state]
            return page.template, context() if callable(context) else context
    return None
