"""The card issuer's service: whether a card answered a challenge itself, which a copy of its data cannot."""

import asyncio
import hmac
from base64 import urlsafe_b64decode
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from nhi_sandbox.cards.application import card_key, response

TOKEN: Final = "sandbox-issuer"  # noqa: S105 - opens invented cards only
LONGEST_DELAY: Final = 120.0
"""Seconds."""


class CardIssuer:
    """The issuer. ``up`` is whether it answers at all, ``delay`` how many seconds it takes."""

    def __init__(self) -> None:
        self.up, self.delay = True, 0.0

    def reset(self) -> None:
        """Working, and at once."""
        self.set()

    def set(self, *, up: object = True, delay: object = 0) -> None:
        """Switch it on or off, quick or slow. Raises ValueError when what was sent makes no sense."""
        if not isinstance(up, bool):
            raise ValueError("up must be true or false")
        if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay <= LONGEST_DELAY:
            raise ValueError(f"delay must be from 0 to {LONGEST_DELAY:.0f} seconds")
        self.up, self.delay = up, float(delay)

    def routes(self) -> list[BaseRoute]:
        """POST /issuer/verify."""
        return [Route("/issuer/verify", self.verify, methods=["POST"])]

    async def verify(self, request: Request) -> Response:
        """Tell whether ``response`` is that card's to ``challenge``: {card_number, challenge, response} (base64url)."""
        await asyncio.sleep(self.delay)
        if not self.up:
            return _error("out of order", 503)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _error("not allowed", 401)
        try:
            told = await request.json()
            number, challenge, answer = str(told["card_number"]), _octets(told["challenge"]), _octets(told["response"])
        except (ValueError, LookupError, TypeError, AttributeError):
            return _error("card_number, challenge and response (base64url) are needed", 400)
        return JSONResponse({"authentic": hmac.compare_digest(answer, response(card_key(number), challenge))})


def _octets(text: str) -> bytes:
    """Undo base64url without padding. Raises ValueError or TypeError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _error(reason: str, status: int) -> Response:
    return JSONResponse({"error": reason}, status)
