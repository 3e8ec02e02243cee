"""Checking the JWTs with which the site proves itself (CAMARA security profile: client authentication, JWT bearer)."""

from collections.abc import Container
from typing import Any, Literal

from joserfc import jws, jwt
from joserfc.errors import JoseError

from nhi_sandbox.answers import OAuthError
from nhi_sandbox.world import ASSERTION_SECONDS, World

Refusal = Literal["invalid_client", "invalid_grant"]
Claims = dict[str, Any]


async def check_assertion(world: World, token: str, audiences: Container[str], refusal: Refusal) -> Claims:
    """The claims of a JWT signed by the site for one of `audiences`.

    It must be ES256 under a key of the site, name the site as issuer, live at most 300 s and be new.
    Raises OAuthError(refusal) otherwise.
    """
    try:
        claims = await _verified(world, token)
        _check_issuer_and_audience(world, claims, audiences)
        _check_life(claims, world.clock())
        _check_new(world, claims)
    except _Wrong as wrong:
        raise OAuthError(refusal, str(wrong)) from wrong
    return claims


class _Wrong(Exception):
    pass


async def _verified(world: World, token: str) -> Claims:
    try:
        kid = jws.extract_compact(token.encode()).headers().get("kid")
        key = await world.site_keys.find(kid)
        if key is None:
            raise _Wrong("no such key in the client's JWKS")
        return dict(jwt.decode(token, key, algorithms=["ES256"]).claims)
    except (JoseError, ValueError) as error:
        raise _Wrong("not a JWT signed by the client") from error


def _check_issuer_and_audience(world: World, claims: Claims, audiences: Container[str]) -> None:
    if claims.get("iss") != world.settings.client_id:
        raise _Wrong("iss must be the client id")
    named = claims.get("aud")
    if not any(isinstance(one, str) and one in audiences for one in (named if isinstance(named, list) else [named])):
        raise _Wrong("aud must name this authorization server")


def _check_life(claims: Claims, now: float) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int | float) or not isinstance(expires, int | float):
        raise _Wrong("iat and exp must be numbers")
    if expires <= now:
        raise _Wrong("expired")
    if issued > now:
        raise _Wrong("iat is in the future")
    if expires - issued > ASSERTION_SECONDS or expires > now + ASSERTION_SECONDS:
        raise _Wrong(f"lives longer than {ASSERTION_SECONDS} seconds")


def _check_new(world: World, claims: Claims) -> None:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not jti:
        raise _Wrong("jti is missing")
    if world.assertions_seen.get(jti):
        raise _Wrong("jti was used before")
    world.assertions_seen.put(jti, True)
