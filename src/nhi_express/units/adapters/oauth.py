"""The OAuth library (django-oauth-toolkit, on oauthlib), narrowed to what payroll systems need.

One grant (client credentials), HTTP Basic alone (RFC 6749, 2.3.1; secrets in a body are not taken), opaque tokens of
which only a digest is stored, and none taken from a body or an address (RFC 9700, 4.3.2).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.http import HttpRequest
from oauth2_provider.models import get_access_token_model
from oauth2_provider.oauth2_backends import get_oauthlib_core
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness, rows
from nhi_express.units.models import Client

SCOPE = "units:lists"


class SecretHasher(Argon2PasswordHasher):
    """argon2id as members' passwords have it (DESIGN: lifetimes and limits)."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1


def new_token(_request: Request, **_more: object) -> str:
    """An access token: 256 random bits."""
    return randomness.token(256)


class Validator(OAuth2Validator):
    """What the library asks of us where its own answer is wider than ours."""

    def authenticate_client(self, request: Request, *args: object, **kwargs: object) -> bool:
        """A client proves itself in the header; the library would look into the body too."""
        return bool(self._authenticate_basic_auth(request))  # type: ignore[no-untyped-call]  # the library has no types

    def client_authentication_required(self, request: Request, *args: object, **kwargs: object) -> bool:
        """Always, also to revoke: no client is public."""
        return True

    def _create_access_token(self, expires: object, request: Request, token: object, *more: object) -> object:
        made = super()._create_access_token(expires, request, token, *more)  # type: ignore[no-untyped-call]
        client = request.client
        rows.change(Client, {"id": client.id}, used_at=clock.now())
        record(Event.CLIENT_LET_IN, About(), "system", unit=client.unit_id, client=client.client_id)
        return made


@dataclass(frozen=True, slots=True)
class Answer:
    """What the library answers: a status, headers, a body of JSON or none."""

    status: int
    headers: dict[str, str]
    body: str


def give_token(request: HttpRequest) -> Answer:
    """Answer a request for a token."""
    _, headers, body, status = get_oauthlib_core().create_token_response(request)
    return Answer(status, headers, body)


def take_token(request: HttpRequest) -> Answer:
    """Answer a request to revoke a token (RFC 7009)."""
    _, headers, body, status = get_oauthlib_core().create_revocation_response(request)
    return Answer(status, headers, body or "")


def client_of(authorization: str) -> Client | str:
    """The client whose access token a request bears, or what is wrong, as RFC 6750, section 3.1, calls it.

    Only the header is looked at: the library's own way would read the body, a list of many megabytes, first.
    """
    server = get_oauthlib_core().server
    good, asked = server.verify_request("/", "GET", None, {"Authorization": authorization}, [SCOPE])
    if good and isinstance(asked.client, Client):
        return asked.client
    return str((getattr(asked, "oauth2_error", None) or {}).get("error", "invalid_token"))


def end(client: Client) -> None:
    """End a client, and every token it holds, within the caller's transaction."""
    client.ended_at = clock.now()
    client.save(update_fields=["ended_at"])
    get_access_token_model().objects.filter(application=client).delete()


def forget_expired() -> int:
    """Remove tokens whose time is over. Returns how many."""
    return int(get_access_token_model().objects.filter(expires__lt=clock.now()).delete()[0])
