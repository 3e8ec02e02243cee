"""健保卡網路服務註冊 when things go otherwise: reader, card, component, password, back button and tabs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from nhi_express.members.rules import masked_name
from nhi_sandbox.personas import Persona
from tests.journeys.computer import ComputerAtHand
from tests.journeys.people import named
from tests.journeys.portal_acts import (
    PASSWORD,
    given_a_card_read,
    household_of,
    when_they_accept_the_directions,
    when_they_choose_password_and_address,
    when_they_press_read,
    when_they_sign_in,
    when_they_type_household,
    when_they_type_the_mailed_code,
    when_they_type_their_household,
)

NEW_PASSWORD = "a lamp by the window"
OTHER = "vpn"


@pytest.mark.parametrize(("language", "key"), [("zh", "not_own"), ("en", "lost_phone")])
def test_what_is_wrong_with_reader_or_card_is_told_and_can_be_mended(computer: ComputerAtHand, key: str) -> None:
    member = named(key)
    when_they_accept_the_directions(computer)
    for code, happens, is_over in TROUBLES:
        happens(computer, member)
        computer.taps("Read")
        then_the_page_tells(computer, code, "Read")
        is_over(computer, member)
    computer.puts_in(member)
    when_they_press_read(computer)
    computer.shows(masked_name(member.name))


@pytest.mark.parametrize("language", ["zh"])
def test_the_environment_check_names_what_is_missing(computer: ComputerAtHand) -> None:
    member = named("not_own")
    given_no_component(computer, member)
    computer.goes_to("/portal/check/").sees_line("agent", "bad").is_told("C-01")
    then_it_says_what_to_do_about(computer, "agent")
    given_the_component_again(computer, member)
    computer.sees_line("agent", "good").sees_line("card", "bad").is_told("C-05")
    computer.puts_in(member, "broken").sees_line("nhi", "bad").is_told("C-07")
    computer.puts_in(member).sees_line("authentic", "good").reads("This computer is ready")
    computer.pulls_the_card().sees_line("card", "bad").sees_line("authentic", "waiting")


@pytest.mark.parametrize(("language", "key"), [("zh", "wifi"), ("en", "sixth_phone")])
def test_another_card_at_the_next_step_loses_nothing(computer: ComputerAtHand, key: str) -> None:
    member = named(key)
    given_a_card_read(computer, member)
    when_they_type_household(computer, member)
    computer.puts_in(named(OTHER)).taps("Next").is_told("C-12")
    then_what_they_typed_is_still_there(computer, member)
    then_nobody_is_named(computer, member)
    computer.puts_in(member).taps("Next").is_at("/portal/register/account")


@pytest.mark.parametrize(("language", "key"), [("zh", "unpaid"), ("en", "wrong_number")])
def test_a_forgotten_password(computer: ComputerAtHand, key: str) -> None:
    member, address = named(key), f"{key}@forgot.example.org"
    given_a_registration_made_before(computer, member, address)
    before = computer.mail_code(address)
    when_they_sign_in(computer, member, NEW_PASSWORD)
    computer.is_told("D-08")
    when_they_prove_who_they_are(computer, member)
    when_they_set_a_new_password(computer, computer.place.mailed_code(address, but=before))
    when_they_sign_in(computer, member)
    computer.is_told("D-08")
    when_they_sign_in(computer, member, NEW_PASSWORD)
    computer.reads("What would you like to do?")


@pytest.mark.parametrize(("language", "key"), [("zh", "returned")])
def test_signing_in_and_out_leaves_nothing_for_the_back_button(computer: ComputerAtHand, key: str) -> None:
    member = named(key)
    given_a_registration_made_before(computer, member, f"{key}@out.example.org")
    when_they_sign_in_without_a_card(computer)
    then_the_page_tells(computer, "C-05", "Sign in")
    when_they_put_it_in_and_press_again(computer, member)
    computer.opens("Update basic information").is_at("/portal/basics/").shows(f"{key}@out.example.org")
    computer.taps("Sign out").is_at("/portal/").reads("Sign in with your NHI card")
    computer.goes_back().is_at("/portal/")
    computer.goes_to("/portal/phones/").is_at("/portal/").reads("Sign in with your NHI card")
    assert computer.page.get_by_role("button", name=computer.says("Sign out")).count() == 0


@pytest.mark.parametrize("language", ["zh"])
def test_the_back_button_leads_to_where_the_attempt_stands(computer: ComputerAtHand) -> None:
    member, address = named("wrong_last4"), "back@journey.example.org"
    given_a_card_read(computer, member)
    when_they_type_their_household(computer, member)
    computer.goes_back().is_at("/portal/register/card").shows(masked_name(member.name))
    when_they_type_their_household(computer, member)
    when_they_choose_password_and_address(computer, address)
    computer.goes_back().is_at("/portal/register/confirm")
    computer.loads_again().is_at("/portal/register/confirm")
    when_they_type_the_mailed_code(computer, address)
    computer.goes_back().is_at("/portal/register/terms")


@pytest.mark.parametrize("language", ["en"])
def test_two_tabs_of_one_attempt(computer: ComputerAtHand) -> None:
    member, address = named("locked"), "tabs@journey.example.org"
    given_a_card_read(computer, member)
    first, second = computer.page, given_the_same_page_in_a_second_tab(computer)
    for tab in (first, second):
        when_they_type_their_household(computer.turns_to(tab), member)
    for tab in (first, second):
        when_they_choose_password_and_address(computer.turns_to(tab), address)
    when_they_type_the_mailed_code(computer, address)
    then_they_were_mailed_one_code(computer, address)


@pytest.mark.parametrize("language", ["zh"])
def test_a_tab_of_an_older_attempt_is_told_so(computer: ComputerAtHand) -> None:
    member = named("locked")
    given_a_card_read(computer, member)
    older = computer.page
    when_they_type_household(computer, member)
    computer.turns_to(computer.open_tab())
    when_they_accept_the_directions(computer)
    computer.turns_to(older).taps("Next").is_told("A-01")


# What goes wrong with reader and card, and how it is over.


def given_no_component(computer: ComputerAtHand, _member: Persona) -> None:
    """As if nobody listened there."""
    computer.page.route(f"{computer.place.component}/**", lambda route: route.abort("connectionrefused"))


def given_the_component_again(computer: ComputerAtHand, _member: Persona) -> None:
    computer.page.unroute_all()


def given_an_old_component(computer: ComputerAtHand, _member: Persona) -> None:
    computer.page.route(f"{computer.place.component}/version", _answer({"version": "0.0.1"}))


def given_a_card_pulled_too_early(computer: ComputerAtHand, member: Persona) -> None:
    """That the component says so when it happens is proven with real cards in tests/card_agent."""
    computer.puts_in(member)
    computer.page.route(f"{computer.place.component}/read", _answer({"code": "CARD_PULLED"}, 409))


def given_a_card_in_each_reader(computer: ComputerAtHand, member: Persona) -> None:
    computer.plugs_in(1).puts_in(member).puts_in(named(OTHER), reader=1)


def given_one_card_less(computer: ComputerAtHand, _member: Persona) -> None:
    computer.pulls_the_card(reader=1)


def given_a_card(kind: str) -> Callable[[ComputerAtHand, Persona], None]:
    def put_in(computer: ComputerAtHand, member: Persona) -> None:
        computer.puts_in(member, kind)

    return put_in


def given_an_empty_reader(computer: ComputerAtHand, _member: Persona) -> None:
    computer.pulls_the_card()


def _answer(told: dict[str, str], status: int = 200) -> Callable[[Route], None]:
    """Answer as the component would, to whoever it would let ask."""

    def answer(route: Route) -> None:
        allowed = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*, Authorization"}
        route.fulfill(status=status, json=told, headers=allowed)

    return answer


TROUBLES = (
    ("C-01", given_no_component, given_the_component_again),
    ("C-02", given_an_old_component, given_the_component_again),
    ("C-05", given_an_empty_reader, given_an_empty_reader),
    ("C-06", given_a_card("foreign"), given_an_empty_reader),
    ("C-07", given_a_card("broken"), given_an_empty_reader),
    ("C-08", given_a_card_pulled_too_early, given_the_component_again),
    ("C-11", given_a_card_in_each_reader, given_one_card_less),
    ("C-13", given_a_card("void"), given_an_empty_reader),
    ("C-14", given_a_card("copied"), given_an_empty_reader),
)


# What people do.


def when_they_sign_in_without_a_card(computer: ComputerAtHand) -> None:
    computer.goes_to("/portal/").is_at("/portal/").types("password", PASSWORD).taps("Sign in")


def when_they_put_it_in_and_press_again(computer: ComputerAtHand, member: Persona) -> None:
    computer.puts_in(member).taps("Sign in").is_at("/portal/").reads("What would you like to do?")


def when_they_prove_who_they_are(computer: ComputerAtHand, member: Persona) -> None:
    computer.goes_to("/portal/").is_at("/portal/").opens("Forgot your password?").is_at("/portal/forgot/")
    when_they_type_household(computer, member)
    computer.taps("Next").is_at("/portal/forgot/code")


def when_they_set_a_new_password(computer: ComputerAtHand, code: str) -> None:
    computer.types("code", code).types("password", NEW_PASSWORD).taps("Set the password")
    computer.is_at("/portal/forgot/done")


def given_a_registration_made_before(computer: ComputerAtHand, member: Persona, address: str) -> None:
    """Made over HTTP: what is on those pages is looked at elsewhere."""
    with computer.place.computer() as other:
        other.apply(member, address, PASSWORD).type_code(computer.place.mailed_code(address))
        assert other.path == "/portal/register/done"


def given_the_same_page_in_a_second_tab(computer: ComputerAtHand) -> Page:
    tab = computer.open_tab()
    tab.goto(computer.page.url)
    return tab


# What they see.


def then_the_page_tells(computer: ComputerAtHand, code: str, button: str) -> None:
    """The notice has the focus, says what to do, and the form is there still."""
    computer.is_told(code)
    notice = computer.page.locator(".notice:focus")
    expect(notice.get_by_text(code)).to_be_visible()
    assert notice.locator("li").count() >= 1
    assert computer.page.get_by_role("button", name=computer.says(button), exact=True).is_enabled()


def then_it_says_what_to_do_about(computer: ComputerAtHand, line: str) -> None:
    mend = computer.page.locator(f'[data-check="{line}"] [data-mend]')
    expect(mend).to_be_visible()
    assert mend.inner_text().strip()


def then_what_they_typed_is_still_there(computer: ComputerAtHand, member: Persona) -> None:
    for name, value in household_of(member).items():
        assert computer.page.locator(f"[name={name}]").input_value() == value


def then_nobody_is_named(computer: ComputerAtHand, member: Persona) -> None:
    shown = computer.page.locator("main").inner_text()
    assert masked_name(member.name) not in shown
    assert masked_name(named(OTHER).name) not in shown


def then_they_were_mailed_one_code(computer: ComputerAtHand, address: str) -> None:
    assert len([text for text in computer.mails(address) if re.search(r"\b\d{4} \d{4}\b", text)]) == 1
