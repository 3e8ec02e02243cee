"""An address for notices: added by a typed code, changed, removed. Mails carry no links (DESIGN 4.4)."""

from __future__ import annotations

from nhi_sandbox.personas import Persona
from tests.journeys.acts import given_a_bound_phone
from tests.journeys.phone import PhoneInHand


def test_an_address_is_confirmed_by_a_typed_code(phone: PhoneInHand, member: Persona) -> None:
    address = f"member{member.phone[-4:]}@example.org"
    given_a_bound_phone(phone, member)
    when_they_open_the_page_from_home(phone)
    when_they_send_a_code_to(phone, "not an address")
    then_the_field_is_wrong(phone, "email", "I-05")
    when_they_send_a_code_to(phone, address)
    when_they_type_the_code(phone, "00000000")
    then_the_field_is_wrong(phone, "code", "I-06")
    when_they_type_the_code(phone, phone.mail_code(address))
    then_notices_go_to(phone, address)
    when_they_remove_it(phone)
    then_there_is_none(phone, address)


def when_they_open_the_page_from_home(phone: PhoneInHand) -> None:
    phone.goes_to("/app/").is_at("/app/").opens("E-mail for notices").is_at("/app/contact/")


def when_they_send_a_code_to(phone: PhoneInHand, address: str) -> None:
    phone.page.locator("#email").fill(address)
    phone.taps("Send me a code").is_at("/app/contact/")


def then_the_field_is_wrong(phone: PhoneInHand, field: str, code: str) -> None:
    phone.page.locator(f"#{field}-error").wait_for()
    phone.shows(code).look()


def when_they_type_the_code(phone: PhoneInHand, code: str) -> None:
    phone.types("code", code).taps("Confirm").is_at("/app/contact/")


def then_notices_go_to(phone: PhoneInHand, address: str) -> None:
    phone.page.locator(".notice.done").wait_for()
    phone.shows(address).look()
    assert phone.page.locator("[name=code]").count() == 0


def when_they_remove_it(phone: PhoneInHand) -> None:
    phone.taps("Remove the address")


def then_there_is_none(phone: PhoneInHand, address: str) -> None:
    phone.reads("Add an address").look()
    assert address not in phone.page.content()
