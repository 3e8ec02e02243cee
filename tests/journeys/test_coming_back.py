"""The next day, on Wi-Fi too: the app opens, the phone unlocks, the member is signed in (seed Q5, Q11)."""

from __future__ import annotations

from nhi_sandbox.personas import Persona
from tests.journeys.acts import (
    given_a_bound_phone,
    then_they_are_signed_in,
    when_they_accept_the_terms,
    when_they_keep_their_password,
    when_they_sign_out,
    when_they_type_their_card,
    when_they_type_their_numbers,
    when_they_unlock,
)
from tests.journeys.phone import PhoneInHand


def test_the_next_day_on_wifi(phone: PhoneInHand, member: Persona) -> None:
    given_a_bound_phone(phone, member)
    when_the_session_is_over(phone)
    when_they_switch_wifi_on(phone, member)
    when_they_open_the_health_bank(phone)
    when_they_unlock(phone, member)
    then_they_are_where_they_wanted(phone)
    then_they_are_signed_in(phone, member)


def test_unlocking_on_the_home_page_after_signing_out(phone: PhoneInHand, member: Persona) -> None:
    given_a_bound_phone(phone, member)
    when_they_sign_out(phone)
    when_they_unlock(phone, member)
    then_the_home_page_is_open(phone)


def test_a_strangers_finger_opens_nothing(phone: PhoneInHand, member: Persona) -> None:
    given_a_bound_phone(phone, member)
    when_they_sign_out(phone)
    when_a_stranger_tries(phone, member)
    then_the_phone_was_not_unlocked(phone)
    when_its_owner_tries(phone, member)
    then_the_home_page_is_open(phone)


def test_a_key_that_is_gone_is_told_plainly_and_made_anew(phone: PhoneInHand, member: Persona) -> None:
    given_a_bound_phone(phone, member)
    when_they_sign_out(phone)
    when_the_browsers_data_are_cleared(phone)
    when_they_try_to_unlock(phone, member)
    then_they_read_that_the_key_is_gone(phone)
    when_they_bind_the_phone_again(phone, member)
    then_they_are_signed_in(phone, member)


def when_the_session_is_over(phone: PhoneInHand) -> None:
    phone.context.clear_cookies(name="app")


def when_they_switch_wifi_on(phone: PhoneInHand, member: Persona) -> None:
    phone.takes_sim_of(member, "wifi")


def when_they_open_the_health_bank(phone: PhoneInHand) -> None:
    phone.goes_to("/app/").is_at("/app/").opens("My Health Bank").is_at("/app/unlock/")


def then_they_are_where_they_wanted(phone: PhoneInHand) -> None:
    phone.is_at("/app/health-bank/")


def then_the_home_page_is_open(phone: PhoneInHand) -> None:
    phone.reads("This phone is bound. Your services are open.").is_at("/app/")


def when_a_stranger_tries(phone: PhoneInHand, member: Persona) -> None:
    phone.recognises_its_owner(yes=False)
    when_they_unlock(phone, member)


def then_the_phone_was_not_unlocked(phone: PhoneInHand) -> None:
    phone.reads("The phone was not unlocked").look().goes_to("/app/health-bank/").is_at("/app/unlock/")


def when_its_owner_tries(phone: PhoneInHand, member: Persona) -> None:
    phone.recognises_its_owner(yes=True)
    phone.goes_to("/app/unlock/").is_at("/app/unlock/")
    when_they_unlock(phone, member)


def when_the_browsers_data_are_cleared(phone: PhoneInHand) -> None:
    phone.page.evaluate("() => new Promise((done) => { indexedDB.deleteDatabase('nhi-express').onsuccess = done; })")


def when_they_try_to_unlock(phone: PhoneInHand, member: Persona) -> None:
    phone.goes_to("/app/unlock/").is_at("/app/unlock/")
    when_they_unlock(phone, member)


def then_they_read_that_the_key_is_gone(phone: PhoneInHand) -> None:
    phone.reads("This phone's key is gone").look()


def when_they_bind_the_phone_again(phone: PhoneInHand, member: Persona) -> None:
    phone.taps("Bind this phone again").is_at("/app/bind/").taps("Verify by mobile number")
    phone.is_at("/app/bind/mobile/terms")
    when_they_accept_the_terms(phone)
    when_they_type_their_numbers(phone, member)
    phone.is_at("/app/bind/mobile/card")
    when_they_type_their_card(phone, member)
    when_they_keep_their_password(phone)
