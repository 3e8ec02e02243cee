"""What is wrong with a page, as axe, the screen and the browser's console tell it."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Error, Page

from tests.gallery.look import AXE, TAGS

_ONLY = json.dumps({"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
# What differs between two showings of the same page and means nothing to a reader: tokens, identifiers, times.
_PASSING = re.compile(r'value="[^"]*"|<script type="application/json".*?</script>|[0-9a-f]{4,}|\d+', re.S)
_PARTS_OF_A_PAGE = {"script", "stylesheet", "image", "font", "manifest"}

_LOADS = 3


class Reader:
    """Reads pages with axe; one that it has read already it knows again."""

    def __init__(self) -> None:
        self._known: set[int] = set()

    def faults(self, page: Page) -> list[str]:
        """What axe finds, and whether the page has to be scrolled sideways.

        Some pages load themselves anew when something happened elsewhere: such a one is read once more.
        """
        for _ in range(_LOADS):
            try:
                return self._read(page)
            except Error as error:
                if "context was destroyed" not in str(error):
                    raise
                page.wait_for_load_state()
        return self._read(page)

    def _read(self, page: Page) -> list[str]:
        # The same page in another window is another page: it may be too wide there, or cover what it must not.
        shown = hash((str(page.viewport_size), _PASSING.sub("", page.content())))
        if shown in self._known:
            return []
        found = [*self._axe(page), *self._too_wide(page)]
        if not found:
            self._known.add(shown)
        return found

    @staticmethod
    def _axe(page: Page) -> list[str]:
        page.evaluate(AXE)
        violations = page.evaluate(f"axe.run(document, {_ONLY})")["violations"]
        return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in violations]

    @staticmethod
    def _too_wide(page: Page) -> list[str]:
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return [f"scrolls sideways by {over} px"] if over > 0 else []


def listen(page: Page, said: list[str]) -> None:
    """Write down what the console complains of, script errors, answers of 500 and parts of a page that are missing."""
    page.on("console", lambda told: said.append(told.text) if told.type == "error" and not _failed(told.text) else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "response", lambda answer: said.extend(_complaints(answer.request.resource_type, answer.status, answer.url))
    )


def _failed(text: str) -> bool:
    # Chromium tells of every answer of 400 and above; refusals are such by design, the others are told below.
    return "Failed to load resource" in text


def _complaints(kind: str, status: int, url: str) -> list[str]:
    missing = status >= 400 and kind in _PARTS_OF_A_PAGE
    return [f"{status} of {url.partition('?')[0]}"] if missing or status == 500 else []
