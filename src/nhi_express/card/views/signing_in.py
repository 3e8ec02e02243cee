"""登入, the service items, and 登出."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.card.flows import signing_in
from nhi_express.card.flows.signing_in import PortalSignedIn
from nhi_express.card.forms import Reading, SignInForm
from nhi_express.card.views.shell import (
    SESSION,
    begin,
    form_page,
    page,
    present,
    reads_cards,
    signed_in,
    signed_in_required,
)
from nhi_express.core import clock
from nhi_express.devices.forms import posted
from nhi_express.help.news import current_news


@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponseBase:
    """The login screen; for who is signed in, the service items."""
    if request.method == "GET" and signed_in(request) is not None:
        return page(request, "card/services.html", {"news": current_news(clock.now())[:3]})
    return _login(request)


@reads_cards
def _login(request: HttpRequest) -> HttpResponse:
    form = SignInForm(posted(request))
    context = {"news": current_news(clock.now())[:3], "signed": None}
    return form_page(request, "card/sign_in.html", form, lambda: _entered(request, form), context)


def _entered(request: HttpRequest, form: SignInForm) -> HttpResponse:
    presented = present(request, Reading.of(request.POST))
    secret = signing_in.sign_in(presented, form.cleaned_data["password"])
    _end(request)
    response = redirect("/portal/")
    begin(response, secret)
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """登出."""
    _end(request)
    response = redirect("/portal/")
    response.delete_cookie(SESSION, samesite="Lax")
    return response


def _end(request: HttpRequest) -> None:
    """End the session that this browser has, if any: signing in anew leaves none behind either."""
    signed = signed_in(request)
    if signed is not None:
        signing_in.sign_out(signed)


@signed_in_required
@require_GET
def stay(_request: HttpRequest, _signed: PortalSignedIn) -> JsonResponse:
    """The person is still there: the session goes on."""
    return JsonResponse({"status": "ok"})
