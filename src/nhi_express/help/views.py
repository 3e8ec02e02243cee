"""HTTP of the help pages. They know nobody: the same for every reader, signed in or not."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from nhi_express.core import clock
from nhi_express.help import hotline, news, policies, questions
from nhi_express.help import terms as all_terms
from nhi_express.help.answers.blocks import Question
from nhi_express.help.catalogue import Problem

_SUBJECTS: tuple[tuple[Promise, tuple[int, ...]], ...] = (
    (_("Before you begin"), (1, 2, 6, 10, 12)),
    (_("When something does not work"), (4, 5, 9, 11, 8)),
    (_("Phone, password and numbers"), (3, 7, 13, 14)),
)
# By the first letter of the code.
_FAMILIES: dict[str, Promise] = {
    "M": _("About the mobile number"),
    "A": _("About the steps"),
    "C": _("About the NHI card and its reader"),
    "V": _("About device codes"),
    "R": _("About the registration"),
    "D": _("About phones"),
    "L": _("After many tries"),
    "P": _("About the password"),
    "I": _("About what was typed"),
    "U": _("About insured units and their lists"),
    "S": _("For staff of counters and of the hotline"),
    "G": _("Everything else"),
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All questions, by subject."""
    subjects = [(title, [questions.question(number) for number in numbers]) for title, numbers in _SUBJECTS]
    return render(request, "help/index.html", {"subjects": subjects, "call": hotline})


@require_safe
def question(request: HttpRequest, number: int) -> HttpResponse:
    """One question with its answer, and the refusals that it explains."""
    try:
        asked = questions.question(number)
    except KeyError as error:
        raise Http404 from error
    return render(request, "help/question.html", question_context(asked))


def question_context(asked: Question) -> dict[str, object]:
    """What ``help/question.html`` needs."""
    return {
        "question": asked,
        "problems": [shown(problem) for problem in questions.problems_of(asked.number)],
        "at": {part.anchor: [shown(problem) for problem in questions.problems_at(part.anchor)] for part in asked.parts},
        "see": [questions.question(other) for other in asked.see],
        "facts_of": questions.FACTS_OF,
        "call": hotline,
    }


@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    """Every code that a refusal may show, by family."""
    return render(request, "help/codes.html", {"families": families(Problem)})


def families(problems: Iterable[Problem]) -> list[tuple[Promise, list[dict[str, object]]]]:
    """The problems in the order of their codes, under the names of their families."""
    grouped = groupby(problems, key=lambda problem: problem.value.code[0])
    return [(_FAMILIES[letter], [shown(problem) for problem in members]) for letter, members in grouped]


@require_safe
def code(request: HttpRequest, code: str) -> HttpResponse:
    """One code: what happened, what to do now, and the question that explains it."""
    try:
        problem = Problem.by_code(code)
    except KeyError as error:
        raise Http404 from error
    return render(request, "help/code.html", {"problem": shown(problem)})


def shown(problem: Problem) -> dict[str, object]:
    """A problem as the help pages list it, with where it is explained."""
    entry = problem.value
    answer = f"{reverse('help:question', args=[entry.question])}#{entry.anchor}" if entry.question else ""
    asked = questions.question(entry.question).title if entry.question else ""
    url = reverse("help:code", args=[entry.code])
    return {"entry": entry, "url": url, "answer": answer, "asked": asked}


@require_safe
def terms(request: HttpRequest, version: str | None = None) -> HttpResponse:
    """The terms in force, or those of an earlier version that somebody agreed to."""
    wanted = all_terms.current(clock.today()) if version is None else all_terms.find(version)
    if wanted is None:
        raise Http404
    return render(request, "help/terms.html", {"terms": wanted, "text": wanted.html(get_language())})


@require_safe
def policy(request: HttpRequest, name: str) -> HttpResponse:
    """One of the site's policies."""
    return render(request, "help/policy.html", policy_context(name))


def policy_context(name: str) -> dict[str, object]:
    """What ``help/policy.html`` needs."""
    shown = policies.POLICIES[name]
    return {"policy": shown, "text": shown.html(get_language()), "call": hotline}


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """The news of the moment: outages first, then the newest."""
    return render(request, "help/news.html", {"news": news.current_news(clock.now())})
