"""The API for payroll systems: what officers do with lists at the desk, for machines (docs/api-units.md).

Whoever asks shows an access token; it stands for one unit, and nothing of another is ever found. Without cookies there
is nothing that a foreign page could misuse, so these addresses alone ask for no CSRF token.
"""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.security.base import AuthBase

from nhi_express.help.catalogue import Problem
from nhi_express.help.details import details_answer
from nhi_express.help.errors import Refused
from nhi_express.units.adapters.oauth import SCOPE
from nhi_express.units.flows import clients
from nhi_express.units.flows.desk import Desk
from nhi_express.units.views.api import lists, people

_SCOPES = {SCOPE: "Send lists of a unit, confirm them, and see what became of them"}
_ABOUT = """Bulk registration by insured units, for payroll systems. A list is sent, checked line by line, and
confirmed; then its people are invited, and each finishes the registration alone. Refusals are problem details
(RFC 9457) with a stable `code`; their words follow `Accept-Language`."""
# What RFC 6750, section 3.1, wants told of a token that does not do.
_CHALLENGES = {
    Problem.API_CREDENTIALS: 'Bearer realm="API for payroll systems", error="invalid_token"',
    Problem.API_SCOPE: f'Bearer realm="API for payroll systems", error="insufficient_scope", scope="{SCOPE}"',
}


class ClientCredentials(AuthBase):
    """An access token in the header of the request."""

    openapi_type = "oauth2"
    openapi_flows = {"clientCredentials": {"tokenUrl": "/api/oauth/token", "scopes": _SCOPES}}

    def __call__(self, request: HttpRequest) -> Desk:
        """For which unit it is. Raises :class:`Refused`."""
        return clients.desk_of(request.headers.get("Authorization", ""))


api = NinjaAPI(
    title="NHI Express: lists of insured units",
    version="1",
    description=_ABOUT,
    # The interactive page would load its parts from strangers' servers, which our pages never do.
    docs_url=None,
    urls_namespace="units:api",
    auth=ClientCredentials(),
)
api.add_router("", lists.router)
api.add_router("", people.router)


@api.exception_handler(Refused)
def _refused(_request: HttpRequest, refusal: Refused) -> HttpResponse:
    response = details_answer(refusal.problem, refusal.details)
    if refusal.problem in _CHALLENGES:
        response.headers["WWW-Authenticate"] = _CHALLENGES[refusal.problem]
    return response


@api.exception_handler(ValidationError)
def _not_as_expected(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Tell where to look, never what stood there."""
    where = ", ".join(" ".join(str(part) for part in one["loc"]) for one in error.errors)
    return details_answer(Problem.API_REQUEST, {"where": where})


@api.exception_handler(HttpError)
def _not_readable(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """The library could not read the body, or knows a status of its own."""
    response = details_answer(Problem.API_REQUEST, {"where": "body"})
    response.status_code = HTTPStatus(error.status_code)
    return response
