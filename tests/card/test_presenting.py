"""A card put in: real, whose, and does the register agree? Each refusal has its own code where telling is safe."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from nhi_express.audit.catalogue import Event
from nhi_express.card.flows.presenting import challenge, present
from nhi_express.core import clock
from nhi_express.enrolment.rules import Evidence
from nhi_express.help.catalogue import Problem
from tests.card.acts import refused
from tests.card.cards import Browser, block_of
from tests.card.conftest import Change
from tests.card.issuer import Issuer, answer_of, octets
from tests.counting import events, payloads
from tests.visitor import person

CITIZEN, OTHER, CHANGED = person("citizen"), person("walk_zh"), person("ui_changed")
BLOCK = block_of(CITIZEN)
DOWN = (503, b"")


def answered(browser: Browser) -> tuple[str, bytes]:
    """A fresh token, and the citizen's card's right answer to it."""
    fresh = challenge(browser.visit)
    return fresh.token, answer_of(CITIZEN.card_number, octets(fresh.challenge))


def test_a_real_card_is_authenticated(browser: Browser) -> None:
    presented = browser.present(CITIZEN)
    assert (presented.authenticated, presented.evidence) == (True, Evidence.CARD_AUTHENTICATED)
    assert (presented.masked_name, presented.masked_number) == ("陳○桃", "0000 9900 ○○○○")
    assert not presented.foreign
    assert payloads(Event.CARD_PRESENTED) == [{"authenticated": "yes"}]


def test_an_answer_is_good_once(browser: Browser) -> None:
    token, answer = answered(browser)
    present(browser.visit, token, BLOCK, answer)
    with refused(Problem.CARD_CHALLENGE_EXPIRED):
        present(browser.visit, token, BLOCK, answer)


def test_even_a_refused_answer_is_spent(browser: Browser) -> None:
    token, answer = answered(browser)
    with refused(Problem.CARD_NOT_AUTHENTIC):
        present(browser.visit, token, BLOCK, answer[::-1])
    with refused(Problem.CARD_CHALLENGE_EXPIRED):
        present(browser.visit, token, BLOCK, answer)


def test_an_answer_is_good_in_its_own_browser_only(browser: Browser) -> None:
    token, answer = answered(browser)
    with refused(Problem.CARD_CHALLENGE_EXPIRED):
        present(Browser().visit, token, BLOCK, answer)


def test_a_late_answer_and_a_made_up_token_are_refused(browser: Browser) -> None:
    token, answer = answered(browser)
    with time_machine.travel(clock.now() + timedelta(seconds=301), tick=False), refused(Problem.CARD_CHALLENGE_EXPIRED):
        present(browser.visit, token, BLOCK, answer)
    with refused(Problem.CARD_CHALLENGE_EXPIRED):
        present(browser.visit, "é", BLOCK, answer)


@pytest.mark.parametrize("policy", ["required", "preferred"])
@pytest.mark.parametrize("wrong", [bytes(16), b"", bytes(15), bytes(400)], ids=len)
def test_a_wrong_answer_never_passes(browser: Browser, change: Change, policy: str, wrong: bytes) -> None:
    change(card_authentication=policy)
    with refused(Problem.CARD_NOT_AUTHENTIC):
        present(browser.visit, challenge(browser.visit).token, BLOCK, wrong)


def test_a_card_that_does_not_answer_passes_only_where_that_is_preferred(browser: Browser, change: Change) -> None:
    with refused(Problem.CARD_NOT_AUTHENTIC):
        browser.present(CITIZEN, silent=True)
    change(card_authentication="preferred")
    presented = browser.present(CITIZEN, silent=True)
    assert (presented.authenticated, presented.evidence) == (False, Evidence.CARD_READ)
    assert payloads(Event.CARD_PRESENTED) == [{"authenticated": "no"}]


def test_an_issuer_that_is_away_is_passed_by_only_where_that_is_preferred(
    browser: Browser, change: Change, issuer: Issuer
) -> None:
    issuer.says = DOWN
    with refused(Problem.ISSUER_DOWN):
        browser.present(CITIZEN)
    change(card_authentication="preferred")
    assert browser.present(CITIZEN).doubt is Problem.ISSUER_DOWN
    issuer.reset()
    assert browser.present(CITIZEN).authenticated


def test_the_channel_is_closed_without_an_issuer(browser: Browser, change: Change) -> None:
    token, answer = answered(browser)
    change(card_issuer_url="")
    with refused(Problem.CARD_CHANNEL_CLOSED):
        challenge(browser.visit)
    with refused(Problem.CARD_CHANNEL_CLOSED):
        present(browser.visit, token, BLOCK, answer)


def test_no_card_at_all_is_refused(browser: Browser) -> None:
    token, answer = answered(browser)
    with refused(Problem.CARD_UNREADABLE):
        present(browser.visit, token, b"\xff" * 57, answer)
    assert payloads(Event.CARD_REFUSED) == [{"problem": "C-07", "outcome": ""}]


@pytest.mark.parametrize(
    ("key", "changes", "outcome"),
    [
        pytest.param("not_insured", {}, "NOT_IN_REGISTER", id="unknown"),
        pytest.param("deceased", {}, "DECEASED", id="dead"),
        pytest.param("citizen", {"card_number": OTHER.card_number}, "CARD_NUMBER", id="another-card"),
        pytest.param("citizen", {"id_number": OTHER.id_number}, "CARD_NUMBER", id="another-person"),
        pytest.param("citizen", {"birth_date": "1986-04-13"}, "BIRTH_DATE", id="another-day"),
    ],
)
def test_what_does_not_match_has_one_message_and_staff_see_which(
    browser: Browser, key: str, changes: dict[str, str], outcome: str
) -> None:
    with refused(Problem.CARD_DATA_DO_NOT_MATCH):
        browser.present(person(key), silent=False, **changes)
    assert payloads(Event.CARD_REFUSED) == [{"problem": "C-16", "outcome": outcome}]


def test_void_cards_by_the_register_and_by_their_own_word(browser: Browser) -> None:
    with refused(Problem.CARD_NOT_VALID):
        browser.present(person("void_card"))
    token, answer = answered(browser)
    with refused(Problem.CARD_NOT_VALID):
        present(browser.visit, token, BLOCK, answer, state=ord("2"))
    assert events(Event.CARD_PRESENTED) == 0


def test_a_card_that_still_holds_the_former_number(browser: Browser) -> None:
    presented = browser.present(CHANGED, id_number=CHANGED.former_id_numbers[0])
    assert presented.member.record.id_number == CHANGED.id_number
    assert presented.foreign


def test_a_swapped_card_is_told_from_any_other(browser: Browser) -> None:
    token, answer = answered(browser)
    with refused(Problem.CARD_SWAPPED):
        present(browser.visit, token, BLOCK, answer, expected=OTHER.card_number)
