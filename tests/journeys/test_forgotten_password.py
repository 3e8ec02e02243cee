"""Registered already: the same path binds a phone (seed Q6), and sets a new password for one forgotten (seed Q7)."""

from __future__ import annotations

from nhi_sandbox.personas import Persona
from tests.journeys.acts import (
    NEW_PASSWORD,
    PASSWORD,
    given_a_bound_phone,
    given_a_proven_card,
    given_another_phone_of,
    then_they_are_signed_in,
    when_they_choose_a_password,
    when_they_keep_their_password,
    when_they_sign_out,
    when_they_unlock_with,
)
from tests.journeys.conftest import PickUp
from tests.journeys.phone import PhoneInHand


def test_registered_but_not_bound(phone: PhoneInHand, member: Persona) -> None:
    given_a_registration_without_a_phone(phone, member)
    when_they_come_to_the_last_step(phone, member)
    then_their_password_may_stay(phone)
    when_they_keep_their_password(phone)
    then_they_are_signed_in(phone, member)


def test_a_forgotten_password_is_set_anew(pick_up: PickUp, member: Persona) -> None:
    phone = pick_up(passkeys=False)
    given_a_bound_phone(phone, member)
    when_they_sign_out(phone)
    when_they_ask_what_to_do(phone)
    when_they_prove_who_they_are_and_choose_another(phone, member)
    when_they_sign_out(phone)
    then_the_old_password_is_refused(phone, member)
    then_the_new_one_opens(phone)


def given_a_registration_without_a_phone(phone: PhoneInHand, member: Persona) -> None:
    with given_another_phone_of(member, phone.place) as other:
        (device,) = other.keys
        other.open(f"/app/phones/{device}/delete").send(f"/app/phones/{device}/delete")


def when_they_come_to_the_last_step(phone: PhoneInHand, member: Persona) -> None:
    given_a_proven_card(phone, member)


def then_their_password_may_stay(phone: PhoneInHand) -> None:
    assert phone.page.get_by_label(phone.says("Keep my present password")).is_checked()
    assert phone.page.locator("[name=password]").is_hidden()


def when_they_ask_what_to_do(phone: PhoneInHand) -> None:
    phone.taps("I forgot my password").is_at("/help/q/7/")


def when_they_prove_who_they_are_and_choose_another(phone: PhoneInHand, member: Persona) -> None:
    given_a_proven_card(phone, member)
    phone.page.get_by_label(phone.says("Keep my present password")).uncheck()
    phone.look()
    when_they_choose_a_password(phone, NEW_PASSWORD)


def then_the_old_password_is_refused(phone: PhoneInHand, member: Persona) -> None:
    when_they_unlock_with(phone, member, PASSWORD)
    phone.is_told("D-08")


def then_the_new_one_opens(phone: PhoneInHand) -> None:
    phone.page.locator("#unlock-password").fill(NEW_PASSWORD)
    phone.page.locator("[data-password] button.button").tap()
    phone.reads("This phone is bound. Your services are open.")
