"""What happens at a service counter and on the hotline, over HTTP: a clerk's computer, and the visitor's screen."""

from __future__ import annotations

import html
import json
import re
from typing import Final, Self

from nhi_sandbox.computer import AGENT
from nhi_sandbox.personas import Persona
from nhi_sandbox.phone import Phone
from nhi_sandbox.visit import Surprise, Visit

_CODE: Final = re.compile(r'(?:class="number">|/help/codes/)([A-Z]-\d\d)[</]')
_APPROVAL: Final = r"/staff/approvals/[0-9a-f-]{36}"


class StaffComputer(Visit):
    """The computer of one member of staff, with their passkey."""

    carried = ("ticket",)

    def __init__(self, site: str, sandbox: str, *, language: str = "zh-TW") -> None:
        super().__init__(site, Phone(sandbox, language=language))
        self.phone.browser.headers["User-Agent"] = AGENT

    @property
    def code(self) -> str:
        """The code of the problem that the page shows, or an empty string."""
        found = _CODE.search(self.page.text.partition("<main")[2])
        return found.group(1) if found else ""

    # Oneself.

    def begin(self, account: str, first_code: str) -> Self:
        """The first time: account and code, and then a passkey is made."""
        self.open("/staff/first/").send("/staff/first/", account=account, code=first_code)
        found = re.search(r'data-ticket="([^"]+)"', self.page.text)
        if not found:
            raise Surprise(f"no ticket for {account}, code {self.code}")
        ticket = html.unescape(found.group(1))
        asked = self._json("/staff/first/options", {"ticket": ticket})
        passkey = json.dumps(self.phone.create_passkey(asked["passkey"], self.site))
        return self._go_on("/staff/first/keep", {"ticket": ticket, "token": asked["token"], "passkey": passkey})

    def sign_in(self) -> Self:
        """Every day: the passkey alone."""
        asked = self.open("/staff/")._json("/staff/challenge", {})
        assertion = self.phone.get_assertion(asked["passkey"], self.site)
        return self._go_on("/staff/enter", {"token": asked["token"], "assertion": assertion, "next": ""})

    def _go_on(self, path: str, body: dict[str, object]) -> Self:
        told = self._json(path, body)
        if told["status"] != 200:
            raise Surprise(f"staff were told {told['problem']['code']}")
        return self.open(told["next"])

    # A clerk's case.

    def open_case(self, id_number: str, purpose: str) -> Self:
        """Open a case; its page is shown then, or why there is none."""
        return self.open("/staff/desk/").send("/staff/desk/", id_number=id_number, purpose=purpose)

    def see_documents(self, *, but: str = "", permit_until: str = "2099-12-31") -> Self:
        """Tick every document that the page asks for, except one; a residence permit is good until that day."""
        asked = re.findall(r'name="documents" value="(\w+)"', self.page.text)
        seen = [name for name in asked if name != but]
        return self.send(f"{self._case}documents", documents=seen, permit_until=permit_until)

    def pair(self, number: str) -> Self:
        """Type the number that a visitor's screen shows."""
        return self.send(f"{self._case}screen", number=number)

    def do(self, act: str, reason: str) -> Self:
        """An act on the registration, with its reason."""
        return self.send(f"{self._case}act", act=act, reason=reason)

    def standing(self) -> dict[str, object]:
        """What the case's page asks every two seconds."""
        return dict(self.phone.get(f"{self.site}{self._case}state").json())

    def finish(self) -> Self:
        """Finish the case."""
        return self.send(f"{self._case}finish")

    @property
    def _case(self) -> str:
        """The address of the case that the page shows."""
        return self.link(r"/staff/desk/[0-9a-f-]{36}/drop").removesuffix("drop")

    # A second person.

    def what_waits(self) -> str:
        """The address of the act that waits for a second person."""
        return self.open("/staff/approvals/").link(_APPROVAL)

    def grant(self, approval: str) -> Self:
        """Say yes to it."""
        return self.open("/staff/approvals/").send(approval, decision="grant")

    # The hotline.

    def take_call(self, person: Persona, purpose: str, proof: str = "") -> Self:
        """Somebody calls and answers; their record is shown, or why it is not."""
        said = {"id_number": person.id_number, "birth_date": person.birth_date, "proof": proof, "purpose": purpose}
        return self.open("/staff/hotline/").send("/staff/hotline/", **said)

    def freeze(self) -> Self:
        """Stop the caller's registration."""
        return self.send("/staff/hotline/freeze")


class VisitorScreen(Visit):
    """The screen beside a desk that faces the visitor."""

    carried = ("version",)

    def __init__(self, site: str, sandbox: str, *, language: str = "zh-TW") -> None:
        super().__init__(site, Phone(sandbox, language=language))

    def begin(self) -> Self:
        """Make this browser a visitor's screen, which it stays."""
        return self.open("/visitor/").send("/visitor/")

    @property
    def number(self) -> str:
        """The number that it shows to be paired."""
        found = re.search(r'class="[^"]*\bcode\b[^"]*">([\d ]+)<', self.open("/visitor/").page.text)
        if not found:
            raise Surprise(f"no number on the visitor's screen at {self.path}")
        return found.group(1).replace(" ", "")

    def register(self, password: str) -> Self:
        """The visitor reads the terms and types a password of their own."""
        self.open("/visitor/").send("/visitor/terms", accept="yes")
        return self.send("/visitor/password", password=password, again=password)

    def phone_link(self) -> str:
        """The link in the QR for the visitor's phone."""
        self.open("/visitor/phone").send("/visitor/phone")
        found = re.search(r'data-link="([^"]+)"', self.page.text)
        if not found:
            raise Surprise(f"no device code at {self.path}")
        return html.unescape(found.group(1))

    def code_state(self) -> str:
        """What became of the code."""
        return str(self.phone.get(f"{self.site}/visitor/code-state").json()["state"])
