"""Pictures for docs/units.md and docs/counter.md, out of those that journeys took: `python -m tests.journeys.pictures`.

Run after tests/journeys/test_units.py and test_counter.py; `… pictures counter` makes those of one document. The
journeys in Chinese are shown.
"""

from __future__ import annotations

import base64
import sys
from typing import Final

from playwright.sync_api import Page, sync_playwright

from lint.tree import ROOT
from tests.gallery.conftest import ARGUMENTS, CHROMIUM
from tests.journeys.conftest import PICTURES

_JOURNEYS: Final = {
    "units": "test_from_the_certificate_to_a_member_who_has_finished",
    "counter": "test_registered_at_a_counter_with_a_phone_that_is_stolen_later",
}
_SHOWN: Final = ROOT / "docs" / "pictures"
_WIDEST: Final = 1000
# What each document shows, in its order: the journey's name for the page, and which of several showings of it.
_UNITS: Final = {
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
_COUNTER: Final = {
    "01-first": ("staff-first", 0),
    "02-home": ("staff", 1),
    "03-accounts": ("staff-accounts", 0),
    "04-account-code": ("staff-seconding-one", 0),
    "05-desk": ("staff-desk", 0),
    "06-case": ("staff-desk-one", 0),
    "07-number": ("visitor", 1),
    "08-paired": ("staff-desk-one", 2),
    "09-terms": ("visitor-terms", 0),
    "10-password": ("visitor-terms", 1),
    "11-phone": ("visitor-phone", 1),
    "12-bound": ("staff-desk-one", 4),
    "13-who-looked": ("app-history-look-ups", 0),
    "14-hotline": ("staff-hotline", 0),
    "15-call": ("staff-hotline", 1),
    "16-frozen": ("staff-hotline-freeze", 0),
    "17-approvals": ("staff-approvals", 0),
    "18-alerts": ("staff-alerts", 0),
    "19-figures": ("staff-figures", 0),
    "20-log": ("staff-log", 0),
    "21-verified": ("staff-log-verify", 0),
    "23-seconding": ("staff-seconding", 1),
}
PAGES: Final = {"units": _UNITS, "counter": _COUNTER}


def _make(page: Page, document: str, name: str) -> None:
    taken, which = PAGES[document][name]
    found = sorted((PICTURES / _JOURNEYS[document]).glob(f"[0-9][0-9]-{taken}-zh.jpg"))[which]
    drawn = base64.b64encode(found.read_bytes()).decode()
    page.set_content(f'<body style="margin:0"><img style="max-width:{_WIDEST}px" src="data:image/jpeg;base64,{drawn}">')
    picture = page.locator("img")
    picture.evaluate("image => image.decode()")
    picture.screenshot(path=_SHOWN / document / f"{name}.jpg", type="jpeg", quality=80)


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for document in sys.argv[1:] or PAGES:
            (_SHOWN / document).mkdir(exist_ok=True)
            for each in PAGES[document]:
                _make(browser.new_page(viewport={"width": _WIDEST, "height": 800}), document, each)
        browser.close()
