"""What every page of the units' desk needs: who acts here, for which unit, and the shell around the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, Final, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from nhi_express.core.config import config
from nhi_express.core.guards import guarded_by
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.units.flows.desk import Desk
from nhi_express.units.flows.entering import desk_of, duties
from nhi_express.units.flows.naming import name_of

COOKIE: Final = "__Host-desk" if config().secure else "desk"
HOME: Final = "/units/lists/"
_Rest = ParamSpec("_Rest")
_View = Callable[Concatenate[HttpRequest, Desk, _Rest], HttpResponseBase]


def at_desk(view: _View[_Rest]) -> Callable[..., HttpResponseBase]:
    """Let only signed-in officers through, and hand the view their :class:`Desk`.

    Others are led to signing in, and back afterwards; a script and a form are told U-02.
    """
    return _guarded(view, touch=True)


def watching_desk(view: _View[_Rest]) -> Callable[..., HttpResponseBase]:
    """The same for what a page asks by itself: a desk that nobody sits at goes idle all the same."""
    return _guarded(view, touch=False)


def _guarded(view: _View[_Rest], *, touch: bool) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: _Rest.args, **kwargs: _Rest.kwargs) -> HttpResponseBase:
        desk = desk_here(request, touch=touch)
        if desk is not None:
            return view(request, desk, *args, **kwargs)
        if request.method != "GET" or _asks_for_data(request):
            raise Refused(Problem.UNIT_SIGN_IN_NEEDED)
        return redirect(f"/units/?{urlencode({'next': request.path})}")

    return guarded_by("desk", guarded)


def _asks_for_data(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept", "")
    return "application/json" in accepted or "text/event-stream" in accepted


def secret_of(request: HttpRequest) -> str:
    """The secret that this browser keeps, or an empty string."""
    return request.COOKIES.get(COOKIE, "")


def desk_here(request: HttpRequest, *, touch: bool = True) -> Desk | None:
    """Who acts in this browser, and for which unit."""
    secret = secret_of(request)
    return desk_of(secret, touch=touch) if secret else None


def page(
    request: HttpRequest, desk: Desk, template: str, context: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    """A page of the desk. Its template extends ``units/desk.html`` and fills the block ``content``."""
    return render(request, template, {**shell(desk, request.path), **(context or {})}, status=status)


def shell(desk: Desk, at: str) -> dict[str, object]:
    """What ``units/desk.html`` shows around a page: the unit, where one is, and how long one may rest (seconds)."""
    return {"desk": desk, "unit_name": name_of(desk.unit.code), "at": at, "idle": config().portal_idle_minutes * 60}


def begin(request: HttpRequest, response: HttpResponseBase, secret: str) -> None:
    """Give the browser its session, until it is closed; forms that it had open before are good no longer."""
    response.set_cookie(COOKIE, secret, secure=config().secure, httponly=True, samesite="Lax")
    rotate_token(request)


def forget(response: HttpResponseBase) -> None:
    """Take the session from the browser."""
    response.delete_cookie(COOKIE, samesite="Lax")


def safe_path(wanted: str) -> str:
    """A page of the desk as it was wanted, or an empty string."""
    inside = wanted.startswith("/units/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if inside and len(wanted) < 200 else ""


def way_on(member: UUID, wanted: str) -> str:
    """Where to go after signing in: who may act for several units says first for which."""
    return "/units/switch/" if len(duties(member)) > 1 else safe_path(wanted) or HOME
