"""HTTP for device codes on the phone: scan or type, say yes, be bound.

The token of a QR code stands behind the sharp of its link; the page's script sends it, in a body. What the browser
keeps is a sealed ticket, which names nobody and ends with its code.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.core.config import config
from nhi_express.core.source import source_of
from nhi_express.devices import flows
from nhi_express.devices.forms import DeviceCodeForm, RedeemForm, phone_proof, sent_json
from nhi_express.devices.rules import looks_like_computer
from nhi_express.devices.views import begin, remember, remembered, safe_next, safe_path
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused

_COOKIE, _NEXT = ("__Host-code", "__Host-onward") if config().secure else ("code", "onward")
_BASE = "/app/bind/code/"
# The done page may be loaded again for so long; the ticket itself ends with its code.
_COOKIE_SECONDS = 3600
# What is said beside the form, so that it can be mended there.
_AT_FORM = {Problem.CODE_WRONG, Problem.CODE_EXPIRED, Problem.CODE_USED}
_View = Callable[[HttpRequest], HttpResponseBase]


def on_a_phone(view: _View) -> _View:
    """Refuse computers: a code binds the device on which it is used."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        if looks_like_computer(request.headers.get("User-Agent", "")):
            raise Refused(Problem.CODE_ON_COMPUTER)
        return view(request)

    return guarded


# The reader of QR codes is WebAssembly where the browser has none of its own; no other page may run any.
with_scanner = csp_update({"script-src": ["'wasm-unsafe-eval'"]})


@with_scanner
@on_a_phone
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Scan the QR code, or type the code. Which service was tapped before is kept for the end (seed Q3)."""
    response = _start_page(request, DeviceCodeForm())
    if "next" in request.GET:
        _keep(response, _NEXT, safe_next(request))
    return response


def _start_page(request: HttpRequest, form: DeviceCodeForm, problem: Problem | None = None) -> HttpResponse:
    status = problem.value.status if problem else 400 if form.is_bound else 200
    context = {"form": form, "problem": problem, "foreign": Problem.QR_FOREIGN, "computer": Problem.CODE_ON_COMPUTER}
    return render(request, "devices/code_start.html", context, status=status)


@with_scanner
@on_a_phone
@require_http_methods(["GET", "POST"])
def typed(request: HttpRequest) -> HttpResponse:
    """The code typed, beside the ID number."""
    if request.method == "GET":
        return redirect(_BASE)
    form = DeviceCodeForm(request.POST)
    if not form.is_valid():
        return _start_page(request, form)
    try:
        ticket = flows.claim_by_typing(form.cleaned_data["id_number"], form.cleaned_data["code"], source_of(request))
    except Refused as refusal:
        if refusal.problem not in _AT_FORM:
            raise
        return _start_page(request, form, refusal.problem)
    return _holding(redirect(f"{_BASE}confirm"), ticket)


@on_a_phone
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """The token of a scanned QR code, sent by the page's script. Nothing else happens yet."""
    ticket = flows.claim_by_token(token_in(request))
    return _holding(JsonResponse({"next": f"{_BASE}confirm"}), ticket)


def token_in(request: HttpRequest) -> str:
    """The token that a page's script sent, or a form where no script runs."""
    if request.content_type != "application/json":
        return request.POST.get("token", "")
    return str(sent_json(request).get("token", ""))


def _holding(response: HttpResponse, ticket: str) -> HttpResponse:
    _keep(response, _COOKIE, ticket)
    return response


def _keep(response: HttpResponse, name: str, value: str) -> None:
    secure = config().secure
    response.set_cookie(name, value, max_age=_COOKIE_SECONDS, secure=secure, httponly=True, samesite="Lax")


def _ticket(request: HttpRequest) -> str:
    return request.COOKIES.get(_COOKIE, "")


@on_a_phone
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """「把這支手機綁定給王○明？」: yes goes on with the phone's own unlock."""
    ticket = _ticket(request)
    if not ticket:
        return redirect(_BASE)
    if flows.bound_by(ticket) is not None:
        return redirect(f"{_BASE}done")
    asked = flows.ask(ticket)
    if request.method == "GET":
        return _confirm_page(request, asked)
    if request.POST.get("attempt") != str(asked.claim.id):
        # Another tab has claimed another code meanwhile: its question is asked now.
        return redirect(f"{_BASE}confirm")
    return _answered(request, asked, RedeemForm(request.POST))


def _confirm_page(
    request: HttpRequest, asked: flows.AskedYes, form: RedeemForm | None = None, problem: Problem | None = None
) -> HttpResponse:
    context = {"asked": asked, "form": form or RedeemForm(), "problem": problem}
    status = problem.value.status if problem else 400 if form else 200
    return render(request, "devices/code_confirm.html", context, status=status)


def _answered(request: HttpRequest, asked: flows.AskedYes, form: RedeemForm) -> HttpResponse:
    if not form.is_valid():
        return _confirm_page(request, asked, form)
    removal: UUID | None = form.cleaned_data["remove"]
    try:
        device, secret = flows.redeem(_ticket(request), phone_proof(request.POST), removal)
    except Refused as refusal:
        if refusal.problem is not Problem.TOO_MANY_DEVICES:
            raise
        return _confirm_page(request, asked, form, refusal.problem)
    response = redirect(f"{_BASE}done")
    begin(response, secret)
    remember(response, [device.id, *remembered(request)])
    return response


@require_POST
def leave(_request: HttpRequest) -> HttpResponse:
    """The person said no: this phone forgets the code."""
    response = redirect("/app/")
    response.delete_cookie(_COOKIE, samesite="Lax")
    return response


@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """Bound. The page tells the phone's script which binding its new key belongs to."""
    device = flows.bound_by(_ticket(request))
    if device is None:
        return redirect(_BASE)
    onward = safe_path(request.COOKIES.get(_NEXT, ""))
    context = {"device": device.id, "identifier": device.identifier, "next": onward}
    response = render(request, "devices/code_done.html", context)
    # The answer of the last step may have been lost on its way; this browser sent it, so its phone may remember.
    here = remembered(request)
    if device.id not in here:
        remember(response, [device.id, *here])
    return response
