"""The help pages: the list, questions of each make, codes, terms."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from nhi_express.core import clock
from nhi_express.help import hotline, news, policies, questions, terms, views
from nhi_express.help.catalogue import Problem
from nhi_express.site.gallery.page import Context, Page
from nhi_express.site.jinja import page_language

_CODES = ("PREPAID", "NOT_FOUND", "LOCKED")
_QUESTIONS = range(1, 15)
# One of each make: ways, steps, parts with codes, notices, a picture.
_SHOWN = (1, 4, 9, 12, 14)


def _index() -> Context:
    return {"subjects": [("1-14", [questions.question(number) for number in _QUESTIONS])], "call": hotline}


def _question(number: int) -> Context:
    return views.question_context(questions.question(number))


def _codes() -> Context:
    return {"families": views.families(Problem)}


def _code(name: str) -> Context:
    return {"problem": views.shown(Problem[name])}


def _terms() -> Context:
    shown = terms.current(clock.today())
    return {"terms": shown, "text": shown.html(page_language())}


def _policy(name: str) -> Context:
    return views.policy_context(name)


def _news() -> Context:
    return {"news": news.current_news(datetime(2026, 12, 1, tzinfo=UTC))}


PAGES = (
    Page("help", "help/index.html", {"all": _index}),
    Page("question", "help/question.html", {f"q{number}": partial(_question, number) for number in _SHOWN}),
    Page("codes", "help/codes.html", {"all": _codes}),
    Page("code", "help/code.html", {name.lower().replace("_", "-"): partial(_code, name) for name in _CODES}),
    Page("help-terms", "help/terms.html", {"present": _terms}),
    Page("policy", "help/policy.html", {name: partial(_policy, name) for name in policies.POLICIES}),
    Page("news", "help/news.html", {"some": _news, "none": {"news": []}}),
)
