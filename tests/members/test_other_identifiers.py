"""Identifiers besides the ID number, and what holds for every text that is read as one."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nhi_express.help.catalogue import Problem
from nhi_express.members.rules import (
    CardNumber,
    HouseholdNumber,
    IdentifierError,
    IdNumber,
    MobileNumber,
    parse_last4,
)

PARSERS: dict[str, Callable[[str], object]] = {
    "id": IdNumber.parse,
    "card": CardNumber.parse,
    "household": HouseholdNumber.parse,
    "mobile": MobileNumber.parse,
    "last4": parse_last4,
}


def refusal(parse: Callable[[str], object], text: str) -> str:
    with pytest.raises(IdentifierError) as caught:
        parse(text)
    assert text not in str(caught.value) or not text
    return caught.value.problem_name


@pytest.mark.parametrize(
    "name",
    [
        "ID_NUMBER_INVALID",
        "ID_NUMBER_CHECKSUM",
        "ID_NUMBER_IS_PERMIT_NUMBER",
        "PHONE_NUMBER_INVALID",
        "CARD_LAST4_INVALID",
    ],
)
def test_what_members_type_is_worded_in_the_catalogue(name: str) -> None:
    assert Problem[name].value.status == 400


@pytest.mark.parametrize("parse", PARSERS.values(), ids=PARSERS)
@given(text=st.text() | st.text("0123456789ABab+-() .０９年月日民國\ud800\0", max_size=70))
@example(text="٠٩١٢٣٤٥٦٧٨")
@example(text="²²²²")
def test_any_text_is_read_or_refused_and_nothing_else_happens(parse: Callable[[str], object], text: str) -> None:
    try:
        assert parse(text)
    except IdentifierError as error:
        assert error.problem_name


@pytest.mark.parametrize("parse", PARSERS.values(), ids=PARSERS)
@pytest.mark.parametrize("text", ["9" * 10_240, "A" + " " * 10_240, "\ufdfa" * 10_240, "+" * 10_240, "(" * 10_240])
def test_ten_kilobytes_are_refused_at_once(parse: Callable[[str], object], text: str) -> None:
    begun = time.perf_counter()
    assert refusal(parse, text)
    assert time.perf_counter() - begun < 0.02


@pytest.mark.parametrize(
    ("text", "last4"), [("0000 1234 5678", "5678"), ("００００１２３４５６７８", "5678"), ("0000-0000-0000", "0000")]
)
def test_card_numbers(text: str, last4: str) -> None:
    assert CardNumber.parse(text).last4 == last4
    assert parse_last4(last4) == last4


@pytest.mark.parametrize("text", ["", "00001234567", "0000123456789", "00001234567X", "²²²²²²²²²²²²x"])
def test_no_card_numbers(text: str) -> None:
    assert refusal(CardNumber.parse, text) == "CARD_NUMBER_INVALID"


@pytest.mark.parametrize("text", ["", "567", "56789", "56 7", "abcd", "٥٦٧٨"])
def test_no_last_four(text: str) -> None:
    assert refusal(parse_last4, text) == "CARD_LAST4_INVALID"


@pytest.mark.parametrize(
    ("text", "value", "unusual"),
    [
        ("b1234567", "B1234567", False),
        ("Ｂ 123-4567", "B1234567", False),
        ("12345678", "12345678", True),
        ("F123", "F123", True),
    ],
)
def test_household_numbers_of_another_form_are_only_unusual(text: str, value: str, unusual: bool) -> None:
    assert HouseholdNumber.parse(text) == HouseholdNumber(value, unusual)


@pytest.mark.parametrize(
    "text",
    [
        "0912345678",
        "+886912345678",
        "886 912 345 678",
        "+886 0912-345-678",
        "+886(0)912345678",
        "００886912345678",
        "０９１２－３４５－６７８",
        "\u202a0912 345 678\u202c",
    ],
)
def test_mobile_numbers(text: str) -> None:
    number = MobileNumber.parse(text)
    assert (number.e164, str(number)) == ("+886912345678", "+886912345678")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0800030598",
        "0212345678",
        "+85298765432",
        "091234567",
        "09123456789",
        "call 0912345678",
        "0912345678 ext 5",
        "0912345678/0922345678",
        "09abcdefgh",
        "tel:0912345678",
        "0912345678\0",
        "+",
    ],
)
def test_no_mobile_numbers_of_taiwan(text: str) -> None:
    assert refusal(MobileNumber.parse, text) == "PHONE_NUMBER_INVALID"


@given(st.integers(10_000_000, 79_999_999).map("09{}".format))
def test_a_mobile_number_reads_the_same_in_each_of_its_forms(local: str) -> None:
    try:
        number = MobileNumber.parse(local)
    except IdentifierError:
        return
    assert MobileNumber.parse(number.e164) == number
    assert "0" + number.e164.removeprefix("+886") == local
