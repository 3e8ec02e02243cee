"""The staff of a try-out: one for each role, and a second clerk; and the counter where clerks work."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

OFFICES: Final = Path(__file__).parent / "data" / "offices.toml"
OFFICE: Final = "sandbox"
_CODE: Final = re.compile(r"code: ([0-9A-Z-]+)\s*$")


@dataclass(frozen=True, slots=True)
class NamedStaff:
    """An invented colleague; `account` is the name they sign in with, `office` where a clerk works."""

    account: str
    role: str
    name: str
    office: str = ""

    def verbs(self) -> list[str]:
        """What `nhi-express` is told, so that it makes the account and prints its first-time code."""
        if self == STAFF[0]:
            return ["staff", "first-administrator", self.account, "--name", self.name]
        office = ["--office", self.office] if self.office else []
        return ["staff", "make", self.account, "--role", self.role, "--name", self.name, *office]


STAFF: Final = (
    NamedStaff("admin", "administrator", "石榴紅"),
    NamedStaff("clerk-1", "clerk", "茉莉青", OFFICE),
    NamedStaff("clerk-2", "clerk", "沉香木", OFFICE),
    NamedStaff("supervisor", "supervisor", "山茶白"),
    NamedStaff("hotline", "hotline", "鈴蘭音"),
    NamedStaff("auditor", "auditor", "紫藤長"),
)


def code_in(said: str) -> str:
    """The first-time code that a command printed. Raises ValueError for none."""
    found = _CODE.search(said)
    if not found:
        raise ValueError("no first-time code")
    return found.group(1)


def keep(file: Path, codes: Mapping[str, str]) -> None:
    """Keep the codes of a try-out beside its database: they are shown again until they are used."""
    file.touch(0o600)
    file.write_text(json.dumps(codes), encoding="utf-8")


def kept(file: Path) -> dict[str, str]:
    """The codes that were kept; none in a new try-out."""
    return {} if not file.exists() else dict(json.loads(file.read_text(encoding="utf-8")))
