"""A responsible person registers their unit on the phone, and comes to the unit desk by the app and by the passkey."""

from __future__ import annotations

import pytest

from nhi_sandbox.personas import Persona
from nhi_sandbox.units import named_units
from tests.journeys.acts import given_a_bound_phone
from tests.journeys.people import named
from tests.journeys.phone import PhoneInHand

HEADS = [("zh", "firm_head", "firm"), ("en", "school_head", "school")]


@pytest.mark.parametrize(("language", "head", "unit"), HEADS)
def test_a_unit_is_registered_and_its_desk_opened_by_app_and_by_passkey(
    phone: PhoneInHand, head: str, unit: str
) -> None:
    given_a_bound_phone(phone, named(head))
    when_they_register_their_unit(phone, unit)
    then_the_app_leads_to_the_desk(phone, unit)
    when_they_sign_out_of_the_desk(phone)
    when_a_strangers_finger_tries_the_passkey(phone)
    when_they_sign_in_with_their_passkey_to(phone, "/units/officers/")
    then_they_cannot_end_their_own_duty(phone)
    then_a_question_is_answered_alike_for_anybody(phone, named("unit_meddler"))


def when_they_register_their_unit(phone: PhoneInHand, key: str) -> None:
    unit = named_units()[key]
    phone.goes_to("/app/").is_at("/app/").opens("Insured unit").is_at("/app/units/").reads("You act for no unit yet")
    phone.taps("Register a unit").is_at("/app/units/register")
    phone.types("code", unit.code).types("tax_id", unit.tax_id).types("certificate", "0000")
    phone.taps("Register this unit").is_at("/app/units/register").is_told("U-01")
    phone.types("certificate", unit.certificate).taps("Register this unit").is_at("/app/units/").shows(unit.name)


def then_the_app_leads_to_the_desk(phone: PhoneInHand, key: str) -> None:
    phone.taps("Open the unit desk").is_at("/units/lists/").shows(named_units()[key].code)


def when_they_sign_out_of_the_desk(phone: PhoneInHand) -> None:
    phone.taps("Sign out").is_at("/units/")


def when_a_strangers_finger_tries_the_passkey(phone: PhoneInHand) -> None:
    phone.recognises_its_owner(yes=False)
    phone.named(phone.says("Sign in with passkey")).tap()
    phone.reads("No passkey was used").look()
    phone.recognises_its_owner(yes=True)


def when_they_sign_in_with_their_passkey_to(phone: PhoneInHand, page: str) -> None:
    phone.goes_to(page).is_at("/units/").taps("Sign in with passkey").is_at(page)


def then_they_cannot_end_their_own_duty(phone: PhoneInHand) -> None:
    phone.page.locator("a[href$='/end']").first.tap()
    phone.reads("End your own duty?").look().taps("End my duty").reads("The last responsible person cannot leave")
    phone.is_told("U-06").goes_back().goes_to("/units/officers/").is_at("/units/officers/")


def then_a_question_is_answered_alike_for_anybody(phone: PhoneInHand, other: Persona) -> None:
    phone.types("id_number", other.id_number).taps("Ask").is_at("/units/officers/asked")
    phone.reads("The question is on its way").shows(f"{other.id_number[:3]}****{other.id_number[-3:]}")
