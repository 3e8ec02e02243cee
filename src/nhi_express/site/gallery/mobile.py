"""行動電話認證, step by step, and every refusal of it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import cast
from uuid import UUID

from nhi_express.core import clock
from nhi_express.devices.models import Device
from nhi_express.enrolment.flows import LastStep
from nhi_express.enrolment.forms import FinishForm
from nhi_express.enrolment.rules import other_ways
from nhi_express.enrolment.views import ways_shown
from nhi_express.help import terms
from nhi_express.help.catalogue import Problem
from nhi_express.mobile.forms import CardForm, LineForm
from nhi_express.site.gallery.page import Context, Page, State
from nhi_express.site.jinja import page_language

_ATTEMPT = {"attempt": SimpleNamespace(id=UUID(int=1))}
_OPTIONS = {"token": "t", "challenge": "AAAA", "passkey": None}
_BOUND_AT = datetime(2026, 11, 23, 6, 32, 10, tzinfo=UTC)
# Every advice there is: try again, other ways, a child's line, only a counter.
_REFUSALS = (Problem.NOT_ON_MOBILE_NETWORK, Problem.PREPAID, Problem.PARENT_CHILD, Problem.SIM_CHANGED)


def _terms(missing: bool) -> Context:
    shown = terms.current(clock.today())
    return {"terms": shown, "text": shown.html(page_language()), "next": "/app/", "via": "", "missing": missing}


def _line(**typed: str) -> Context:
    return {**_ATTEMPT, "form": LineForm(typed or None)}


def _card(left: int | None = None, **typed: str) -> Context:
    return {**_ATTEMPT, "form": CardForm(typed or None), "left": left, "problem": Problem.DATA_DO_NOT_MATCH.value}


def _phone(number: int) -> Device:
    """Looks like a bound phone; only ``bind()`` makes a real one."""
    traits = {"platform": "Android 15", "model": f"Pixel {number}", "identifier": "9f3c27aa51d04e8b"}
    return cast("Device", SimpleNamespace(id=UUID(int=number), bound_at=_BOUND_AT, **traits))


def _finish(has_password: bool = False, phones: int = 0, problem: Problem | None = None) -> Context:
    step = LastStep("陳○華", has_password, [_phone(number + 4) for number in range(phones)], _OPTIONS)
    return {**_ATTEMPT, "form": FinishForm(), "step": step, "problem": problem, "base": "/app/bind/mobile/"}


def _refused(problem: Problem) -> Context:
    ways = other_ways(problem.name, foreign=False, child=problem is Problem.PARENT_CHILD)
    return {"problem": problem, "ways": ways_shown(ways)}


_LINE: dict[str, State] = {
    "empty": _line,
    "wrong": partial(_line, number="12", id_number="A123456788"),
    "permit": partial(_line, number="0912345678", id_number="123456789012"),
}
_CARD: dict[str, State] = {
    "empty": _card,
    "not-digits": partial(_card, last4="12a"),
    "wrong": partial(_card, left=2),
    "last-try": partial(_card, left=1),
}
_FINISH: dict[str, State] = {
    "new": _finish,
    "known": partial(_finish, has_password=True),
    "too-short": partial(_finish, problem=Problem.PASSWORD_TOO_SHORT),
    "sixth-phone": partial(_finish, has_password=True, phones=5, problem=Problem.TOO_MANY_DEVICES),
}
# Without a device's id: in the gallery there is no key to adopt.
_DONE: dict[str, State] = {
    "home": {"channel": "mobile", "device": "", "identifier": "", "next": "/app/"},
    "counter": {"channel": "mobile", "device": "", "identifier": "", "next": "/app/nhi-counter/"},
}

PAGES = (
    Page("terms", "mobile/terms.html", {"unread": partial(_terms, False), "not-ticked": partial(_terms, True)}),
    Page("line", "mobile/line.html", _LINE),
    Page("card", "mobile/card.html", _CARD),
    Page("finish", "enrolment/finish.html", _FINISH),
    Page("done", "enrolment/done.html", _DONE),
    Page("refused", "mobile/refused.html", {each.value.code.lower(): partial(_refused, each) for each in _REFUSALS}),
)
