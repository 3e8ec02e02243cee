"""The one exception that members get to see."""

from __future__ import annotations

from nhi_express.help.catalogue import Problem


class Refused(Exception):
    """A request was refused for a reason of the catalogue.

    ``details`` are values for the problem's words: times, counts, codes. They may reach logs, so they hold nothing
    personal, and the exception's own text is the code alone.
    """

    def __init__(self, problem: Problem, **details: object) -> None:
        super().__init__(problem.value.code)
        self.problem = problem
        self.details: dict[str, object] = details

    def __str__(self) -> str:
        """The code, e.g. ``M-02``."""
        return self.problem.value.code
