"""Any step by its address, at any time: it leads to where the attempt stands, or to the beginning."""

from __future__ import annotations

import pytest

from nhi_sandbox.personas import Persona
from tests.journeys.acts import (
    given_a_bound_phone,
    given_accepted_terms,
    then_they_are_signed_in,
    when_they_choose_a_password,
    when_they_type_their_card,
    when_they_type_their_numbers,
)
from tests.journeys.phone import PhoneInHand

pytestmark = pytest.mark.parametrize("language", ["zh"])
STEPS = ("line", "card", "finish", "done", "refused")


def test_without_an_attempt_each_step_leads_to_the_beginning(phone: PhoneInHand) -> None:
    for step in ("line", "card", "finish", "done"):
        phone.goes_to(f"/app/bind/mobile/{step}").is_at("/app/bind/mobile/terms")
    for step in ("back", "refused"):
        phone.goes_to(f"/app/bind/mobile/{step}").is_told("A-01")


def test_with_an_attempt_each_step_leads_to_where_it_stands(phone: PhoneInHand, member: Persona) -> None:
    given_accepted_terms(phone, member)
    then_every_step_leads_to(phone, "line")
    when_they_type_their_numbers(phone, member)
    phone.is_at("/app/bind/mobile/card")
    then_every_step_leads_to(phone, "card")
    when_they_type_their_card(phone, member)
    then_every_step_leads_to(phone, "finish")
    when_they_choose_a_password(phone)
    then_every_step_leads_to(phone, "done")


def test_a_return_that_nobody_asked_for_is_refused_and_harmless(phone: PhoneInHand, member: Persona) -> None:
    given_accepted_terms(phone, member)
    phone.goes_to("/app/bind/mobile/back?code=stolen&state=forged").is_told("A-04")
    phone.goes_to("/app/bind/mobile/line").is_at("/app/bind/mobile/line")
    when_they_type_their_numbers(phone, member)
    phone.is_at("/app/bind/mobile/card")


PRIVATE = ("health-bank/", "nhi-counter/", "phones/", "history/", "history/not-me", "contact/")


def test_without_a_bound_phone_every_private_page_leads_to_binding(phone: PhoneInHand) -> None:
    for page in (*PRIVATE, "unlock/"):
        phone.goes_to(f"/app/{page}").is_at("/app/bind/")


def test_the_way_back_is_a_page_of_ours(phone: PhoneInHand, member: Persona) -> None:
    phone.takes_sim_of(member).goes_to("/app/bind/mobile/terms?next=https://example.org/").look()
    given_a_bound_phone(phone, member)
    phone.goes_to("/app/bind/mobile/done?next=//example.org/").look()
    assert phone.page.locator(".actions a.button").get_attribute("href") == "/app/"
    then_they_are_signed_in(phone, member)


def test_a_page_that_is_not_there(phone: PhoneInHand) -> None:
    phone.goes_to("/app/nowhere/").is_told("G-01")


def then_every_step_leads_to(phone: PhoneInHand, stands: str) -> None:
    for step in STEPS:
        phone.goes_to(f"/app/bind/mobile/{step}").is_at(f"/app/bind/mobile/{stands}")
