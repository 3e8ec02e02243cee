"""One exchange with one operator: tokens, questions, time-outs, one retry where it is safe."""

from __future__ import annotations

import json
from typing import Any

from joserfc import jwt

from nhi_express.core import clock, randomness
from nhi_express.core.config import config
from nhi_express.core.encoding import from_base64url
from nhi_express.core.http import Failure, Response, client
from nhi_express.core.signing import signing_key
from nhi_express.mobile.ports import OperatorDown
from nhi_express.mobile.rules import OperatorEntry

_JWT_CLIENT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# The profile allows 300 seconds; an assertion is used at once, so a minute is plenty.
_ASSERTION_SECONDS = 60


class Rejected(Exception):
    """The operator understood and said no, or said something that is not agreed. ``code`` is its own code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotServed(Rejected):
    """The operator knows no such subscriber (404 IDENTIFIER_NOT_FOUND, 422 SERVICE_NOT_APPLICABLE)."""


class Conversation:
    """Everything asked of one operator for one line, within one deadline."""

    def __init__(self, operator: OperatorEntry) -> None:
        self._operator = operator
        self._deadline = clock.now().timestamp() + config().operator_deadline_seconds
        self._token = ""
        self.correlator = str(randomness.identifier())

    def redeem(self, code: str, verifier: str, nonce: str, redirect_uri: str) -> str:
        """Exchange the code, once. Returns the token for Number Verification. Raises :class:`Rejected`."""
        answer = self._token_request(
            {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": redirect_uri}
        )
        self._check_identity(str(answer.get("id_token", "")), nonce)
        return str(answer["access_token"])

    def authorise(self, subject: str, scope: str) -> None:
        """Get the token for the questions (JWT bearer; the scope stands in the assertion, never beside it)."""
        assertion = self._assertion(iss=config().client_id, sub=subject, scope=scope)
        answer = self._token_request({"grant_type": _JWT_GRANT, "assertion": assertion})
        self._token = str(answer["access_token"])

    def get(self, path: str, token: str) -> dict[str, Any]:
        """Ask with a token that is good for once, so without a retry."""
        return self._send("GET", path, token, None, retry=False)

    def ask(self, path: str, body: dict[str, object]) -> dict[str, Any]:
        """Put a question; it changes nothing there, so a failed one is put once more."""
        return self._send("POST", path, self._token, body, retry=True)

    def _token_request(self, form: dict[str, str]) -> dict[str, Any]:
        us = config().client_id
        assertion = self._assertion(iss=us, sub=us)
        form = {**form, "client_id": us, "client_assertion_type": _JWT_CLIENT, "client_assertion": assertion}
        return _read(self._post_form(form), needs="access_token")

    def _post_form(self, form: dict[str, str]) -> Response:
        try:
            return client().post(self._operator.token_endpoint, data=form, timeout=self._time_left())
        except Failure as error:
            raise OperatorDown(self._operator.code) from error

    def _assertion(self, **claims: str) -> str:
        now = int(clock.now().timestamp())
        times = {"iat": now, "exp": now + _ASSERTION_SECONDS, "jti": randomness.token(128)}
        key = signing_key()
        header = {"alg": "ES256", "kid": key.kid}
        return jwt.encode(header, {**claims, **times, "aud": self._operator.token_endpoint}, key)

    def _check_identity(self, id_token: str, nonce: str) -> None:
        """The token came straight from the operator's endpoint, so its claims are checked and TLS vouches for it
        (OpenID Connect Core, 3.1.3.7, rule 6)."""
        try:
            claims = json.loads(from_base64url(id_token.split(".")[1]))
            told = (claims["iss"], claims["aud"], claims["nonce"])
            by_network = {"nba", "mnba"} & set(claims["amr"])
        except (LookupError, TypeError, ValueError, RecursionError) as error:
            raise Rejected("ID_TOKEN") from error
        if told != (self._operator.issuer, config().client_id, nonce) or not by_network:
            raise Rejected("ID_TOKEN")

    def _send(
        self, method: str, path: str, token: str, body: dict[str, object] | None, *, retry: bool
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}", "x-correlator": self.correlator}
        url = self._operator.api_root + path
        try:
            response = client().request(method, url, json=body, headers=headers, timeout=self._time_left())
            return _read(response)
        except (Failure, OperatorDown) as error:
            if not retry:
                raise OperatorDown(self._operator.code) from error
        return self._send(method, path, token, body, retry=False)

    def _time_left(self) -> float:
        left = self._deadline - clock.now().timestamp()
        if left <= 0:
            raise OperatorDown(self._operator.code)
        return min(left, config().operator_timeout_seconds)


def _read(response: Response, needs: str | None = None) -> dict[str, Any]:
    """The answer's object. Raises :class:`OperatorDown` for a fault of theirs, :class:`Rejected` for a refusal."""
    try:
        answer = response.json()
    except (ValueError, RecursionError) as error:
        raise OperatorDown("garbage") from error
    if response.status_code >= 500 or not isinstance(answer, dict):
        raise OperatorDown("fault")
    if response.status_code == 200 and (needs is None or needs in answer):
        return answer
    code = str(answer.get("code") or answer.get("error") or response.status_code)
    raise NotServed(code) if code in {"IDENTIFIER_NOT_FOUND", "SERVICE_NOT_APPLICABLE"} else Rejected(code)
