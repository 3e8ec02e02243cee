"""The same attempt in two tabs: whichever is quicker, it ends once (DESIGN 3)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from nhi_sandbox.personas import Persona
from tests.journeys.acts import (
    PASSWORD,
    given_a_proven_card,
    given_accepted_terms,
    then_they_are_signed_in,
    when_they_accept_the_terms,
    when_they_sign_out,
    when_they_type_their_numbers,
    when_they_unlock_with,
)
from tests.journeys.phone import PhoneInHand

pytestmark = pytest.mark.parametrize("language", ["zh"])


def test_one_after_the_other(phone: PhoneInHand, member: Persona) -> None:
    given_a_proven_card(phone, member)
    first, second = phone.page, given_the_same_page_in_a_second_tab(phone)
    for tab in (first, second):
        tab.locator("[name=password]").fill(PASSWORD)
    phone.turns_to(first).taps("Unlock and finish").is_at("/app/bind/mobile/done")
    phone.turns_to(second).taps("Unlock and finish").is_at("/app/bind/mobile/done")
    then_one_phone_is_bound(phone)


def test_both_at_the_same_moment(plain_phone: PhoneInHand, member: Persona) -> None:
    phone = plain_phone
    given_a_proven_card(phone, member)
    tabs = [phone.page, given_the_same_page_in_a_second_tab(phone)]
    for tab in tabs:
        tab.locator("[name=password]").fill(PASSWORD)
    for tab in tabs:
        tab.evaluate("document.querySelector('form[data-bind]').requestSubmit()")
    phone.turns_to(then_one_of_them_ends_it_and_the_other_is_told(tabs))
    then_one_phone_is_bound(phone)
    when_they_sign_out(phone)
    when_they_unlock_with(phone, member, PASSWORD)
    phone.reads("This phone is bound. Your services are open.")
    then_they_are_signed_in(phone, member)


def test_a_form_that_the_other_tab_sent_already(phone: PhoneInHand, member: Persona) -> None:
    given_accepted_terms(phone, member)
    second = given_the_same_page_in_a_second_tab(phone)
    when_they_type_their_numbers(phone, member)
    phone.is_at("/app/bind/mobile/card").turns_to(second)
    when_they_type_their_numbers(phone, member)
    phone.is_at("/app/bind/mobile/card")


def test_a_tab_of_an_older_attempt_is_told_so(phone: PhoneInHand, member: Persona) -> None:
    given_accepted_terms(phone, member)
    older = phone.page
    phone.turns_to(phone.open_tab()).goes_to("/app/bind/mobile/terms")
    when_they_accept_the_terms(phone)
    phone.turns_to(older)
    when_they_type_their_numbers(phone, member)
    phone.is_told("A-01")


def then_one_of_them_ends_it_and_the_other_is_told(tabs: list[Page]) -> Page:
    """Which of the two ended it. The other one may have been late enough to be led to the end, too."""
    ends = [tab.locator("body[data-adopt-device], footer strong.number") for tab in tabs]
    for end in ends:
        end.wait_for(state="attached")
    assert {end.inner_text() for end in ends if end.evaluate("end => end.matches('strong')")} <= {"A-05"}
    return next(tab for tab in tabs if "/bind/mobile/done" in tab.url)


def given_the_same_page_in_a_second_tab(phone: PhoneInHand) -> Page:
    tab = phone.open_tab()
    tab.goto(phone.page.url)
    return tab


def then_one_phone_is_bound(phone: PhoneInHand) -> None:
    phone.goes_to("/app/phones/").is_at("/app/phones/")
    assert phone.page.locator("main section.card").count() == 1
