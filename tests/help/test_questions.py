"""Fourteen questions, each at the address that refusals and letters point to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import translation
from django.utils.functional import Promise

from nhi_express.help import questions, views
from nhi_express.help.answers.blocks import CallUs, Link, Links, Part, Picture, Question
from nhi_express.help.catalogue import Problem
from tests.help import wording

CAUSES = {
    "q9-parent-child": Problem.PARENT_CHILD,
    "q9-prepaid": Problem.PREPAID,
    "q9-company": Problem.COMPANY,
    "q9-mvno": Problem.MVNO,
    "q9-suspended": Problem.SUSPENDED_LINE,
    "q9-not-own": None,
    "q9-other-operator": Problem.OPERATOR_UNLISTED,
}
# Where each answer leads to, in its order. Pages of other rooms: their paths are promised, not looked up.
PLACES = {
    1: [
        "/app/bind/mobile/terms",
        "/portal/",
        "/portal/check/",
        "/portal/download/",
        "/app/bind/code/",
        "/help/offices/",
    ],
    2: ["/app/bind/mobile/terms"],
    6: ["/app/bind/mobile/terms", "/app/bind/code/"],
    7: ["/app/bind/mobile/terms", "/portal/"],
    9: ["/portal/", "/app/bind/code/"],
    10: ["/help/offices/"],
    12: ["/portal/", "/app/bind/code/"],
}


def words(value: object) -> Iterator[str]:
    """Every translated text inside a question or a block."""
    if isinstance(value, Promise):
        yield str(value)
    elif isinstance(value, tuple):
        yield from (word for item in value for word in words(item))
    elif hasattr(value, "__dataclass_fields__"):
        yield from (word for field in fields(value) for word in words(getattr(value, field.name)))  # type: ignore[arg-type]


def in_language(question: Question, language: str) -> list[str]:
    with translation.override(language):
        return list(words(question))


def test_numbers_and_anchors_are_those_of_the_sheet() -> None:
    assert [question.number for question in questions.QUESTIONS] == list(range(1, 15))
    assert [question.anchor for question in questions.QUESTIONS] == [f"q{number}" for number in range(1, 15)]


def test_question_nine_names_the_seven_causes_in_their_order() -> None:
    assert [part.anchor for part in questions.question(9).parts] == list(CAUSES)


@pytest.mark.parametrize("anchor", [anchor for anchor, problem in CAUSES.items() if problem])
def test_each_cause_and_its_problem_point_to_each_other(anchor: str) -> None:
    assert questions.problems_at(anchor) == (CAUSES[anchor],)
    assert CAUSES[anchor] in questions.problems_of(9)


def test_anchors_are_unique() -> None:
    anchors = [part.anchor for question in questions.QUESTIONS for part in question.parts]
    assert len(anchors) == len(set(anchors))


def test_every_question_stands_in_the_index_once() -> None:
    listed = [number for _, numbers in views._SUBJECTS for number in numbers]
    assert sorted(listed) == list(range(1, 15))


def test_an_unknown_question_is_not_found() -> None:
    with pytest.raises(KeyError):
        questions.question(15)


@pytest.mark.parametrize("question", questions.QUESTIONS, ids=lambda question: question.anchor)
def test_every_answer_is_whole_in_both_languages(question: Question) -> None:
    english, chinese = in_language(question, "en"), in_language(question, "zh-hant")
    assert question.blocks
    assert len(english) == len(chinese) > 1
    assert not set(english) & set(chinese)


@pytest.mark.parametrize("question", questions.QUESTIONS, ids=lambda question: question.anchor)
def test_the_chinese_passes_the_proofreader(question: Question) -> None:
    # A heading's number, "1. ", is followed by its own space.
    assert [fault for text in in_language(question, "zh-hant") for fault in wording.faults(text)] == []


def test_operators_are_three_and_the_two_that_merged_are_named() -> None:
    text = " ".join(in_language(questions.question(5), "zh-hant"))
    assert all(name in text for name in ("中華電信", "台灣大哥大", "遠傳電信", "台灣之星", "亞太電信", "2023"))


def test_pictures_exist_and_have_words() -> None:
    pictures = [
        block for number in (13, 14) for block in questions.question(number).blocks if isinstance(block, Picture)
    ]
    assert len(pictures) == 2
    assert all(finders.find(picture.file) and str(picture.text) for picture in pictures)


def test_who_asks_for_a_person_gets_the_numbers() -> None:
    assert all(any(isinstance(block, CallUs) for block in questions.question(number).blocks) for number in (4, 8))


def links(question: Question) -> Iterator[Link]:
    """Every link of an answer, in its order."""
    for block in question.blocks:
        if isinstance(block, Links):
            yield from block.items
        elif isinstance(block, Part):
            yield from block.links


@pytest.mark.parametrize("question", questions.QUESTIONS, ids=lambda question: question.anchor)
def test_an_answer_leads_to_where_one_can_do_it(question: Question) -> None:
    assert [link.path for link in links(question)] == PLACES.get(question.number, [])


@pytest.mark.parametrize("number", PLACES)
def test_the_page_shows_every_link_with_its_words(number: int) -> None:
    shown = Client(headers={"accept-language": "en"}).get(f"/help/q/{number}/").content.decode()
    with translation.override("en"):
        missing = [str(link.text) for link in links(questions.question(number)) if f"{link.text}</a>" not in shown]
    assert missing == []
    assert [path for path in PLACES[number] if f'href="{path}"' not in shown] == []
