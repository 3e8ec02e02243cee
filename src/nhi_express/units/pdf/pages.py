"""Setting letters and slips. What people are called is data for the typesetter, never part of its program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import segno
import typst

from nhi_express.core import clock
from nhi_express.core.config import config
from nhi_express.help import hotline
from nhi_express.units.pdf.font import FONT, printable
from nhi_express.units.pdf.words import LETTER, SLIP, UNTIL, in_both

_HERE: Final = Path(str(files("nhi_express.units.pdf")))


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. ``code`` is shown in groups, is good until the end of ``last_day``; ``link`` is in the QR code."""

    name: str
    address: str
    unit: str
    code: str
    link: str
    last_day: date


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip: the person as the unit's list calls them, and the unit."""

    name: str
    unit: str


def letters(items: Sequence[Letter]) -> bytes:
    """A PDF file with a page for each letter."""
    shared = {"words": in_both(LETTER, _everywhere()), "sender": printable(config().letter_sender)}
    days = {day: _until(day) for day in {item.last_day for item in items}}
    return _set("letter.typ", [{**_letter_page(item), "until": days[item.last_day]} for item in items], shared)


def _until(day: date) -> dict[str, str]:
    """Until when a code is good, in each language."""
    told = {"year": day.year, "roc": day.year - 1911, "month": day.month, "day": day.day}
    return {language: words["until"] for language, words in in_both(UNTIL, told).items()}


def _letter_page(item: Letter) -> dict[str, Any]:
    texts = {"name": item.name, "address": item.address, "unit": item.unit}
    return {**{key: printable(text) for key, text in texts.items()}, "code": item.code, "qr": _qr(item.link)}


def slips(items: Sequence[Slip]) -> bytes:
    """A PDF file with a page for each slip. All lead to the same page, and none holds a secret."""
    shared = {"words": in_both(SLIP, _everywhere()), "qr": _qr(f"{config().site_url}/app/bind/unit/")}
    return _set("slip.typ", [{"name": printable(item.name), "unit": printable(item.unit)} for item in items], shared)


def _everywhere() -> dict[str, object]:
    site = urlsplit(config().site_url).netloc
    return {"site": site, "free": hotline.FREE.shown, "mobile": hotline.MOBILE.shown}


def _qr(link: str) -> str:
    return segno.make(link, error="m").svg_inline(border=0, omitsize=True)


def _set(template: str, pages: list[dict[str, Any]], shared: dict[str, Any]) -> bytes:
    data = json.dumps({"pages": pages, **shared}, ensure_ascii=False)
    compiler = typst.Compiler(root=_HERE, font_paths=_fonts(), ignore_system_fonts=True)
    now = clock.now().replace(microsecond=0)
    made = compiler.compile(_HERE / template, format="pdf", sys_inputs={"data": data}, timestamp=now, pdf_tags=False)
    if not isinstance(made, bytes):
        raise TypeError("the typesetter made no file")
    return made


@cache
def _fonts() -> typst.Fonts:
    """Our own font alone, read once: a page looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONT.parent])
