"""Recent activity, and the wish to stop everything at once (regulation, point 11)."""

from __future__ import annotations

from nhi_sandbox.personas import Persona
from tests.journeys.acts import (
    given_a_bound_phone,
    given_accepted_terms,
    when_they_sign_out,
    when_they_type_their_numbers,
    when_they_unlock,
)
from tests.journeys.conftest import PickUp
from tests.journeys.phone import PhoneInHand


def test_the_registration_is_stopped_for_every_phone_and_way(pick_up: PickUp, member: Persona) -> None:
    phone, another = pick_up(), pick_up()
    given_a_bound_phone(phone, member)
    when_they_sign_out(phone)
    when_they_unlock(phone, member)
    when_they_read_their_history(phone)
    then_it_tells_what_happened(phone)
    when_they_say_it_was_not_them(phone)
    then_unlocking_is_refused(phone, member)
    then_no_other_phone_can_be_bound(another, member)


def when_they_read_their_history(phone: PhoneInHand) -> None:
    phone.reads("This phone is bound. Your services are open.")
    phone.opens("Recent activity").is_at("/app/history/")


def then_it_tells_what_happened(phone: PhoneInHand) -> None:
    told = phone.page.locator(".timeline li strong").all_inner_texts()
    assert len(told) >= 4
    assert all(told)


def when_they_say_it_was_not_them(phone: PhoneInHand) -> None:
    phone.taps("This wasn't me").is_at("/app/history/not-me").taps("Yes, stop it").is_at("/app/")


def then_unlocking_is_refused(phone: PhoneInHand, member: Persona) -> None:
    phone.goes_to("/app/health-bank/").is_at("/app/unlock/")
    when_they_unlock(phone, member)
    phone.is_told("R-01")


def then_no_other_phone_can_be_bound(phone: PhoneInHand, member: Persona) -> None:
    given_accepted_terms(phone, member)
    when_they_type_their_numbers(phone, member)
    phone.is_at("/app/bind/mobile/refused").is_told("R-01")
