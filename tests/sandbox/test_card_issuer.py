"""The card issuer: it knows a card from its copy, and can be out of order."""

import time
from base64 import urlsafe_b64encode
from typing import Any

import httpx2
import pytest

from nhi_sandbox.cards.application import card_key, response

from .site_side import Site

NUMBER, CHALLENGE = "000099002012", bytes(range(32))
RIGHT = response(card_key(NUMBER), CHALLENGE)


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _question(number: str = NUMBER, challenge: bytes = CHALLENGE, answer: bytes = RIGHT) -> dict[str, Any]:
    return {"card_number": number, "challenge": _encoded(challenge), "response": _encoded(answer)}


def _ask(site: Site, question: object, token: str = "sandbox-issuer") -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return site.http.post(f"{site.back_base}/issuer/verify", json=question, headers=headers)


@pytest.mark.parametrize(
    ("question", "authentic"),
    [
        (_question(), True),
        (_question(number="000099004024"), False),
        (_question(challenge=bytes(32)), False),
        (_question(answer=bytes(16)), False),
        (_question(answer=RIGHT[:15]), False),
        (_question(answer=b""), False),
    ],
)
def test_it_tells_whose_answer_it_is(site: Site, question: dict[str, Any], authentic: bool) -> None:
    assert _ask(site, question).json() == {"authentic": authentic}


def test_it_answers_only_who_may_ask(site: Site) -> None:
    assert _ask(site, _question(), token="somebody").status_code == 401
    assert site.http.post(f"{site.back_base}/issuer/verify", json=_question()).status_code == 401


@pytest.mark.parametrize("question", [[], 7, {}, {**_question(), "challenge": 3}, {**_question(), "response": "é"}])
def test_nonsense_is_refused(site: Site, question: object) -> None:
    assert _ask(site, question).status_code == 400


def test_it_can_be_off_or_slow_until_the_reset(site: Site) -> None:
    control = f"{site.back_base}/control/issuer"
    assert site.http.post(control, json={"up": False}).json() == {"up": False, "delay": 0.0}
    assert _ask(site, _question()).status_code == 503
    site.http.post(control, json={"delay": 0.3}).raise_for_status()
    begun = time.monotonic()
    assert _ask(site, _question()).json() == {"authentic": True}
    assert time.monotonic() - begun >= 0.3
    site.http.post(control, json={"up": False, "delay": 5}).raise_for_status()
    site.http.post(f"{site.back_base}/control/reset").raise_for_status()
    assert _ask(site, _question()).json() == {"authentic": True}


@pytest.mark.parametrize("wrong", [[], {"up": "no"}, {"delay": -1}, {"delay": 1000}, {"delay": True}, {"delay": "1"}])
def test_it_is_not_switched_by_nonsense(site: Site, wrong: object) -> None:
    assert site.http.post(f"{site.back_base}/control/issuer", json=wrong).status_code == 400
