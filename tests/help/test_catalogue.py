"""Every refusal says what happened and what to do, in both languages, in words that can be read aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
import time_machine
from django.utils import translation

from nhi_express.help import questions
from nhi_express.help.catalogue import Entry, Problem
from nhi_express.help.errors import Refused
from tests.help import wording

LANGUAGES = ("zh-hant", "en")
# Printed in letters and read out on the telephone: these never change.
CODES = {
    "M": 12,
    "A": 6,
    "C": 21,
    "V": 5,
    "R": 6,
    "D": 10,
    "L": 3,
    "P": 4,
    "I": 11,
    "G": 5,
}
# These families have a part for each subject, with room behind it.
PARTS = {
    "U": (range(1, 8), range(10, 27), range(30, 37), range(40, 44)),
    "S": (range(1, 7), range(10, 17), range(20, 23), range(30, 35), (40, 50, 60), range(70, 72)),
}


def texts(entry: Entry) -> Iterator[str]:
    """Every text of an entry, in the language in force."""
    yield from (str(text) for text in (entry.title, entry.body, *entry.now))
    if entry.detail is not None:
        yield str(entry.detail)


def in_language(entry: Entry, language: str) -> list[str]:
    with translation.override(language):
        return list(texts(entry))


def test_codes_are_unique_and_complete() -> None:
    wanted = {f"{letter}-{number:02}" for letter, count in CODES.items() for number in range(1, count + 1)}
    wanted |= {f"{letter}-{number:02}" for letter, parts in PARTS.items() for part in parts for number in part}
    codes = [problem.value.code for problem in Problem]
    assert len(codes) == len(set(codes))
    assert set(codes) == wanted


@pytest.mark.parametrize(
    ("code", "name", "status"),
    [
        ("M-01", "NOT_ON_MOBILE_NETWORK", 403),
        ("M-02", "PREPAID", 403),
        ("M-09", "DATA_DO_NOT_MATCH", 403),
        ("M-12", "OPERATOR_DOWN", 503),
        ("A-02", "ATTEMPT_EXPIRED", 410),
        ("D-09", "PHONE_NOT_BOUND", 401),
        ("L-01", "LOCKED", 429),
        ("I-09", "ID_NUMBER_CHECKSUM", 400),
        ("G-04", "SERVER_ERROR", 500),
    ],
)
def test_codes_stay_what_they_were(code: str, name: str, status: int) -> None:
    problem = Problem.by_code(code)
    assert (problem.name, problem.value.status) == (name, status)


def test_a_code_is_found_as_people_type_it() -> None:
    assert Problem.by_code(" m-02 ") is Problem.PREPAID


def test_an_unknown_code_is_not_found() -> None:
    with pytest.raises(KeyError):
        Problem.by_code("M-99")


@pytest.mark.parametrize("problem", Problem)
def test_status_is_an_error_that_http_knows(problem: Problem) -> None:
    assert HTTPStatus(problem.value.status) >= HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize("problem", Problem)
def test_every_problem_says_what_happened_and_what_to_do(problem: Problem) -> None:
    assert problem.value.now
    for language in LANGUAGES:
        assert all(text.strip() == text != "" for text in in_language(problem.value, language))


@pytest.mark.parametrize("problem", Problem)
def test_every_text_is_translated_with_the_same_placeholders(problem: Problem) -> None:
    pairs = zip(in_language(problem.value, "en"), in_language(problem.value, "zh-hant"), strict=True)
    for english, chinese in pairs:
        assert re.search("[\u4e00-\u9fff]", chinese), f"not translated: {english}"
        assert set(re.findall(r"\{\w*\}", english)) == set(re.findall(r"\{\w*\}", chinese))


@pytest.mark.parametrize("problem", Problem)
def test_only_the_detail_has_placeholders(problem: Problem) -> None:
    whole = [problem.value.title, problem.value.body, *problem.value.now]
    assert not any("{" in str(text) for text in whole)


@pytest.mark.parametrize("problem", Problem)
def test_the_chinese_passes_the_proofreader(problem: Problem) -> None:
    assert [fault for text in in_language(problem.value, "zh-hant") for fault in wording.faults(text)] == []


@pytest.mark.parametrize("problem", Problem)
def test_it_links_to_an_answer_that_exists(problem: Problem) -> None:
    entry = problem.value
    if entry.question is None:
        assert entry.anchor == ""
        assert entry.code[0] in "GIS", "what staff meet stands in no answer for members"
        return
    asked = questions.question(entry.question)
    assert entry.anchor in {asked.anchor, *(part.anchor for part in asked.parts)}


def test_wifi_is_explained_with_its_other_causes_and_both_kinds_of_phone() -> None:
    for language in LANGUAGES:
        whole = " ".join(in_language(Problem.NOT_ON_MOBILE_NETWORK.value, language))
        assert all(word in whole for word in ("Wi-Fi", "VPN", "iPhone", "Android"))
        assert "roaming" in whole or "漫遊" in whole


def test_the_common_answer_names_no_single_cause() -> None:
    english, chinese = (in_language(Problem.DATA_DO_NOT_MATCH.value, language)[1] for language in ("en", "zh-hant"))
    assert "do not say which" in english
    assert "不會說是哪一項" in chinese


def test_times_are_told_on_taiwans_clock() -> None:
    until: dict[str, object] = {"until": datetime(2026, 11, 23, 6, 32, 10, tzinfo=UTC)}
    with time_machine.travel(datetime(2026, 11, 22, 17, 0, tzinfo=UTC)):
        _told_at(until, "14:32:10")
    with time_machine.travel(datetime(2026, 11, 22, 6, 33, tzinfo=UTC)):
        _told_at(until, "11/23 14:32:10")


def _told_at(until: dict[str, object], shown: str) -> None:
    with translation.override("en"):
        assert Problem.LOCKED.value.told(until).endswith(f"Nothing is lost. You can try again at {shown}.")
    with translation.override("zh-hant"):
        assert Problem.LOCKED.value.told(until).endswith(f"您的資料都還在。{shown} 以後可以再試。")


def test_without_its_values_the_detail_is_left_out() -> None:
    with translation.override("en"):
        assert Problem.LOCKED.value.told({}) == str(Problem.LOCKED.value.body)
        assert Problem.PREPAID.value.told({"until": 1}) == str(Problem.PREPAID.value.body)


def test_a_refusal_says_its_code_and_nothing_else() -> None:
    refusal = Refused(Problem.WRONG_PASSWORD, left=3)
    assert (str(refusal), refusal.details) == ("D-08", {"left": 3})
    assert "3" not in repr(refusal)
