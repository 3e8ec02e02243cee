"""The page for uploading a list and the page that waits for one, in a real browser with the site's answers made up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

UPLOAD, LIST = "/gallery/en/unit-upload/empty/", "/gallery/en/unit-list/checking/"
NEXT = "/gallery/en/unit-list/received/"
_DROP = """(text) => {
    const place = document.querySelector("[data-drop]"), held = new DataTransfer();
    held.items.add(new File([text], "dropped.csv"));
    place.dispatchEvent(new DragEvent("drop", { dataTransfer: held, bubbles: true, cancelable: true }));
}"""


# What is sent is noted in the page: the browser keeps files back from who listens to its requests.
_NOTE = """() => {
    const send = XMLHttpRequest.prototype.send;
    globalThis.noted = [];
    XMLHttpRequest.prototype.send = function (fields) {
        noted.push([...fields].map(([name, value]) => [name, value.name ?? value, value.size ?? 0]));
        send.call(this, fields);
    };
}"""


@pytest.fixture
def page(chromium: Browser, gallery_url: str) -> Iterator[Page]:
    """A window at the upload page."""
    context = chromium.new_context(base_url=gallery_url)
    window = context.new_page()
    window.goto(UPLOAD)
    window.evaluate(_NOTE)
    yield window
    context.close()


def answers(page: Page, act: Callable[[Route], None]) -> list[str]:
    """Let ``act`` answer uploads; gives what kind of answer each asked for."""
    asked: list[str] = []

    def take(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        asked.append(route.request.headers["accept"])
        return act(route)

    page.route(f"**{UPLOAD}", take)
    return asked


def noted(page: Page) -> list[dict[str, tuple[str, int]]]:
    """The fields of each upload in their order, with their value or their file's name, and their file's size."""
    sent: list[list[tuple[str, str, int]]] = page.evaluate("() => noted")
    return [{name: (value, size) for name, value, size in fields} for fields in sent]


def choose(page: Page, tmp_path: Path, content: bytes = b"1,2", name: str = "staff.csv") -> None:
    """Choose a file."""
    file = tmp_path / name
    file.write_bytes(content)
    page.set_input_files("#file", file)


def press(page: Page) -> None:
    """Press the one button."""
    page.get_by_role("button", name="Upload and check").click()


def taken(route: Route) -> None:
    """The site took it."""
    route.fulfill(json={"next": NEXT})


def busy(route: Route) -> None:
    """The site did not take it."""
    route.fulfill(status=409, json={"problem": {"title": "not now"}})


def test_a_chosen_file_is_sent_and_the_page_goes_on(page: Page, tmp_path: Path) -> None:
    asked = answers(page, taken)
    choose(page, tmp_path, "身分證號".encode())
    press(page)
    page.wait_for_url(f"**{NEXT}")
    assert asked == ["application/json"]


def test_the_last_field_comes_last_and_proves_that_all_came(page: Page, tmp_path: Path) -> None:
    answers(page, busy)
    choose(page, tmp_path, "身分證號".encode())
    press(page)
    expect(page.get_by_text("not now")).to_be_visible()
    fields = noted(page)[0]
    assert list(fields) == ["csrfmiddlewaretoken", "key", "file", "end"]
    assert fields["file"] == ("staff.csv", 12)
    assert fields["key"][0]


def test_a_file_can_be_dropped_and_rows_be_pasted(page: Page) -> None:
    answers(page, busy)
    page.locator("summary", has_text="Or paste the rows").click()
    page.locator("#pasted").evaluate("(place, text) => { place.value = text; }", "a\tb\n" * 40_000)
    press(page)
    expect(page.get_by_text("not now")).to_be_visible()
    page.evaluate(_DROP, "dropped rows")
    expect(page.locator("#file")).to_have_value("C:\\fakepath\\dropped.csv")
    press(page)
    expect(page.locator("[data-sending-name]")).to_have_text("dropped.csv")
    expect(page.get_by_text("not now")).to_be_visible()
    pasted, dropped = noted(page)
    assert pasted["file"] == ("Pasted rows.csv", 160_000), "far more than a text field may hold"
    assert dropped["file"] == ("dropped.csv", 12)


def test_nothing_chosen_is_told_and_nothing_sent(page: Page) -> None:
    sent = answers(page, taken)
    press(page)
    expect(page.get_by_text("Choose a file first, or paste the rows")).to_be_visible()
    assert sent == []


def test_a_file_too_large_is_told_before_a_byte_is_sent(page: Page, tmp_path: Path) -> None:
    sent = answers(page, taken)
    choose(page, tmp_path, b"x" * (32 * 1024 * 1024 + 1))
    press(page)
    expect(page.get_by_role("heading", name="The file is too large")).to_be_visible()
    assert sent == []


def test_a_lost_connection_is_told_and_the_same_button_tries_again(page: Page, tmp_path: Path) -> None:
    tries: list[int] = []

    def fails_once(route: Route) -> None:
        tries.append(1)
        route.abort("connectionreset") if len(tries) == 1 else busy(route)

    asked = answers(page, fails_once)
    choose(page, tmp_path)
    press(page)
    expect(page.get_by_role("heading", name="The connection was lost")).to_be_visible()
    expect(page.locator('[data-trouble="offline"]')).to_contain_text("nothing of it was taken")
    expect(page.locator("[data-sending]")).to_be_hidden()
    press(page)
    expect(page.get_by_text("not now")).to_be_visible()
    first, second = noted(page)
    assert first == second, "the site can tell that it is the same upload"
    assert len(asked) == 2


def test_a_refusal_is_told_with_its_code_and_its_page(page: Page, tmp_path: Path) -> None:
    problem = {"code": "U-23", "title": "Many lists are open already", "body": "x", "help_url": "/help/codes/U-23/"}
    answers(page, lambda route: route.fulfill(status=429, json={"problem": problem}))
    choose(page, tmp_path)
    press(page)
    told = page.locator('[data-trouble="refused"]')
    expect(told).to_be_visible()
    expect(told).to_contain_text("U-23")
    expect(told).to_be_focused()
    assert told.get_by_role("link").get_attribute("href") == "/help/codes/U-23/"


@pytest.mark.parametrize(("status", "kind"), [(413, "too-large"), (502, "offline")])
def test_a_proxy_that_answers_for_the_site_is_understood(page: Page, tmp_path: Path, status: int, kind: str) -> None:
    answers(page, lambda route: route.fulfill(status=status, body="<html>", content_type="text/html"))
    choose(page, tmp_path)
    press(page)
    expect(page.locator(f'[data-trouble="{kind}"]')).to_be_visible()


def test_an_upload_can_be_stopped(page: Page, tmp_path: Path) -> None:
    answers(page, lambda _route: None)
    choose(page, tmp_path)
    press(page)
    expect(page.locator("[data-sending]")).to_contain_text("staff.csv")
    expect(page.get_by_role("button", name="Upload and check")).to_be_hidden()
    page.get_by_role("button", name="Stop the upload").click()
    expect(page.get_by_role("heading", name="The upload was stopped")).to_be_visible()
    expect(page.get_by_role("button", name="Upload and check")).to_be_visible()


WATCHED = 'data-events="" data-poll=""'


def waiting(page: Page) -> list[str]:
    """The page of a list at work, with addresses to ask; gives what was asked for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    body: str = page.evaluate("path => fetch(path).then(answer => answer.text())", LIST)
    assert WATCHED in body
    told = body.replace(WATCHED, 'data-events="/x/events" data-poll="/x/progress"')
    page.route(f"**{LIST}", lambda route: route.fulfill(body=told, content_type="text/html"))
    return asked


def stage(page: Page) -> str:
    """The mark of the page as it was loaded."""
    return str(page.locator("[data-progress]").get_attribute("data-stage"))


def event(**told: object) -> dict[str, str]:
    """A stream with one event."""
    return {"body": f"retry: 60000\n\ndata: {json.dumps(told)}\n\n", "content_type": "text/event-stream"}


def test_events_move_the_bar(page: Page) -> None:
    waiting(page)
    at = "checking:0:1"
    page.route(
        "**/x/events", lambda route: route.fulfill(**event(stage=at, percent=77, text="77 of 100 lines checked"))
    )
    page.goto(LIST)
    assert stage(page) == at
    expect(page.locator("[data-told]")).to_have_text("77 of 100 lines checked")
    assert page.locator("[data-bar]").evaluate("bar => bar.value") == 77


def test_when_the_list_stands_differently_the_page_is_loaded_anew(page: Page) -> None:
    asked = waiting(page)
    left = iter([event(stage="checked:1:1", percent=100, text="")])
    page.route(
        "**/x/events", lambda route: route.fulfill(**next(left, event(stage="checking:0:1", percent=5, text="on")))
    )
    page.goto(LIST)
    expect(page.locator("[data-told]")).to_have_text("on")
    assert asked.count("events") == 2


def test_without_room_for_a_stream_the_page_asks_every_few_seconds(page: Page) -> None:
    asked = waiting(page)
    page.route("**/x/events", lambda route: route.fulfill(status=204))
    answers = iter([None, {"stage": "checking:0:1", "percent": None, "text": "asked"}])

    def progress(route: Route) -> None:
        told = next(answers, {"stage": "checking:0:1", "percent": 9, "text": "again"})
        route.abort() if told is None else route.fulfill(json=told)

    page.route("**/x/progress", progress)
    page.clock.install()
    with page.expect_response("**/x/events"):
        page.goto(LIST)
    page.wait_for_load_state("networkidle")
    for words, value in (("51,000 of 128,400 lines checked", True), ("asked", False), ("again", True)):
        with page.expect_request("**/x/progress"):
            page.clock.run_for(3_100)
        expect(page.locator("[data-told]")).to_have_text(words)
        assert page.locator("[data-bar]").evaluate("bar => bar.hasAttribute('value')") is value
    assert asked.count("progress") == 3
