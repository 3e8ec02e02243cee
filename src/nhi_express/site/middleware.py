"""What every answer goes through: refusals become pages, and headers keep personal pages where they belong."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.site import problems

# The camera is for device codes, passkeys are for unlocking; nothing else of the phone is ever asked for.
_FEATURES = (
    "camera=(self), publickey-credentials-create=(self), publickey-credentials-get=(self), "
    "geolocation=(), microphone=(), payment=(), usb=()"
)
_HEADERS = (
    ("Permissions-Policy", _FEATURES),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("X-Robots-Tag", "noindex"),
)


class ProblemMiddleware:
    """Turns :class:`Refused` into a page, and forbids keeping pages that may be personal (OWASP ASVS 14.3.2)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response = _worded(request, response)
        for name, value in _HEADERS:
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal is an answer; anything else is Django's to handle."""
        if isinstance(exception, Refused):
            return problems.answer(request, exception.problem, exception.details)
        return None


def _worded(request: HttpRequest, bare: HttpResponse) -> HttpResponse:
    """Django answers a wrong method with an empty page; people who open such an address by hand get words."""
    page = problems.answer(request, Problem.BAD_REQUEST)
    page.status_code = bare.status_code
    page.headers["Allow"] = bare.headers["Allow"]
    return page
