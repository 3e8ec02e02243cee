"""The news: told on their days, newest first, in the reader's language."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from nhi_express.help import news
from nhi_express.help.news import News, Words
from tests.help import wording

DAY = date(2026, 5, 1)


def item(name: str, at: int = 0, begins: int = 0, ends: int | None = None) -> News:
    """News of a day, told between days counted from :data:`DAY`."""
    day = timedelta(days=1)
    until = None if ends is None else DAY + ends * day
    return News(DAY + at * day, Words(name, name), Words("", ""), DAY + begins * day, until)


@pytest.mark.parametrize(
    ("begins", "ends", "told"),
    [(0, None, True), (-9, None, True), (1, None, False), (0, 0, True), (-9, -1, False), (-9, 3, True)],
)
def test_news_are_told_from_their_first_day_to_their_last(begins: int, ends: int | None, told: bool) -> None:
    one = item("x", begins=begins, ends=ends)
    assert news.current((one,), DAY) == ([one] if told else [])


def test_the_newest_come_first_and_those_of_one_day_as_given() -> None:
    items = (item("old", -5, -5), item("new", -1, -5), item("also new", -1, -5), item("oldest", -9, -9))
    assert [one.title.en for one in news.current(items, DAY)] == ["new", "also new", "old", "oldest"]


def test_words_are_in_the_language_of_the_page() -> None:
    words = Words("公告", "News")
    with translation.override("en"):
        assert str(words) == "News"
    with translation.override("zh-hant"):
        assert str(words) == "公告"


def test_a_file_is_read_with_and_without_a_last_day() -> None:
    row = """[[news]]\ndate = 2026-05-01\nfrom = 2026-05-02\n{until}title.zh = "甲"\ntitle.en = "A"\n{texts}"""
    texts = """text.zh = "乙"\ntext.en = "B"\n"""
    read = news.read(row.format(until="until = 2026-05-03\n", texts=texts) + row.format(until="", texts=texts))
    assert [one.valid_until for one in read] == [date(2026, 5, 3), None]
    assert read[0].valid_from == date(2026, 5, 2)
    with pytest.raises(KeyError):
        news.read(row.format(until="", texts=""))
    assert news.read("") == ()


def test_the_file_of_this_release_is_whole_and_passes_the_proofreader() -> None:
    assert news.all_news()
    for one in news.all_news():
        assert one.valid_until is None or one.valid_from <= one.valid_until
        assert one.title.en and one.text.en
        assert [fault for text in (one.title.zh, one.text.zh) for fault in wording.faults(text)] == []


def test_the_page_tells_the_news_of_the_day() -> None:
    with time_machine.travel(date(2026, 12, 1)):
        shown = Client(headers={"accept-language": "en"}).get("/help/news/").content.decode()
    titles = [one.title.en for one in news.current_news(date(2026, 12, 1))]
    assert titles
    assert sorted(titles, key=shown.index) == titles


def test_the_page_says_so_when_there_are_none() -> None:
    with time_machine.travel(date(2020, 1, 1)):
        shown = Client().get("/help/news/").content.decode()
    assert "目前沒有公告" in shown
    assert "<article" not in shown
