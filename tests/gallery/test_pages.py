"""Every page, in every state and language, on a phone, in the dark with large type, and on a desktop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser

from tests.gallery.look import DARK, DESKTOP, PHONE, Looker, Screen


@pytest.fixture(scope="module", params=[PHONE, DARK, DESKTOP], ids=lambda screen: screen.name)
def looker(request: pytest.FixtureRequest, chromium: Browser, gallery_url: str) -> Iterator[Looker]:
    """A window of one kind."""
    screen: Screen = request.param
    window = Looker(chromium, gallery_url, screen)
    yield window
    window.context.close()


@pytest.fixture(scope="module")
def addresses(gallery_url: str) -> list[str]:
    """The address of every page."""
    with urlopen(gallery_url.replace("app.localhost", "127.0.0.1") + "/gallery/pages.json", timeout=10) as answer:
        found: list[str] = json.load(answer)["pages"]
    return found


def test_every_page_is_sound(looker: Looker, addresses: list[str], shots: Path) -> None:
    """axe finds nothing, the console says nothing, and nothing scrolls sideways on a small phone."""
    assert len(addresses) >= 2 * 100
    faults = {}
    visited = [address for address in addresses if f"/{looker.screen.language}" in address]
    for address in [*visited, "/gallery/"]:
        name = address.strip("/").removeprefix("gallery/").replace("/", "-")
        found = looker.faults(address, shots / f"{name}-{looker.screen.name}.jpg")
        if found:
            faults[address] = found
    assert faults == {}


BAD = """<!doctype html><html><title>x</title><body><div style="width:2000px">wide</div>
<input><script>console.error("said")</script></body></html>"""


def test_the_looker_sees_what_is_wrong(chromium: Browser, gallery_url: str, tmp_path: Path) -> None:
    """A page with a field without a name, something said on the console, and too wide: all three are told."""
    window = Looker(chromium, gallery_url, PHONE)
    window.page.route("**/bad", lambda route: route.fulfill(body=BAD, content_type="text/html"))
    found = " ".join(window.faults("/bad", tmp_path / "bad.jpg"))
    window.context.close()
    for fault in ("label:", "said", "scrolls sideways"):
        assert fault in found
