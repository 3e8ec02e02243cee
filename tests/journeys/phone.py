"""A phone in a person's hand: Chromium with a touch screen, a SIM, and a way to unlock. Each page that it shows is
photographed and read by axe, and what the browser complains of fails the journey."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any, ClassVar, Self

from playwright.sync_api import Browser, CDPSession, Error, Locator, Page, expect

from nhi_sandbox.personas import Persona
from nhi_sandbox.place import Place
from tests.journeys.reading import Reader, listen
from tests.journeys.words import LOCALES, TAGS, said

_AGENT = (
    "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.0.0 Mobile Safari/537.36"
)
_AUTHENTICATOR = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
_PATIENCE_MS = 20_000
_READER = Reader()


class Album:
    """The pictures of one test in one language; those of an earlier run go."""

    def __init__(self, folder: Path, language: str) -> None:
        self._folder, self._language, self._count = folder, language, 0
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"*-{language}.*"):
            old.unlink()

    def add(self, page: Page, path: str) -> None:
        """Take a picture of the whole page."""
        self._count += 1
        name = re.sub(r"[^a-z0-9]+", "-", re.sub(r"[0-9a-f-]{36}", "one", path.lower())).strip("-") or "root"
        file = self._folder / f"{self._count:02d}-{name}-{self._language}.jpg"
        page.screenshot(path=file, full_page=True, type="jpeg", quality=90)


class PhoneInHand:
    """One phone, and the browser on it. What it does not find within seconds fails the test."""

    window: ClassVar[dict[str, Any]] = {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
        "user_agent": _AGENT,
    }

    def __init__(self, browser: Browser, place: Place, language: str, album: Album, *, passkeys: bool) -> None:
        self.place, self.language, self.complaints = place, language, list[str]()
        self._album, self._passkeys, self._left = album, passkeys, ""
        self._unlocking: list[tuple[CDPSession, str]] = []
        self.context = browser.new_context(locale=LOCALES[language], reduced_motion="reduce", **self.window)
        self.context.set_default_timeout(_PATIENCE_MS)
        self.page = self.open_tab()

    def open_tab(self) -> Page:
        """One more tab. A passkey made in one tab is not in the others: each virtual authenticator is one tab's own."""
        page = self.context.new_page()
        listen(page, self.complaints)
        if self._passkeys:
            session = self.context.new_cdp_session(page)
            session.send("WebAuthn.enable")
            made = session.send("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})
            self._unlocking.append((session, made["authenticatorId"]))
        return page

    def turns_to(self, tab: Page) -> Self:
        """Show another tab."""
        self.page, self._left = tab, ""
        tab.bring_to_front()
        return self

    def put_away(self) -> None:
        """Close the browser; nothing may have been complained of."""
        self.context.close()
        assert self.complaints == []

    def recognises_its_owner(self, *, yes: bool) -> None:
        """Whether the next unlocking succeeds: the right finger, or a stranger's."""
        for session, authenticator in self._unlocking:
            wish = {"authenticatorId": authenticator, "isUserVerified": yes}
            session.send("WebAuthn.setUserVerified", wish)

    def lends_its_passkeys_to(self, other: PhoneInHand) -> Self:
        """Let another browser use the passkeys on this phone, as one does that asks the phone lying beside it."""
        (session, authenticator), (others, at) = self._unlocking[-1], other._unlocking[-1]
        held = session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
        for credential in held:
            others.send("WebAuthn.addCredential", {"authenticatorId": at, "credential": credential})
        return self

    # What is to be seen.

    @property
    def path(self) -> str:
        """Where the phone is."""
        return re.sub(r"^https?://[^/]+|[?#].*$", "", self.page.url)

    @property
    def code(self) -> str:
        """The code of the problem that the page tells, or an empty string."""
        found = re.search(r"(?<![A-Za-z0-9])[A-Z]-\d\d(?!\d)", self.page.locator("body").inner_text())
        return found.group(0) if found else ""

    def says(self, english: str) -> str:
        """A text as this phone's language says it."""
        return said(self.language, english)

    def look(self) -> Self:
        """Photograph the page and read it. The phone's language must be the page's."""
        assert self.page.locator("html").get_attribute("lang") == TAGS[self.language], self.path
        self._left = ""
        self._album.add(self.page, self.path)
        faults = _READER.faults(self.page)
        assert faults == [], f"{self.path}: {faults}"
        return self

    def is_at(self, path: str) -> Self:
        """Wait until the phone is at a page, newly loaded if something was tapped, and look at it."""
        wanted = re.compile(re.escape(self.place.site + path) + r"([?#].*)?$")
        until = time.monotonic() + _PATIENCE_MS / 1000
        while not (wanted.match(self.page.url) and self._age() not in {"", self._left}):
            assert time.monotonic() < until, f"at {self.path}, not at {path}"
            self.page.wait_for_timeout(25)
        return self.look()

    def _age(self) -> str:
        """What tells a page from the same page loaded again; empty while it changes."""
        try:
            return str(self.page.evaluate("document.readyState === 'complete' ? performance.timeOrigin : ''"))
        except Error:
            return ""

    def reads(self, english: str) -> Self:
        """Expect a text of ours on the page."""
        return self.shows(self.says(english))

    def shows(self, text: str) -> Self:
        """Expect a text on the page, the same in each language."""
        expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()
        return self

    def is_told(self, code: str) -> Self:
        """Expect the code of a problem on the page, and look at it."""
        self.shows(code).look()
        assert self.code == code
        return self

    # What hands do.

    def goes_to(self, path: str) -> Self:
        """Type an address."""
        self.page.goto(self.place.site + path)
        return self

    def goes_back(self) -> Self:
        """The back button."""
        self.page.go_back()
        return self

    def loads_again(self) -> Self:
        """Reload the page."""
        self.page.reload()
        return self

    def taps(self, english: str) -> Self:
        """Tap a link or a button by what it says."""
        return self.leaves_by(self.named(self.says(english)))

    def leaves_by(self, target: Locator) -> Self:
        """Tap what leads to another page."""
        self._left = self._age()
        target.tap()
        return self

    def leaves_by_key(self, key: str) -> Self:
        """Press a key that leads to another page."""
        self._left = self._age()
        self.page.keyboard.press(key)
        return self

    def named(self, words: str) -> Locator:
        """The first link or button of this name."""
        link = self.page.get_by_role("link", name=words, exact=True)
        return link.or_(self.page.get_by_role("button", name=words, exact=True)).first

    def opens(self, english: str) -> Self:
        """Tap a tile or a row that begins with these words."""
        rows = self.page.locator(".tile, .row")
        return self.leaves_by(rows.filter(has=self.page.locator("strong", has_text=self.says(english))).first)

    def types(self, field: str, text: str) -> Self:
        """Type into a field by its name."""
        self.page.locator(f"[name={field}]").fill(text)
        return self

    def takes_sim_of(self, person: Persona, network: str = "") -> Self:
        """Put a person's SIM card in, on mobile data unless another network is named."""
        cookie = self._asks_sandbox("phone", {"line": person.phone, "network": network or person.network})
        name, _, value = cookie.split(";")[0].partition("=")
        self.context.add_cookies([{"name": name, "value": value, "url": self.place.sandbox}])
        return self

    def _asks_sandbox(self, path: str, body: dict[str, str]) -> str:
        # Playwright's own requests do not know that *.localhost is this machine.
        url = self.place.sandbox.replace("operators.localhost", "127.0.0.1")
        answer = self.context.request.post(f"{url}/control/{path}", data=body)
        assert answer.ok, answer.text()
        return answer.headers["set-cookie"]

    def mail_code(self, address: str) -> str:
        """The newest code in the sandbox's inbox; the worker sends within seconds."""
        for _ in range(300):
            for text in self.mails(address):
                found = re.search(r"\b(\d{4}) (\d{4})\b", text)
                if found:
                    return found.group(1) + found.group(2)
            self.page.wait_for_timeout(100)
        raise AssertionError("no mail came")

    def mails(self, address: str) -> list[str]:
        """What was mailed to an address until now, newest first."""
        url = self.place.sandbox.replace("operators.localhost", "127.0.0.1")
        return [str(mail["text"]) for mail in self.context.request.get(f"{url}/control/mails?to={address}").json()]
