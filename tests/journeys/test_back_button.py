"""The back button and reloading at every step lead somewhere sensible, and nothing happens twice."""

from __future__ import annotations

import pytest

from nhi_sandbox.personas import Persona
from tests.journeys.acts import (
    given_a_bound_phone,
    given_accepted_terms,
    when_they_choose_a_password,
    when_they_sign_out,
    when_they_type_their_card,
    when_they_type_their_numbers,
)
from tests.journeys.phone import PhoneInHand

pytestmark = pytest.mark.parametrize("language", ["en"])


def test_back_and_reload_at_every_step(phone: PhoneInHand, member: Persona) -> None:
    given_accepted_terms(phone, member)
    then_loading_again_stays(phone, "line")
    when_they_type_their_numbers(phone, member)
    then_the_attempt_stands_at(phone, "card")
    when_they_type_their_card(phone, member)
    then_the_attempt_stands_at(phone, "finish")
    when_they_choose_a_password(phone)
    then_the_attempt_stands_at(phone, "done")
    then_one_phone_is_bound(phone)


def test_back_to_the_terms_begins_anew(phone: PhoneInHand, member: Persona) -> None:
    given_accepted_terms(phone, member)
    phone.goes_back().is_at("/app/bind/mobile/terms")
    given_accepted_terms(phone, member)
    when_they_type_their_numbers(phone, member)
    phone.is_at("/app/bind/mobile/card")


def test_back_after_a_refusal_leads_to_another_try(phone: PhoneInHand, member: Persona) -> None:
    given_accepted_terms(phone, member)
    phone.takes_sim_of(member, "wifi")
    when_they_type_their_numbers(phone, member)
    then_loading_again_stays(phone, "refused")
    phone.goes_back().is_at("/app/bind/mobile/line").takes_sim_of(member)
    when_they_type_their_numbers(phone, member)
    phone.is_at("/app/bind/mobile/card")


def test_back_after_signing_out_shows_nothing_of_the_member(phone: PhoneInHand, member: Persona) -> None:
    given_a_bound_phone(phone, member)
    phone.goes_to("/app/nhi-counter/").is_at("/app/nhi-counter/")
    when_they_sign_out(phone)
    phone.goes_back()
    phone.goes_back().is_at("/app/unlock/")
    assert member.card_number[-4:] not in phone.page.locator("main").inner_text()


def then_loading_again_stays(phone: PhoneInHand, step: str) -> None:
    phone.is_at(f"/app/bind/mobile/{step}").loads_again().is_at(f"/app/bind/mobile/{step}")


def then_the_attempt_stands_at(phone: PhoneInHand, step: str) -> None:
    """Pages are not kept (no-store): the one before is asked for again, and leads to where the attempt stands."""
    then_loading_again_stays(phone, step)
    phone.goes_back().is_at(f"/app/bind/mobile/{step}")


def then_one_phone_is_bound(phone: PhoneInHand) -> None:
    phone.goes_to("/app/phones/").is_at("/app/phones/")
    assert phone.page.locator("main section.card").count() == 1
