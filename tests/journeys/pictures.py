"""Pictures for docs/units.md, out of those that the journey took: `python -m tests.journeys.pictures`.

Run after tests/journeys/test_units.py; the journey in Chinese is shown.
"""

from __future__ import annotations

import base64
from typing import Final

from playwright.sync_api import Page, sync_playwright

from lint.tree import ROOT
from tests.gallery.conftest import ARGUMENTS, CHROMIUM
from tests.journeys.conftest import PICTURES

_TAKEN: Final = PICTURES / "test_from_the_certificate_to_a_member_who_has_finished"
_SHOWN: Final = ROOT / "docs" / "pictures" / "units"
_WIDEST: Final = 1000
# What the document shows, in its order: the journey's name for the page, and which of several showings of it.
PAGES: Final = {
    "01-register": ("app-units-register", 0),
    "02-sign-in": ("units", 0),
    "03-upload": ("units-lists-upload", 0),
    "04-result": ("units-lists-one", 0),
    "05-confirmed": ("units-lists-one", 1),
    "06-ways": ("app-bind-unit", 0),
    "07-code": ("app-bind-unit-code", 0),
    "08-is-this-you": ("app-bind-unit-terms", 0),
    "09-proof": ("app-bind-unit-proof", 0),
    "10-done": ("app-bind-unit-done", 0),
    "11-people": ("units-people", 0),
}


def _make(page: Page, name: str, taken: str, which: int) -> None:
    found = sorted(_TAKEN.glob(f"[0-9][0-9]-{taken}-zh.png"))[which]
    drawn = base64.b64encode(found.read_bytes()).decode()
    page.set_content(f'<body style="margin:0"><img style="max-width:{_WIDEST}px" src="data:image/png;base64,{drawn}">')
    picture = page.locator("img")
    picture.evaluate("image => image.decode()")
    picture.screenshot(path=_SHOWN / f"{name}.jpg", type="jpeg", quality=80)


if __name__ == "__main__":
    _SHOWN.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for each, (stem, place) in PAGES.items():
            _make(browser.new_page(viewport={"width": _WIDEST, "height": 800}), each, stem, place)
        browser.close()
