"""The card component's released files, which the portal hands out (元件下載)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_NAME = re.compile(r"nhi_card_agent-(\d+\.\d+\.\d+)[\w.-]*\.(whl|tar\.gz)")


@dataclass(frozen=True, slots=True)
class Released:
    """A file of the component. ``size`` in bytes; ``digest``: SHA-256 in hexadecimal."""

    path: Path
    version: str
    size: int
    digest: str

    @property
    def name(self) -> str:
        """Its file name."""
        return self.path.name


def released(folder: str) -> list[Released]:
    """What stands in a folder: newest version first, and what installs without being built before its source."""
    held = Path(folder).glob("nhi_card_agent-*") if folder else ()
    found = [path for path in held if _NAME.fullmatch(path.name)]
    files = [_described(path, path.stat().st_mtime_ns) for path in found]
    return sorted(files, key=_rank, reverse=True)


def _rank(file: Released) -> tuple[list[int], bool, str]:
    return [int(part) for part in file.version.split(".")], file.name.endswith(".whl"), file.name


@lru_cache(maxsize=32)
def _described(path: Path, _changed: int) -> Released:
    data = path.read_bytes()
    match = _NAME.fullmatch(path.name)
    version = match.group(1) if match else ""
    return Released(path, version, len(data), hashlib.sha256(data).hexdigest())
