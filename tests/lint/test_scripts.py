"""The scripts: each tells what it does, and refuses what it does not know."""

import os
import subprocess
from pathlib import Path

import pytest

from lint.tree import ROOT

SCRIPTS = sorted((ROOT / "script").iterdir())


def _run(script: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [script, *arguments], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("script", [*SCRIPTS, ROOT / ".ci" / "run"], ids=lambda path: path.name)
def test_a_script_is_strict_and_may_be_run(script: Path) -> None:
    lines = script.read_text("utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_in_one_line_what_it_does(script: Path) -> None:
    assert script.read_text("utf-8").splitlines()[1].startswith(f"# script/{script.name}")


@pytest.mark.parametrize("name", ["setup", "test", "lock", "bench"])
def test_help_is_told_without_doing_anything(name: str) -> None:
    told = _run(ROOT / "script" / name, "--help")
    assert told.returncode == 0
    assert told.stdout.startswith(f"script/{name}")


@pytest.mark.parametrize("arguments", [[], ["speed"]])
def test_an_unknown_bench_is_refused_with_the_names_there_are(arguments: list[str]) -> None:
    told = _run(ROOT / "script" / "bench", *arguments)
    assert told.returncode == 2
    assert "enrol, signin, import, units or dashboard" in told.stderr


def test_an_unknown_purpose_of_the_set_up_is_refused() -> None:
    told = _run(ROOT / "script" / "setup", NHI_SETUP="party")
    assert told.returncode == 1
    assert "demo or test" in told.stderr


def test_the_gate_is_the_test_script_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["exec script/test"]
