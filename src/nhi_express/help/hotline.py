"""The insurer's hotline (seed Q4, Q8)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number: ``shown`` as people read it, ``dialled`` as a ``tel:`` address wants it."""

    shown: str
    dialled: str


# Free of charge; the short number from a landline, without area code; the same from a mobile phone.
FREE = Number("0800-030-598", "0800030598")
LOCAL = Number("4128-678", "4128678")
MOBILE = Number("(02)4128-678", "024128678")
