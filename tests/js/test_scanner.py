"""The page for device codes in a real browser with a camera: what it sends, what it refuses, what it never asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.gallery.conftest import ARGUMENTS, CHROMIUM
from tests.journeys import camera
from tests.js.waiting import eventually

PAGE, TOKEN = "/app/bind/code/", "AbCdEfGhIjKlMnOpQrSt-_"
ANDROID = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile"
MACINTOSH = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0"
OWN_READER = """globalThis.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect() { return [{ rawValue: "https://elsewhere.example/" }]; } }"""


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the camera sees; a wall at first."""
    made = tmp_path_factory.mktemp("camera") / "camera.y4m"
    camera.see_a_wall(made)
    return made


@pytest.fixture(scope="module")
def seeing(video: Path) -> Iterator[Browser]:
    """A browser with a camera."""
    with sync_playwright() as playwright:
        arguments = [*ARGUMENTS, *camera.arguments(video)]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


class Phone:
    """A phone at the page, and what it asked the site for."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.page: Page = context.new_page()
        self.site, self.sent, self.asked = site, list[object](), list[str]()
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.route("**/app/bind/code/token", self._take)
        self.page.route("**/app/bind/code/confirm", lambda route: route.fulfill(body="asked", content_type="text/html"))

    def _take(self, route: Route) -> None:
        self.sent.append(json.loads(route.request.post_data or "null"))
        route.fulfill(json={"next": "/app/bind/code/confirm"})

    def open(self, fragment: str = "") -> Phone:
        """Open the page."""
        self.page.goto(self.site + PAGE + fragment)
        return self

    def scan(self) -> Phone:
        """Tap the button that opens the camera."""
        self.page.locator("[data-begin]").click()
        return self

    def is_asked(self) -> None:
        """The token was sent, once, and led on."""
        self.page.wait_for_url("**/app/bind/code/confirm")
        assert self.sent == [{"token": TOKEN}]

    def is_told(self, kind: str) -> None:
        """A message is shown, nothing was sent, and the code can still be typed."""
        self.page.locator(f"[data-trouble={kind}]").wait_for()
        assert self.sent == []
        assert self.page.locator("[name=code]").is_visible()
        assert self.page.locator("[data-finder]").is_hidden()


def phones(browser: Browser, site: str, **options: object) -> Iterator[Phone]:
    """A phone, put away at the end."""
    wishes = {"user_agent": ANDROID, "service_workers": "block", "permissions": ["camera"], **options}
    context = browser.new_context(**wishes)  # type: ignore[arg-type]
    yield Phone(context, site)
    context.close()


@pytest.fixture
def phone(seeing: Browser, gallery_url: str) -> Iterator[Phone]:
    """A phone whose camera may be used."""
    yield from phones(seeing, gallery_url)


@pytest.fixture
def shy_phone(seeing: Browser, gallery_url: str) -> Iterator[Phone]:
    """A phone whose owner does not allow the camera."""
    yield from phones(seeing, gallery_url, permissions=[])


@pytest.fixture
def macintosh(seeing: Browser, gallery_url: str) -> Iterator[Phone]:
    """A computer that calls itself what iPads call themselves, without a touch screen."""
    yield from phones(seeing, gallery_url, user_agent=MACINTOSH)


@pytest.fixture
def ipad(seeing: Browser, gallery_url: str) -> Iterator[Phone]:
    """A tablet that calls itself a Macintosh."""
    yield from phones(seeing, gallery_url, user_agent=MACINTOSH, has_touch=True)


def test_a_code_of_ours_is_sent_and_nothing_leaves_the_site(phone: Phone, video: Path) -> None:
    camera.see_code(video, f"{phone.site}{PAGE}#{TOKEN}")
    phone.open().scan().is_asked()
    assert [url for url in phone.asked if url.endswith("/zxing_reader.wasm")]
    assert {url.split("/app/")[0].split("/static/")[0] for url in phone.asked} == {phone.site}
    assert not [url for url in phone.asked if TOKEN in url]


def test_a_code_that_comes_while_the_camera_looks(phone: Phone, video: Path) -> None:
    camera.see_a_wall(video)
    phone.open().scan().page.locator("[data-finder]").wait_for()
    camera.see_code(video, f"{phone.site}{PAGE}#{TOKEN}")
    phone.is_asked()


def test_a_code_of_somebody_else_is_not_opened(phone: Phone, video: Path) -> None:
    camera.see_code(video, f"https://elsewhere.example{PAGE}#{TOKEN}")
    phone.open().scan().is_told("foreign")
    assert "V-04" in phone.page.locator("[data-trouble=foreign]").inner_text()
    assert not [url for url in phone.asked if "elsewhere" in url]
    camera.see_code(video, f"{phone.site}{PAGE}#{TOKEN}")
    phone.scan().is_asked()


def test_a_camera_that_is_refused_leads_to_typing(shy_phone: Phone) -> None:
    shy_phone.open().scan().is_told("camera")


def test_a_browser_without_cameras_leads_to_typing(phone: Phone) -> None:
    phone.page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    phone.open().scan().is_told("camera")


def test_the_camera_is_let_go(phone: Phone, video: Path) -> None:
    camera.see_a_wall(video)
    phone.open().scan().page.locator("[data-finder]").wait_for()
    live = "() => document.querySelector('[data-finder]').srcObject?.active ?? false"
    eventually(phone.page, live)
    phone.page.locator("[data-end]").click()
    phone.page.locator("[data-begin]").wait_for()
    assert phone.page.evaluate(live) is False
    assert phone.page.locator("[data-trouble]:visible").count() == 0


def test_the_browsers_own_reader_comes_first(phone: Phone) -> None:
    phone.page.add_init_script(OWN_READER)
    phone.open().scan().is_told("foreign")
    assert not [url for url in phone.asked if "/vendor/" in url]


def test_a_token_in_the_address_leaves_it_at_once(phone: Phone) -> None:
    phone.open(f"#{TOKEN}").is_asked()
    phone.page.go_back()
    assert phone.page.url == phone.site + PAGE, "neither address bar nor history keep it"
    assert len(phone.sent) == 1


def test_a_token_that_comes_to_the_open_page(phone: Phone) -> None:
    phone.open()
    phone.page.evaluate(f"location.hash = '{TOKEN}'")
    phone.is_asked()


@pytest.mark.parametrize("fragment", ["#", "#main", f"#{TOKEN}x", f"#{TOKEN[:-1]}"])
def test_an_address_without_a_token_sends_nothing(phone: Phone, fragment: str) -> None:
    phone.open(fragment).page.wait_for_load_state("networkidle")
    assert phone.sent == []


def test_a_macintosh_is_told_to_use_the_phone(macintosh: Phone) -> None:
    macintosh.open(f"#{TOKEN}").is_told("computer")
    macintosh.scan().is_told("computer")


def test_an_ipad_is_no_computer(ipad: Phone) -> None:
    ipad.open(f"#{TOKEN}").is_asked()


LINKS = {
    "{site}/app/bind/code/#{token}": True,
    "{site}/app/bind/code/#{token}A": False,
    "{site}/app/bind/code/?next=x#{token}": False,
    "{site}/app/bind/code/": False,
    "{site}/app/bind/#{token}": False,
    "{site}.example/app/bind/code/#{token}": False,
    "http://app.localhost@elsewhere.example/app/bind/code/#{token}": False,
    "https://app.localhost/app/bind/code/#{token}": False,
    "javascript:alert(1)": False,
    "{token}": False,
    "ABCD-EFGH": False,
    "": False,
}


@pytest.mark.parametrize(("link", "ours"), LINKS.items(), ids=str)
def test_which_links_are_ours(phone: Phone, link: str, ours: bool) -> None:
    text = link.format(site=phone.site, token=TOKEN)
    found = phone.open().page.evaluate(
        "async (text) => (await import('/static/site/js/code.js')).codeIn(text, location.origin)?.token ?? ''", text
    )
    assert found == (TOKEN if ours else "")
