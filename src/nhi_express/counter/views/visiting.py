"""The visitor's screen: a number to pair it, then terms, a password of one's own, and the code for one's phone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.core import clock
from nhi_express.core.config import config
from nhi_express.core.source import source_of
from nhi_express.counter.flows import duty, enrolling, screens
from nhi_express.counter.forms import OwnPasswordForm
from nhi_express.counter.models import Case, Screen
from nhi_express.counter.rules import ACTS, Act, Purpose
from nhi_express.counter.views.duty import here
from nhi_express.devices.forms import posted
from nhi_express.devices.views.showing import shown_code, told_standing
from nhi_express.help import terms
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused

COOKIE = "__Host-visitor" if config().secure else "visitor"
BASE = "/visitor/"


def _visitors(view: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Refuse a browser in which somebody of the staff is signed in: the visitor's screen is not the clerk's."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        who = here(request, touch=False)
        if who is not None:
            duty.refuse_as_visitor(who)
        return view(request)

    return guarded


def _screen(request: HttpRequest) -> Screen | None:
    secret = request.COOKIES.get(COOKIE)
    return screens.of(secret) if secret else None


def _case(request: HttpRequest, *, touch: bool = True) -> Case:
    """The case that this screen shows; opening one of its pages is a touch, a script's question is none.

    Raises :class:`Refused`.
    """
    screen = _screen(request)
    case = screens.case_on(screen)
    if touch and screen is not None:
        screens.touched(screen)
    return case


def _page(request: HttpRequest, at: str, template: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    """A page of a case that stands ``at`` an address: once the case does not, the page's script leaves."""
    left = screens.seconds_left(_screen(request))
    return render(request, template, {"idle": left, "at": at, **context}, status=status)


@_visitors
@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponseBase:
    """The number by which the clerk pairs this screen. POST makes this browser a screen; it stays one from then on."""
    screen = _screen(request)
    if screen is None and (request.method == "POST" or COOKIE in request.COOKIES):
        _, secret = screens.begin(source_of(request))
        response = redirect(BASE)
        response.set_cookie(COOKIE, secret, secure=config().secure, httponly=True, samesite="Strict")
        return response
    if screen is not None and screen.case is not None:
        return redirect(_where(screen.case))
    context = {"number": screen.number, "at": BASE} if screen else {"number": ""}
    return render(request, "counter/visitor_number.html", context)


def _where(case: Case) -> str:
    """The page on which a case stands."""
    registers = Act.REGISTER in ACTS[Purpose(case.purpose)] and case.seen
    if not registers:
        return f"{BASE}wait"
    return f"{BASE}phone" if case.attempt else f"{BASE}terms"


@_visitors
@require_GET
def state(request: HttpRequest) -> JsonResponse:
    """Where the screen stands; it asks each two seconds, which is no touch."""
    screen = _screen(request)
    if screen is None:
        return JsonResponse({"at": BASE, "known": False})
    return JsonResponse({"at": _where(screen.case) if screen.case else BASE, "known": True})


@_visitors
@require_GET
def stay(request: HttpRequest) -> JsonResponse:
    """Somebody touched the screen, or a phone opened the code on it: tells the seconds that it now has."""
    _case(request)
    return JsonResponse({"status": "ok", "seconds": screens.seconds_left(_screen(request))})


@_visitors
@require_GET
def wait(request: HttpRequest) -> HttpResponse:
    """The clerk is looking at the documents."""
    case = _case(request)
    where = _where(case)
    return _page(request, where, "counter/visitor_wait.html", {}) if where == f"{BASE}wait" else redirect(where)


@_visitors
@require_http_methods(["GET", "POST"])
def read_terms(request: HttpRequest) -> HttpResponse:
    """The terms; who agrees goes on to the password."""
    case = _case(request)
    if _where(case) != f"{BASE}terms":
        return redirect(_where(case))
    shown = terms.current(clock.today())
    agreed = request.method == "POST" and request.POST.get("accept") == "yes"
    if agreed:
        return _password_page(request, OwnPasswordForm(None), shown.version, None)
    context = {"terms": shown, "text": shown.html(get_language()), "missing": request.method == "POST"}
    return _page(request, f"{BASE}terms", "counter/visitor_terms.html", context, 400 if context["missing"] else 200)


def _password_page(request: HttpRequest, form: OwnPasswordForm, version: str, problem: Problem | None) -> HttpResponse:
    status = problem.value.status if problem else 400 if form.is_bound else 200
    context = {"form": form, "version": version, "problem": problem}
    return _page(request, f"{BASE}terms", "counter/visitor_password.html", context, status)


@_visitors
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """A password that the clerk neither sees nor sets; with it, one is registered."""
    case, form = _case(request), OwnPasswordForm(posted(request))
    if request.method == "GET" or _where(case) != f"{BASE}terms":
        return redirect(_where(case))
    version = request.POST.get("version", "")
    if not form.is_valid():
        return _password_page(request, form, version, None)
    try:
        enrolling.register_at_desk(case, version, get_language(), form.cleaned_data["password"])
    except Refused as refusal:
        if not refusal.problem.name.startswith("PASSWORD_"):
            raise
        return _password_page(request, form, version, refusal.problem)
    return redirect(f"{BASE}phone")


@_visitors
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Registered. A code for one's phone, where there is one here."""
    case = _case(request)
    if _where(case) != f"{BASE}phone":
        return redirect(_where(case))
    if request.method == "GET":
        return _page(request, f"{BASE}phone", "counter/visitor_phone.html", {"code": None})
    made = enrolling.phone_code(case)
    return _page(request, f"{BASE}phone", "counter/visitor_phone.html", shown_code(made, f"{BASE}code-state"))


@_visitors
@require_GET
def code_state(request: HttpRequest) -> JsonResponse:
    """What became of the code; its script asks each second, which is no touch."""
    return told_standing(enrolling.registration_in(_case(request, touch=False)))


@_visitors
@require_POST
def disown(request: HttpRequest) -> HttpResponse:
    """「不是我的手機」: the phone that the code has just bound is taken off again."""
    enrolling.disown_phone(_case(request), request.POST.get("device", ""))
    return redirect(f"{BASE}phone")


@_visitors
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The visitor is done: the screen is ready for the next one."""
    screen = _screen(request)
    if screen is not None:
        screens.put_away(screen)
    return redirect(BASE)
