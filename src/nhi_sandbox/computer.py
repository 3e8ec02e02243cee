"""What a member does at a computer with a card reader: the portal over HTTP, the card over the real component."""

import json
import re
import secrets
import threading
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx2

from nhi_sandbox.personas import Persona
from nhi_sandbox.phone import Phone
from nhi_sandbox.register import RegisterRow
from nhi_sandbox.visit import Surprise, Visit

AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
_READING: Final = ["block", "state", "response"]
# Journeys share one reader: who has put a card in reads it before anybody else puts in another.
_READER = threading.Lock()


class Computer(Visit):
    """A computer at the portal. Each step puts in the card that it needs."""

    carried = ("attempt", "version", "sure", "holder")

    def __init__(self, site: str, sandbox: str, component: str, *, language: str = "zh-TW") -> None:
        super().__init__(site, Phone(sandbox, language=language))
        self.phone.browser.headers["User-Agent"] = AGENT
        self._component, self._token = component.rstrip("/"), ""

    # The card.

    def put_in(self, person: Persona, kind: str = "nhi") -> None:
        """Put a card into the sandbox's reader."""
        self._control({"action": "insert", "kind": kind, "persona": person.key, "reader": 0})

    def pull_out(self) -> None:
        """Pull it out."""
        self._control({"action": "pull", "reader": 0})

    def _control(self, body: dict[str, object]) -> None:
        self.phone.browser.post(f"{self.phone.sandbox}/control/card", json=body).raise_for_status()

    def _ask(self, path: str, body: dict[str, object]) -> dict[str, Any]:
        split = urlsplit(self.site)
        headers = {"Origin": f"{split.scheme}://{split.netloc}"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        answer = httpx2.post(self._component + path, json=body, headers=headers, timeout=20, trust_env=False)
        if answer.status_code != 200:
            raise Surprise(f"the component said {answer.status_code} {answer.text[:80]} to {path}")
        return dict(answer.json())

    def reading(self, person: Persona, kind: str = "nhi", *, permit: bool = False) -> dict[str, str]:
        """Put a person's card in, have it answer a fresh challenge, and then their permit; as the form sends it."""
        fresh = self._json("/portal/challenge", {})
        if not self._token:
            self._token = self._ask("/pair", {"ticket": secrets.token_urlsafe(24)})["token"]
        with _READER:
            self.put_in(person, kind)
            told = self._ask("/read", {"want": _READING, "challenge": fresh["challenge"]})
            if permit:
                self.put_in(person, "permit")
                told |= self._ask("/read", {"want": ["permit"]})
            self.pull_out()
        return {"card_token": fresh["token"], **{f"card_{name}": value or "" for name, value in told.items()}}

    # Registering.

    def to_card(self) -> Self:
        """Read 管理作業要點 and say so."""
        return self.open("/portal/register/terms").send("/portal/register/terms", accept="yes")

    def show_card(self, person: Persona, kind: str = "nhi") -> Self:
        """讀取."""
        return self.send("/portal/register/card", act="read", **self.reading(person, kind))

    def prove(self, person: Persona, card_of: Persona | None = None, **typed: str) -> Self:
        """下一步: household or permit, the card again; ``card_of`` puts in somebody else's."""
        read = self.reading(card_of or person, permit=not person.is_citizen)
        household = household_of(person.row()) if person.is_citizen else {}
        return self.send("/portal/register/card", act="prove", **{**read, **household, **typed})

    def apply(self, person: Persona, address: str, password: str) -> Self:
        """From the terms to the page that asks for the mailed code."""
        self.to_card().show_card(person).prove(person)
        return self.send("/portal/register/account", password=password, main=address, backup="")

    def type_code(self, code: str) -> Self:
        """The mailed code."""
        return self.send("/portal/register/confirm", act="confirm", code=code)

    # With and without signing in.

    def sign_in(self, person: Persona, password: str, kind: str = "nhi") -> Self:
        """Card and password."""
        self.open("/portal/")
        return self.send("/portal/", password=password, **self.reading(person, kind))

    def recover(self, ceremony: str, person: Persona) -> Self:
        """The proof that 重寄認證信, 忘記註冊密碼 and 刪除註冊申請 begin with."""
        self.open(f"/portal/{ceremony}/")
        holder = {"holder": "household" if person.is_citizen else "permit"}
        typed = household_of(person.row()) if person.is_citizen else {}
        return self.send(
            f"/portal/{ceremony}/", **holder, **typed, **self.reading(person, permit=not person.is_citizen)
        )

    def device_code(self) -> tuple[str, str]:
        """A device code, and the link in its QR code; the picture is read by the tests in a browser."""
        self.open("/portal/device-code/").send("/portal/device-code/")
        code = re.search(r'id="device-code">([0-9A-Z-]+)<', self.page.text)
        link = re.search(r'data-link="([^"]+)"', self.page.text)
        if not code or not link:
            raise Surprise(f"no device code at {self.path}, code {self.code}")
        return code.group(1), link.group(1)

    def code_state(self) -> dict[str, Any]:
        """What the page with the code asks every second."""
        return dict(json.loads(self.phone.get(f"{self.site}/portal/device-code/state").text))


def household_of(row: RegisterRow) -> dict[str, str]:
    """What a citizen types of their household certificate, by the register."""
    found = re.fullmatch(r"(.+?[縣市])(.+?[鄉鎮市區])(.+?[村里])", row.household_area)
    if not found:
        raise Surprise("a household without an area")
    names = ("county", "district", "village")
    return {"household": row.household_number, **dict(zip(names, found.groups(), strict=True)), "neighbourhood": "12"}
