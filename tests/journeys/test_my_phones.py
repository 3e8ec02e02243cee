"""A signed-in member's phones: seen with all their facts, renamed, disabled, enabled, deleted; five and no more."""

from __future__ import annotations

import re

from nhi_sandbox.member_phone import MemberPhone
from nhi_sandbox.personas import Persona
from tests.journeys.acts import (
    given_a_bound_phone,
    given_a_proven_card,
    given_another_phone_of,
    then_they_are_signed_in,
    when_they_keep_their_password,
    when_they_unlock,
)
from tests.journeys.conftest import PickUp
from tests.journeys.phone import PhoneInHand

COLUMNS = ("Platform", "Model", "Identifier", "Verified")


def test_rename_disable_enable_and_delete(pick_up: PickUp, member: Persona) -> None:
    old, new = pick_up(), pick_up()
    given_a_bound_phone(old, member)
    given_a_bound_phone(new, member, keep_password=True)
    then_both_are_listed_with_their_facts(new)
    when_they_rename_the_old_one(new, "媽媽的手機")
    when_they_change_the_old_one(new, "Disable")
    then_the_old_one_cannot_unlock(old, member)
    when_they_change_the_old_one(new, "Enable")
    then_the_old_one_unlocks(old, member)
    when_they_change_the_old_one(new, "Delete")
    then_the_old_one_is_not_bound(old)
    then_one_is_listed(new)


def test_the_phone_in_the_hand_may_be_given_up(phone: PhoneInHand, member: Persona) -> None:
    given_a_bound_phone(phone, member)
    when_they_change_the_old_one(phone, "Delete", leads_to="/app/")
    then_the_old_one_is_not_bound(phone)


def test_a_sixth_phone_takes_the_place_of_one(phone: PhoneInHand, member: Persona) -> None:
    others = given_five_phones(phone, member)
    given_a_proven_card(phone, member)
    then_they_are_asked_which_one_to_remove(phone)
    when_they_choose_none(phone)
    then_they_are_asked_again(phone)
    when_they_choose_the_first(phone)
    then_they_are_signed_in(phone, member)
    then_one_of_the_others_is_not_bound(others)


def then_both_are_listed_with_their_facts(phone: PhoneInHand) -> None:
    phone.goes_to("/app/").is_at("/app/").opens("My phones").is_at("/app/phones/")
    cards = phone.page.locator("main section.card").all_inner_texts()
    assert len(cards) == 2
    for text in cards:
        assert all(phone.says(column) in text for column in COLUMNS)
        assert "Android" in text and phone.says("Enabled") in text
        assert re.search(r"[0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4}", text)
        assert re.search(r"\d\d:\d\d:\d\d", text)
    assert phone.page.locator("main section.card .badge", has_text=phone.says("This phone")).count() == 1


def when_they_open_an_act(phone: PhoneInHand, act: str) -> None:
    # The phone bound first stands last.
    phone.goes_to("/app/phones/").page.locator(f"main section.card >> nth=-1 >> a[href$='/{act.lower()}']").tap()
    phone.page.wait_for_url(f"**/{act.lower()}")
    phone.look()


def when_they_rename_the_old_one(phone: PhoneInHand, name: str) -> None:
    when_they_open_an_act(phone, "Rename")
    phone.types("name", name).taps("Save").is_at("/app/phones/").shows(name)


def when_they_change_the_old_one(phone: PhoneInHand, act: str, leads_to: str = "/app/phones/") -> None:
    when_they_open_an_act(phone, act)
    phone.taps(act).is_at(leads_to)


def then_the_old_one_cannot_unlock(phone: PhoneInHand, member: Persona) -> None:
    phone.goes_to("/app/health-bank/").is_at("/app/unlock/")
    when_they_unlock(phone, member)
    phone.is_told("D-01")


def then_the_old_one_unlocks(phone: PhoneInHand, member: Persona) -> None:
    phone.goes_to("/app/health-bank/").is_at("/app/unlock/")
    when_they_unlock(phone, member)
    phone.is_at("/app/health-bank/")


def then_the_old_one_is_not_bound(phone: PhoneInHand) -> None:
    phone.goes_to("/app/health-bank/").is_at("/app/bind/")


def then_one_is_listed(phone: PhoneInHand) -> None:
    phone.goes_to("/app/phones/").is_at("/app/phones/")
    assert phone.page.locator("main section.card").count() == 1


def given_five_phones(phone: PhoneInHand, member: Persona) -> list[MemberPhone]:
    return [given_another_phone_of(member, phone.place, registered=number > 0) for number in range(5)]


def then_they_are_asked_which_one_to_remove(phone: PhoneInHand) -> None:
    assert phone.page.locator("[name=remove]").count() == 5
    phone.shows("D-03")


def when_they_choose_none(phone: PhoneInHand) -> None:
    phone.taps("Unlock and finish")


def then_they_are_asked_again(phone: PhoneInHand) -> None:
    phone.page.locator("#remove-error").wait_for()
    phone.look()


def when_they_choose_the_first(phone: PhoneInHand) -> None:
    phone.page.locator("[name=remove]").first.check()
    when_they_keep_their_password(phone)


def then_one_of_the_others_is_not_bound(others: list[MemberPhone]) -> None:
    paths = [other.open("/app/health-bank/").path for other in others]
    for other in others:
        other.phone.browser.close()
    assert sorted(paths) == ["/app/bind/"] + ["/app/health-bank/"] * 4
