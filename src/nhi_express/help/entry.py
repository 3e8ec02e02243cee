"""What one refusal says: its code, its words, and where it is explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.text import format_lazy

from nhi_express.core.clock import TAIPEI, today

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Text


class Severity(StrEnum):
    """How a refusal looks; the values are the kinds of notice in the design system."""

    REFUSED = "refused"
    FIRST = "first"
    PLAIN = "plain"


# Identity is enough to tell entries apart; comparing or hashing their words would translate them while Django starts.
@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One entry of the catalogue.

    ``code`` never changes once released; ``status`` is the HTTP status. ``title`` names the cause and stands alone
    as the error of a field. ``body`` says what happened, ``now`` what to do, step by step, apart from the other
    channels, which depend on the person. ``question`` is the number of the seed's question that explains it and
    ``part`` an anchor within its answer. ``detail`` is one more sentence with ``{named}`` values.
    """

    code: str
    status: int
    title: Text
    body: Text
    now: tuple[Text, ...] = ()
    question: int | None = None
    part: str = ""
    severity: Severity = Severity.REFUSED
    detail: Text | None = None

    @property
    def at_field(self) -> Text:
        """Title and code, as the error of a field; translated when it is shown."""
        return format_lazy("{} {}", self.title, self.code)

    @property
    def anchor(self) -> str:
        """Where the answer stands in its page; empty when no question explains this entry."""
        return self.part or (f"q{self.question}" if self.question else "")

    def told(self, details: Mapping[str, object]) -> str:
        """The body, and after it the sentence with values if ``details`` hold all of them."""
        if self.detail is None:
            return str(self.body)
        try:
            sentence = str(self.detail).format_map({name: _shown(value) for name, value in details.items()})
        except KeyError:
            return str(self.body)
        return f"{self.body} {sentence}" if sentence.isascii() else f"{self.body}{sentence}"


def _shown(value: object) -> str:
    """Times as Taiwan's clock shows them, 14:32:10, on another day 11/25 14:32:10; anything else as it is."""
    if not isinstance(value, datetime):
        return str(value)
    at = value.astimezone(TAIPEI)
    # Some pauses last a day: without its date, tomorrow's hour reads as today's.
    return f"{at:%H:%M:%S}" if at.date() == today() else f"{at.month}/{at.day} {at:%H:%M:%S}"
