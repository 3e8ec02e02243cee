"""重寄認證信, 忘記註冊密碼, 刪除註冊申請."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from nhi_express.card.flows import applying, recovering, signing_in
from nhi_express.card.flows.recovering import Ceremony
from nhi_express.card.models import AddressBasis, PortalSession
from nhi_express.core import clock, randomness, throttle
from nhi_express.core.limits import Limit
from nhi_express.core.models import Tries
from nhi_express.devices import flows as devices
from nhi_express.devices.flows import VerifiedPhone
from nhi_express.devices.models import Device, Session
from nhi_express.devices.rules import DeviceKey, PhoneTraits
from nhi_express.help.catalogue import Problem
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason, State
from nhi_sandbox.personas import Persona
from tests.card.acts import MAIN, PASSWORD, another, applied, mailed_to, proof_of, refused, registered
from tests.card.acts import proven as applying_proven
from tests.card.cards import Browser, household_of
from tests.outside import address_of
from tests.visitor import person

CITIZEN, FOREIGN, OTHER = person("citizen"), person("new_ui"), person("walk_zh")
NEW = "eleven tall herons"


def proven(browser: Browser, ceremony: Ceremony, who: Persona = CITIZEN) -> str:
    """The ticket of somebody who has proven who they are."""
    return recovering.prove(ceremony, browser.present(who), proof_of(who)).ticket


def bind_phone(registration: Registration) -> None:
    """Give a registration a phone that is signed in."""
    phone = VerifiedPhone(DeviceKey(b"\4" + randomness.octets(64)), None, PhoneTraits("Android", "A phone"))
    with transaction.atomic():
        devices.open_session(devices.bind(registration, phone, "card"))


def test_the_mail_comes_again(browser: Browser) -> None:
    applied(browser, CITIZEN)
    first = mailed_to(MAIN)
    ticket = proven(browser, "resend")
    with refused(Problem.EMAIL_CODE_WRONG):
        recovering.confirm(ticket, first)
    recovering.confirm(ticket, mailed_to(MAIN))
    assert Registration.objects.get().state == State.ACTIVE
    with refused(Problem.NOTHING_PENDING):
        recovering.confirm(ticket, first)


def test_it_comes_three_times_an_hour(browser: Browser) -> None:
    applied(browser, CITIZEN)
    ticket = proven(browser, "resend")
    recovering.send_again(ticket, "resend")
    recovering.send_again(ticket, "resend")
    with refused(Problem.LOCKED):
        recovering.send_again(ticket, "resend")
    with refused(Problem.LOCKED):
        proven(browser, "resend")


@pytest.mark.parametrize("ceremony", ["resend", "forgot", "cancel"])
def test_who_never_applied_has_nothing_waiting(browser: Browser, ceremony: Ceremony) -> None:
    with refused(Problem.NOTHING_PENDING):
        proven(browser, ceremony)


def test_an_active_one_has_no_mail_to_come(browser: Browser) -> None:
    registered(browser, CITIZEN)
    with refused(Problem.NOTHING_PENDING):
        proven(browser, "resend")


@pytest.mark.parametrize("who", [CITIZEN, FOREIGN], ids=lambda who: who.key)
def test_a_forgotten_password_is_replaced(browser: Browser, who: Persona) -> None:
    registered(browser, who)
    secret = signing_in.sign_in(browser.present(who), PASSWORD)
    ticket = proven(browser, "forgot", who)
    code = mailed_to(MAIN)
    assert mailed_to(address_of(who)) == code
    with refused(Problem.EMAIL_CODE_WRONG):
        recovering.set_password(ticket, another(code), NEW)
    recovering.set_password(ticket, code, NEW)
    assert signing_in.session(secret) is None
    assert signing_in.sign_in(browser.present(who), NEW)
    with refused(Problem.EMAIL_CODE_EXPIRED):
        recovering.set_password(ticket, code, NEW)


def test_a_weak_password_costs_no_code(browser: Browser) -> None:
    registered(browser, CITIZEN)
    ticket = proven(browser, "forgot")
    with pytest.raises(Exception, match="P-0"):
        recovering.set_password(ticket, mailed_to(MAIN), CITIZEN.id_number)
    recovering.set_password(ticket, mailed_to(MAIN), NEW)


def test_a_new_password_ends_the_lock(browser: Browser) -> None:
    registered(browser, CITIZEN)
    for _ in range(5):
        with refused(Problem.WRONG_PASSWORD):
            signing_in.sign_in(browser.present(CITIZEN), "another heron")
    recovering.set_password(proven(browser, "forgot"), mailed_to(MAIN), NEW)
    assert signing_in.sign_in(browser.present(CITIZEN), NEW)


def test_a_pending_application_ends_by_proof_alone(browser: Browser) -> None:
    applied(browser, CITIZEN)
    found = recovering.prove("cancel", browser.present(CITIZEN), proof_of(CITIZEN))
    assert not found.code_sent
    assert not recovering.needs_code(found.ticket)
    recovering.cancel(found.ticket)
    assert Registration.objects.get().state == State.CANCELLED
    assert AddressBasis.objects.count() == 0
    with refused(Problem.NOTHING_PENDING):
        recovering.cancel(found.ticket)
    assert registered(browser, CITIZEN).state == State.ACTIVE


def test_an_active_registration_ends_by_the_mailed_code_with_its_phones_and_sessions(browser: Browser) -> None:
    registration = registered(browser, CITIZEN)
    bind_phone(registration)
    signing_in.sign_in(browser.present(CITIZEN), PASSWORD)
    found = recovering.prove("cancel", browser.present(CITIZEN), proof_of(CITIZEN))
    assert found.code_sent
    with refused(Problem.EMAIL_CODE_WRONG):
        recovering.cancel(found.ticket, another(mailed_to(MAIN)))
    assert (Device.objects.get().state, PortalSession.objects.count()) == ("active", 1)
    recovering.cancel(found.ticket, mailed_to(MAIN))
    assert (Registration.objects.get().state, Device.objects.get().state) == (State.CANCELLED, "deleted")
    assert (Session.objects.count(), PortalSession.objects.count(), AddressBasis.objects.count()) == (0, 0, 0)


def test_one_that_became_active_meanwhile_needs_the_code(browser: Browser) -> None:
    applied(browser, CITIZEN)
    ticket = proven(browser, "cancel")
    accounts.confirm_code(Registration.objects.get(), mailed_to(MAIN))
    with refused(Problem.EMAIL_CODE_EXPIRED):
        recovering.cancel(ticket)
    assert Registration.objects.get().state == State.ACTIVE


def test_one_that_changes_while_it_is_cancelled_is_left_alone(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(browser, CITIZEN)
    ticket, code = proven(browser, "cancel"), mailed_to(MAIN)
    look = recovering._locked

    def late(registration: Registration) -> Registration:
        accounts.confirm_code(registration, code)
        return look(registration)

    monkeypatch.setattr(recovering, "_locked", late)
    with refused(Problem.ATTEMPT_OUT_OF_ORDER):
        recovering.cancel(ticket)
    assert Registration.objects.get().state != State.CANCELLED


def test_a_wrong_household_proves_nothing(browser: Browser) -> None:
    registered(browser, CITIZEN)
    with refused(Problem.CARD_DATA_DO_NOT_MATCH):
        recovering.prove("forgot", browser.present(CITIZEN), household_of(CITIZEN, number="F0000000"))


@pytest.mark.parametrize("ceremony", ["resend", "forgot", "cancel"])
def test_a_suspended_registration_is_left_as_it_is(browser: Browser, ceremony: Ceremony) -> None:
    registration = registered(browser, CITIZEN)
    ticket = proven(browser, "forgot")
    code = mailed_to(MAIN)
    accounts.suspend(registration.pk, Reason.THEFT, "system")
    with refused(Problem.REGISTRATION_SUSPENDED):
        proven(browser, ceremony)
    with refused(Problem.REGISTRATION_SUSPENDED):
        recovering.set_password(ticket, code, NEW)


def test_a_ticket_is_good_for_its_own_ceremony_and_not_for_long(browser: Browser) -> None:
    registered(browser, CITIZEN)
    ticket = proven(browser, "forgot")
    with refused(Problem.ATTEMPT_MISSING):
        recovering.cancel(ticket, mailed_to(MAIN))
    with refused(Problem.ATTEMPT_MISSING):
        recovering.set_password("é" + ticket, mailed_to(MAIN), NEW)
    late = clock.now() + timedelta(minutes=recovering.TICKET_MINUTES + 1)
    with time_machine.travel(late, tick=False), refused(Problem.ATTEMPT_EXPIRED):
        recovering.set_password(ticket, mailed_to(MAIN), NEW)


def close_for_good(limit: Limit, subject: str) -> None:
    """As many wrong tries in a row as only a proof of identity forgives."""
    while throttle.spend(limit, subject).verdict != "exhausted":
        Tries.objects.update(locked_until=None, spent=0)


def test_a_proof_of_identity_opens_what_wrong_tries_had_closed(browser: Browser) -> None:
    registration = registered(browser, CITIZEN)
    closed = (Limit.PORTAL_PASSWORD, Limit.CARD_LAST4)
    for limit in closed:
        close_for_good(limit, str(registration.member))
    with refused(Problem.PROVE_AGAIN):
        signing_in.sign_in(browser.present(CITIZEN), PASSWORD)
    recovering.set_password(proven(browser, "forgot"), mailed_to(MAIN), NEW)
    assert signing_in.sign_in(browser.present(CITIZEN), NEW)
    assert throttle.spend(Limit.CARD_LAST4, str(registration.member)).permitted


def test_a_finished_registration_opens_the_household_again(browser: Browser) -> None:
    member = browser.present(CITIZEN).member
    attempt = applying_proven(browser, CITIZEN)
    close_for_good(Limit.CARD_HOUSEHOLD, str(member.key))
    with refused(Problem.PROVE_AGAIN):
        proven(browser, "cancel")
    applying.finish(attempt, PASSWORD, MAIN, "", "en")
    assert proven(browser, "cancel")
