"""The operators' token endpoints, signing keys and metadata."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from typing import Final
from urllib.parse import parse_qsl

from joserfc import jwt
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from nhi_sandbox.answers import NO_STORE, OAuthError, suffer
from nhi_sandbox.assertions import check_assertion
from nhi_sandbox.lines import Line
from nhi_sandbox.scopes import ABOUT_A_LINE, AT_THE_PHONE, problem_with
from nhi_sandbox.world import TOKEN_SECONDS, Code, Grant, World

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_BIGGEST: Final = 20_000


class TokenDesk:
    """Exchanges authorization codes and signed assertions for access tokens, one endpoint an operator."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """POST /op/<operator>/token, GET …/jwks.json and GET …/.well-known/openid-configuration."""
        return [
            Route("/op/{operator}/token", self.token, methods=["POST"]),
            Route("/op/{operator}/jwks.json", self.jwks, methods=["GET"]),
            Route("/op/{operator}/.well-known/openid-configuration", self.metadata, methods=["GET"]),
        ]

    async def token(self, request: Request) -> Response:
        """Give an access token, or an OAuth error."""
        operator = self._operator(request)
        if broken := await suffer(self._world.operators[operator].fault):
            return broken
        try:
            form = await _form(request)
            match form.get("grant_type"):
                case "authorization_code":
                    answer = await self._for_code(operator, form)
                case grant if grant == JWT_BEARER:
                    answer = await self._for_assertion(operator, form)
                case _:
                    raise OAuthError("unsupported_grant_type", "authorization_code or jwt-bearer")
        except OAuthError as error:
            return error.response()
        return JSONResponse(answer, headers=NO_STORE)

    async def jwks(self, request: Request) -> Response:
        """The operator's public signing key."""
        key = self._world.signing_keys[self._operator(request)]
        return JSONResponse({"keys": [{**key.as_dict(private=False), "alg": "ES256", "use": "sig"}]})

    async def metadata(self, request: Request) -> Response:
        """OpenID Provider metadata (OpenID Connect Discovery §3)."""
        operator, settings = self._operator(request), self._world.settings
        issuer = settings.issuer(operator)
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": settings.token_endpoint(operator),
                "jwks_uri": f"{settings.api_root(operator)}/jwks.json",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", JWT_BEARER],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
                "code_challenge_methods_supported": ["S256"],
                "scopes_supported": sorted(AT_THE_PHONE | ABOUT_A_LINE),
                "authorization_response_iss_parameter_supported": True,
            }
        )

    def _operator(self, request: Request) -> str:
        operator = str(request.path_params["operator"])
        if operator not in self._world.operators:
            raise HTTPException(404)
        return operator

    async def _authenticate(self, operator: str, form: dict[str, str]) -> None:
        if form.get("client_assertion_type") != ASSERTION_TYPE or "client_secret" in form:
            raise OAuthError("invalid_client", "private_key_jwt is needed")
        settings = self._world.settings
        audiences = {settings.token_endpoint(operator), settings.issuer(operator)}
        claims = await check_assertion(self._world, form.get("client_assertion", ""), audiences, "invalid_client")
        if claims.get("sub") != settings.client_id:
            raise OAuthError("invalid_client", "sub must be the client id")

    async def _for_code(self, operator: str, form: dict[str, str]) -> dict[str, object]:
        await self._authenticate(operator, form)
        code = self._world.codes.get(form.get("code", ""))
        if code is None or code.grant.operator != operator:
            raise OAuthError("invalid_grant", "no such code")
        if code.token:
            # A code that comes twice may have been stolen: what it gave is taken back (RFC 6749 §4.1.2).
            self._world.grants.drop(code.token)
            raise OAuthError("invalid_grant", "the code was used before")
        if form.get("redirect_uri") != code.redirect_uri:
            raise OAuthError("invalid_grant", "redirect_uri is not the one the code was asked with")
        if not hmac.compare_digest(_challenge(form.get("code_verifier", "")), code.challenge):
            raise OAuthError("invalid_grant", "code_verifier does not fit")
        answer = self._issue(code.grant)
        code.token = str(answer["access_token"])
        return answer | ({"id_token": self._id_token(code)} if "openid" in code.grant.scopes else {})

    async def _for_assertion(self, operator: str, form: dict[str, str]) -> dict[str, object]:
        if "scope" in form:
            raise OAuthError("invalid_request", "scope belongs into the assertion")
        # The assertion itself authenticates the client; one of its own may come along (RFC 7523 §2.1).
        if "client_assertion" in form:
            await self._authenticate(operator, form)
        audience = {self._world.settings.token_endpoint(operator)}
        claims = await check_assertion(self._world, form.get("assertion", ""), audience, "invalid_grant")
        problem = problem_with(claims.get("scope"), ABOUT_A_LINE)
        if problem:
            raise OAuthError("invalid_scope", problem)
        line = self._subject(operator, claims.get("sub"))
        return self._issue(Grant(operator=operator, line=line, scopes=frozenset(claims["scope"].split())))

    def _subject(self, operator: str, subject: object) -> Line:
        number = subject.removeprefix("tel:") if isinstance(subject, str) and subject.startswith("tel:") else ""
        line = self._world.lines.get(number)
        if line is None or self._world.serving(line).code != operator:
            raise OAuthError("invalid_grant", "sub is no line of this operator")
        return line

    def _issue(self, grant: Grant) -> dict[str, object]:
        token = secrets.token_urlsafe(32)
        self._world.grants.put(token, grant)
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "scope": " ".join(sorted(grant.scopes)),
        }

    def _id_token(self, code: Code) -> str:
        settings, now = self._world.settings, int(self._world.clock())
        claims = {
            "iss": settings.issuer(code.grant.operator),
            "sub": self._pairwise(code.grant.line),
            "aud": settings.client_id,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "auth_time": code.issued,
            "amr": ["nba"],
        }
        key = self._world.signing_keys[code.grant.operator]
        nonce = {"nonce": code.nonce} if code.nonce else {}
        return jwt.encode({"alg": "ES256", "kid": key.kid}, claims | nonce, key, algorithms=["ES256"])

    def _pairwise(self, line: Line) -> str:
        """A name for the subscriber that only this client sees, and that does not tell the number."""
        named = f"{self._world.settings.client_id} {line.msisdn}".encode()
        return _base64url(hmac.digest(self._world.pairwise_secret, named, "sha256"))


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _challenge(verifier: str) -> str:
    return _base64url(hashlib.sha256(verifier.encode()).digest())


async def _form(request: Request) -> dict[str, str]:
    body = await request.body()
    if len(body) > _BIGGEST:
        raise OAuthError("invalid_request", "too long")
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    form = dict(pairs)
    if len(form) != len(pairs):
        raise OAuthError("invalid_request", "a parameter is given twice")
    return form
