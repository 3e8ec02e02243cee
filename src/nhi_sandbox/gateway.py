"""The browser's side: the gateway that finds a phone's operator, and the operators' authorization endpoints.

Network-based authentication: a phone is recognised by the network it is on, nobody is asked anything.
Here the network is played by a cookie which the tester's choice of SIM and network sets (see `control`, `panel`).
"""

import re
import secrets
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from nhi_sandbox.answers import NO_STORE
from nhi_sandbox.lines import Line
from nhi_sandbox.pages import Pages
from nhi_sandbox.scopes import AT_THE_PHONE, problem_with
from nhi_sandbox.world import Code, Grant, World

PHONE_COOKIE: Final = "sandbox_phone"
Decision = Callable[[Request, dict[str, str]], str]
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_NOT_MOBILE: Final = "USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK"


def phone_cookie(line: Line, network: str) -> str:
    """The cookie's value for a phone with this SIM on this network."""
    return f"{line.msisdn.removeprefix('+')}.{network}"


def phone_of(world: World, request: Request) -> tuple[Line | None, str]:
    """The SIM in the visiting phone, if any, and the network it is on."""
    number, _, network = request.cookies.get(PHONE_COOKIE, "").partition(".")
    return world.lines.get(f"+{number}"), network or "mobile"


class _Refused(Exception):
    """An authorization request that goes back to the client with an error."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error, self.description = error, description


class Gateway:
    """Authorization requests, first at the gateway, then at the phone's operator."""

    def __init__(self, world: World, pages: Pages) -> None:
        self._world, self._pages = world, pages

    def routes(self) -> list[BaseRoute]:
        """GET /gateway/authorize and GET /op/<operator>/authorize."""
        return [
            Route("/gateway/authorize", self.find_operator, methods=["GET"]),
            Route("/op/{operator}/authorize", self.authorize, methods=["GET"]),
        ]

    async def find_operator(self, request: Request) -> Response:
        """Send the phone on to the operator whose network it is on, or back to the site with the reason."""
        issuer = f"{self._world.settings.browser_base}/gateway"
        return self._answer(request, issuer, self._route)

    async def authorize(self, request: Request) -> Response:
        """Recognise the phone and send it back to the site with a code."""
        operator = request.path_params["operator"]
        if operator not in self._world.operators:
            return self._pages.show(request, "refused.html", 404)
        return self._answer(request, self._world.settings.issuer(operator), self._grant)

    def _answer(self, request: Request, issuer: str, decide: Decision) -> Response:
        pairs = parse_qsl(request.url.query, keep_blank_values=True)
        query = dict(pairs)
        settings = self._world.settings
        if (query.get("client_id"), query.get("redirect_uri")) != (settings.client_id, settings.redirect_uri):
            return self._pages.show(request, "refused.html", 400)
        try:
            if len(query) != len(pairs):
                raise _Refused("invalid_request", "a parameter is given twice")
            return RedirectResponse(decide(request, query), 302, NO_STORE)
        except _Refused as refused:
            answer = {"error": refused.error, "error_description": refused.description}
            return RedirectResponse(_back(query, issuer, answer), 302, NO_STORE)

    def _route(self, request: Request, query: dict[str, str]) -> str:
        operator = self._world.serving(self._mobile_line(request))
        if operator.fault.kind == "down":
            raise _Refused("temporarily_unavailable", "OPERATOR_UNAVAILABLE")
        return f"{self._world.settings.issuer(operator.code)}/authorize?{request.url.query}"

    def _grant(self, request: Request, query: dict[str, str]) -> str:
        line, operator = self._mobile_line(request), request.path_params["operator"]
        if self._world.serving(line).code != operator:
            raise _Refused("access_denied", _NOT_MOBILE)
        _check_request(query)
        code = secrets.token_urlsafe(32)
        grant = Grant(operator=operator, line=line, scopes=frozenset(query["scope"].split()))
        self._world.codes.put(
            code,
            Code(
                grant=grant,
                redirect_uri=query["redirect_uri"],
                challenge=query["code_challenge"],
                nonce=query.get("nonce", ""),
                issued=int(self._world.clock()),
            ),
        )
        return _back(query, self._world.settings.issuer(operator), {"code": code})

    def _mobile_line(self, request: Request) -> Line:
        line, network = phone_of(self._world, request)
        if line is None or network != "mobile":
            raise _Refused("access_denied", _NOT_MOBILE)
        return line


def _check_request(query: dict[str, str]) -> None:
    if query.get("response_type") != "code":
        raise _Refused("unsupported_response_type", "response_type must be code")
    if query.get("prompt", "none") != "none":
        raise _Refused("invalid_request", "prompt must be none: nobody is asked anything")
    if query.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(query.get("code_challenge", "")):
        raise _Refused("invalid_request", "PKCE with S256 is needed")
    problem = problem_with(query.get("scope", ""), AT_THE_PHONE)
    if problem:
        raise _Refused("invalid_scope", problem)


def _back(query: dict[str, str], issuer: str, answer: dict[str, str]) -> str:
    state = {"state": query["state"]} if "state" in query else {}
    target = query["redirect_uri"]
    return f"{target}{'&' if '?' in target else '?'}{urlencode({**answer, **state, 'iss': issuer})}"
