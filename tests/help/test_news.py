"""The news: told on their days, newest first, in the reader's language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from nhi_express.help import news
from nhi_express.help.models import Notice
from nhi_express.help.news import News, Severity, Words
from tests.help import wording

NOW = datetime(2026, 5, 1, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


def item(name: str, begins: int = 0, ends: int | None = None, severity: Severity = Severity.NEWS) -> News:
    """News told between hours counted from :data:`NOW`."""
    until = None if ends is None else NOW + ends * HOUR
    return News(name, Words(name, name), Words("", ""), NOW + begins * HOUR, until, severity)


@pytest.mark.parametrize(
    ("begins", "ends", "told"),
    [(0, None, True), (-9, None, True), (1, None, False), (-9, 0, False), (-9, -1, False), (-9, 3, True)],
)
def test_news_are_told_from_their_beginning_until_their_end(begins: int, ends: int | None, told: bool) -> None:
    one = item("x", begins, ends)
    assert news.current((one,), NOW) == ([one] if told else [])
    assert news.current((replace(one, withdrawn=True),), NOW) == []


def test_outages_come_first_then_the_newest_and_those_of_one_moment_as_given() -> None:
    items = (item("old", -5), item("new", -1), item("also new", -1), item("pause", -7, 9, Severity.OUTAGE))
    assert [one.title.en for one in news.current(items, NOW)] == ["pause", "new", "also new", "old"]


def test_the_day_shown_is_taiwans() -> None:
    assert replace(item("x"), begins_at=datetime(2026, 4, 30, 16, tzinfo=UTC)).date == date(2026, 5, 1)


def test_words_are_in_the_language_of_the_page() -> None:
    words = Words("公告", "News")
    with translation.override("en"):
        assert str(words) == "News"
    with translation.override("zh-hant"):
        assert str(words) == "公告"


def test_a_file_is_read_with_and_without_a_last_day() -> None:
    row = """[[news]]\nkey = "{key}"\nfrom = 2026-05-02\n{until}title.zh = "甲"\ntitle.en = "A"\n{texts}"""
    texts = """text.zh = "乙"\ntext.en = "B"\n"""
    first = row.format(key="a", until="until = 2026-05-03\n", texts=texts)
    read = news.read(first + row.format(key="b", until="", texts=texts))
    # Both days are included, as Taiwan counts them.
    assert [one.ends_at for one in read] == [datetime(2026, 5, 3, 16, tzinfo=UTC), None]
    assert read[0].begins_at == datetime(2026, 5, 1, 16, tzinfo=UTC)
    with pytest.raises(KeyError):
        news.read(row.format(key="a", until="", texts=""))
    assert news.read("") == ()


def test_the_file_of_this_release_is_whole_and_passes_the_proofreader() -> None:
    assert len({one.key for one in news.shipped()}) == len(news.shipped()) > 0
    for one in news.shipped():
        assert one.ends_at is None or one.begins_at < one.ends_at
        assert one.title.en and one.text.en
        assert [fault for text in (one.title.zh, one.text.zh) for fault in wording.faults(text)] == []


def test_what_the_back_office_wrote_takes_the_place_of_the_shipped_item() -> None:
    words = {"title_zh": "甲", "title_en": "Mine", "text_zh": "乙", "text_en": "B"}
    key = news.shipped()[0].key
    Notice.objects.create(key=key, severity="news", begins_at=NOW, **words)
    assert news.all_news()[key].title.en == "Mine"
    assert len(news.all_news()) == len(news.shipped())


def test_the_page_tells_the_news_of_the_day() -> None:
    with time_machine.travel(date(2026, 12, 1)):
        shown = Client(headers={"accept-language": "en"}).get("/help/news/").content.decode()
    titles = [one.title.en for one in news.current_news(datetime(2026, 12, 1, tzinfo=UTC))]
    assert titles
    assert sorted(titles, key=shown.index) == titles


def test_the_page_says_so_when_there_are_none() -> None:
    with time_machine.travel(date(2020, 1, 1)):
        shown = Client().get("/help/news/").content.decode()
    assert "目前沒有公告" in shown
    assert "<article" not in shown
