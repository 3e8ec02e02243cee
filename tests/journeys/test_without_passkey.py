"""A phone that cannot make a passkey: its key and the registration password open it (DESIGN 5)."""

from __future__ import annotations

from nhi_sandbox.personas import Persona
from tests.journeys.acts import (
    PASSWORD,
    given_a_bound_phone,
    given_a_proven_card,
    then_they_are_signed_in,
    when_they_choose_a_password,
    when_they_sign_out,
    when_they_unlock_with,
)
from tests.journeys.phone import PhoneInHand


def test_the_key_and_the_password_open_it(plain_phone: PhoneInHand, member: Persona) -> None:
    given_a_bound_phone(plain_phone, member)
    when_they_sign_out(plain_phone)
    when_they_unlock_with(plain_phone, member, "a wrong river")
    then_they_may_try_again(plain_phone)
    when_they_try_again(plain_phone, PASSWORD)
    then_they_are_signed_in(plain_phone, member)


def test_the_password_can_be_seen_while_it_is_typed(plain_phone: PhoneInHand, member: Persona) -> None:
    given_a_proven_card(plain_phone, member)
    when_they_show_what_they_type(plain_phone)
    then_the_password_can_be_read(plain_phone)
    when_they_choose_a_password(plain_phone)


def test_a_password_that_is_easily_guessed_is_refused(plain_phone: PhoneInHand, member: Persona) -> None:
    given_a_proven_card(plain_phone, member)
    for password, code in (("river", "P-01"), ("password1234", "P-03"), (member.card_number, "P-04")):
        when_they_wish_for(plain_phone, password)
        then_it_is_refused_at_the_field(plain_phone, code)
    when_they_choose_a_password(plain_phone)


def then_they_may_try_again(phone: PhoneInHand) -> None:
    phone.is_told("D-08")


def when_they_try_again(phone: PhoneInHand, password: str) -> None:
    phone.page.locator("#unlock-password").fill(password)
    phone.page.locator("[data-password] button.button").tap()
    phone.reads("This phone is bound. Your services are open.")


def when_they_show_what_they_type(phone: PhoneInHand) -> None:
    phone.types("password", "what I type").taps("Show")


def then_the_password_can_be_read(phone: PhoneInHand) -> None:
    assert phone.page.locator("[name=password]").get_attribute("type") == "text"
    phone.look().taps("Hide")
    assert phone.page.locator("[name=password]").get_attribute("type") == "password"


def when_they_wish_for(phone: PhoneInHand, password: str) -> None:
    # The browser's own check of the length is not what is tried here.
    phone.page.locator("[name=password]").evaluate("field => field.removeAttribute('minlength')")
    phone.types("password", password).taps("Unlock and finish")


def then_it_is_refused_at_the_field(phone: PhoneInHand, code: str) -> None:
    phone.page.locator("#password-error").wait_for()
    phone.shows(code).look()
    assert phone.page.locator("[name=password]").get_attribute("aria-invalid") == "true"
