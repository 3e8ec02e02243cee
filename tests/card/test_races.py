"""At the same moment, still once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from nhi_express.audit.catalogue import Event
from nhi_express.card.flows import applying, recovering, signing_in
from nhi_express.card.flows.presenting import challenge, present
from nhi_express.help.errors import Refused
from nhi_express.registration.models import Registration
from tests.card.acts import MAIN, PASSWORD, mailed_to, proof_of, proven, registered
from tests.card.cards import Browser, block_of
from tests.card.issuer import answer_of, octets
from tests.counting import events
from tests.races.racing import race
from tests.visitor import person

pytestmark = pytest.mark.usefixtures("committed")
CITIZEN = person("citizen")
MANY = 20


def codes(acts: list[Callable[[], object]]) -> Counter[str]:
    """How often each ending came: a code, or "done"."""

    def ending(act: Callable[[], object]) -> str:
        try:
            act()
        except Refused as refusal:
            return str(refusal)
        return "done"

    return Counter(race([partial(ending, act) for act in acts]))


def test_one_answer_of_a_card_counts_once(browser: Browser) -> None:
    fresh = challenge(browser.visit)
    answer = answer_of(CITIZEN.card_number, octets(fresh.challenge))
    act = partial(present, browser.visit, fresh.token, block_of(CITIZEN), answer)
    assert codes([act] * MANY) == {"done": 1, "C-19": MANY - 1}


def test_one_attempt_registers_once(browser: Browser) -> None:
    attempt = proven(browser, CITIZEN)
    act = partial(applying.finish, attempt, PASSWORD, MAIN, "", "en")
    told = codes([act] * MANY)
    # Who comes while the first is at it has applied anew, for all anybody knows, and mails are limited.
    assert (told["done"], set(told) - {"done", "A-05", "L-01"}) == (1, set())
    assert (Registration.objects.count(), events(Event.ENROLLED)) == (1, 1)


def test_a_code_cancels_once(browser: Browser) -> None:
    registered(browser, CITIZEN)
    ticket = recovering.prove("cancel", browser.present(CITIZEN), proof_of(CITIZEN)).ticket
    told = codes([partial(recovering.cancel, ticket, mailed_to(MAIN))] * 5)
    assert told["done"] == 1
    assert events(Event.REGISTRATION_CANCELLED) == 1


def test_wrong_passwords_at_once_are_all_counted(browser: Browser) -> None:
    registered(browser, CITIZEN)
    presented = [browser.present(CITIZEN) for _ in range(12)]
    told = codes([partial(signing_in.sign_in, one, "another heron") for one in presented])
    assert told == {"D-08": 5, "L-01": 7}
