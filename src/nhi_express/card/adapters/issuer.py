"""The card issuer's authentication service over HTTP: ``POST {card_issuer_url}/verify``."""

from __future__ import annotations

from functools import cache

from nhi_express.card.ports import CardAuthority, IssuerDown
from nhi_express.core.config import config
from nhi_express.core.encoding import base64url
from nhi_express.core.http import Failure, Response, client

_SECONDS = 5


class HttpIssuer:
    """:class:`nhi_express.card.ports.CardAuthority` over a small JSON interface (docs/decisions/0008-card.md)."""

    def verify(self, card_number: str, challenge: bytes, response: bytes) -> bool:
        """Ask once: a challenge is good for once on either side. Raises :class:`IssuerDown`."""
        question = {"card_number": card_number, "challenge": base64url(challenge), "response": base64url(response)}
        headers = {"Authorization": f"Bearer {config().card_issuer_token}"}
        url = config().card_issuer_url.rstrip("/") + "/verify"
        try:
            return _authentic(client().post(url, json=question, headers=headers, timeout=_SECONDS))
        except Failure as error:
            raise IssuerDown("unreachable") from error


def _authentic(answer: Response) -> bool:
    """What the issuer said; anything but a plain yes or no is no answer."""
    if answer.status_code != 200:
        raise IssuerDown(f"status {answer.status_code}")
    try:
        told = answer.json()["authentic"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise IssuerDown("garbage") from error
    if not isinstance(told, bool):
        raise IssuerDown("garbage")
    return told


@cache
def card_authority() -> CardAuthority:
    """The card issuer of this installation."""
    return HttpIssuer()
