"""What an officer does at the units' desk, over HTTP, in a browser that uses the passkey of their phone."""

from __future__ import annotations

import html
import re
import time
from typing import Any, Final, Self

from nhi_sandbox.computer import AGENT
from nhi_sandbox.member_phone import MemberPhone
from nhi_sandbox.phone import Phone
from nhi_sandbox.visit import Surprise, Visit

_WORKING: Final = {"received", "reading", "checking", "enrolling"}
_TAB: Final = re.compile(r'show=(\w+)[^"]*"[^>]*>[^<]*<span class="number">([\d,]+)<')


class OfficersComputer(Visit):
    """A computer at the units' desk. The passkeys are those of the officer's phone, which lies beside it."""

    carried = ("key", "version", "end")

    def __init__(self, phone: MemberPhone, *, language: str = "zh-TW") -> None:
        super().__init__(phone.site, Phone(phone.phone.sandbox, language=language))
        self.phone.browser.headers["User-Agent"] = AGENT
        self.phone.authenticator = phone.phone.authenticator

    def sign_in(self) -> Self:
        """With the passkey. Who is refused sees the problem's page."""
        asked = self.open("/units/")._json("/units/challenge", {})
        assertion = self.phone.get_assertion(asked["passkey"], self.site)
        told = self._json("/units/enter", {"token": asked["token"], "assertion": assertion, "next": ""})
        if told["status"] != 200:
            raise Surprise(f"the desk said {told['problem']['code']}")
        return self.open(told["next"])

    def acts_for(self, unit: str) -> Self:
        """Choose the unit to act for."""
        return self.open("/units/switch/").send("/units/switch/", unit=unit)

    def upload(self, name: str, content: bytes) -> Self:
        """Upload a list; the page of that list is shown then."""
        self.open("/units/lists/upload")
        fields = {each: self.hidden(each) for each in self.carried if self.hidden(each)}
        data = {**fields, "csrfmiddlewaretoken": self._csrf()}
        self._page = self.phone.post(f"{self.site}/units/lists/upload", data=data, files={"file": (name, content)})
        return self

    def wait(self) -> str:
        """Wait while work on the list of the page goes on; show it then. Its state, e.g. ``checked``."""
        path = self.path
        for _ in range(600):
            stage = self.ask(f"{path}progress")["stage"]
            state = str(stage).partition(":")[0]
            if state not in _WORKING:
                self.open(path)
                return state
            time.sleep(0.2)
        raise Surprise(f"the list is still {state}")

    def ask(self, path: str) -> dict[str, Any]:
        """What a page's script asks."""
        return dict(self.phone.get(self.site + path, headers={"Accept": "application/json"}).json())

    def counts(self) -> dict[str, int]:
        """How many lines of the list have which result, as its tabs tell."""
        return {state: int(count.replace(",", "")) for state, count in _TAB.findall(self.page.text)}

    def confirm(self) -> Self:
        """Confirm the result that the page shows."""
        return self.send(f"{self.path}confirm")

    def refused_lines(self) -> bytes:
        """The spreadsheet of refused lines."""
        return self.phone.get(f"{self.site}{self.path}refused.xlsx").content

    def person(self, name: str, status: str = "open") -> str:
        """The id of the invitation of somebody on the page of people; empty when they are not there."""
        path = f"/units/people/?status={status}"
        while path:
            self.open(path)
            for entry in self.page.text.split('<li class="card">')[1:]:
                found = re.search(r"/units/people/([0-9a-f-]{36})/", entry)
                if name in entry:
                    return found.group(1) if found else "there"
            path = self._further()
        return ""

    def _further(self) -> str:
        found = re.search(r'href="(\?[^"]*after=[^"]*)"', self.page.text)
        return f"/units/people/{html.unescape(found.group(1))}" if found else ""

    def withdraw(self, invitation: str) -> Self:
        """Withdraw an invitation."""
        path = f"/units/people/{invitation}/withdraw"
        return self.open(path).send(path)

    def remind(self, invitation: str) -> Self:
        """Remind somebody."""
        return self.send(f"/units/people/{invitation}/remind")
