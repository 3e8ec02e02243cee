"""A refusal as a page, or as JSON where a script asked: what happened, what to do now, and where it is explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nhi_express.help.catalogue import Problem
from nhi_express.help.details import details_answer

# The one thing to do now: by the problem's name, else by the family that its code begins with.
Act = tuple[Promise, str]
_HOME: Act = (_("Back to the start"), "/app/")
_BIND: Act = (_("Bind this phone"), "/app/bind/")
_AGAIN: Act = (_("Begin again"), "/app/bind/mobile/terms")
_UNLOCK: Act = (_("Unlock"), "/app/unlock/")
_CODE: Act = (_("Scan or type a code"), "/app/bind/code/")
_ACTIVATION: Act = (_("Finish what my unit has begun"), "/app/bind/unit/")
_PHONES: Act = (_("See my phones"), "/app/phones/")
_PORTAL: Act = (_("To the sign-in page"), "/portal/")
_DESK: Act = (_("To the unit desk"), "/units/")
_UNITS: Act = (_("See my units"), "/app/units/")
_STAFF: Act = (_("To my work"), "/staff/")
_VISITOR: Act = (_("Begin anew"), "/visitor/")
_CHECK: Act = (_("Environment check"), "/portal/check/")
_ACTS: Mapping[str, Act] = {
    "C": _CHECK,
    "A": _AGAIN,
    "M": _BIND,
    "D": _BIND,
    "V": _CODE,
    "U": _UNITS,
    "CODE_ON_COMPUTER": _HOME,
    "PASSKEY_FAILED": _UNLOCK,
    "CHALLENGE_EXPIRED": _UNLOCK,
    "WRONG_PASSWORD": _UNLOCK,
    "SIGN_IN_NEEDED": _UNLOCK,
    "TOO_MANY_DEVICES": _PHONES,
    "PROVE_AGAIN": _BIND,
    "NO_INVITATION": _BIND,
    "ACTIVATION_CODE_WRONG": _ACTIVATION,
    "ACTIVATION_CODE_EXPIRED": _ACTIVATION,
}
# Where a problem is met, and the shell that its page stands in.
Place = Literal["app", "portal", "desk", "staff", "visitor"]
SHELLS: Mapping[Place, str] = {
    "app": "site/app.html",
    "portal": "site/portal.html",
    "desk": "units/desk.html",
    "staff": "counter/staff.html",
    "visitor": "counter/visitor.html",
}
# Whose addresses begin so; all else is the app's.
_PLACES: Mapping[str, Place] = {"units": "desk", "portal": "portal", "staff": "staff", "visitor": "visitor"}


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asked, and words in a page would be lost on it."""
    return "application/json" in request.headers.get("Accept", "") or request.content_type == "application/json"


def answer(request: HttpRequest, problem: Problem, details: Mapping[str, object] | None = None) -> HttpResponse:
    """The answer to a refused request, with the problem's HTTP status. ``details`` hold nothing personal."""
    entry = problem.value
    if request.path.startswith("/api/"):
        return details_answer(problem, details)
    if wants_json(request):
        return JsonResponse({"problem": _as_json(problem, details or {})}, status=entry.status)
    place = _place(request.path)
    context = {"problem": shown(problem, details or {}, place), "shell": SHELLS[place]}
    return render(request, "site/problem.html", context, status=entry.status)


def _as_json(problem: Problem, details: Mapping[str, object]) -> dict[str, str]:
    entry = problem.value
    help_url = f"/help/codes/{entry.code}/"
    return {"code": entry.code, "title": str(entry.title), "body": entry.told(details), "help_url": help_url}


def _place(path: str) -> Place:
    return _PLACES.get(path.split("/")[1], "app")


def _act(problem: Problem, place: Place) -> Act:
    """The one thing to do now; who sits at a computer stays on the portal, and officers and staff at their desks."""
    if place == "app":
        return _ACTS.get(problem.name) or _ACTS.get(problem.value.code[0]) or _HOME
    if place == "portal" and problem.value.code.startswith("C"):
        return _CHECK
    return {"portal": _PORTAL, "desk": _DESK, "staff": _STAFF, "visitor": _VISITOR}[place]


def shown(problem: Problem, details: Mapping[str, object], place: Place = "app") -> dict[str, Any]:
    """What ``site/problem.html`` needs to show a problem."""
    entry = problem.value
    title, url = _act(problem, place)
    return {
        "code": entry.code,
        "kind": entry.severity.value,
        "title": entry.title,
        "body": entry.told(details),
        "now": entry.now,
        "act": {"title": title, "url": url},
        "question": entry.question,
        "anchor": entry.anchor,
    }
