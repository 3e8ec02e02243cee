"""Who may open what: every address of the site beside everybody who may come, read from the views' own guards.

``docs/roles.md`` holds the table as it was agreed; a test compares it with this and with what real requests are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.urls import URLPattern, URLResolver, get_resolver

from nhi_express.core.guards import Side, guard_of
from nhi_express.counter.rules import Power, Role, may

VISITORS: Final = ("nobody", "bound phone", "portal", "unit officer")
EVERYBODY: Final = (*VISITORS, *(role.value for role in Role))
_ENTERS: Final[dict[Side, frozenset[str]]] = {
    "phone": frozenset({"bound phone"}),
    "portal": frozenset({"portal"}),
    "desk": frozenset({"unit officer"}),
    "staff": frozenset(role.value for role in Role),
}
# Machines alone: an access token is asked for there, and no sign-in of a person counts.
_API, _API_OPEN = "api/units/v1/", ("openapi.json", "")


class Answer(StrEnum):
    """What somebody meets at an address."""

    MAY = "may"
    SIGN_IN = "sign in"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Row:
    """An address, as its pattern is written, and what each of :data:`EVERYBODY` meets there."""

    pattern: str
    answers: tuple[Answer, ...]

    def of(self, who: str) -> Answer:
        """What one of them meets."""
        return self.answers[EVERYBODY.index(who)]


def rows() -> list[Row]:
    """Every address of the site, in the order of the rooms; each once. The gallery is in no installation."""
    found: dict[str, Row] = {}
    for pattern, view in _views(get_resolver().url_patterns, ""):
        if pattern.startswith("gallery/"):
            continue
        found.setdefault(pattern, Row(pattern, tuple(_answer(pattern, view, who) for who in EVERYBODY)))
    return list(found.values())


def _views(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, here)
        else:
            yield here, pattern


def _answer(pattern: str, view: URLPattern, who: str) -> Answer:
    if pattern.startswith(_API) and pattern.removeprefix(_API) not in _API_OPEN:
        return Answer.REFUSED
    side, power = guard_of(view.callback)
    if side is None:
        return Answer.MAY
    if who not in _ENTERS[side]:
        return Answer.SIGN_IN
    return Answer.MAY if not power or may(Role(who), Power(power)) else Answer.REFUSED


_HEAD = """# Who may open what

Printed by `nhi-express staff roles`; `tests/counter/test_roles.py` compares this file with the guards in the code, and
asks every address for each of the columns by real requests.

*may*: the address answers; what it does then still asks for its own proof (a ticket, a card, the right office, one's
own case). *sign in*: a page leads to the sign-in of its side, a form is told so. *refused*: S-03, and the try is on
record; under `/api/units/v1/`, an access token is asked for instead.
"""


def as_markdown() -> str:
    """The table as a page of the documentation."""
    lines = [_line(("address", *EVERYBODY)), _line(["---"] * (len(EVERYBODY) + 1))]
    lines += [_line((f"`/{row.pattern.replace('|', chr(92) + '|')}`", *row.answers)) for row in rows()]
    return _HEAD + "\n" + "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
