"""When it fails: the cause, what to do now, the best other way for this person, the hotline, and a stable code."""

from __future__ import annotations

import pytest

from nhi_sandbox.personas import Persona
from tests.journeys.acts import given_a_proven_line, given_accepted_terms, when_they_type_their_numbers
from tests.journeys.conftest import PickUp
from tests.journeys.people import named
from tests.journeys.phone import PhoneInHand

AGAIN, CARD, COUNTER = "/app/bind/mobile/line", "/help/q/12/", "/help/offices/"
REFUSALS = [
    ("wifi", "M-01", AGAIN),
    ("prepaid", "M-02", CARD),
    ("parent_child", "M-03", COUNTER),
    ("company", "M-04", CARD),
    ("mvno", "M-05", CARD),
    ("lost_phone", "M-06", CARD),
    ("unlisted", "M-07", CARD),
    ("wrong_number", "M-08", AGAIN),
    ("not_own", "M-09", AGAIN),
    ("contract_unknown", "M-10", CARD),
    ("sim_changed", "M-11", CARD),
    ("operator_error", "M-12", AGAIN),
]


@pytest.mark.parametrize(("key", "code", "best"), REFUSALS, ids=[key for key, _, _ in REFUSALS])
def test_a_refused_line(phone: PhoneInHand, key: str, code: str, best: str) -> None:
    when_they_try_with_their_line(phone, named(key))
    then_they_read_the_cause_and_what_to_do(phone, code)
    then_the_best_other_way_is_the_one_button(phone, best)
    then_the_hotline_is_there(phone)
    then_the_answer_to_why_is_one_tap_away(phone)


@pytest.mark.parametrize("language", ["zh"])
def test_the_same_words_for_all_data_that_do_not_match(pick_up: PickUp) -> None:
    """Not one's own line, not insured, died: nobody can learn which."""
    words = set()
    for key in ("not_own", "not_insured", "deceased", "insurance_ended"):
        phone = pick_up()
        when_they_try_with_their_line(phone, named(key))
        words.add(phone.is_told("M-09").page.locator("main").inner_text())
    assert len(words) == 1


def test_wifi_off_and_it_works(phone: PhoneInHand, member: Persona) -> None:
    given_wifi_is_on(phone, member)
    then_they_read_the_cause_and_what_to_do(phone, "M-01")
    when_they_switch_it_off_and_try_again(phone, member)
    phone.is_at("/app/bind/mobile/card")


def test_wrong_digits_of_the_card_and_then_the_right_ones(phone: PhoneInHand, member: Persona) -> None:
    given_a_proven_line(phone, member)
    when_they_type(phone, "12a4")
    then_the_digits_are_wrong(phone, "I-04")
    when_they_type(phone, a_wrong_card(member))
    then_the_digits_are_wrong(phone, "M-09")
    when_they_type(phone, member.card_number[-4:])
    phone.is_at("/app/bind/mobile/finish")


def test_five_wrong_tries_and_a_pause(phone: PhoneInHand, member: Persona) -> None:
    given_a_proven_line(phone, member)
    for _ in range(5):
        when_they_type_and_send(phone, a_wrong_card(member))
    when_they_come_back_with_the_right_ones(phone, member)
    phone.is_told("L-01")
    then_the_hotline_is_there(phone)


def test_numbers_mistyped_are_told_at_their_fields(phone: PhoneInHand, member: Persona) -> None:
    given_accepted_terms(phone, member)
    for number, identity, codes in MISTYPED:
        phone.types("number", number).types("id_number", identity).taps("Next")
        phone.page.locator("#id_number-error").wait_for()
        phone.look()
        errors = " ".join(phone.page.locator("p.error").all_inner_texts())
        assert all(code in errors for code in codes), errors
    when_they_type_their_numbers(phone, member)
    phone.is_at("/app/bind/mobile/card")


MISTYPED = [
    ("02 2345 6789", "A123456788", ("I-03", "I-09")),
    ("0912 345 67", "12 3456 7890 12", ("I-03", "I-02")),
    ("", "", ("I-10",)),
    ("📱", "媽媽", ("I-03", "I-01")),
]


def when_they_try_with_their_line(phone: PhoneInHand, person: Persona) -> None:
    given_accepted_terms(phone, person)
    when_they_type_their_numbers(phone, person)
    phone.is_at("/app/bind/mobile/refused")


def then_they_read_the_cause_and_what_to_do(phone: PhoneInHand, code: str) -> None:
    assert phone.page.locator("footer strong.number").inner_text() == code
    assert phone.page.locator(".notice.refused h1").inner_text()
    assert phone.page.locator(".notice.refused p").inner_text()


def then_the_best_other_way_is_the_one_button(phone: PhoneInHand, best: str) -> None:
    assert phone.page.locator(".actions a.button").get_attribute("href") == best
    phone.reads("Best for you")
    assert phone.page.locator(".options .badge").count() == 1


def then_the_hotline_is_there(phone: PhoneInHand) -> None:
    phone.shows("0800-030-598").shows("(02)4128-678")


def then_the_answer_to_why_is_one_tap_away(phone: PhoneInHand) -> None:
    phone.page.locator(".actions a.quiet").tap()
    phone.page.wait_for_url("**/help/q/**")
    phone.look().goes_back().is_at("/app/bind/mobile/refused")


def given_wifi_is_on(phone: PhoneInHand, member: Persona) -> None:
    given_accepted_terms(phone, member)
    phone.takes_sim_of(member, "wifi")
    when_they_type_their_numbers(phone, member)
    phone.is_at("/app/bind/mobile/refused")


def when_they_switch_it_off_and_try_again(phone: PhoneInHand, member: Persona) -> None:
    phone.takes_sim_of(member, "mobile").taps("Try once more").is_at("/app/bind/mobile/line")
    when_they_type_their_numbers(phone, member)


def a_wrong_card(member: Persona) -> str:
    return f"{(int(member.card_number[-4:]) + 1) % 10_000:04d}"


def when_they_type(phone: PhoneInHand, last4: str) -> None:
    phone.types("last4", last4).taps("Next")


def when_they_type_and_send(phone: PhoneInHand, last4: str) -> None:
    with phone.page.expect_navigation():
        when_they_type(phone, last4)


def then_the_digits_are_wrong(phone: PhoneInHand, code: str) -> None:
    phone.page.locator("#last4-error").wait_for()
    phone.shows(code).look()


def when_they_come_back_with_the_right_ones(phone: PhoneInHand, member: Persona) -> None:
    given_a_proven_line(phone, member)
    when_they_type(phone, member.card_number[-4:])
