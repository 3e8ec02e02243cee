"""Starting from the command line."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from nhi_sandbox.commands import app
from tests.environment import free_port

SERVE = ["serve", "--port", "0", "--smtp-port", "0", "--site-jwks-uri", "http://127.0.0.1:1/jwks.json"]
SERVE += ["--client-id", "nhi", "--redirect-uri", "http://app.localhost:8000/app/bind/mobile/back"]
ROOT = Path(__file__).parents[2]
SOURCES = os.pathsep.join((str(ROOT / "src"), str(ROOT / "card_agent" / "src")))


def _environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "NHI_ENV"}
    return {**kept, "PYTHONPATH": SOURCES, **more}


def test_it_starts_on_loopback_only_and_leaves_the_operators(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nhi_sandbox", *SERVE, "--data", str(tmp_path / "var")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment()) as process:
        assert process.stdout is not None
        word, browser_base, back_base = process.stdout.readline().split()
        health = httpx2.get(f"{back_base}/control/health").json()
        process.terminate()
    assert (word, health["status"]) == ("sandbox", "ok")
    assert browser_base.startswith("http://operators.localhost:")
    assert back_base.startswith("http://127.0.0.1:")
    operators = json.loads((tmp_path / "var" / "operators.json").read_text(encoding="utf-8"))
    assert operators[0]["api_root"] == f"{back_base}/op/cht"


def test_it_runs_the_card_component_for_one_portal() -> None:
    port, origin = free_port(), "http://app.localhost:8000"
    command = [sys.executable, "-m", "nhi_sandbox", *SERVE, "--agent-port", str(port), "--agent-origin", origin]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment()) as process:
        assert process.stdout is not None
        back_base = process.stdout.readline().split()[2]
        httpx2.get(f"{back_base}/control/health").raise_for_status()
        version = httpx2.get(f"http://127.0.0.1:{port}/version", headers={"Origin": origin})
        process.terminate()
    assert version.json()["name"] == "nhi-card-agent"
    assert process.returncode == -signal.SIGTERM


def test_it_never_starts_in_production() -> None:
    command = [sys.executable, "-m", "nhi_sandbox", *SERVE]
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(NHI_ENV="production"), check=False)
    assert done.returncode == 2
    assert "production" in done.stderr
    assert not done.stdout


def test_a_taken_port_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NHI_ENV", raising=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(app, [port if word == "0" and n == 2 else word for n, word in enumerate(SERVE)])
    assert result.exit_code == 2


def test_a_register_is_written(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["synth", str(tmp_path / "r.csv"), "--count", "10", "--seed", "3"])
    assert result.exit_code == 0
    assert (tmp_path / "r.csv").read_text(encoding="utf-8").startswith("id_number,former_id_numbers,name,")
    assert CliRunner().invoke(app, ["synth", str(tmp_path / "no" / "r.csv")]).exit_code == 2
