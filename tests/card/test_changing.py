"""What a member changes while signed in: password, addresses, household."""

from __future__ import annotations

import pytest
from django.core import mail

from nhi_express.audit.catalogue import Event
from nhi_express.card.flows import changing, signing_in
from nhi_express.card.flows.signing_in import PortalSignedIn
from nhi_express.core import outbox
from nhi_express.help.catalogue import Problem
from nhi_express.members.adapters import loading
from nhi_express.members.flows import sealed_row
from tests.card.acts import BACKUP, MAIN, PASSWORD, mailed_to, refused, registered
from tests.card.cards import Browser, household_of
from tests.counting import events, payloads
from tests.visitor import person

CITIZEN, FOREIGN, OTHER = person("citizen"), person("new_ui"), person("walk_zh")
NEW, NEW_MAIN = "eleven tall herons", "new@mail.example.tw"


def enter(browser: Browser, password: str = PASSWORD) -> PortalSignedIn:
    """Sign the citizen in."""
    signed = signing_in.session(signing_in.sign_in(browser.present(CITIZEN), password))
    assert signed is not None
    return signed


@pytest.fixture
def signed(browser: Browser) -> PortalSignedIn:
    """A registered citizen who is signed in."""
    registered(browser, CITIZEN)
    return enter(browser)


def test_a_new_password_by_the_old_one_and_the_card(browser: Browser, signed: PortalSignedIn) -> None:
    elsewhere = signing_in.sign_in(browser.present(CITIZEN), PASSWORD)
    changing.change_password(signed, browser.present(CITIZEN), PASSWORD, NEW)
    assert signing_in.session(elsewhere) is None
    assert enter(browser, NEW)
    with refused(Problem.WRONG_PASSWORD):
        enter(browser)
    outbox.send_due()
    assert mail.outbox[-1].to[0] in {MAIN, f"{CITIZEN.key}@mail.example.tw"}


def test_not_by_a_wrong_one_and_not_with_another_card(browser: Browser, signed: PortalSignedIn) -> None:
    with refused(Problem.WRONG_PASSWORD):
        changing.change_password(signed, browser.present(CITIZEN), "another heron", NEW)
    with refused(Problem.CARD_SWAPPED):
        changing.change_password(signed, browser.present(OTHER), PASSWORD, NEW)
    with pytest.raises(Exception, match="P-0"):
        changing.change_password(signed, browser.present(CITIZEN), PASSWORD, "short")
    assert enter(browser)


def test_a_new_address_is_confirmed_and_both_are_told(signed: PortalSignedIn) -> None:
    changing.change_address(signed, NEW_MAIN)
    changing.confirm_address(signed, mailed_to(NEW_MAIN))
    outbox.send_due()
    told = {letter.to[0] for letter in mail.outbox if letter.to[0] in {MAIN, NEW_MAIN}}
    assert told == {MAIN, NEW_MAIN}


def test_a_second_address_comes_and_goes(signed: PortalSignedIn) -> None:
    changing.change_address(signed, BACKUP, "backup")
    changing.confirm_address(signed, mailed_to(BACKUP), "backup")
    changing.remove_backup(signed)
    assert events(Event.EMAIL_REMOVED) == 1


def test_a_household_that_moved(signed: PortalSignedIn) -> None:
    moved = CITIZEN.row()._replace(household_number="K1234567", household_area="台北市大安區龍坡里")
    wanted = household_of(CITIZEN, number="K1234567", county="臺北市", district="大安區", village="龍坡里")
    with refused(Problem.CARD_DATA_DO_NOT_MATCH):
        changing.change_household(signed, wanted)
    loading.upsert([sealed_row(list(moved), 2)])
    changing.change_household(signed, wanted)
    assert changing.household_of(signed) == wanted
    assert payloads(Event.ADDRESS_BASIS_CHANGED) == [{}]


def test_five_wrong_households_lock(signed: PortalSignedIn) -> None:
    for _ in range(5):
        with refused(Problem.CARD_DATA_DO_NOT_MATCH):
            changing.change_household(signed, household_of(CITIZEN, number="F0000000"))
    with refused(Problem.LOCKED):
        changing.change_household(signed, household_of(CITIZEN))
    assert changing.household_of(signed) == household_of(CITIZEN)


def test_a_foreign_member_has_no_household(browser: Browser) -> None:
    registered(browser, FOREIGN)
    signed = signing_in.session(signing_in.sign_in(browser.present(FOREIGN), PASSWORD))
    assert signed is not None
    with refused(Problem.BAD_REQUEST):
        changing.change_household(signed, household_of(CITIZEN))
    assert changing.household_of(signed) is None
