"""Looks at a page as a person with a certain screen and wishes would, and says what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page

AXE = (Path(__file__).parents[1] / "vendor" / "axe" / "axe.min.js").read_text("utf-8")
# WCAG 2.2 A and AA, and axe's best practices: what 網站無障礙規範 115.11 asks for, as far as a machine can tell.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = 320


@dataclass(frozen=True)
class Screen:
    """A screen and the wishes of who looks at it."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    large: bool = False
    # What axe looks for, where not for everything: the same markup need not be read three times.
    rules: tuple[str, ...] = ()
    # The language it visits: each language is read whole on one of the phones, large type where the words are longer.
    language: str = "zh-hant"

    def open(self, browser: Browser, site: str) -> BrowserContext:
        """A browser window of that kind."""
        context = browser.new_context(
            viewport={"width": self.width, "height": self.height},
            color_scheme=self.scheme,
            reduced_motion="reduce",
            service_workers="block",
        )
        if self.large:
            context.add_cookies([{"name": "text", "value": "large", "url": site}])
        return context


# The rules whose answer depends on how a page looks, not on its markup.
SEEN = ("color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable")
PHONE = Screen("phone", 390, 844)
DARK = Screen("phone-dark-large", 390, 844, "dark", large=True, language="en")
DESKTOP = Screen("desktop", 1280, 800, rules=SEEN)


class Looker:
    """A window that visits pages one after the other."""

    def __init__(self, browser: Browser, site: str, screen: Screen) -> None:
        self.site, self.screen = site, screen
        self.context = screen.open(browser, site)
        self.page: Page = self.context.new_page()
        self.said: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        # Refused loads and scripts (CSP) are told here too. A page may stand for an HTTP error; that is no fault of it.
        if message.type in {"error", "warning"} and "Service Worker registration blocked" not in message.text:
            self.said.append(message.text)

    def faults(self, path: str, picture: Path) -> list[str]:
        """Visit a page, take its picture, and list all that is wrong: console, axe, scrolling sideways."""
        self.said.clear()
        self.page.goto(self.site + path)
        self._photograph(picture)
        return [*self.said, *self._axe(), *self._too_wide()]

    def _photograph(self, picture: Path) -> None:
        """Keep a picture. Among thousands the browser sometimes fails to draw one; of the page loaded anew it must."""
        try:
            self._draw(picture)
        except Error:
            self.page.reload()
            self._draw(picture)

    def _draw(self, picture: Path) -> None:
        self.page.screenshot(path=picture, full_page=True, type="jpeg", quality=80)

    def _axe(self) -> list[str]:
        self.page.evaluate(AXE)
        only = {"type": "rule", "values": self.screen.rules} if self.screen.rules else {"type": "tag", "values": TAGS}
        run = f"axe.run(document, {{runOnly: {json.dumps(only)}, resultTypes: ['violations']}})"
        violations: list[dict[str, Any]] = self.page.evaluate(run)["violations"]
        return [f"{each['id']}: {each['nodes'][0]['html'][:160]} ({len(each['nodes'])})" for each in violations]

    def _too_wide(self) -> list[str]:
        size = {"width": self.screen.width, "height": self.screen.height}
        self.page.set_viewport_size({"width": NARROW, "height": 700})
        over = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        self.page.set_viewport_size({"width": size["width"], "height": size["height"]})
        return [f"scrolls sideways by {over} px at {NARROW} px"] if over > 0 else []
