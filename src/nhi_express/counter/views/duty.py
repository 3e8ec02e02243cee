"""What every page of the staff's side needs: who is on duty, what their role includes, the shell around the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from nhi_express.core.config import config
from nhi_express.core.guards import guarded_by
from nhi_express.core.source import source_of
from nhi_express.counter.flows import duty
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.models import Office
from nhi_express.counter.rules import Power, Role
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused

COOKIE: Final = "__Host-staff" if config().secure else "staff"
HOME: Final = "/staff/"
_Rest = ParamSpec("_Rest")
_View = Callable[Concatenate[HttpRequest, OnDuty, _Rest], HttpResponseBase]
# The pages of the side navigation: address, words, icon, and the power that opens it.
PLACES: Final[tuple[tuple[str, Promise, str, Power], ...]] = (
    ("/staff/desk/", _("Counter"), "counter", Power.DESK),
    ("/staff/approvals/", _("Second person"), "people", Power.APPROVE),
    ("/staff/seconding/", _("Codes and networks"), "lock", Power.SECOND),
    ("/staff/requests/", _("Requests about data"), "edit", Power.APPROVE),
    ("/staff/hotline/", _("Hotline"), "call", Power.LOOK_UP),
    ("/staff/alerts/", _("Unusual look-ups"), "first", Power.ALERTS),
    ("/staff/figures/", _("Figures"), "health-bank", Power.FIGURES),
    ("/staff/accounts/", _("Staff accounts"), "key", Power.ACCOUNTS),
    ("/staff/offices/", _("Service counters"), "building", Power.CONTENT),
    ("/staff/content/", _("News, terms, operators"), "edit", Power.CONTENT),
    ("/staff/log/", _("Log"), "lock", Power.LOG),
)
ROLE_WORDS: Final[Mapping[Role, Promise]] = {
    Role.CLERK: _("Counter clerk"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.HOTLINE: _("Hotline agent"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMINISTRATOR: _("Administrator"),
}


def on_duty(
    power: Power | None = None, *, touch: bool = True
) -> Callable[[_View[_Rest]], Callable[..., HttpResponseBase]]:
    """Let only signed-in staff through whose role holds ``power`` (None: any), and hand the view who they are.

    Others are led to signing in, and back afterwards; a form is told S-01. A role that reaches too far is on record.
    ``touch`` is False for what a page's script asks by itself: that keeps nobody signed in.
    """

    def decorate(view: _View[_Rest]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: _Rest.args, **kwargs: _Rest.kwargs) -> HttpResponseBase:
            who = here(request, touch=touch)
            if who is None:
                return _elsewhere(request)
            if power is not None:
                duty.require(who, power)
            return view(request, who, *args, **kwargs)

        return guarded_by("staff", guarded, power.value if power else "")

    return decorate


def _elsewhere(request: HttpRequest) -> HttpResponse:
    if request.method != "GET" or "application/json" in request.headers.get("Accept", ""):
        raise Refused(Problem.STAFF_SIGN_IN_NEEDED)
    return redirect(f"{HOME}?{urlencode({'next': request.path})}")


def here(request: HttpRequest, *, touch: bool = True) -> OnDuty | None:
    """Who is signed in in this browser, at this address."""
    secret = request.COOKIES.get(COOKIE)
    return duty.on_duty(secret, source_of(request), touch=touch) if secret else None


def page(
    request: HttpRequest, who: OnDuty, template: str, context: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    """A page of the staff's side. Its template extends ``counter/staff.html`` and fills the block ``content``."""
    return render(request, template, {**shell(who, request.path), **(context or {})}, status=status)


def shell(who: OnDuty, at: str) -> dict[str, object]:
    """What ``counter/staff.html`` shows around a page, and how long one may rest (seconds)."""
    return {
        "who": who,
        "who_name": duty.name_of(who.staff),
        "who_role": ROLE_WORDS[who.role],
        "who_office": office_name(who.staff.office),
        "places": [place for place in PLACES if who.may(place[3])],
        "at": at,
        "idle": config().staff_idle_minutes * 60,
    }


def office_name(office: Office | None) -> str:
    """An office's name in the page's language; empty for none."""
    if office is None:
        return ""
    return office.name_en if get_language() == "en" else office.name_zh


def begin(request: HttpRequest, response: HttpResponseBase, secret: str) -> None:
    """Give the browser its session, until it is closed; forms that it had open before are good no longer."""
    response.set_cookie(COOKIE, secret, secure=config().secure, httponly=True, samesite="Strict")
    rotate_token(request)


def forget(response: HttpResponseBase) -> None:
    """Take the session from the browser."""
    response.delete_cookie(COOKIE, samesite="Strict")


def safe_path(wanted: object) -> str:
    """A page of the staff's side as it was wanted, or their home."""
    text = wanted if isinstance(wanted, str) else ""
    inside = text.startswith("/staff/") and url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    return text if inside and len(text) < 200 else HOME
