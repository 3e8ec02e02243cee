"""The project's own files, and how a check tells what it found."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def project_files(root: Path = ROOT) -> list[Path]:
    """The files of the project under ``root``: those that git tracks, and new ones that it would not ignore.

    Raises :class:`subprocess.CalledProcessError` outside a git work tree.
    """
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    # A file deleted but not yet committed is still listed.
    return [path for name in sorted(filter(None, listed.split("\0"))) if (path := root / name).is_file()]


def python_files(root: Path = ROOT) -> list[Path]:
    """The project's Python files, without the generated migrations."""
    return [path for path in project_files(root) if path.suffix == ".py" and "migrations" not in path.parts]


def conclude(faults: Iterable[str]) -> None:
    """Print the faults one a line, and end with status 1 if there is any."""
    found = list(faults)
    print(*found, sep="\n", end="\n" if found else "")  # noqa: T201
    raise SystemExit(1 if found else 0)
