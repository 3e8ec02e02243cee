"""The visitor's screen at a counter; and 「這不是我」, and who opened one's record, as members find them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace

from django.utils.translation import get_language

from nhi_express.audit.catalogue import LOOK_UP_WORDS
from nhi_express.core import clock
from nhi_express.counter.forms import OwnPasswordForm
from nhi_express.devices.flows import NewCode
from nhi_express.devices.views.showing import shown_code
from nhi_express.devices.views.stopping import StopForm
from nhi_express.help import terms
from nhi_express.help.catalogue import Problem
from nhi_express.site.gallery.counter import typed
from nhi_express.site.gallery.page import Context, Page

_AT = datetime(2026, 11, 23, 6, 32, 10, tzinfo=UTC)
_IDLE = {"idle": 180}


def _terms(*, missing: bool = False) -> Context:
    shown = terms.current(clock.today())
    return {**_IDLE, "terms": shown, "text": shown.html(get_language()), "missing": missing}


def _password(problem: Problem | None = None, **fields: str) -> Context:
    form = OwnPasswordForm(typed(**fields) if fields else None)
    return {**_IDLE, "form": form, "version": "2026-11-24", "problem": problem}


def _code() -> Context:
    link = "https://nhi.example/app/bind/code/#AAAAAAAAAAAAAAAAAAAAAA"
    return {"idle": 300, **shown_code(NewCode("3G4F-10M1", "", clock.now() + timedelta(minutes=5), link), "")}


def _stop(code: str | None = None, *, asks: bool = False, unknown: bool = False) -> Context:
    form = StopForm(typed(code=code) if code is not None else None)
    if unknown:
        form.add_error("code", Problem.STOP_CODE_WRONG.value.at_field)
    form.is_valid()
    return {"form": form, "asks": asks}


def _look_ups(*, some: bool) -> Context:
    told = LOOK_UP_WORDS.values()
    return {"entries": [{"at": _AT, "words": words} for words in told] if some else []}


def _portal_look_ups(*, some: bool) -> Context:
    shell = {"signed": SimpleNamespace(masked_name="陳○華"), "at": "/portal/look-ups/", "idle": 900}
    return {**shell, **_look_ups(some=some)}


_CODE = "7K3M-9PXD-2Q4R"
_BOTH = {"password": "a long sentence", "again": "a long sentence"}
_LOOKED = {"none": partial(_look_ups, some=False), "some": partial(_look_ups, some=True)}
_LOOKED_ON_PORTAL = {"none": partial(_portal_look_ups, some=False), "some": partial(_portal_look_ups, some=True)}

PAGES = (
    Page("visitor", "counter/visitor_number.html", {"start": {"number": ""}, "number": {"number": "482913"}}),
    Page("visitor-wait", "counter/visitor_wait.html", {"plain": _IDLE}),
    Page("visitor-terms", "counter/visitor_terms.html", {"plain": _terms, "missing": partial(_terms, missing=True)}),
    Page(
        "visitor-password",
        "counter/visitor_password.html",
        {
            "empty": _password,
            "common": partial(_password, Problem.PASSWORD_COMMON, **_BOTH),
            "unequal": partial(_password, None, **{**_BOTH, "again": "another one"}),
        },
    ),
    Page("visitor-phone", "counter/visitor_phone.html", {"asked": {**_IDLE, "code": None}, "code": _code}),
    Page(
        "stop",
        "devices/stop.html",
        {
            "empty": _stop,
            "mistyped": partial(_stop, "7K3"),
            "unknown": partial(_stop, _CODE, unknown=True),
            "asked": partial(_stop, _CODE, asks=True),
        },
    ),
    Page("stopped", "devices/stopped.html", {"done": {}}),
    Page("look-ups", "devices/look_ups.html", _LOOKED),
    Page("portal-look-ups", "card/look_ups.html", _LOOKED_ON_PORTAL),
)
