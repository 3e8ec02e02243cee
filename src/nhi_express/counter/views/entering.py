"""Signing in with a passkey, the first time with a code, and one's own passkeys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.core.source import source_of
from nhi_express.counter.flows import duty
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.forms import FirstTimeForm
from nhi_express.counter.views.duty import HOME, begin, forget, here, on_duty, page, safe_path
from nhi_express.devices.forms import posted, sent_json
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What one's role includes; for everybody else, the way in."""
    who = here(request)
    if who is None:
        return render(request, "counter/sign_in.html", {"next": safe_path(request.GET.get("next"))})
    return page(request, who, "counter/home.html")


@require_POST
def challenge(_request: HttpRequest) -> JsonResponse:
    """Something for a passkey to sign."""
    return JsonResponse(duty.sign_in_options())


@require_POST
def enter(request: HttpRequest) -> JsonResponse:
    """Sign in with a passkey's answer."""
    data = sent_json(request)
    secret = duty.sign_in(*_answer(data), source_of(request))
    response = JsonResponse({"next": safe_path(data.get("next"))})
    begin(request, response, secret)
    return response


def _answer(data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A challenge's token, and what a passkey answered to it."""
    assertion = data.get("assertion")
    return str(data.get("token", "")), assertion if isinstance(assertion, dict) else {}


@require_http_methods(["GET", "POST"])
def first(request: HttpRequest) -> HttpResponse:
    """The first time: account and code, and then a passkey is made."""
    form, ticket, problem = FirstTimeForm(posted(request)), "", None
    if form.is_bound and form.is_valid():
        try:
            ticket = duty.redeem_code(form.cleaned_data["account"], form.cleaned_data["code"], source_of(request))
        except Refused as refusal:
            if refusal.problem is not Problem.STAFF_CODE_WRONG:
                raise
            problem = refusal.problem
    status = problem.value.status if problem else 400 if form.errors else 200
    return render(request, "counter/first.html", {"form": form, "ticket": ticket, "problem": problem}, status=status)


@require_POST
def first_options(request: HttpRequest) -> JsonResponse:
    """What the browser needs to make the first passkey."""
    return JsonResponse(duty.first_options(str(sent_json(request).get("ticket", ""))))


@require_POST
def first_keep(request: HttpRequest) -> JsonResponse:
    """Keep the first passkey, and sign in with it."""
    data = sent_json(request)
    ticket, token, answer = (str(data.get(name, "")) for name in ("ticket", "token", "passkey"))
    secret = duty.keep_first_passkey(ticket, token, answer, source_of(request))
    response = JsonResponse({"next": HOME})
    begin(request, response, secret)
    return response


@on_duty()
@require_GET
def passkeys(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """One's own passkeys."""
    return page(request, who, "counter/passkeys.html", {"passkeys": duty.passkeys(who)})


@on_duty()
@require_POST
def more_options(request: HttpRequest, who: OnDuty) -> JsonResponse:
    """What the browser needs to make one more, for whoever answers with a passkey that they have."""
    return JsonResponse(duty.more_options(who, *_answer(sent_json(request))))


@on_duty()
@require_POST
def more_keep(request: HttpRequest, who: OnDuty) -> JsonResponse:
    """Keep one more."""
    data = sent_json(request)
    duty.keep_passkey(who, str(data.get("token", "")), str(data.get("passkey", "")))
    return JsonResponse({"next": "/staff/passkeys/"})


@on_duty()
@require_POST
def remove_passkey(_request: HttpRequest, who: OnDuty, passkey_id: UUID) -> HttpResponse:
    """Remove one; the last stays."""
    duty.remove_passkey(who, passkey_id)
    return redirect("/staff/passkeys/")


@on_duty()
@require_GET
def stay(_request: HttpRequest, _who: OnDuty) -> JsonResponse:
    """Somebody is still there: the session goes on."""
    return JsonResponse({"status": "ok"})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    who = here(request)
    if who is not None:
        duty.sign_out(who)
    response = redirect(HOME)
    forget(response)
    return response
