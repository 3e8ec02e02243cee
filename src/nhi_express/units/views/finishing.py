"""HTTP for 啟用碼: what a unit has begun is finished here by the member, on the member's own phone.

The token of a QR code stands behind the sharp of its link; the page's script sends it, in a body. Opening the link
changes nothing; the person sees whose registration it is, and agrees, before anything is begun.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.core import clock
from nhi_express.core.config import config
from nhi_express.core.source import source_of
from nhi_express.devices.forms import posted
from nhi_express.devices.views import safe_next, safe_path
from nhi_express.devices.views.codes import on_a_phone, token_in, with_scanner
from nhi_express.enrolment import flows as gate
from nhi_express.enrolment.models import Attempt
from nhi_express.enrolment.rules import AttemptState
from nhi_express.enrolment.views import done_page, finish_page
from nhi_express.help import terms as help_terms
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.units.flows import finishing
from nhi_express.units.forms import ActivationForm, ProofForm

_TICKET, _ATTEMPT, _NEXT = (
    ("__Host-unit-code", "__Host-unit-attempt", "__Host-unit-onward")
    if config().secure
    else ("unit-code", "unit-attempt", "unit-onward")
)
_BASE = "/app/bind/unit/"
_CODE = f"{_BASE}code/"
_COOKIE_SECONDS = 3600
_PAGES = {AttemptState.CODE_PROVEN: "proof", AttemptState.CARD_PROVEN: "finish", AttemptState.DONE: "done"}
# What is said beside the form, so that it can be mended there.
_AT_FORM = {Problem.ACTIVATION_CODE_WRONG, Problem.ACTIVATION_CODE_EXPIRED, Problem.NO_INVITATION}


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """The two ways: by mobile number, the quick one, or with the insurer's letter."""
    return render(request, "units/bind_start.html", {"next": safe_next(request)})


@with_scanner
@on_a_phone
@require_GET
def code(request: HttpRequest) -> HttpResponse:
    """Scan the QR code of the letter, or type its code. Which service was tapped before is kept for the end."""
    response = _code_page(request, ActivationForm())
    if "next" in request.GET:
        _keep(response, _NEXT, safe_next(request))
    return response


def _code_page(request: HttpRequest, form: ActivationForm, problem: Problem | None = None) -> HttpResponse:
    status = problem.value.status if problem else 400 if form.is_bound else 200
    context = {"form": form, "problem": problem, "foreign": Problem.QR_FOREIGN, "computer": Problem.CODE_ON_COMPUTER}
    return render(request, "units/bind_code.html", context, status=status)


@with_scanner
@on_a_phone
@require_http_methods(["GET", "POST"])
def typed(request: HttpRequest) -> HttpResponse:
    """The code typed, beside the ID number."""
    if request.method == "GET":
        return redirect(_CODE)
    form = ActivationForm(request.POST)
    if not form.is_valid():
        return _code_page(request, form)
    try:
        told = form.cleaned_data
        ticket = finishing.claim_by_typing(told["id_number"], told["code"], source_of(request))
    except Refused as refusal:
        if refusal.problem not in _AT_FORM:
            raise
        return _code_page(request, form, refusal.problem)
    response = redirect(f"{_BASE}terms")
    _keep(response, _TICKET, ticket)
    return response


@on_a_phone
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """The token of a scanned QR code, sent by the page's script. Nothing else happens yet."""
    ticket = finishing.claim_by_token(token_in(request))
    response = JsonResponse({"next": f"{_BASE}terms"})
    _keep(response, _TICKET, ticket)
    return response


def _keep(response: HttpResponseBase, name: str, value: str) -> None:
    secure = config().secure
    response.set_cookie(name, value, max_age=_COOKIE_SECONDS, secure=secure, httponly=True, samesite="Lax")


@on_a_phone
@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """Whose registration it is, and the terms; accepting them begins."""
    ticket = request.COOKIES.get(_TICKET, "")
    if not ticket:
        return redirect(_CODE)
    claim = finishing.claimed(ticket)
    if request.method == "POST" and request.POST.get("accept") == "yes":
        return _begun(request, ticket)
    shown, missing = help_terms.current(clock.today()), request.method == "POST"
    context = {"claim": claim, "terms": shown, "text": shown.html(get_language()), "missing": missing}
    return render(request, "units/bind_terms.html", context, status=400 if missing else 200)


def _begun(request: HttpRequest, ticket: str) -> HttpResponse:
    onward = safe_path(request.COOKIES.get(_NEXT, ""))
    _, secret = finishing.begin(ticket, request.POST.get("version", ""), get_language(), onward)
    response = redirect(f"{_BASE}proof")
    response.set_cookie(_ATTEMPT, secret, secure=config().secure, httponly=True, samesite="Lax")
    response.delete_cookie(_TICKET, samesite="Lax")
    return response


@require_POST
def leave(_request: HttpRequest) -> HttpResponse:
    """The person said no: this phone forgets the code."""
    response = redirect("/app/")
    response.delete_cookie(_TICKET, samesite="Lax")
    return response


def _elsewhere(request: HttpRequest, page: str) -> tuple[Attempt | None, HttpResponseRedirect | None]:
    """The attempt, or where to go instead when it does not stand at ``page``: skipping and going back lead on."""
    if request.method == "GET" and _ATTEMPT not in request.COOKIES:
        return None, redirect(_BASE)
    page_attempt = request.POST.get("attempt") if request.method == "POST" else None
    attempt = gate.current(request.COOKIES.get(_ATTEMPT), page_attempt)
    if attempt.state not in _PAGES:
        # Another way has its own steps, and its own cookie.
        raise Refused(Problem.ATTEMPT_MISSING)
    wanted = _PAGES[AttemptState(attempt.state)]
    return attempt, None if wanted == page else redirect(_BASE + wanted)


@require_http_methods(["GET", "POST"])
def proof(request: HttpRequest) -> HttpResponse:
    """The card's last four digits, and the household number or the permit's date."""
    attempt, elsewhere = _elsewhere(request, "proof")
    if attempt is None or elsewhere is not None:
        return elsewhere or redirect(_BASE)
    form = ProofForm(posted(request), foreign=finishing.foreign(attempt))
    left, status = None, 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            finishing.prove(attempt, form.papers())
            return redirect(f"{_BASE}finish")
        except Refused as refusal:
            if refusal.problem is not Problem.DATA_DO_NOT_MATCH or not refusal.details.get("left"):
                raise
            left, status = refusal.details["left"], 403
    context = {"attempt": attempt, "form": form, "left": left, "problem": Problem.DATA_DO_NOT_MATCH.value}
    return render(request, "units/bind_proof.html", context, status=status)


@require_http_methods(["GET", "POST"])
def finish(request: HttpRequest) -> HttpResponse:
    """A password, and the phone's unlock."""
    attempt, elsewhere = _elsewhere(request, "finish")
    if attempt is None or elsewhere is not None:
        return elsewhere or redirect(_BASE)
    return finish_page(request, attempt, _BASE)


@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """Registered and bound."""
    attempt, elsewhere = _elsewhere(request, "done")
    if attempt is None or elsewhere is not None:
        return elsewhere or redirect(_BASE)
    return done_page(request, attempt)
