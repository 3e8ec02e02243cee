"""Who may import whom: a small house is built for each case, and the project's own contracts judge it."""

import subprocess
import sys
from pathlib import Path

import pytest

from lint.tree import ROOT

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
ROOMS = ["core", "audit", "help", "members", "registration", "devices", "enrolment", "mobile", "services", "site"]

CASES = [
    pytest.param("site/views.py", "nhi_express.mobile.views", True, id="downwards"),
    pytest.param("mobile/flows.py", "nhi_express.enrolment.flows", True, id="a-channel-to-the-gate"),
    pytest.param("settings.py", "nhi_express.core.config", True, id="settings-from-core"),
    pytest.param("mobile/flows.py", "django.db", True, id="django-in-flows"),
    pytest.param("enrolment/flows.py", "nhi_express.mobile.flows", False, id="upwards"),
    pytest.param("mobile/flows.py", "nhi_express.services.flows", False, id="between-siblings"),
    pytest.param("audit/models.py", "nhi_express.help.flows", False, id="between-the-lower-siblings"),
    pytest.param("core/config.py", "nhi_express.settings", False, id="a-room-to-the-settings"),
    pytest.param("mobile/rules.py", "django.db", False, id="django-in-rules"),
    pytest.param("mobile/rules.py", "nhi_express.mobile.flows", False, id="django-in-rules-by-way-of-flows"),
    pytest.param("mobile/flows.py", "nhi_sandbox.server", False, id="the-house-to-the-sandbox"),
    pytest.param("/nhi_sandbox/server.py", "nhi_express.core.config", False, id="the-sandbox-to-the-house"),
    pytest.param("cellar/flows.py", "json", False, id="a-room-that-no-contract-knows"),
]


def _write(path: Path, imported: str = "json") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / "__init__.py").touch()
    path.write_text(f"import {imported}\n")


def _build(src: Path) -> None:
    for room in ROOMS:
        for name in ("rules", "flows", "views", "config"):
            _write(src / "nhi_express" / room / f"{name}.py")
    _write(src / "nhi_express" / "mobile" / "flows.py", "django.db")
    for name in ("cli", "settings", "urls", "wsgi", "__main__"):
        _write(src / "nhi_express" / f"{name}.py")
    _write(src / "nhi_sandbox" / "server.py")


def _judge(src: Path) -> subprocess.CompletedProcess[str]:
    # The folder comes first on the path, so that the small house is judged and not the installed one.
    code = f"import sys; sys.path.insert(0, {str(src)!r}); from importlinter.cli import lint_imports_command as c; c()"
    command = [sys.executable, "-c", code, "--no-cache", "--no-logo", "--config", str(ROOT / ".importlinter")]
    return subprocess.run(command, cwd=src, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("place", "imported", "allowed"), CASES)
def test_an_import_is_judged_by_the_contracts(tmp_path: Path, place: str, imported: str, allowed: bool) -> None:
    _build(tmp_path)
    path = tmp_path / place.removeprefix("/") if place.startswith("/") else tmp_path / "nhi_express" / place
    _write(path, imported)
    told = _judge(tmp_path)
    assert (told.returncode == 0) is allowed, told.stdout + told.stderr
    assert "0 broken" in told.stdout if allowed else "broken." in told.stdout or "exhaustive" in told.stdout.lower()
