"""健保卡網路服務註冊, from the terms to 完成註冊."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from nhi_express.audit.catalogue import Event
from nhi_express.card.flows import applying, basis
from nhi_express.card.rules import Proof
from nhi_express.core import clock, outbox
from nhi_express.enrolment import flows as gate
from nhi_express.enrolment.rules import AttemptState, Channel, Evidence
from nhi_express.help.catalogue import Problem
from nhi_express.registration import flows as accounts
from nhi_express.registration.flows import AcceptedTerms
from nhi_express.registration.models import Consent, Registration
from nhi_express.registration.rules import Reason, State
from nhi_sandbox.personas import Persona
from tests.card.acts import (
    BACKUP,
    MAIN,
    PASSWORD,
    again,
    another,
    applied,
    begin,
    mailed_to,
    proof_of,
    proven,
    refused,
    registered,
    shown,
)
from tests.card.cards import Browser, household_of, permit_of
from tests.card.conftest import Change
from tests.counting import events, payloads
from tests.outside import address_of
from tests.visitor import person

CITIZEN, FOREIGN, CHANGED, OTHER = person("citizen"), person("new_ui"), person("ui_changed"), person("walk_zh")


def test_a_citizen_registers(browser: Browser) -> None:
    attempt = applied(browser, CITIZEN, backup=BACKUP)
    waiting = Registration.objects.get()
    assert (waiting.state, waiting.assurance) == (State.PENDING_CONFIRMATION, "ial2-card")
    assert Consent.objects.count() == 1
    applying.confirm(attempt, mailed_to(MAIN))
    assert Registration.objects.get().state == State.ACTIVE
    assert basis.of(waiting) == household_of(CITIZEN)
    assert payloads(Event.ENROLLED)[0]["evidence"] == ["TERMS", "CARD_AUTHENTICATED", "HOUSEHOLD"]
    assert accounts.contact(waiting, "backup").waiting == BACKUP


def test_every_contact_in_the_register_is_told(browser: Browser) -> None:
    applied(browser, CITIZEN)
    outbox.send_due()
    assert address_of(CITIZEN) in [letter.to[0] for letter in mail.outbox]


@pytest.mark.parametrize("who", [FOREIGN, CHANGED, person("legacy_ui")], ids=lambda who: who.key)
def test_a_foreign_member_registers_by_permit(browser: Browser, who: Persona) -> None:
    registration = registered(browser, who)
    assert registration.state == State.ACTIVE
    assert basis.of(registration) is None
    assert payloads(Event.ENROLLED)[0]["evidence"] == ["TERMS", "CARD_AUTHENTICATED", "ARC_CHIP"]


def test_the_permit_may_hold_the_former_number_and_the_card_too(browser: Browser) -> None:
    former = CHANGED.former_id_numbers[0]
    attempt = begin()
    applying.show_card(attempt, browser.present(CHANGED, id_number=former))
    applying.prove(again(attempt), browser.present(CHANGED, id_number=former), permit_of(CHANGED, id_number=former))
    assert again(attempt).state == AttemptState.CARD_PROVEN


@pytest.mark.parametrize(
    ("permit", "problem"),
    [
        (permit_of(FOREIGN, expires="20200101"), Problem.PERMIT_DOES_NOT_MATCH),
        (permit_of(CHANGED), Problem.PERMIT_DOES_NOT_MATCH),
        (permit_of(CITIZEN), Problem.PERMIT_UNREADABLE),
        (household_of(CITIZEN), Problem.OTHER_PROOF_NEEDED),
    ],
)
def test_permits_that_will_not_do(browser: Browser, permit: Proof, problem: Problem) -> None:
    attempt = shown(browser, FOREIGN)
    with refused(problem):
        applying.prove(attempt, browser.present(FOREIGN), permit)
    assert again(attempt).state == AttemptState.OPEN


@pytest.mark.parametrize(
    ("changes", "outcome"), [({"number": "F9999999"}, "HOUSEHOLD_NUMBER"), ({"village": "何厝里"}, "HOUSEHOLD_AREA")]
)
def test_another_household_has_the_common_message(browser: Browser, changes: dict[str, str], outcome: str) -> None:
    attempt = shown(browser, CITIZEN)
    with refused(Problem.CARD_DATA_DO_NOT_MATCH):
        applying.prove(attempt, browser.present(CITIZEN), household_of(CITIZEN, **changes))
    assert payloads(Event.CARD_REFUSED) == [{"problem": "C-16", "outcome": outcome}]
    applying.prove(attempt, browser.present(CITIZEN), household_of(CITIZEN))


def test_five_wrong_households_lock_for_a_while(browser: Browser) -> None:
    attempt, wrong = shown(browser, CITIZEN), household_of(CITIZEN, number="F9999999")
    for _ in range(5):
        with refused(Problem.CARD_DATA_DO_NOT_MATCH):
            applying.prove(attempt, browser.present(CITIZEN), wrong)
    with refused(Problem.LOCKED):
        applying.prove(attempt, browser.present(CITIZEN), household_of(CITIZEN))


def test_who_only_copied_the_card_locks_out_nobody(browser: Browser, change: Change) -> None:
    change(card_authentication="preferred")
    attempt, wrong = shown(browser, CITIZEN, silent=True), household_of(CITIZEN, number="F9999999")
    for _ in range(5):
        with refused(Problem.CARD_DATA_DO_NOT_MATCH):
            applying.prove(attempt, browser.present(CITIZEN, silent=True), wrong)
    with refused(Problem.LOCKED):
        applying.prove(attempt, browser.present(CITIZEN, silent=True), household_of(CITIZEN))
    assert proven(browser, CITIZEN).state == AttemptState.CARD_PROVEN


def test_a_card_only_read_is_worth_less(browser: Browser, change: Change) -> None:
    change(card_authentication="preferred")
    attempt = proven(browser, CITIZEN, silent=True)
    applying.finish(attempt, PASSWORD, MAIN, "", "en")
    assert Registration.objects.get().assurance == "ial1-card"
    assert payloads(Event.ENROLLED)[0]["evidence"] == ["TERMS", Evidence.CARD_READ.value, "HOUSEHOLD"]


def test_a_card_swapped_before_the_proof_is_refused(browser: Browser) -> None:
    attempt = shown(browser, CITIZEN)
    with refused(Problem.CARD_SWAPPED):
        applying.prove(attempt, browser.present(OTHER), household_of(OTHER))
    assert again(attempt).state == AttemptState.OPEN


def test_showing_another_card_takes_the_proof_back(browser: Browser) -> None:
    attempt = proven(browser, CITIZEN)
    applying.show_card(attempt, browser.present(OTHER))
    with refused(Problem.ATTEMPT_OUT_OF_ORDER):
        applying.finish(again(attempt), PASSWORD, MAIN, "", "en")
    applying.prove(again(attempt), browser.present(OTHER), household_of(OTHER))
    assert applying.finish(again(attempt), PASSWORD, MAIN, "", "en").member == browser.present(OTHER).member.key


def test_evidence_and_household_are_of_one_person(browser: Browser) -> None:
    attempt = proven(browser, CITIZEN)
    applying.show_card(attempt, browser.present(FOREIGN))
    applying.prove(again(attempt), browser.present(FOREIGN), permit_of(FOREIGN))
    assert basis.of(applying.finish(again(attempt), PASSWORD, MAIN, "", "en")) is None


def test_another_tab_cannot_lend_its_card_to_a_proof(browser: Browser) -> None:
    attempt, other = shown(browser, CITIZEN), browser.present(OTHER)
    applying.show_card(attempt, other)
    # The first tab's request had read the attempt before.
    applying.prove(attempt, browser.present(CITIZEN), household_of(CITIZEN))
    assert applying.shown_member(again(attempt)).record.id_number == CITIZEN.id_number


def test_no_step_is_skipped(browser: Browser) -> None:
    attempt = begin()
    with refused(Problem.ATTEMPT_OUT_OF_ORDER):
        applying.prove(attempt, browser.present(CITIZEN), household_of(CITIZEN))
    with refused(Problem.ATTEMPT_OUT_OF_ORDER):
        applying.finish(attempt, PASSWORD, MAIN, "", "en")
    with refused(Problem.NOTHING_PENDING):
        applying.confirm(attempt, "12345678")
    with refused(Problem.ATTEMPT_OUT_OF_ORDER):
        applying.shown_member(attempt)
    assert applying.shown_card(attempt) == ""


def test_another_channels_attempt_is_none_of_this(browser: Browser) -> None:
    accepted = AcceptedTerms("1", "en", "0" * 64, clock.now())
    attempt, _ = gate.start(Channel.MOBILE, accepted, {})
    with refused(Problem.ATTEMPT_MISSING):
        applying.show_card(attempt, browser.present(CITIZEN))


def test_old_terms_are_refused(browser: Browser) -> None:
    with refused(Problem.TERMS_NOT_ACCEPTED):
        applying.start("before", "en")


def test_a_done_attempt_stays_done(browser: Browser) -> None:
    attempt = applied(browser, CITIZEN)
    with refused(Problem.ATTEMPT_DONE):
        applying.finish(attempt, PASSWORD, MAIN, "", "en")
    with refused(Problem.ATTEMPT_DONE):
        applying.show_card(attempt, browser.present(CITIZEN))
    assert Registration.objects.count() == 1


@pytest.mark.parametrize("password", ["short", "19860412B299001371", f"F{CITIZEN.card_number[-7:]}健保"])
def test_a_weak_password_changes_nothing(browser: Browser, password: str) -> None:
    attempt = proven(browser, CITIZEN)
    with pytest.raises(Exception, match="P-0"):
        applying.finish(attempt, password, MAIN, "", "en")
    assert (again(attempt).state, Registration.objects.count()) == (AttemptState.CARD_PROVEN, 0)


def test_who_is_registered_is_told_so_only_after_the_proof(browser: Browser) -> None:
    registered(browser, CITIZEN)
    attempt = shown(browser, CITIZEN)
    with refused(Problem.ALREADY_REGISTERED):
        applying.prove(attempt, browser.present(CITIZEN), proof_of(CITIZEN))


def test_a_suspended_member_and_one_no_longer_insured_are_refused(browser: Browser) -> None:
    accounts.suspend(registered(browser, CITIZEN).pk, Reason.THEFT, "system")
    with refused(Problem.REGISTRATION_SUSPENDED):
        proven(browser, CITIZEN)
    with refused(Problem.CARD_DATA_DO_NOT_MATCH):
        proven(browser, person("insurance_ended"))


def test_applying_anew_before_the_code_was_typed(browser: Browser) -> None:
    first = applied(browser, CITIZEN, main="wrong@mail.example.tw")
    registered(browser, CITIZEN)
    assert Registration.objects.get().state == State.ACTIVE
    with refused(Problem.NOTHING_PENDING):
        applying.confirm(first, "12345678")


def test_applying_anew_does_not_mail_without_end(browser: Browser) -> None:
    for _ in range(4):
        applied(browser, CITIZEN)
    with refused(Problem.LOCKED):
        applied(browser, CITIZEN)


def test_a_new_code_has_its_own_tries(browser: Browser) -> None:
    attempt = applied(browser, CITIZEN)
    for _ in range(5):
        with refused(Problem.EMAIL_CODE_WRONG):
            applying.confirm(attempt, another(mailed_to(MAIN)))
    with refused(Problem.LOCKED):
        applying.confirm(attempt, mailed_to(MAIN))
    assert registered(browser, CITIZEN).state == State.ACTIVE


def test_wrong_late_and_resent_codes(browser: Browser) -> None:
    attempt = applied(browser, CITIZEN)
    code = mailed_to(MAIN)
    with refused(Problem.EMAIL_CODE_WRONG):
        applying.confirm(attempt, another(code))
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        with refused(Problem.EMAIL_CODE_EXPIRED):
            applying.confirm(attempt, code)
        applying.resend(attempt)
        applying.confirm(attempt, mailed_to(MAIN))
    assert events(Event.REGISTRATION_ACTIVATED) == 1


def test_a_mistyped_address_is_mended(browser: Browser) -> None:
    attempt = applied(browser, CITIZEN, main="mian@mail.example.tw")
    applying.resend(attempt, MAIN)
    assert applying.applied_contact(attempt).waiting == MAIN
    applying.confirm(attempt, mailed_to(MAIN))
    with refused(Problem.NOTHING_PENDING):
        applying.resend(attempt)
