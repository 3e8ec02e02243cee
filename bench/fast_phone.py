"""A phone that walks through the site as a member does, without reading more of a page than it must answer."""

from __future__ import annotations

import html
import json
import re
from base64 import urlsafe_b64decode
from hashlib import sha256
from typing import Any

from bench.subscribers import Subscriber
from bench.wire import Answer, Unexpected, Wire
from nhi_sandbox.demo import Ports
from nhi_sandbox.device_key import DeviceKey, base64url
from nhi_sandbox.passkey import Authenticator

PASSWORD = "a quiet river in spring"
_STEPS = "/app/bind/mobile/"
_OPTIONS = re.compile(r'id="bind-options">(.*?)</script>', re.S)
_DEVICE = re.compile(r'data-adopt-device="([0-9a-f-]{36})"')


class FastPhone:
    """Two kept-alive connections, to the site and to the sandbox; a new phone, as far as they can tell, each time."""

    def __init__(self, ports: Ports) -> None:
        self._site, self._sandbox = Wire("app.localhost", ports.site), Wire("operators.localhost", ports.sandbox)
        self.forget()

    def turn_to(self, port: int) -> None:
        """Take another server for the site."""
        self._site.close()
        cookies, self._site = self._site.cookies, Wire("app.localhost", port)
        self._site.cookies.update(cookies)

    def close(self) -> None:
        """Hang up."""
        self._site.close()
        self._sandbox.close()

    def forget(self) -> None:
        """Become a phone that was never here."""
        self._site.cookies.clear()
        self._sandbox.cookies.clear()
        self.key, self.authenticator, self.device, self.passkey = DeviceKey(), Authenticator(), "", ""

    def enrol(self, person: Subscriber) -> None:
        """The whole journey, from the home page to 完成行動電話認證. Raises Unexpected when it ends elsewhere."""
        self.forget()
        self._sandbox.json("/control/phone", {"line": person.msisdn, "network": "mobile"})
        self._choose()
        self._type_line(person)
        self._type_last4(person)
        self._finish()

    def _choose(self) -> None:
        """Home, the service, led to binding, the terms."""
        self._open("/app/")
        bind = self._led("/app/bind/", self._site.get("/app/health-bank/"))
        self._open(bind)
        page = self._open(f"{_STEPS}terms?next=/app/health-bank/")
        fields = {"version": _hidden(page, "version"), "next": "/app/health-bank/", "accept": "yes"}
        self._led(f"{_STEPS}line", self._site.form(f"{_STEPS}terms", **fields))

    def _type_line(self, person: Subscriber) -> None:
        """Number and ID number, through gateway and operator, and back."""
        attempt = _hidden(self._open(f"{_STEPS}line"), "attempt")
        fields = {"attempt": attempt, "number": "0" + person.msisdn[4:], "id_number": person.id_number}
        away = self._site.form(f"{_STEPS}line", **fields)
        while away.status == 302 and away.location.startswith(self._sandbox.origin):
            away = self._sandbox.get(away.location.removeprefix(self._sandbox.origin))
        back = away.location.removeprefix(self._site.origin)
        self._led(f"{_STEPS}card", self._site.get(back))

    def _type_last4(self, person: Subscriber) -> None:
        attempt = _hidden(self._open(f"{_STEPS}card"), "attempt")
        self._led(f"{_STEPS}finish", self._site.form(f"{_STEPS}card", attempt=attempt, last4=person.last4))

    def _finish(self) -> None:
        """Password, passkey and device key; then the page that says it is done."""
        page = self._open(f"{_STEPS}finish")
        options = json.loads(_group(_OPTIONS, page))
        passkey = self.authenticator.create(options["passkey"], self._site.origin)
        self.passkey = passkey["response"]["publicKey"]
        bound = _bytes(passkey["rawId"]) + _bytes(passkey["response"]["attestationObject"])
        fields = {
            "attempt": _hidden(page, "attempt"),
            "token": options["token"],
            "password": PASSWORD,
            "device_key": json.dumps(self.key.jwk),
            "device_signature": self.key.sign(_message("bind", options["challenge"], bound)),
            "passkey": json.dumps(passkey),
            "platform": "Android",
            "model": "Pixel 9",
        }
        done = self._led(f"{_STEPS}done", self._site.form(f"{_STEPS}finish", **fields))
        self.device = _group(_DEVICE, self._open(done))

    def sign_in(self) -> None:
        """Unlock as usual: challenge and answer. Raises Unexpected when the phone is not let in."""
        asked = self._ok(self._site.json("/app/unlock/challenge", {"device": self.device}))
        self._ok(self._site.json("/app/unlock/enter", self._signed(json.loads(asked))))

    def _signed(self, options: dict[str, Any]) -> dict[str, Any]:
        assertion = self.authenticator.get(options["passkey"], self._site.origin)
        told = assertion["response"]
        bound = b"".join(_bytes(told[name]) for name in ("authenticatorData", "clientDataJSON", "signature"))
        signature = self.key.sign(_message("unlock", options["challenge"], bound))
        answer = {"token": options["token"], "device": self.device, "assertion": assertion}
        return {**answer, "device_signature": signature, "password": None}

    def _open(self, path: str) -> str:
        return self._ok(self._site.get(path))

    def _ok(self, answer: Answer) -> str:
        if answer.status != 200:
            raise Unexpected(f"status {answer.status}, to {answer.location}: {answer.text[:200]}")
        return answer.text

    def _led(self, path: str, answer: Answer) -> str:
        if answer.status != 302 or not answer.location.startswith(path):
            raise Unexpected(f"expected {path}: status {answer.status}, to {answer.location}")
        return answer.location


def _hidden(page: str, name: str) -> str:
    return html.unescape(_group(re.compile(rf'name="{name}" value="([^"]*)"'), page.partition("<main")[2]))


def _group(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    if found is None:
        raise Unexpected(f"no {pattern.pattern} on the page")
    return found.group(1)


def _message(purpose: str, challenge: str, bound: bytes) -> bytes:
    return f"nhi-express/{purpose}/1\n{challenge}\n{base64url(sha256(bound).digest())}".encode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
