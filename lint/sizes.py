"""Functions short enough to read at once, files that are one thing, and modules whose names say what they hold.

The bounds are taken from the best code measured for the design (django-allauth's `mfa`: median 5 lines, 90th
percentile 16, none over 50). A function's length is all its lines from `def` to its end, docstring included.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from lint.tree import ROOT, conclude, python_files

MOST_MEDIAN = 7
MOST_P90 = 20
LONG_FUNCTION = 50
MOST_LONG_SHARE = 0.005
LONGEST_FILE = 350
NAMES_THAT_SAY_NOTHING = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc"}


@dataclass(frozen=True, slots=True)
class Figures:
    """Lengths of functions in lines: how many functions, the middle, nine in ten, and the share over fifty."""

    count: int
    median: float
    p90: float
    long_share: float

    def __str__(self) -> str:
        middle = f"median {self.median:g}, 90th percentile {self.p90:g}"
        return f"{self.count} functions: {middle}, over {LONG_FUNCTION} lines {self.long_share:.2%}"

    def faults(self) -> Iterator[str]:
        """What lies beyond the bounds."""
        if self.median > MOST_MEDIAN:
            yield f"the median function has {self.median:g} lines, more than {MOST_MEDIAN}"
        if self.p90 > MOST_P90:
            yield f"one function in ten has more than {self.p90:g} lines; the bound is {MOST_P90}"
        if self.long_share > MOST_LONG_SHARE:
            yield f"{self.long_share:.2%} of functions have over {LONG_FUNCTION} lines, more than {MOST_LONG_SHARE:.1%}"


def function_lengths(source: str) -> list[int]:
    """Length in lines of each function of ``source``, nested ones and methods too."""
    nodes = ast.walk(ast.parse(source))
    functions = (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in functions]


def figures(lengths: list[int]) -> Figures:
    """The figures of ``lengths``. Two functions or more are needed to speak of tenths; of fewer nothing is said."""
    if len(lengths) < 2:
        return Figures(len(lengths), 0, 0, 0)
    share = sum(length > LONG_FUNCTION for length in lengths) / len(lengths)
    return Figures(len(lengths), median(lengths), quantiles(lengths, n=10, method="inclusive")[-1], share)


def file_faults(paths: Iterable[Path]) -> Iterator[str]:
    """Files that are too long or whose names, or whose folders' names, say nothing."""
    for path in paths:
        length = len(path.read_text("utf-8").splitlines())
        if length > LONGEST_FILE:
            yield f"{path}: {length} lines, more than {LONGEST_FILE}; is it still one thing?"
        if NAMES_THAT_SAY_NOTHING & {path.stem, path.parent.name}:
            yield f"{path}: a name that says nothing; name what it holds"


def main() -> None:
    """Measure `src`, `lint` and `bench` together, and look at every file."""
    files = [path.relative_to(ROOT) for path in python_files()]
    measured = [path for path in files if path.parts[0] != "tests"]
    found = figures([length for path in measured for length in function_lengths((ROOT / path).read_text("utf-8"))])
    print(found)  # noqa: T201
    conclude([*found.faults(), *file_faults(files)])


if __name__ == "__main__":
    main()
