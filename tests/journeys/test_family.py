"""One phone may serve a family: each with a key and an unlock of their own (DESIGN 5)."""

from __future__ import annotations

import pytest

from nhi_express.members.rules import masked_name
from nhi_sandbox.personas import Persona
from tests.journeys.acts import given_a_bound_phone, then_they_are_signed_in, when_they_sign_out, when_they_unlock
from tests.journeys.people import named
from tests.journeys.phone import PhoneInHand

FAMILIES = [("zh", "family_mother", "family_daughter"), ("en", "new_ui", "legacy_ui")]


@pytest.mark.parametrize(("language", "mothers", "daughters"), FAMILIES)
def test_two_members_and_a_switch_between_them(phone: PhoneInHand, mothers: str, daughters: str) -> None:
    mother, daughter = named(mothers), named(daughters)
    given_a_bound_phone(phone, mother)
    when_they_sign_out(phone)
    when_another_member_is_bound(phone, daughter)
    then_they_are_signed_in(phone, daughter)
    when_they_switch_to(phone, mother)
    then_they_are_signed_in(phone, mother)
    when_they_switch_to(phone, daughter)
    then_they_are_signed_in(phone, daughter)
    then_each_sees_one_phone(phone)


def when_another_member_is_bound(phone: PhoneInHand, member: Persona) -> None:
    phone.taps("Bind this phone for another member").is_at("/app/bind/")
    given_a_bound_phone(phone, member)


def when_they_switch_to(phone: PhoneInHand, member: Persona) -> None:
    phone.goes_to("/app/").is_at("/app/").shows(masked_name_of_the_other(phone, member))
    phone.opens("Switch member").is_at("/app/unlock/")
    assert phone.page.locator("[data-unlock] button[data-device]").count() == 2
    when_they_unlock(phone, member)
    phone.is_at("/app/")


def masked_name_of_the_other(phone: PhoneInHand, member: Persona) -> str:
    greeting = phone.page.locator("h1").inner_text()
    assert masked_name(member.name) not in greeting
    return greeting


def then_each_sees_one_phone(phone: PhoneInHand) -> None:
    phone.goes_to("/app/phones/").is_at("/app/phones/")
    assert phone.page.locator("main section.card").count() == 1
