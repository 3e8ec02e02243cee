"""HTTP for 行動電話認證. Each page belongs to a state of the attempt; another state leads to its own page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from nhi_express.core import clock
from nhi_express.core.config import config
from nhi_express.core.signing import signing_key
from nhi_express.devices import views as phones
from nhi_express.devices.forms import posted
from nhi_express.enrolment import flows as gate
from nhi_express.enrolment.models import Attempt
from nhi_express.enrolment.rules import AttemptState, Channel, other_ways
from nhi_express.enrolment.views import done_page, finish_page, ways_shown
from nhi_express.help import terms as help_terms
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.rules import IdNumber
from nhi_express.mobile import flows
from nhi_express.mobile.forms import CardForm, LineForm
from nhi_express.mobile.ports import Return

_COOKIE = "__Host-attempt" if config().secure else "attempt"
_BASE = "/app/bind/mobile/"
_PAGES = {
    AttemptState.OPEN: "line",
    AttemptState.SENT: "line",
    AttemptState.CHECKING: "line",
    AttemptState.LINE_PROVEN: "card",
    AttemptState.CARD_PROVEN: "finish",
    AttemptState.DONE: "done",
}


def _attempt(request: HttpRequest) -> Attempt:
    page_attempt = request.POST.get("attempt") if request.method == "POST" else None
    attempt = gate.current(request.COOKIES.get(_COOKIE), page_attempt)
    if attempt.state not in _PAGES:
        # Another way has its own steps, and its own cookie.
        raise Refused(Problem.ATTEMPT_MISSING)
    return attempt


def _elsewhere(request: HttpRequest, page: str) -> tuple[Attempt | None, HttpResponseRedirect | None]:
    """The attempt, or where to go instead when it does not stand at ``page``: skipping and going back lead on."""
    if request.method == "GET" and _COOKIE not in request.COOKIES:
        return None, redirect(f"{_BASE}terms")
    attempt = _attempt(request)
    wanted = _PAGES[AttemptState(attempt.state)]
    return attempt, None if wanted == page else redirect(_BASE + wanted)


@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """Step 1: the terms, read and accepted."""
    shown, language, status = help_terms.current(clock.today()), get_language(), 200
    if request.method == "POST":
        if request.POST.get("accept") == "yes":
            version, via = request.POST.get("version", ""), _channel(request)
            _, secret = flows.accept_terms(version, language, phones.safe_next(request), via)
            response = redirect(f"{_BASE}line")
            response.set_cookie(_COOKIE, secret, secure=config().secure, httponly=True, samesite="Lax")
            return response
        status = 400
    context = {
        "terms": shown,
        "text": shown.html(language),
        "next": phones.safe_next(request),
        "via": _channel(request),
        "missing": status == 400,
    }
    return render(request, "mobile/terms.html", context, status=status)


def _channel(request: HttpRequest) -> Channel:
    """Whether the member comes to finish what their unit has begun; both channels walk the same pages."""
    via = request.POST.get("via") or request.GET.get("via")
    return Channel.UNIT if via == Channel.UNIT else Channel.MOBILE


@require_http_methods(["GET", "POST"])
def line(request: HttpRequest) -> HttpResponse:
    """Step 2: mobile number and ID number; then away to the operator."""
    attempt, elsewhere = _elsewhere(request, "line")
    if attempt is None or elsewhere is not None:
        return elsewhere or redirect(f"{_BASE}terms")
    form = LineForm(posted(request))
    if form.is_bound and form.is_valid():
        url = flows.submit_line(attempt, form.cleaned_data["number"], form.cleaned_data["id_number"])
        return HttpResponseRedirect(url)
    context = {"attempt": attempt, "form": form}
    return render(request, "mobile/line.html", context, status=400 if form.is_bound else 200)


@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """The browser comes back from the operator. A page loaded again leads to where the attempt stands."""
    attempt = _attempt(request)
    if attempt.state in {AttemptState.LINE_PROVEN, AttemptState.CARD_PROVEN, AttemptState.DONE}:
        return redirect(_BASE + _PAGES[AttemptState(attempt.state)])
    # PostgreSQL takes no NUL in a text, and no operator sends one.
    told = Return(*(request.GET.get(name, "")[:2048].replace("\0", "") for name in ("code", "error", "iss")))
    try:
        flows.come_back(attempt, request.GET.get("state", ""), told)
    except Refused as refusal:
        if refusal.problem in {Problem.CALLBACK_MISMATCH, Problem.ATTEMPT_OUT_OF_ORDER}:
            raise
        return redirect(f"{_BASE}refused")
    return redirect(f"{_BASE}card")


@require_GET
def refused(request: HttpRequest) -> HttpResponse:
    """Why it did not work, and the best other ways for this person."""
    attempt = _attempt(request)
    if not attempt.problem:
        return redirect(_BASE + _PAGES[AttemptState(attempt.state)])
    problem = Problem[attempt.problem]
    told = {"child": problem is Problem.PARENT_CHILD, "invited": attempt.channel == Channel.UNIT}
    ways = other_ways(problem.name, foreign=_typed_foreign(attempt), **told)
    context = {"problem": problem, "ways": ways_shown(ways)}
    return render(request, "mobile/refused.html", context, status=problem.value.status)


def _typed_foreign(attempt: Attempt) -> bool:
    typed = gate.notes_of(attempt).get("id_number")
    return bool(typed) and IdNumber.parse(str(typed)).is_foreign


@require_http_methods(["GET", "POST"])
def card(request: HttpRequest) -> HttpResponse:
    """Step 3: the last four digits of the card."""
    attempt, elsewhere = _elsewhere(request, "card")
    if attempt is None or elsewhere is not None:
        return elsewhere or redirect(f"{_BASE}terms")
    form = CardForm(posted(request))
    left, status = None, 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            flows.check_card(attempt, form.cleaned_data["last4"])
            return redirect(f"{_BASE}finish")
        except Refused as refusal:
            if refusal.problem is not Problem.DATA_DO_NOT_MATCH or not refusal.details.get("left"):
                raise
            left, status = refusal.details["left"], 403
    context = {"attempt": attempt, "form": form, "left": left, "problem": Problem.DATA_DO_NOT_MATCH.value}
    return render(request, "mobile/card.html", context, status=status)


@require_http_methods(["GET", "POST"])
def finish(request: HttpRequest) -> HttpResponse:
    """Step 4: a password, and the phone's unlock."""
    attempt, elsewhere = _elsewhere(request, "finish")
    if attempt is None or elsewhere is not None:
        return elsewhere or redirect(f"{_BASE}terms")
    return finish_page(request, attempt, _BASE)


@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """完成行動電話認證."""
    attempt, elsewhere = _elsewhere(request, "done")
    if attempt is None or elsewhere is not None:
        return elsewhere or redirect(f"{_BASE}terms")
    return done_page(request, attempt)


@require_GET
def jwks(_request: HttpRequest) -> JsonResponse:
    """Our public key, by which operators verify what we sign."""
    public = {**signing_key().as_dict(private=False), "use": "sig", "alg": "ES256"}
    return JsonResponse({"keys": [public]}, headers={"Cache-Control": "public, max-age=300"})
