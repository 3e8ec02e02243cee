"""The bench runs: what it measures in a second is no figure, but that it measures at all is tested."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_sign_ins_are_measured_against_their_floor() -> None:
    command = [sys.executable, "-m", "bench.signin", "--json", "--seconds", "1", "--phones", "2"]
    environment = {**os.environ, "NHI_ENV": "demo"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["bench"], told["runs"], told["target"]) == ("signin", 3, 0.45)
    assert told["value"] > 0 and told["floor"] > 0
