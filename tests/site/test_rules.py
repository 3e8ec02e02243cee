"""How values are written for people."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_express.site import rules


@pytest.mark.parametrize(
    ("day", "language", "text"),
    [
        (date(2026, 11, 23), "zh-hant", "民國115年11月23日"),
        (date(1912, 1, 1), "zh-hant", "民國1年1月1日"),
        (date(1911, 12, 31), "zh-hant", "民國前1年12月31日"),
        (date(2026, 11, 3), "en", "3 Nov 2026"),
    ],
)
def test_days(day: date, language: str, text: str) -> None:
    """Years count from the Republic's first, 1912."""
    assert rules.day_text(day, language) == text


def test_moments_are_told_on_taiwans_clock() -> None:
    """Late evening in UTC is the next day in Taiwan."""
    moment = datetime(2026, 11, 22, 18, 32, 10, tzinfo=UTC)
    assert rules.moment_text(moment, "zh-hant") == "民國115年11月23日 02:32:10"
    assert rules.clock_text(moment) == "02:32:10"
    assert rules.day_text(moment, "zh-hant") == "民國115年11月23日"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0912345678", "0912 345 678"),
        ("+886912345678", "0912 345 678"),
        ("0912-345-678", "0912 345 678"),
        ("(02)4128-678", "(02)4128-678"),
        ("", ""),
    ],
)
def test_phone_numbers(number: str, text: str) -> None:
    """Mobile numbers are grouped; what is none is left alone."""
    assert rules.grouped_phone(number) == text


def test_codes_are_grouped() -> None:
    """As on the code page."""
    assert rules.grouped("3G4F10M1") == "3G4F 10M1"
    assert rules.grouped("9f3c27aa51d04e8b") == "9f3c 27aa 51d0 4e8b"


def test_id_numbers_are_masked() -> None:
    """Four digits stay hidden, all of a short one."""
    assert rules.masked_id("A123456789") == "A12****789"
    assert rules.masked_id("A1234") == "*****"


@given(st.text(alphabet="ABCDEFGHIJ0123456789", min_size=7, max_size=12))
def test_a_masked_id_number_never_shows_its_middle(number: str) -> None:
    """Whatever its length."""
    masked = rules.masked_id(number)
    assert len(masked) == len(number)
    assert set(masked[3:-3]) == {"*"}
