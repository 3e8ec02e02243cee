"""What every bench prints."""

from __future__ import annotations

import json

import pytest

from bench.report import Measure, parse, parser, show


def test_the_ratio_is_the_median_of_the_runs_own_ratios() -> None:
    measure = Measure("some", "acts/s", 0.5, [(10.0, 20.0), (3.0, 30.0), (9.0, 10.0)])
    assert (measure.value, measure.floor, measure.ratio) == (9.0, 20.0, 0.5)


def test_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    show(
        [Measure("some", "acts/s", 0.5, [(1.0, 2.0)] * 3), Measure("other", "rows/s", None, [(1.0, 1.0)])], as_json=True
    )
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert {"bench", "value", "unit", "floor", "ratio", "runs"} <= set(first)
    assert (first["runs"], first["ratio"], second["bench"]) == (3, 0.5, "other")


def test_a_median_of_two_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(parser("what"), ["--runs", "2"])
    assert "3 or more" in capsys.readouterr().err
