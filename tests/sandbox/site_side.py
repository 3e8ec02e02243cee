"""What the site does towards the operators, written here once more and independently: the tests' other end."""

import hashlib
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey

from nhi_sandbox.phone import Phone

from .camara import FOLDER, Definitions

CLIENT_ID = "nhi-express-test"
REDIRECT_URI = "http://app.localhost:8000/app/bind/mobile/back"
PURPOSE = "dpv:FraudPreventionAndDetection"
NUMBER_SCOPE = f"openid {PURPOSE} number-verification:device-phone-number:read"
LINE_SCOPE = (
    f"{PURPOSE} kyc-match:match kyc-tenure:check-tenure subscription-status:retrive-subscription-status "
    "sim-swap:check kyc-age-verification:verify"
)
CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

NUMBER = "number-verification/v2/device-phone-number"
MATCH = "kyc-match/v0.4/match"
TENURE = "kyc-tenure/v0.2/check-tenure"
STATUS = "subscription-status/v0.1/retrive-subscription-status"
SIM_SWAP = "sim-swap/v2/check"
AGE = "kyc-age-verification/v0.2/verify"

CAMARA = Definitions() if FOLDER.is_dir() else None


class Clock:
    """The real time, plus what a test adds."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@contextmanager
def published(key: ECKey) -> Iterator[str]:
    """Serve this key as a JWKS and give its address."""
    body = dumps({"keys": [key.as_dict(private=False)]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/mobile/jwks.json"
    finally:
        server.shutdown()
        server.server_close()


class Site:
    """A client of the operators. `browser_base` and `back_base` are the sandbox's two addresses."""

    def __init__(self, browser_base: str, back_base: str, key: ECKey, clock: Clock) -> None:
        self.browser_base, self.back_base, self.key, self.clock = browser_base, back_base, key, clock
        self.http = httpx2.Client(timeout=20)

    def phone(self, line: str = "", network: str = "", language: str = "zh-TW") -> Phone:
        """A phone, with a SIM if a line is named."""
        phone = Phone(self.browser_base, language=language)
        if line:
            phone.insert_sim(line, network)
        return phone

    def token_endpoint(self, operator: str) -> str:
        return f"{self.back_base}/op/{operator}/token"

    def signed(self, operator: str, key: ECKey | None = None, kid: str = "", **claims: Any) -> str:
        """A JWT as the profile wants it; `claims` replace, None removes."""
        now = int(self.clock())
        every: dict[str, Any] = {
            "iss": CLIENT_ID,
            "sub": CLIENT_ID,
            "aud": self.token_endpoint(operator),
            "iat": now,
            "exp": now + 300,
            "jti": secrets.token_hex(8),
            **claims,
        }
        key = key or self.key
        header = {"alg": "ES256", "kid": kid or key.kid}
        return jwt.encode(header, {name: value for name, value in every.items() if value is not None}, key)

    def client_auth(self, operator: str, **claims: Any) -> dict[str, str]:
        return {"client_assertion_type": CLIENT_ASSERTION, "client_assertion": self.signed(operator, **claims)}

    def authorize(self, phone: Phone, start: str = "/gateway/authorize", **query: Any) -> dict[str, str]:
        """Send the phone to the gateway and return what comes back in the redirect, with the verifier."""
        verifier = secrets.token_urlsafe(48)
        response = self.open_gateway(phone, start, verifier, **query)
        while response.has_redirect_location:
            target = response.headers["location"]
            if target.startswith(REDIRECT_URI):
                answer = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
                return {**answer, "verifier": verifier}
            response = phone.get(target, follow_redirects=False)
        raise AssertionError(f"no redirect to the site but {response.status_code}")

    def open_gateway(
        self, phone: Phone, start: str = "/gateway/authorize", verifier: str = "v" * 43, **query: Any
    ) -> httpx2.Response:
        every: dict[str, str | None] = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": REDIRECT_URI,
            "scope": NUMBER_SCOPE,
            "state": "the-state",
            "nonce": "the-nonce",
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
            "prompt": "none",
            **query,
        }
        params = {name: value for name, value in every.items() if value is not None}
        return phone.get(f"{self.browser_base}{start}", params=params, follow_redirects=False)

    def redeem(self, operator: str, answer: dict[str, str], **form: str) -> httpx2.Response:
        """Exchange the code of `answer` at an operator's token endpoint."""
        every = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": REDIRECT_URI,
            "code_verifier": answer["verifier"],
            **self.client_auth(operator),
            **form,
        }
        return self.http.post(self.token_endpoint(operator), data=every)

    def number_token(self, persona: str, operator: str) -> str:
        """A Number Verification token for a persona's phone."""
        with self.phone(persona, "mobile") as phone:
            response = self.redeem(operator, self.authorize(phone))
        assert response.status_code == 200, response.text
        return str(response.json()["access_token"])

    def bearer(self, operator: str, msisdn: str, form: dict[str, str] | None = None, **claims: Any) -> httpx2.Response:
        """Ask for a token about a line by a signed assertion."""
        assertion = self.signed(operator, **{"sub": f"tel:{msisdn}", "scope": LINE_SCOPE, **claims})
        every = {"grant_type": JWT_BEARER, "assertion": assertion, **self.client_auth(operator), **(form or {})}
        return self.http.post(self.token_endpoint(operator), data=every)

    def line_token(self, operator: str, msisdn: str, scope: str = LINE_SCOPE) -> str:
        response = self.bearer(operator, msisdn, scope=scope)
        assert response.status_code == 200, response.text
        return str(response.json()["access_token"])

    def call(
        self, operator: str, api: str, token: str, body: object = None, headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        """Call an API; request (of a success) and response are checked against the CAMARA definition."""
        method = "GET" if api == NUMBER else "POST"
        response = self.http.request(
            method,
            f"{self.back_base}/op/{operator}/{api}",
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json", **(headers or {})},
            content=None if method == "GET" else dumps(body),
        )
        if CAMARA:
            CAMARA.check_response(method, api, response.status_code, response.json())
            if response.status_code == 200:
                CAMARA.check_request(method, api, body)
        return response

    def ask(self, operator: str, api: str, msisdn: str, body: object) -> httpx2.Response:
        """Call an API about a line with a fresh token."""
        return self.call(operator, api, self.line_token(operator, msisdn), body)


def challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
