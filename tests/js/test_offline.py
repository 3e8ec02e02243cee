"""The service worker: without network the app says so, in the language last spoken, and keeps no page of a member."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.js.waiting import eventually

SPOKEN = """async (language) => await (await caches.match("/app/language-of-this-phone"))?.text() === language"""
KEPT = """async () => (await Promise.all((await caches.keys()).map(async (name) =>
    (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)))).flat()"""


@pytest.fixture
def page(chromium: Browser, gallery_url: str) -> Iterator[Page]:
    """A page of the app under its service worker."""
    context = chromium.new_context(base_url=gallery_url)
    page = context.new_page()
    page.goto("/app/offline/en")
    eventually(page, "navigator.serviceWorker.controller !== null")
    yield page
    context.close()


@pytest.mark.parametrize(("path", "words"), [("/app/offline/en", "No connection"), ("/app/offline/zh-hant", "網路")])
def test_without_network_the_app_says_so(page: Page, path: str, words: str) -> None:
    """Any page of the app becomes the one page that is kept, with its style."""
    page.goto(path)
    eventually(page, SPOKEN, path.rsplit("/", 1)[1])
    page.context.set_offline(True)
    page.goto("/app/phones/")
    assert words in page.get_by_role("heading", level=1).inner_text()
    assert page.evaluate("getComputedStyle(document.body).display") == "flex"


def test_nothing_of_a_member_is_kept(page: Page) -> None:
    """After looking at other pages the caches hold the shell, and nothing else."""
    page.goto("/app/bind/")
    page.goto("/app/phones/")
    kept = page.evaluate(KEPT)
    assert kept
    allowed = ("/static/site/", "/app/offline/", "/app/language-of-this-phone")
    assert [path for path in kept if not path.startswith(allowed)] == []
