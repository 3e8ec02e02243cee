"""Registries and machines that tracked files may not name, and locks that hold."""

import subprocess
from pathlib import Path

import pytest

from lint.tracked import file_faults, line_faults, lock_faults, places
from lint.tree import ROOT, project_files

# Written apart: this file is tracked as well.
BAD_LINES = [
    "see https://" + "py" + "pi.org/project/x",
    "https://registry.npm" + "js.org/x",
    "https://example.test/x-1.0.tar" + ".gz",
    "https://mirror.test/sim" + "ple/x",
    "--index" + "-url https://mirror.test",
    "--find" + "-links wheels",
    "cd /ho" + "me/somebody/nhi",
    "cd /Us" + "ers/somebody/nhi",
    "cd /elsewhere/checkout/src",
    "cd /elsewhere/other",
]
GOOD_LINES = [
    "https://www.rfc-editor.org/rfc/rfc7638",
    "the home folder /home/ of people",
    "GET /app/home/phones/",
    "an index-url is what a lock may not hold",
]
HASH = "--hash=sha256:" + "0" * 64


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_registry_or_a_path_of_this_machine_is_a_fault(line: str) -> None:
    betraying = places(Path("/elsewhere/checkout"), Path("/root"))
    assert list(line_faults(line, betraying))


@pytest.mark.parametrize("line", GOOD_LINES)
def test_ordinary_addresses_and_paths_are_none(line: str) -> None:
    assert list(line_faults(line, places(Path("/app"), Path("/root")))) == []


def test_a_file_is_told_with_its_line_and_pictures_are_passed_by(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("fine\n" + BAD_LINES[0] + "\n")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\xff\xfe" + BAD_LINES[0].encode())
    assert list(file_faults(tmp_path / "a.md", [])) == ["2: names a package registry"]
    assert list(file_faults(tmp_path / "a.png", [])) == []


@pytest.mark.parametrize(
    ("lock", "faults"),
    [
        (f"# made by script/lock\nx==1.0 \\\n    {HASH} \\\n    {HASH}\n", 0),
        (f"x[a,b]==1.0 ; python_version < '3.12' \\\n    {HASH}\n", 0),
        ("x==1.0\n", 1),
        (f"x>=1.0 \\\n    {HASH}\n", 1),
        ("x @ file:wheels/x.whl\n", 1),
        ("-e .\n", 1),
    ],
)
def test_a_lock_pins_every_package_with_its_hash(lock: str, faults: int) -> None:
    assert len(list(lock_faults(lock))) == faults


def test_the_locks_agree_on_what_production_runs() -> None:
    """What the tests try is what production installs."""
    runtime, dev = (_pins(ROOT / "requirements" / f"{name}.lock") for name in ("runtime", "dev"))
    assert runtime
    assert runtime.items() <= dev.items()


def _pins(lock: Path) -> dict[str, str]:
    lines = lock.read_text("utf-8").splitlines()
    entries = [line.split(" ")[0] for line in lines if line[:1].isalpha()]
    return dict(entry.split("==") for entry in entries)


def test_new_files_are_checked_before_they_are_committed(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("var/\n")
    (tmp_path / "var").mkdir()
    for name in ("new.py", "名.md", "var/x.py"):
        (tmp_path / name).touch()
    assert {path.name for path in project_files(tmp_path)} == {".gitignore", "new.py", "名.md"}
