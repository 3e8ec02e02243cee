"""The steps of 行動電話認證 (seed Q2) and of unlocking, as people do them."""

from __future__ import annotations

from nhi_express.members.rules import masked_name
from nhi_sandbox.member_phone import MemberPhone
from nhi_sandbox.personas import Persona
from nhi_sandbox.place import Place
from tests.journeys.phone import PhoneInHand

PASSWORD = "a quiet river in spring"
NEW_PASSWORD = "another quiet river"


def given_a_bound_phone(phone: PhoneInHand, member: Persona, *, keep_password: bool = False) -> None:
    """The whole way, from the terms to the end."""
    given_a_proven_card(phone, member)
    when_they_keep_their_password(phone) if keep_password else when_they_choose_a_password(phone)


def given_a_proven_card(phone: PhoneInHand, member: Persona) -> None:
    """All steps but the last."""
    given_a_proven_line(phone, member)
    when_they_type_their_card(phone, member)


def given_a_proven_line(phone: PhoneInHand, member: Persona) -> None:
    """The way to the third step."""
    given_accepted_terms(phone, member)
    when_they_type_their_numbers(phone, member)
    phone.is_at("/app/bind/mobile/card")


def given_accepted_terms(phone: PhoneInHand, member: Persona) -> None:
    """The member's SIM in the phone, and the way to the second step."""
    phone.takes_sim_of(member).goes_to("/app/bind/mobile/terms").is_at("/app/bind/mobile/terms")
    when_they_accept_the_terms(phone)


def given_another_phone_of(member: Persona, place: Place, *, registered: bool = False) -> MemberPhone:
    """One more phone of the member, bound over HTTP: what is on its screen is not looked at."""
    other = place.phone()
    other.to_card(member).type_last4(member.types["last4"]).finish(*((None,) if registered else ()))
    assert other.path == "/app/bind/mobile/done"
    return other


def when_they_accept_the_terms(phone: PhoneInHand) -> None:
    """Step 1."""
    phone.page.get_by_label(phone.says("I have read this and agree")).check()
    phone.taps("Next").is_at("/app/bind/mobile/line")


def when_they_type_their_numbers(phone: PhoneInHand, member: Persona) -> None:
    """Step 2; the browser then goes through the operator by itself."""
    typed = member.types
    phone.types("number", typed["phone"]).types("id_number", typed["id_number"]).taps("Next")


def when_they_type_their_card(phone: PhoneInHand, member: Persona) -> None:
    """Step 3."""
    phone.types("last4", member.types["last4"]).taps("Next").is_at("/app/bind/mobile/finish")


def when_they_choose_a_password(phone: PhoneInHand, password: str = PASSWORD) -> None:
    """Step 4, and the phone's own unlock."""
    phone.types("password", password)
    when_they_keep_their_password(phone)


def when_they_keep_their_password(phone: PhoneInHand) -> None:
    """Step 4 of somebody who is registered: nothing but the phone's own unlock."""
    phone.taps("Unlock and finish").is_at("/app/bind/mobile/done").reads("Mobile verification complete")


def when_they_sign_out(phone: PhoneInHand) -> None:
    """On the home page."""
    phone.goes_to("/app/").is_at("/app/").taps("Sign out").is_at("/app/")


def when_they_unlock(phone: PhoneInHand, member: Persona) -> None:
    """Tap one's name among the members of this phone."""
    phone.page.locator("[data-unlock] button[data-device]", has_text=masked_name(member.name)).tap()


def when_they_unlock_with(phone: PhoneInHand, member: Persona, password: str) -> None:
    """The same on a phone without a passkey."""
    when_they_unlock(phone, member)
    phone.page.locator("#unlock-password").fill(password)
    phone.look().page.locator("[data-password] button.button").tap()


def then_they_are_signed_in(phone: PhoneInHand, member: Persona) -> None:
    """The counter shows what the register holds of this very member."""
    phone.goes_to("/app/nhi-counter/").is_at("/app/nhi-counter/")
    phone.shows(masked_name(member.name)).shows(f"**** **** {member.card_number[-4:]}")
