"""登入 with card and password, and what ends a session."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from nhi_express.audit.catalogue import Event
from nhi_express.card import jobs
from nhi_express.card.flows import signing_in
from nhi_express.card.models import PortalSession
from nhi_express.core import clock
from nhi_express.help.catalogue import Problem
from nhi_express.members.flows import known_keys
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason
from tests.card.acts import PASSWORD, applied, refused, registered
from tests.card.cards import Browser
from tests.card.conftest import Change
from tests.counting import events, payloads
from tests.visitor import person

CITIZEN, OTHER, CHANGED = person("citizen"), person("walk_zh"), person("ui_changed")


def test_card_and_password_open_the_portal(browser: Browser) -> None:
    registration = registered(browser, CITIZEN)
    signed = signing_in.session(signing_in.sign_in(browser.present(CITIZEN), PASSWORD))
    assert signed is not None
    assert (signed.registration.pk, signed.masked_name) == (registration.pk, "陳○桃")
    signing_in.sign_out(signed)
    assert PortalSession.objects.count() == 0
    assert (events(Event.PORTAL_SIGNED_IN), events(Event.PORTAL_SIGNED_OUT)) == (1, 1)


def test_who_registered_under_a_former_number_signs_in_and_goes_on_under_the_present_one(
    browser: Browser, change: Change
) -> None:
    registration = registered(browser, CHANGED)
    change(card_authentication="preferred")
    present, former = known_keys(browser.present(CHANGED).member)
    Registration.objects.update(member=former)
    with refused(Problem.CARD_NOT_AUTHENTIC):
        signing_in.sign_in(browser.present(CHANGED, silent=True), PASSWORD)
    registration.refresh_from_db()
    assert registration.member == former, "a card that was only read moves nothing"
    signed = signing_in.session(signing_in.sign_in(browser.present(CHANGED), PASSWORD))
    assert signed is not None
    assert (signed.registration.pk, signed.registration.member) == (registration.pk, present)


def test_no_secret_opens_nothing(browser: Browser) -> None:
    assert signing_in.session("") is None
    assert signing_in.session("made up") is None


def test_wrong_password_and_unknown_member_have_one_answer(browser: Browser) -> None:
    registered(browser, CITIZEN)
    for who in (CITIZEN, OTHER):
        for left in (4, 3):
            with refused(Problem.WRONG_PASSWORD) as caught:
                signing_in.sign_in(browser.present(who), "another heron")
            assert caught.value.details == {"left": left}
    assert payloads(Event.PORTAL_SIGN_IN_REFUSED) == [{"problem": Problem.WRONG_PASSWORD.value.code}] * 4


def test_an_unknown_member_costs_a_hash_too(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []

    def look(stored: str, _: str) -> bool:
        hashed.append(stored)
        return False

    monkeypatch.setattr(accounts, "matches", look)
    with refused(Problem.WRONG_PASSWORD):
        signing_in.sign_in(browser.present(OTHER), PASSWORD)
    assert hashed[0].startswith("$argon2id$")


def test_five_wrong_passwords_lock_and_the_right_one_waits(browser: Browser) -> None:
    registered(browser, CITIZEN)
    for _ in range(5):
        with refused(Problem.WRONG_PASSWORD):
            signing_in.sign_in(browser.present(CITIZEN), "another heron")
    with refused(Problem.LOCKED):
        signing_in.sign_in(browser.present(CITIZEN), PASSWORD)
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        assert signing_in.sign_in(browser.present(CITIZEN), PASSWORD)


def test_a_hundred_in_a_row_ask_for_a_new_proof(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    registered(browser, CITIZEN)
    presented, start = browser.present(CITIZEN), clock.now()
    monkeypatch.setattr(accounts, "matches", lambda *_: False)
    for turn in range(20):
        with time_machine.travel(start + timedelta(minutes=16 * turn), tick=False):
            for _ in range(5):
                with refused(Problem.WRONG_PASSWORD):
                    signing_in.sign_in(presented, "another heron")
    with time_machine.travel(start + timedelta(days=3), tick=False), refused(Problem.PROVE_AGAIN):
        signing_in.sign_in(presented, PASSWORD)


def test_a_copied_card_neither_signs_in_nor_burns_tries(browser: Browser, change: Change) -> None:
    registered(browser, CITIZEN)
    change(card_authentication="preferred")
    for _ in range(6):
        with refused(Problem.CARD_NOT_AUTHENTIC):
            signing_in.sign_in(browser.present(CITIZEN, silent=True), "another heron")
    assert signing_in.sign_in(browser.present(CITIZEN), PASSWORD)


def test_an_application_that_waits_does_not_sign_in(browser: Browser) -> None:
    applied(browser, CITIZEN)
    with refused(Problem.NOT_CONFIRMED):
        signing_in.sign_in(browser.present(CITIZEN), PASSWORD)
    with refused(Problem.WRONG_PASSWORD):
        signing_in.sign_in(browser.present(CITIZEN), "another heron")


def test_suspension_refuses_and_ends_what_is_open(browser: Browser) -> None:
    registration = registered(browser, CITIZEN)
    secret = signing_in.sign_in(browser.present(CITIZEN), PASSWORD)
    accounts.suspend(registration.pk, Reason.THEFT, "system")
    assert signing_in.session(secret) is None
    with refused(Problem.REGISTRATION_SUSPENDED):
        signing_in.sign_in(browser.present(CITIZEN), PASSWORD)


@pytest.mark.parametrize("reason", [Reason.STAFF, Reason.NOT_ME])
def test_what_was_open_before_a_stop_stays_closed_when_it_is_restored(browser: Browser, reason: Reason) -> None:
    registration = registered(browser, CITIZEN)
    secret = signing_in.sign_in(browser.present(CITIZEN), PASSWORD)
    accounts.suspend(registration.pk, reason, "member")
    accounts.restore(registration.pk, Reason.STAFF, "clerk")
    assert signing_in.session(secret) is None
    if reason is Reason.NOT_ME:
        with refused(Problem.WRONG_PASSWORD):
            signing_in.sign_in(browser.present(CITIZEN), PASSWORD)
    else:
        assert signing_in.session(signing_in.sign_in(browser.present(CITIZEN), PASSWORD))


def test_sessions_end_when_idle_and_when_old(browser: Browser) -> None:
    registered(browser, CITIZEN)
    secret, start = signing_in.sign_in(browser.present(CITIZEN), PASSWORD), clock.now()
    for minutes in range(0, 12 * 60, 14):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert signing_in.session(secret)
    with time_machine.travel(start + timedelta(hours=12, minutes=1), tick=False):
        assert signing_in.session(secret) is None
        assert jobs.tidy() == 1
    idle = signing_in.sign_in(browser.present(CITIZEN), PASSWORD)
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        assert signing_in.session(idle) is None
