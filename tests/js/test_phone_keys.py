"""The phone's side of binding and unlocking: a real browser with a virtual authenticator, and the server's rules."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, Request, Route

from nhi_express.core.encoding import from_base64url
from nhi_express.devices.rules import DeviceKey, message, thumbprint_hex
from tests.js.waiting import eventually

CHALLENGE = base64.urlsafe_b64encode(bytes(range(32))).rstrip(b"=").decode()
DEVICE = "11111111-1111-4111-8111-111111111111"
FIELDS = ("device_key", "device_signature", "passkey", "platform", "model")
AUTHENTICATOR = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def creation_options() -> dict[str, Any]:
    """Like the server's."""
    return {
        "rp": {"id": "app.localhost", "name": "NHI Express"},
        "user": {"id": "AAECAw", "name": "member", "displayName": "member"},
        "challenge": CHALLENGE,
        "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
        "authenticatorSelection": {"authenticatorAttachment": "platform", "userVerification": "required"},
    }


def bind_page(passkey: dict[str, Any] | None) -> str:
    """The least that bind.js works on."""
    options = json.dumps({"challenge": CHALLENGE, "passkey": passkey})
    hidden = "".join(f'<input type="hidden" name="{name}">' for name in FIELDS)
    return f"""<!doctype html><title>bind</title><form method="post" action="/app/try/sent" data-bind>{hidden}
        <script type="application/json" id="bind-options">{options}</script><button>Go</button></form>
        <p hidden data-trouble="cancelled">not unlocked</p>
        <script type="module" src="/static/site/js/bind.js"></script>"""


def done_page(identifier: str) -> str:
    """The least that app.js works on."""
    return f"""<!doctype html><title>done</title>
        <body data-adopt-device="{DEVICE}" data-adopt-identifier="{identifier}">
        <p hidden data-trouble="key-gone">gone</p>
        <script type="module" src="/static/site/js/app.js"></script>"""


UNLOCK_PAGE = f"""<!doctype html><title>unlock</title><input type="hidden" name="csrfmiddlewaretoken" value="token">
    <div data-unlock><button data-device="{DEVICE}"><strong>陳○華</strong></button>
    <form hidden data-password><h2 data-whose></h2>
    <input id="unlock-password" type="password"><button>Go</button></form>
    <p hidden data-trouble="key-gone">gone</p><p hidden data-trouble="refused"><b data-title></b></p></div>
    <script type="module" src="/static/site/js/unlock.js"></script>"""


class Phone:
    """A browser page whose site answers what a test wants."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.sent: dict[str, list[str]] = {}
        page.route("**/app/sw.js", lambda route: route.abort())

    def authenticator(self, **changes: bool) -> None:
        """Give the phone a way to unlock."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": {**AUTHENTICATOR, **changes}})

    def show(self, body: str) -> None:
        """Open a page with ``body``."""
        self.page.route("**/app/try", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
        self.page.goto(f"{self.site}/app/try")

    def bind(self, passkey: dict[str, Any] | None) -> dict[str, str]:
        """Go through the last step of a binding; gives what was posted."""
        self.page.route("**/app/try/sent", self._take)
        self.show(bind_page(passkey))
        self.page.get_by_role("button", name="Go").click()
        self.page.wait_for_url("**/app/try/sent")
        return {name: values[0] for name, values in self.sent.items()}

    def _take(self, route: Route) -> None:
        self.sent = parse_qs(route.request.post_data or "", keep_blank_values=True)
        route.fulfill(body="ok", content_type="text/html")

    def adopt(self, posted: dict[str, str]) -> None:
        """See the page that says "bound"."""
        key = DeviceKey.from_jwk(posted["device_key"])
        self.show(done_page(thumbprint_hex(key.thumbprint)[:16]))
        eventually(self.page, HAS_KEY, DEVICE)


HAS_KEY = """async (device) => (await import("/static/site/js/devicekey.js")).has(device)"""


@pytest.fixture
def phone(chromium: Browser, gallery_url: str) -> Iterator[Phone]:
    """A phone fresh from the shop."""
    context = chromium.new_context(service_workers="block")
    yield Phone(context.new_page(), gallery_url)
    context.close()


def test_a_phone_without_a_passkey_signs_alone(phone: Phone) -> None:
    """The signature is over the hash of nothing."""
    posted = phone.bind(None)
    key = DeviceKey.from_jwk(posted["device_key"])
    assert posted["passkey"] == ""
    assert key.verifies(posted["device_signature"], message("bind", CHALLENGE, b""))
    assert posted["platform"]


def test_a_phone_with_a_passkey_signs_both_together(phone: Phone) -> None:
    """The passkey's id and attestation are inside what the device key signs."""
    phone.authenticator()
    posted = phone.bind(creation_options())
    made = json.loads(posted["passkey"])
    bound = from_base64url(made["rawId"]) + from_base64url(made["response"]["attestationObject"])
    key = DeviceKey.from_jwk(posted["device_key"])
    assert key.verifies(posted["device_signature"], message("bind", CHALLENGE, bound))
    assert not key.verifies(posted["device_signature"], message("bind", CHALLENGE, b""))


def test_a_refused_unlock_is_told_and_nothing_is_sent(phone: Phone) -> None:
    """The person may try again."""
    phone.authenticator(isUserVerified=False)
    phone.show(bind_page(creation_options()))
    phone.page.get_by_role("button", name="Go").click()
    phone.page.get_by_text("not unlocked").wait_for()
    assert phone.sent == {}
    assert phone.page.url.endswith("/app/try")


def test_adopting_twice_changes_nothing(phone: Phone) -> None:
    """The page that says "bound" may be loaded again, and the key stays where it is and cannot be read."""
    phone.adopt(phone.bind(None))
    phone.page.reload()
    phone.page.wait_for_load_state()
    assert phone.page.evaluate(HAS_KEY, DEVICE)
    assert phone.page.get_by_text("gone").is_hidden()
    names = """() => new Promise((done) => { const open = indexedDB.open("nhi-express", 1); open.onsuccess = () => {
        const all = open.result.transaction("keys").objectStore("keys").getAll();
        all.onsuccess = () => done(all.result.map((kept) => kept.pair.privateKey.extractable)); }; })"""
    assert phone.page.evaluate(names) == [False]


def test_a_page_of_another_binding_takes_no_key(phone: Phone) -> None:
    """A key that waits for somebody else is never adopted."""
    phone.bind(None)
    phone.show(done_page("0123456789abcdef"))
    phone.page.get_by_text("gone").wait_for()
    assert not phone.page.evaluate(HAS_KEY, DEVICE)


Answer = Callable[[Request], tuple[int, dict[str, Any]]]


def _answering(phone: Phone, path: str, answer: Answer) -> list[dict[str, Any]]:
    asked: list[dict[str, Any]] = []

    def serve(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "{}"))
        status, body = answer(route.request)
        route.fulfill(status=status, json=body)

    phone.page.route(path, serve)
    return asked


def test_unlocking_with_a_passkey(phone: Phone) -> None:
    """One tap: challenge, assertion, signature over both, and on to where the server says."""
    phone.authenticator()
    posted = phone.bind(creation_options())
    phone.adopt(posted)
    allowed = [{"type": "public-key", "id": json.loads(posted["passkey"])["id"]}]
    request = {
        "challenge": CHALLENGE,
        "rpId": "app.localhost",
        "allowCredentials": allowed,
        "userVerification": "required",
    }
    _answering(
        phone, "**/unlock/challenge", lambda _: (200, {"token": "t", "challenge": CHALLENGE, "passkey": request})
    )
    entered = _answering(phone, "**/unlock/enter", lambda _: (200, {"next": "/app/try/sent"}))
    phone.show(UNLOCK_PAGE)
    phone.page.get_by_role("button", name="陳○華").click()
    phone.page.wait_for_url("**/app/try/sent")
    response = entered[0]["assertion"]["response"]
    bound = b"".join(from_base64url(response[part]) for part in ("authenticatorData", "clientDataJSON", "signature"))
    key = DeviceKey.from_jwk(posted["device_key"])
    assert key.verifies(entered[0]["device_signature"], message("unlock", CHALLENGE, bound))
    assert (entered[0]["token"], entered[0]["device"], entered[0]["password"]) == ("t", DEVICE, None)


def test_unlocking_with_the_password(phone: Phone) -> None:
    """Without a passkey the password's field appears; a wrong one is told in the server's words."""
    posted = phone.bind(None)
    phone.adopt(posted)
    fresh = {"token": "t", "challenge": CHALLENGE, "passkey": None}
    _answering(phone, "**/unlock/challenge", lambda _: (200, fresh))
    problem = {"problem": {"code": "D-08", "title": "密碼不對", "body": "", "help_url": "/help/codes/D-08/"}}
    entered = _answering(phone, "**/unlock/enter", lambda _: (403, problem))
    phone.show(UNLOCK_PAGE)
    phone.page.get_by_role("button", name="陳○華").click()
    phone.page.locator("#unlock-password").fill("一二三四五六七八")
    phone.page.get_by_role("button", name="Go").click()
    phone.page.get_by_text("密碼不對").wait_for()
    key = DeviceKey.from_jwk(posted["device_key"])
    assert key.verifies(entered[0]["device_signature"], message("unlock", CHALLENGE, b""))
    assert (entered[0]["assertion"], entered[0]["password"]) == (None, "一二三四五六七八")


def test_a_lost_key_is_told_before_anything_is_asked(phone: Phone) -> None:
    """A browser whose data was cleared cannot unlock; it says so and asks the server nothing."""
    asked = _answering(phone, "**/unlock/challenge", lambda _: (500, {}))
    phone.show(UNLOCK_PAGE)
    phone.page.get_by_role("button", name="陳○華").click()
    phone.page.get_by_text("gone").wait_for()
    assert asked == []


@pytest.mark.parametrize(
    ("agent", "platform", "model"),
    [
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP4A) AppleWebKit/537.36", "Android 15", "Pixel 9"),
        ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/130", "Android 10", "Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15", "iOS 18", "iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", "Windows", "Browser"),
        ("curl/8", "", ""),
    ],
)
def test_phones_are_named(phone: Phone, agent: str, platform: str, model: str) -> None:
    """From the browser's own words, where it has no better ones."""
    phone.show("<!doctype html><title>x</title>")
    told = phone.page.evaluate(
        """async (agent) => (await import("/static/site/js/phone.js")).fromAgent(agent)""", agent
    )
    assert told == {"platform": platform, "model": model}
