"""The issuer's adapter over real HTTP: a plain yes or no, or none at all, and nothing of the card in what is raised."""

from __future__ import annotations

import pytest

from nhi_express.card.adapters.issuer import card_authority
from nhi_express.card.ports import IssuerDown
from tests.card.conftest import Change
from tests.card.issuer import Issuer, answer_of
from tests.environment import free_port

NUMBER, CHALLENGE = "000099002012", bytes(range(32))
RIGHT = answer_of(NUMBER, CHALLENGE)


def test_the_real_card_is_authentic_and_no_other(change: Change) -> None:
    assert card_authority().verify(NUMBER, CHALLENGE, RIGHT) is True
    assert card_authority().verify("000099002013", CHALLENGE, RIGHT) is False
    assert card_authority().verify(NUMBER, CHALLENGE[::-1], RIGHT) is False
    assert card_authority().verify(NUMBER, CHALLENGE, RIGHT[::-1]) is False


@pytest.mark.parametrize(
    "says",
    [
        pytest.param((500, b'{"authentic": true}'), id="fault"),
        pytest.param((302, b'{"authentic": true}'), id="elsewhere"),
        pytest.param((200, b"<html>"), id="page"),
        pytest.param((200, b""), id="nothing"),
        pytest.param((200, b"[]"), id="list"),
        pytest.param((200, b"{}"), id="neither"),
        pytest.param((200, b'{"authentic": "true"}'), id="text"),
        pytest.param((200, b'{"authentic": 1}'), id="number"),
        pytest.param((200, b"[" * 100_000), id="deep"),
    ],
)
def test_anything_but_yes_or_no_is_no_answer(change: Change, issuer: Issuer, says: tuple[int, bytes]) -> None:
    issuer.says = says
    _expect_down()


def test_an_issuer_that_is_away_or_that_does_not_know_us_gives_no_answer(change: Change) -> None:
    change(card_issuer_token="another")
    _expect_down()
    change(card_issuer_url=f"http://127.0.0.1:{free_port()}/issuer")
    _expect_down()


def test_an_issuer_that_hangs_is_given_up(change: Change, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_express.card.adapters.issuer._SECONDS", 0.2)
    issuer.waits = 1.0
    _expect_down()


def _expect_down() -> None:
    with pytest.raises(IssuerDown) as caught:
        card_authority().verify(NUMBER, CHALLENGE, RIGHT)
    error: BaseException | None = caught.value
    while error is not None:
        assert NUMBER not in str(error)
        error = error.__cause__
