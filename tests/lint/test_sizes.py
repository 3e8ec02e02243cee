"""Lengths of functions and files, and names that say nothing."""

from pathlib import Path

import pytest

from lint.sizes import LONGEST_FILE, figures, file_faults, function_lengths


def _function(lines: int) -> str:
    return "def f():\n" + "    x = 1\n" * (lines - 1)


def test_a_length_runs_from_def_to_the_end_with_docstring_and_nested_functions() -> None:
    outer = 'def outer():\n    """Doc."""\n    def inner():\n        return 1\n    return inner\n'
    source = f"{outer}\n\nasync def other(): ...\n"
    assert sorted(function_lengths(source)) == [1, 2, 5]


@pytest.mark.parametrize(
    ("lengths", "words"),
    [
        pytest.param([5] * 90 + [16] * 10, [], id="within"),
        pytest.param([8] * 100, ["median"], id="median"),
        pytest.param([5] * 80 + [30] * 20, ["one function in ten"], id="ninetieth-percentile"),
        pytest.param([5] * 99 + [51], ["over 50"], id="one-in-a-hundred-over-fifty"),
        pytest.param([5] * 399 + [51], [], id="one-in-four-hundred-over-fifty"),
        pytest.param([40], [], id="too-few-to-judge"),
    ],
)
def test_figures_beyond_the_bounds_are_faults(lengths: list[int], words: list[str]) -> None:
    faults = list(figures(lengths).faults())
    assert len(faults) == len(words)
    assert all(word in fault for word, fault in zip(words, faults, strict=True))


def test_the_figures_are_told() -> None:
    assert str(figures([2, 4, 6])) == "3 functions: median 4, 90th percentile 5.6, over 50 lines 0.00%"


@pytest.mark.parametrize(
    ("name", "lines", "faults"),
    [
        ("flows.py", LONGEST_FILE, 0),
        ("flows.py", LONGEST_FILE + 1, 1),
        ("utils.py", 3, 1),
        ("helpers/dates.py", 3, 1),
        ("manager.py", LONGEST_FILE + 1, 2),
        ("uncommon.py", 3, 0),
    ],
)
def test_files_are_short_and_named(tmp_path: Path, name: str, lines: int, faults: int) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x = 1\n" * lines)
    assert len(list(file_faults([path]))) == faults
