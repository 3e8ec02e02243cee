"""Identity numbers: every published vector, what is forgiven, and what no typing can get through.

The vectors marked (1) are ported from the tests of taiwan-id-validator 2.1.0 (MIT License, Copyright (c) 2021 enylin),
those marked (2) from the tests of validid 3.0.0 (MIT License, Copyright (c) 2017 - present Edditoria).
"""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_express.help.catalogue import Problem
from nhi_express.members.rules import LONGEST_INPUT, IdentifierError, IdKind, IdNumber
from nhi_sandbox.identifiers import BODIES, LETTERS, SECOND, id_number

# (1)
NATIONAL_1 = ["A123456789", "F131104093", "O158238845", "N116247806", "L122544270", "C180661564", "Y123456788"]
UI_NEW_1 = [
    *("A800000014", "A900207177", "A803095426", "B801300667", "C800151116", "H802717288"),
    *("T900251126", "A930196810", "A870000015", "A880000018", "A890000011"),
]
UI_LEGACY_1 = [
    *("AB23456789", "AA00000009", "AB00207171", "AC03095424", "BD01300667"),
    *("CC00151114", "HD02717288", "TD00251124", "AD30196818"),
]
CHECKSUM_1 = [
    *("A123456788", "A123456780", "F131104091", "O158238842", "AA00000000", "A800000000", "F931104091", "O958238842"),
    *("a800000009", "AA23456789"),
]
FORM_1 = [
    *("", "A1234567899", "A12345678", "2123456789", "1123456789", "1234567890", "A323456789", "A423456789"),
    *("A523456789", "A623456789", "A723456789", "AA234567899", "AA2345678", "AA1234567", "1A23456789", "AE23456785"),
    *("FG31104091", "OY58238842", "A8923456"),
]
# (2)
NATIONAL_2 = ["A123456789", "M115187864", "Z256783650"]
UI_NEW_2 = ["A800000014", "C987654321", "A823456783", "A923456785"]
UI_LEGACY_2 = [
    *("AB12345677", "AC12345679", "AB00207171", "AC03095424", "BD01300667", "CC00151114", "HD02717288", "TD00251124"),
]
CHECKSUM_2 = ["A234567890", "AB12345670", "AD12345678", "HC12345678"]
FORM_2 = [
    *("A12345678", "A1234567890", "AB1234566", "AB123456780", "A12345678X", "AXXXXXXXX9", "0123456789"),
    *("AB1234567X", "ABC1234567", "D012345678", "E345678901", "AE12345673", "YZ50000001"),
]

VALID = [
    *((text, IdKind.NATIONAL) for text in (*NATIONAL_1, *NATIONAL_2)),
    *((text, IdKind.UI_NEW) for text in (*UI_NEW_1, *UI_NEW_2)),
    *((text, IdKind.UI_LEGACY) for text in (*UI_LEGACY_1, *UI_LEGACY_2)),
]
INVALID = [
    *((text, "ID_NUMBER_CHECKSUM") for text in (*CHECKSUM_1, *CHECKSUM_2, "A987654321")),
    # The last one stands in a health record guide as an example.
    *((text, "ID_NUMBER_INVALID") for text in (*FORM_1, *FORM_2, "Z596839485")),
]
# Of the digits from the third place on.
WEIGHTS = (7, 6, 5, 4, 3, 2, 1, 1)

numbers = st.builds(
    id_number,
    st.sampled_from(sorted(SECOND)),
    st.sampled_from(LETTERS),
    st.booleans(),
    st.integers(0, BODIES - 1),
)


def refusal(text: str) -> str:
    """The name of the problem that a text is refused with."""
    with pytest.raises(IdentifierError) as caught:
        IdNumber.parse(text)
    return caught.value.problem_name


@pytest.mark.parametrize(("text", "kind"), VALID)
def test_a_published_number_is_taken_for_what_it_is(text: str, kind: IdKind) -> None:
    read = IdNumber.parse(text)
    assert (str(read), read.kind, read.is_foreign) == (text, kind, kind is not IdKind.NATIONAL)


@pytest.mark.parametrize(("text", "problem"), INVALID)
def test_a_published_wrong_number_is_refused(text: str, problem: str) -> None:
    assert refusal(text) == problem


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a123456789",
            "Ａ１２３４５６７８９",
            "ａ１２３４５６７８９",
            " A123456789 ",
            "A 1234 56789",
            "A-123-456-789",
        ),
        *("A-123-456-789", "A－123－456－789", "A‐123–456—789", "A_123.456.789", "(A)123456789", "（Ａ）123456789"),
        *(
            "A123456789\r\n",
            "\u3000A123456789",
            "\ufeffA123456789",
            "A\u200b123456789",
            "\u202aA123456789\u202c",
            "\u00a0A123456789",
        ),
    ],
)
def test_how_it_was_typed_is_forgiven(text: str) -> None:
    assert IdNumber.parse(text) == IdNumber("A123456789", IdKind.NATIONAL)


def test_a_legacy_number_in_small_full_width_letters_is_read_too() -> None:
    assert IdNumber.parse("ａｂ２３４５６７８９").kind is IdKind.UI_LEGACY


@pytest.mark.parametrize("text", ["012345678901", "０１２３４５６７８９０１", "0123 4567 8901", "012345-678901"])
def test_the_number_of_a_residence_permit_gets_its_own_hint(text: str) -> None:
    assert refusal(text) == "ID_NUMBER_IS_PERMIT_NUMBER"


@pytest.mark.parametrize("text", ["01234567890", "0123456789012", "A12345678901"])
def test_another_length_gets_no_hint_about_permits(text: str) -> None:
    assert refusal(text) == "ID_NUMBER_INVALID"


@pytest.mark.parametrize(
    ("text", "day", "usable"),
    [
        ("AB23456789", date(2026, 11, 23), True),
        ("AB23456789", date(2030, 12, 31), True),
        ("AB23456789", date(2031, 1, 1), False),
        ("A800000014", date(2031, 1, 1), True),
        ("A123456789", date(2031, 1, 1), True),
    ],
)
def test_a_legacy_number_may_be_used_to_the_end_of_2030(text: str, day: date, usable: bool) -> None:
    assert IdNumber.parse(text).usable(day) is usable


@given(numbers)
def test_every_number_that_can_be_issued_is_taken_and_comes_back(number: str) -> None:
    assert str(IdNumber.parse(number)) == number
    assert IdNumber.parse(str(IdNumber.parse(number))) == IdNumber.parse(number)


@given(numbers, st.integers(2, 9), st.integers(1, 9))
def test_a_single_wrong_digit_is_refused_wherever_the_public_formula_can_see_it(
    number: str, place: int, more: int
) -> None:
    typed = f"{number[:place]}{(int(number[place]) + more) % 10}{number[place + 1 :]}"
    # A digit that is 5 off under an even weight, or 2, 4, 6 or 8 off under the weight 5, moves the sum by full tens.
    if WEIGHTS[place - 2] * more % 10:
        assert refusal(typed) == "ID_NUMBER_CHECKSUM"
    else:
        assert str(IdNumber.parse(typed)) == typed


@given(st.text(max_size=LONGEST_INPUT + 10))
def test_any_text_is_a_number_or_refused_with_a_problem_of_the_catalogue(text: str) -> None:
    try:
        assert len(str(IdNumber.parse(text))) == 10
    except IdentifierError as error:
        assert error.problem_name in Problem.__members__


@given(st.text(alphabet="AaＡZ0１２９89-－ .\u200b\ud800\x00٣一", max_size=20))
def test_nearly_right_text_is_a_number_or_refused(text: str) -> None:
    try:
        assert IdNumber.parse(text).value.isascii()
    except IdentifierError as error:
        assert error.problem_name.startswith("ID_NUMBER")


@pytest.mark.parametrize("filler", ["A", " ", "-", "１", "ﷺ", "\u0300", "1" * 10 + "-"])
def test_ten_kilobytes_are_refused_at_once(filler: str) -> None:
    begun = time.perf_counter()
    assert refusal(("A123456789" + filler * 10_240)[:10_240]) == "ID_NUMBER_INVALID"
    assert time.perf_counter() - begun < 0.05
