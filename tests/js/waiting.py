"""Waiting for something to become true in a page."""

from __future__ import annotations

import time

from playwright.sync_api import Page

_SECONDS = 15.0


def eventually(page: Page, expression: str, argument: object = None) -> None:
    """Wait until ``expression`` is true in the page.

    Playwright's own ``wait_for_function`` evaluates text inside the page, which our content security policy refuses.
    """
    until = time.monotonic() + _SECONDS
    while not page.evaluate(expression, argument):
        assert time.monotonic() < until, f"never became true: {expression}"
        page.wait_for_timeout(50)
