"""The fourteen questions of the insurer's own sheet, answered anew.

Numbers and anchors never change: refusals, letters and other sites link to them.
"""

from __future__ import annotations

from datetime import date

from nhi_express.help.answers import lines, numbers, ways
from nhi_express.help.answers.blocks import Question
from nhi_express.help.catalogue import Problem

# What the answers say of operators and offices was so on this day.
FACTS_OF = date(2026, 11, 23)

QUESTIONS: tuple[Question, ...] = tuple(
    sorted((*ways.QUESTIONS, *lines.QUESTIONS, *numbers.QUESTIONS), key=lambda question: question.number)
)
_BY_NUMBER = {question.number: question for question in QUESTIONS}


def question(number: int) -> Question:
    """The question of a number, 1 to 14. Raises :class:`KeyError`."""
    return _BY_NUMBER[number]


def problems_of(number: int) -> tuple[Problem, ...]:
    """The problems that a question explains, in the catalogue's order."""
    return tuple(problem for problem in Problem if problem.value.question == number)


def problems_at(anchor: str) -> tuple[Problem, ...]:
    """The problems that one part of an answer explains."""
    return tuple(problem for problem in Problem if problem.value.part == anchor)
