"""The figures of the house: from daily counts alone, so that they cost the same however long the log is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows.counting import counts
from nhi_express.audit.rules import LONGER, TIME_CLASSES
from nhi_express.enrolment.rules import Channel
from nhi_express.help.catalogue import Problem

CHANNELS = tuple(channel.value for channel in Channel)
REFUSALS = (Event.ATTEMPT_REFUSED, Event.CARD_REFUSED, Event.ACTIVATION_CODE_REFUSED, Event.DEVICE_CODE_REFUSED)
STEPS = (Event.ATTEMPT_STARTED, Event.EVIDENCE_GATHERED, Event.ENROLLED)
_MOST_CAUSES = 12


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both within; ``office`` narrows what happened at counters to one of them."""

    since: date
    until: date
    office: str = ""

    @property
    def days(self) -> list[date]:
        """Each day of it."""
        return [self.since + timedelta(days=step) for step in range((self.until - self.since).days + 1)]


Line = tuple[str, tuple[int, ...]]


def by_channel_and_day(period: Period) -> list[Line]:
    """Registrations: a line a day, a number a channel. Of an office: what was registered at its desks."""
    if period.office:
        found = _of(period, [Event.CASE_REGISTERED], ("day",))
        return [(f"{day:%m/%d}", (0, 0, 0, found.get((day,), 0))) for day in period.days]
    found = _of(period, [Event.ENROLLED], ("day", "channel"))
    return [(f"{day:%m/%d}", tuple(found.get((day, one), 0) for one in CHANNELS)) for day in period.days]


def funnel(period: Period) -> list[Line]:
    """How many began, were proven, and finished: a line a channel."""
    found = _of(period, STEPS, ("channel", "event"))
    return [(one, tuple(found.get((one, step.value), 0) for step in STEPS)) for one in CHANNELS]


def causes(period: Period) -> list[Line]:
    """Refusals by cause, the most frequent first."""
    found = _of(period, REFUSALS, ("code",))
    most = sorted(found.items(), key=lambda item: -item[1])[:_MOST_CAUSES]
    return [(_cause(code), (times,)) for (code,), times in most if code]


def _cause(code: str) -> str:
    try:
        return f"{code} {Problem.by_code(code).value.title}"
    except KeyError:
        return code


def time_to_finish(period: Period) -> list[Line]:
    """Minutes from the terms to the end, in classes."""
    found = _of(period, [Event.ENROLLED], ("code",))
    return [(name, (found.get((name,), 0),)) for name in (*(name for _, name in TIME_CLASSES), LONGER)]


def by_platform(period: Period) -> list[Line]:
    """Phones bound, by platform."""
    found = _of(period, [Event.DEVICE_BOUND], ("detail",))
    return [(name or "–", (times,)) for (name,), times in sorted(found.items(), key=lambda item: -item[1])]


def operators(period: Period) -> list[Line]:
    """Each operator's answers, and how often it did not answer."""
    down = Problem.OPERATOR_DOWN.value.code
    answered = _of(period, [Event.EVIDENCE_GATHERED], ("detail",))
    refused = _of(period, [Event.ATTEMPT_REFUSED], ("detail", "code"))
    names = sorted({key[0] for key in (*answered, *refused)} - {""})
    return [
        (name, (answered.get((name,), 0) + _other(refused, name, down), refused.get((name, down), 0))) for name in names
    ]


def _other(refused: dict[tuple[str, str], int], name: str, down: str) -> int:
    return sum(times for (operator, code), times in refused.items() if operator == name and code != down)


def at_counters(period: Period) -> list[Line]:
    """Cases opened, and registrations made, by office."""
    found = _of(period, [Event.CASE_OPENED, Event.CASE_REGISTERED], ("office", "event"))
    offices = sorted({key[0] for key in found} - {""})
    both = (Event.CASE_OPENED.value, Event.CASE_REGISTERED.value)
    return [(office, tuple(found.get((office, event), 0) for event in both)) for office in offices]


def _of(period: Period, events: Iterable[Event], by: tuple[str, ...]) -> dict[tuple[Any, ...], int]:
    return counts([event.value for event in events], period.since, period.until, by, period.office)
