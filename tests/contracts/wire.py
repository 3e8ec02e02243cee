"""What passes between our adapter and the operators: every request and answer, held against the CAMARA definitions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx2
from joserfc import jwt

from nhi_express.core.signing import signing_key
from tests.sandbox.camara import FOLDER, Definitions

DEFINITIONS = Definitions() if FOLDER.is_dir() else None
_API = re.compile(r"/op/[a-z]+/((?:number|kyc|subscription|sim)-.*)")


@dataclass
class Exchange:
    """One request and its answer; ``api`` is empty for token requests."""

    request: httpx2.Request
    body: bytes
    response: httpx2.Response

    @property
    def api(self) -> str:
        """The path of the API below the operator's root, as the definitions name it."""
        found = _API.search(self.request.url.path)
        return found.group(1) if found else ""

    @property
    def form(self) -> dict[str, str]:
        """The form of a token request; raises AssertionError when a parameter comes twice."""
        pairs = parse_qsl(self.body.decode(), keep_blank_values=True)
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    @property
    def sent(self) -> Any:
        """The JSON that was sent, or None."""
        return json.loads(self.body) if self.body else None

    def check(self) -> None:
        """Raise when question or answer is not as CAMARA defines it."""
        assert DEFINITIONS is not None
        method = self.request.method
        DEFINITIONS.check_request(method, self.api, self.sent)
        DEFINITIONS.check_response(method, self.api, self.response.status_code, self.response.json())


@dataclass
class Wire(httpx2.BaseTransport):
    """A transport that keeps what passes, the answer's body read."""

    inner: httpx2.BaseTransport
    exchanges: list[Exchange] = field(default_factory=list)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass one request on."""
        body, response = request.read(), self.inner.handle_request(request)
        response.read()
        self.exchanges.append(Exchange(request, body, response))
        return response

    @property
    def asked(self) -> list[str]:
        """What was asked for, in order: ``token`` or the API's path."""
        return [exchange.api or "token" for exchange in self.exchanges]

    def tokens(self) -> Iterator[Exchange]:
        """The token requests."""
        return (exchange for exchange in self.exchanges if not exchange.api)


def claims_of(assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of one of our own JWTs, its signature verified with our published key."""
    token = jwt.decode(assertion, signing_key(), algorithms=["ES256"])
    return dict(token.header), dict(token.claims)
