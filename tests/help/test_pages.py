"""The pages answer in both languages, lead to one another, and say "no such page" where there is none."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from nhi_express.core import clock
from nhi_express.help import hotline, policies, questions, terms
from nhi_express.help.catalogue import Problem

pytestmark = pytest.mark.django_db
LANGUAGES = {"zh-hant": "zh-Hant-TW", "en": "en"}
PAGES = [
    "/help/",
    "/help/codes/",
    "/help/terms/",
    f"/help/terms/{terms.VERSIONS[0].version}/",
    *(f"/help/{name}/" for name in policies.POLICIES),
    "/help/news/",
    *(f"/help/q/{number}/" for number in range(1, 15)),
    *(f"/help/codes/{problem.value.code}/" for problem in Problem),
]


def page(path: str, language: str = "zh-hant") -> str:
    """The page at ``path``, which must answer 200."""
    response = Client(headers={"accept-language": language}).get(path)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_pages_answer_in_the_readers_language(path: str, language: str) -> None:
    shown = page(path, language)
    assert f'<html lang="{LANGUAGES[language]}"' in shown
    assert shown.count("<h1") == 1
    ids = re.findall(r'\sid="([^"]+)"', shown)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "path",
    ["/help/q/0/", "/help/q/15/", "/help/q/x/", "/help/codes/M-99/", "/help/codes/M-02-/", "/help/terms/1999-01-01/"],
)
def test_what_does_not_exist_is_not_found(path: str) -> None:
    assert Client().get(path).status_code == 404


def test_addresses_are_those_that_refusals_print() -> None:
    assert reverse("help:index") == "/help/"
    assert reverse("help:question", args=[9]) == "/help/q/9/"
    assert reverse("help:codes") == "/help/codes/"
    assert reverse("help:code", args=["M-02"]) == "/help/codes/M-02/"
    assert reverse("help:terms") == "/help/terms/"
    assert reverse("help:news") == "/help/news/"
    assert [reverse(f"help:{name}") for name in policies.POLICIES] == [
        "/help/privacy/",
        "/help/security-policy/",
        "/help/copyright/",
    ]


@pytest.mark.parametrize("problem", Problem)
def test_a_code_leads_to_its_answer_and_the_answer_to_the_code(problem: Problem) -> None:
    entry = problem.value
    if entry.question is None:
        assert "/help/q/1/" in page(f"/help/codes/{entry.code}/")
        return
    assert f'href="/help/q/{entry.question}/#{entry.anchor}"' in page(f"/help/codes/{entry.code}/")
    answer = page(f"/help/q/{entry.question}/")
    assert f'id="{entry.anchor}"' in answer
    assert f'href="/help/codes/{entry.code}/"' in answer


def test_the_index_leads_to_every_question_and_the_list_to_every_code() -> None:
    index, codes = page("/help/"), page("/help/codes/")
    assert all(f'href="/help/q/{question.number}/"' in index for question in questions.QUESTIONS)
    assert all(f'href="/help/codes/{problem.value.code}/"' in codes for problem in Problem)


@pytest.mark.parametrize("path", ["/help/", "/help/q/4/", "/help/q/8/"])
def test_the_hotline_can_be_tapped(path: str) -> None:
    shown = page(path)
    for number in (hotline.FREE, hotline.LOCAL, hotline.MOBILE):
        assert f'<a class="number" href="tel:{number.dialled}">{number.shown}</a>' in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_terms_page_shows_the_words_that_are_hashed(language: str) -> None:
    assert str(terms.current(clock.today()).html(language)) in page("/help/terms/", language)
    for version in terms.VERSIONS:
        assert str(version.html(language)) in page(f"/help/terms/{version.version}/", language)


@pytest.mark.parametrize(("number", "file"), [(13, "household-number"), (14, "card-number")])
def test_drawings_are_shown_with_words(number: int, file: str) -> None:
    assert re.search(rf'<img src="/static/help/{file}[^"]*\.svg" alt="[^"]+示意圖[^"]+"', page(f"/help/q/{number}/"))


def test_nothing_is_written_by_reading() -> None:
    assert Client().post("/help/").status_code == 405
