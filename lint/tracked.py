"""What no tracked file may name: a package registry's host, or a path of somebody's machine.

Either makes the project depend on where it was last built. Locks hold versions and hashes; where packages come from
is a matter of the machine that installs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from lint.tree import ROOT, conclude, project_files

# Written apart, for this file is tracked too.
_HOSTS = [("py", "pi.org"), ("python", "hosted.org"), ("npm", "js.org"), ("yarn", "pkg.com"), ("static.crates", ".io")]
_REGISTRY = re.compile("|".join(re.escape(left + right) for left, right in _HOSTS), re.IGNORECASE)
_ARCHIVE = re.compile(r"https?://[^\s\"'<>]+\.(?:whl|tgz|tar\.gz)\b|https?://[^\s\"'<>]*/simple/")
_INDEX_OPTION = re.compile(r"^\s*(?:--)?(?:extra-)?(?:index-url|find-links|trusted-host)\b")
_HOME = re.compile(r"(?<![\w.-])/(?:home|Users)/[a-z][\w.-]*/|[A-Z]:\\Users\\\w")
_REQUIREMENT = re.compile(r"^[A-Za-z0-9][\w.-]*(\[[\w,.-]+\])?==\S+")
# Folders that many machines have, so that naming one tells nothing about this one; some are routes of the site, too.
_ORDINARY = {"/", "/home", "/opt", "/root", "/srv", "/tmp", "/usr", "/usr/src", "/var", "/var/lib", "/var/tmp"}  # noqa: S108
_ORDINARY |= {"/app", "/build", "/code", "/src"}


def places(root: Path, home: Path) -> list[str]:
    """The texts that would betray this machine: the checkout, the folder that it lies in, and the home folder."""
    return [f"{folder}/" for folder in (root, root.parent, home) if str(folder) not in _ORDINARY]


def line_faults(line: str, betraying: Iterable[str]) -> Iterator[str]:
    """What is wrong with one line of a tracked file."""
    if _REGISTRY.search(line) or _ARCHIVE.search(line) or _INDEX_OPTION.search(line):
        yield "names a package registry"
    if _HOME.search(line) or any(place in line for place in betraying):
        yield "names a path of this machine"


def lock_faults(text: str) -> Iterator[str]:
    """What is wrong with a lock: an entry that is not a pinned version with a hash. Folded lines count as one."""
    for entry in re.sub(r"\\\n\s*", " ", text).splitlines():
        if not entry.strip() or entry.lstrip().startswith("#"):
            continue
        if not _REQUIREMENT.match(entry):
            yield f"{entry.split(' ')[0]}: not a pinned version"
        elif "--hash=sha256:" not in entry:
            yield f"{entry.split(' ')[0]}: no hash"


def file_faults(path: Path, betraying: list[str]) -> Iterator[str]:
    """What is wrong with one file; files that are not text are passed by."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        return
    for number, line in enumerate(text.splitlines(), 1):
        yield from (f"{number}: {fault}" for fault in line_faults(line, betraying))
    if path.suffix == ".lock":
        yield from (f"1: {fault}" for fault in lock_faults(text))


def main() -> None:
    """Look through every file of the project, but for vendored ones, which name where they came from."""
    betraying = places(ROOT, Path.home())
    files = [path for path in project_files() if "vendor" not in path.parts]
    conclude(f"{path.relative_to(ROOT)}:{fault}" for path in files for fault in file_faults(path, betraying))


if __name__ == "__main__":
    main()
