"""Dates as people type them, and those that could be meant in two ways."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nhi_express.units.typed import read_date

BORN = date(1986, 4, 12)


@pytest.mark.parametrize(
    "text",
    [
        *("1986-04-12", "1986/4/12", "1986.04.12", "19860412", "1986年4月12日", "西元1986年4月12日", "西元 1986/4/12"),
        *("75.4.12", "75/04/12", "75-4-12", "075/04/12", "0750412", "750412", "75年4月12日", "民國75年4月12日"),
        *(
            "中華民國 75 年 4 月 12 日",
            "民75.4.12",
            "民國75/4/12",
            "７５．４．１２",
            "７５／０４／１２",
            "１９８６－０４－１２",
        ),
        *(" 1986-04-12 ", "1986 / 4 / 12", "\u200b75.4.12", "1986-04-12 00:00:00", "1986-04-12T00:00:00.000"),
        *("1986/4/12 0:00", "75.4.12\r\n", "1986-04-12\u3000"),
    ],
)
def test_a_date_is_read_in_each_of_its_forms(text: str) -> None:
    assert read_date(text) == BORN


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1120304", date(2023, 3, 4)),
        ("112/3/4", date(2023, 3, 4)),
        ("0250412", date(1936, 4, 12)),
        ("025/4/12", date(1936, 4, 12)),
        ("民國25.4.12", date(1936, 4, 12)),
        ("25年4月12日", date(1936, 4, 12)),
        ("民國5年1月2日", date(1916, 1, 2)),
        ("民國元年1月2日", None),
        ("32.1.2", date(1943, 1, 2)),
        ("320102", date(1943, 1, 2)),
        ("2024-02-29", date(2024, 2, 29)),
        ("113.2.29", date(2024, 2, 29)),
    ],
)
def test_years_that_are_told_by_their_length_or_era(text: str, day: date | None) -> None:
    assert read_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        # A day, a month or a year may come first.
        *(
            "25/04/12",
            "12/04/05",
            "31.1.1",
            "250412",
            "310101",
            "120304",
            "4/12/1986",
            "12-04-1986",
            "04121986",
            "5.4.12",
        ),
        # No such day.
        *("1986-02-29", "114.2.29", "1986-13-01", "75.4.31", "0751301", "19860431", "1986-00-10", "750400"),
        # No such era, and nobody was born then.
        *("民國1986年4月12日", "西元75年4月12日", "1859-12-31", "0986-04-12", "9999999"),
        # No date.
        *("", " ", "75.4", "75.4/12", "75..12", "abc", "31514", "-1", "1986-W15-6", "1986-04-12 08:30", "75.4.12之前"),
        *("٧٥.٤.١٢", "²75.4.12x", "1986-4-123", "75.4.12" * 10, "1" * 10_000),
    ],
)
def test_what_could_be_meant_in_two_ways_or_in_none_is_no_date(text: str) -> None:
    assert read_date(text) is None


@given(st.dates(date(1943, 1, 1), date(2100, 12, 31)))
def test_every_day_comes_back_from_each_form(day: date) -> None:
    roc = day.year - 1911
    forms = [f"{day:%Y/%m/%d}", f"{day:%Y%m%d}", f"{roc}.{day.month}.{day.day}", f"{roc:03d}{day:%m%d}"]
    assert {read_date(form) for form in (day.isoformat(), *forms, f"民國{roc}年{day.month}月{day.day}日")} == {day}


@given(st.text(max_size=40) | st.text("0123456789./-年月日民國西元 :T０９／", max_size=16))
@example("0000-00-00")
@example("0/0/0")
def test_any_text_is_a_date_or_none_and_nothing_else_happens(text: str) -> None:
    assert read_date(text) is None or read_date(text).year >= 1860  # type: ignore[union-attr]
