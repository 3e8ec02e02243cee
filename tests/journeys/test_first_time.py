"""A member who has never been here: led to binding, registered and bound, back in the service (seed Q2, Q3, Q11)."""

from __future__ import annotations

import pytest

from nhi_sandbox.personas import Persona
from tests.journeys.acts import (
    then_they_are_signed_in,
    when_they_accept_the_terms,
    when_they_choose_a_password,
    when_they_type_their_card,
    when_they_type_their_numbers,
)
from tests.journeys.people import named
from tests.journeys.phone import PhoneInHand

WALKS = [("zh", "walk_zh", "My Health Bank"), ("en", "walk_en", "NHI Counter")]
PLACES = {"My Health Bank": "/app/health-bank/", "NHI Counter": "/app/nhi-counter/"}


@pytest.mark.parametrize(("language", "key", "service"), WALKS)
def test_from_the_service_to_the_service(phone: PhoneInHand, key: str, service: str) -> None:
    member = named(key)
    given_their_sim_put_in_on_the_panel(phone, member)
    when_they_tap(phone, service)
    then_they_are_led_to_binding(phone)
    when_they_choose_their_mobile_number(phone)
    when_they_accept_the_terms(phone)
    when_they_type_their_numbers(phone, member)
    then_no_code_is_asked_but_the_card(phone)
    when_they_type_their_card(phone, member)
    when_they_choose_a_password(phone)
    then_they_go_on_to(phone, service)
    then_they_are_signed_in(phone, member)
    then_the_home_page_greets_them(phone)


def given_their_sim_put_in_on_the_panel(phone: PhoneInHand, member: Persona) -> None:
    phone.page.goto(phone.place.sandbox)
    phone.look().page.locator(f"#{member.key} button").tap()
    phone.page.locator(".phone a.main").tap()
    phone.is_at("/app/").reads("This phone is not bound yet. Once it is, you can use the services below.")


def when_they_tap(phone: PhoneInHand, service: str) -> None:
    phone.opens(service)


def then_they_are_led_to_binding(phone: PhoneInHand) -> None:
    phone.is_at("/app/bind/").reads("Bind this phone")


def when_they_choose_their_mobile_number(phone: PhoneInHand) -> None:
    phone.taps("Verify by mobile number").is_at("/app/bind/mobile/terms")


def then_no_code_is_asked_but_the_card(phone: PhoneInHand) -> None:
    phone.is_at("/app/bind/mobile/card").reads("Last four digits of your NHI card")
    assert phone.page.locator("main input:visible").count() == 1


def then_they_go_on_to(phone: PhoneInHand, service: str) -> None:
    phone.taps(f"On to {'the ' if service == 'NHI Counter' else ''}{service}").is_at(PLACES[service]).reads(service)


def then_the_home_page_greets_them(phone: PhoneInHand) -> None:
    phone.goes_to("/app/").is_at("/app/").reads("This phone is bound. Your services are open.")


@pytest.mark.parametrize("language", ["zh"])
def test_the_seed_says_how_the_end_is_called(phone: PhoneInHand) -> None:
    assert phone.says("Mobile verification complete").startswith("完成行動電話認證")
    assert (phone.says("My Health Bank"), phone.says("NHI Counter")) == ("健康存摺", "健保櫃檯")
