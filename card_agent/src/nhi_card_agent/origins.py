"""Which portals' pages the component serves: told on the command line, in the environment, or in the user's file."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

VARIABLE: Final = "NHI_CARD_AGENT_ORIGINS"
_SECURE: Final = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?")
# For try-outs: pages that come from this computer itself.
_LOCAL: Final = re.compile(r"http://(([a-z0-9-]+\.)*localhost|127\.0\.0\.1)(:[0-9]{1,5})?")


def checked(origin: str) -> str:
    """``origin`` as browsers write it: scheme, host and port if unusual. Raises :class:`ValueError` with what to do."""
    plain = origin.strip().rstrip("/").lower()
    if not (_SECURE.fullmatch(plain) or _LOCAL.fullmatch(plain)):
        raise ValueError(f"{origin!r} is no portal's origin; write it like https://portal.example")
    scheme, _, host = plain.partition("://")
    return f"{scheme}://{host.removesuffix(':443' if scheme == 'https' else ':80')}"


def file_place(system: str, home: Path, environment: Mapping[str, str]) -> Path:
    """Where the user's file is on ``system`` (as `sys.platform`): one origin a line, # begins a comment."""
    if system == "win32":
        folder = Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
    elif system == "darwin":
        folder = home / "Library" / "Application Support"
    else:
        folder = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    return folder / "nhi-card-agent" / "origins"


def wanted(given: Iterable[str], environment: Mapping[str, str], file: Path) -> frozenset[str]:
    """The origins: those ``given``, or else those of the environment, or else those of the file.

    Raises :class:`ValueError` if one is none, or if there are none at all.
    """
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    named = re.split(r"[\s,]+", environment.get(VARIABLE, ""))
    sources = (given, named, (line.partition("#")[0] for line in lines))
    chosen = (frozenset(checked(one) for one in source if one.strip()) for source in sources)
    found = next((origins for origins in chosen if origins), frozenset())
    if not found:
        raise ValueError(f"name the portal: --origin https://portal.example, {VARIABLE}, or a line in {file}")
    return found


def of_this_user(given: Iterable[str]) -> frozenset[str]:
    """See :func:`wanted`, for whoever runs this."""
    return wanted(given, os.environ, file_place(sys.platform, Path.home(), os.environ))
