"""Pages that leave by themselves, so that nothing of a person stays on the glass: the browser's clock runs ahead."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

PASSWORD, IDLE = "/gallery/en/visitor-password/empty/", 180
FOLLOWER = """<!doctype html><title>follows</title><div data-follow="/visitor/state" data-at="/visitor/terms"></div>
    <input id="password"><script type="module" src="/static/site/js/standing.js"></script>"""
CODE = """<!doctype html><title>code</title>
    <section data-code-state="/visitor/code-state" data-seconds="300" data-leave="/visitor/"></section><p data-left></p>
    <script type="module" src="/static/card/code.js"></script>"""


SCREEN = """<!doctype html><title>code</title>
    <section data-code-state="/visitor/code-state" data-seconds="300" data-leave="/visitor/" data-phone-stays>
    <p data-left></p></section>
    <div data-standing="bound"><p data-model></p><p data-identifier></p><input data-device></div>
    <dialog id="time-left" data-seconds="300" data-extend="/visitor/stay" data-leave="/visitor/">
    <button data-stay>Stay on this page</button></dialog>
    <script type="module" src="/static/site/js/forms.js"></script>
    <script type="module" src="/static/card/code.js"></script>"""


@pytest.fixture
def page(chromium: Browser, gallery_url: str) -> Iterator[Page]:
    """A window whose site answers what a test wants; what it leaves for is empty."""
    context = chromium.new_context(base_url=gallery_url)
    window = context.new_page()
    window.clock.install()
    for path in ("**/visitor/", "**/visitor/phone", "**/staff/"):
        window.route(path, lambda route: route.fulfill(body="left", content_type="text/html"))
    yield window
    context.close()


def shows(page: Page, body: str) -> None:
    """Open a page with ``body``."""
    page.route("**/app/try", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    page.goto("/app/try")


def answers(page: Page, path: str, status: int, **told: object) -> list[str]:
    """Let the site answer a question; gives which were asked."""
    asked: list[str] = []

    def take(route: Route) -> None:
        asked.append(route.request.method)
        route.fulfill(status=status, body=json.dumps(told), content_type="application/json")

    page.route(f"**{path}", take)
    return asked


def test_a_password_half_typed_goes_when_the_time_is_over(page: Page) -> None:
    page.goto("/gallery/en/visitor/number/")
    page.goto(PASSWORD)
    page.locator("#password").fill("half a sen")
    page.clock.run_for((IDLE - 70) * 1000)
    assert not page.locator("#time-left").is_visible()
    page.clock.run_for(20_000)
    assert page.locator("#time-left").is_visible()
    page.clock.run_for(52_000)
    page.wait_for_url("**/visitor/")
    page.go_back()
    assert page.locator("#password").count() == 0, "the page was replaced"


def test_who_stays_has_the_whole_time_anew_each_time(page: Page) -> None:
    asked = answers(page, "/visitor/stay", 200)
    page.goto(PASSWORD)
    for _ in range(2):
        page.clock.run_for((IDLE - 30) * 1000)
        page.get_by_role("button", name="Stay on this page").click()
        page.wait_for_function("() => !document.querySelector('#time-left').open")
    page.clock.run_for((IDLE - 30) * 1000)
    assert page.url.endswith(PASSWORD)
    assert asked == ["GET", "GET"], "one question for each press"
    page.clock.run_for(32_000)
    page.wait_for_url("**/visitor/")


def test_who_would_stay_too_late_leaves_at_once(page: Page) -> None:
    answers(page, "/visitor/stay", 409)
    page.goto(PASSWORD)
    page.clock.run_for((IDLE - 30) * 1000)
    page.get_by_role("button", name="Stay on this page").click()
    page.wait_for_url("**/visitor/")


def test_a_clerks_case_goes_when_the_time_is_over(page: Page) -> None:
    page.goto("/gallery/en/staff-desk/empty/")
    page.clock.run_for(902_000)
    page.wait_for_url("**/staff/")


@pytest.mark.parametrize(
    ("status", "told", "goes"),
    [
        (200, {"known": False, "at": "/visitor/"}, "**/visitor/"),
        (200, {"known": True, "at": "/visitor/phone"}, "**/visitor/phone"),
        (403, {"problem": {"code": "S-22"}}, "**/visitor/"),
    ],
)
def test_a_screen_leaves_when_its_case_stands_elsewhere_or_nowhere(
    page: Page, status: int, told: dict[str, object], goes: str
) -> None:
    answers(page, "/visitor/state", status, **told)
    shows(page, FOLLOWER)
    page.clock.run_for(2_500)
    page.wait_for_url(goes)


def test_a_screen_whose_case_goes_on_stays(page: Page) -> None:
    asked = answers(page, "/visitor/state", 200, known=True, at="/visitor/terms")
    shows(page, FOLLOWER)
    for _ in range(3):
        with page.expect_response("**/visitor/state"):
            page.clock.run_for(2_100)
    assert len(asked) >= 3
    assert page.url.endswith("/app/try")


def test_a_code_goes_with_the_case_of_its_screen(page: Page) -> None:
    asked = answers(page, "/visitor/code-state", 409)
    shows(page, CODE)
    page.wait_for_url("**/visitor/")
    page.clock.run_for(5_000)
    assert asked == ["GET"], "it asks no more"


@pytest.mark.parametrize("state", ["claimed", "bound"])
def test_a_phone_at_work_on_the_code_gives_the_screen_its_time_anew(page: Page, state: str) -> None:
    """Nobody touches the screen; what covers the code goes, and the page stays for as long as the site says."""
    answers(page, "/visitor/code-state", 200, state="waiting", phone=None)
    asked = answers(page, "/visitor/stay", 200, seconds=120)
    shows(page, SCREEN)
    page.clock.run_for(235_000)
    assert not page.locator("#time-left").is_visible(), "nothing covers the code before its last minute"
    page.clock.run_for(10_000)
    assert page.locator("#time-left").is_visible()
    phone = {"id": "1", "model": "a phone", "identifier": "12345678"}
    answers(page, "/visitor/code-state", 200, state=state, phone=phone if state == "bound" else None)
    with page.expect_response("**/visitor/stay"):
        page.clock.run_for(1_500)
    page.wait_for_function("() => !document.querySelector('#time-left').open")
    page.clock.run_for(110_000)
    assert page.url.endswith("/app/try")
    assert asked == ["GET"], "once, however often the state is asked"
    page.clock.run_for(12_000)
    page.wait_for_url("**/visitor/")


def test_a_lost_answer_leaves_the_button_good(page: Page) -> None:
    page.route("**/visitor/stay", lambda route: route.abort())
    page.goto(PASSWORD)
    stay = page.locator("[data-stay]")
    with page.expect_event("requestfailed"):
        stay.dispatch_event("click")
    asked = answers(page, "/visitor/stay", 200)
    page.clock.run_for((IDLE - 30) * 1000)
    with page.expect_response("**/visitor/stay"):
        stay.click()
    assert asked == ["GET"]
