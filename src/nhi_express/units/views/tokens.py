"""The two addresses of the OAuth library that are served: a token for a client, and its end (RFC 6749, RFC 7009)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from nhi_express.core.source import source_of
from nhi_express.units.adapters import oauth
from nhi_express.units.flows import clients

_View = Callable[[HttpRequest], HttpResponse]
_FORM = "application/x-www-form-urlencoded"


def _for_clients(ask: Callable[[HttpRequest], oauth.Answer]) -> _View:
    """A view that lets the OAuth library answer a client: a form only, and not after many wrong secrets."""

    @csrf_exempt
    @require_POST
    @wraps(ask)
    def view(request: HttpRequest) -> HttpResponse:
        # Before the body is read: files in it would be put on disk for nothing.
        if request.content_type != _FORM or request.META.get("QUERY_STRING"):
            told = {"error": "invalid_request", "error_description": f"Parameters belong into a body of {_FORM}."}
            return JsonResponse(told, status=HTTPStatus.BAD_REQUEST)
        source = source_of(request)
        clients.may_try(source)
        answer = ask(request)
        if answer.status == HTTPStatus.OK:
            clients.proven(source)
        return HttpResponse(answer.body, status=answer.status, headers=_headers(answer))

    return view


def _headers(answer: oauth.Answer) -> dict[str, str]:
    """The library forgets the type of some errors, and names the other scheme where a client did not prove itself."""
    headers = {"Content-Type": "application/json", **answer.headers}
    if answer.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Basic realm="API for payroll systems"'
    return headers


token = _for_clients(oauth.give_token)
revoke = _for_clients(oauth.take_token)
