"""What a member does with their phone on the site, over HTTP: every form they fill, every key their phone uses."""

import json
import re
from base64 import urlsafe_b64decode
from hashlib import sha256
from typing import Any, Self

from nhi_sandbox.device_key import DeviceKey, base64url
from nhi_sandbox.personas import Persona
from nhi_sandbox.phone import Phone
from nhi_sandbox.visit import Surprise, Visit

PASSWORD = "a quiet river in spring"  # noqa: S105 - typed by invented people only


class MemberPhone(Visit):
    """A phone on which members use the app. One phone may serve several members, each with a key of their own."""

    def __init__(self, site: str, sandbox: str, *, passkeys: bool = True, language: str = "zh-TW") -> None:
        super().__init__(site, Phone(sandbox, language=language))
        self.passkeys, self.keys = passkeys, dict[str, DeviceKey]()

    # The steps of 行動電話認證.

    def to_line(self, next_page: str = "/app/") -> Self:
        """Read and accept the terms."""
        return self.open(f"/app/bind/mobile/terms?next={next_page}").send("/app/bind/mobile/terms", accept="yes")

    def to_card(self, person: Persona, next_page: str = "/app/", network: str = "") -> Self:
        """Put the person's SIM in, type number and ID number, go through the operator and come back."""
        self.phone.insert_sim(person.key, network)
        typed = person.types
        self.to_line(next_page)
        return self.send("/app/bind/mobile/line", number=typed["phone"], id_number=typed["id_number"])

    def type_last4(self, last4: str) -> Self:
        """Type the last four digits of the card."""
        return self.send("/app/bind/mobile/card", last4=last4)

    def finish(self, password: str | None = PASSWORD, *, base: str = "/app/bind/mobile/", **fields: str) -> Self:
        """Set a password (None keeps the old one), unlock the phone, be bound. ``base`` begins the channel's pages."""
        options = self._bind_options()
        key = self.phone.new_device_key()
        wish = {"keep_password": "yes"} if password is None else {"password": password}
        self.send(f"{base}finish", **self._proof(key, options), **wish, **fields)
        self._adopt(key)
        return self

    def _bind_options(self) -> dict[str, Any]:
        found = re.search(r'<script type="application/json" id="bind-options">(.*?)</script>', self.page.text, re.S)
        if not found:
            raise Surprise(f"no options to bind with at {self.path}, status {self.page.status_code}, code {self.code}")
        return dict(json.loads(found.group(1)))

    def _proof(self, key: DeviceKey, options: dict[str, Any]) -> dict[str, str]:
        passkey, bound = None, b""
        if self.passkeys:
            passkey = self.phone.create_passkey(options["passkey"], self.site)
            bound = _bytes(passkey["rawId"]) + _bytes(passkey["response"]["attestationObject"])
        return {
            "device_key": json.dumps(key.jwk),
            "device_signature": key.sign(_message("bind", options["challenge"], bound)),
            "passkey": json.dumps(passkey) if passkey else "",
            "platform": "Android",
            "model": "Pixel 9",
        }

    def _adopt(self, key: DeviceKey) -> None:
        found = re.search(r'data-adopt-device="([0-9a-f-]{36})"', self.page.text)
        if found:
            self.keys[found.group(1)] = key

    def enrol(self, person: Persona, next_page: str = "/app/", **fields: str) -> Self:
        """The whole way, from the terms to 完成行動電話認證."""
        self.to_card(person, next_page).type_last4(person.types["last4"])
        return self.finish(**fields)

    # The steps of 裝置碼認證.

    def scan(self, link: str) -> str:
        """Scan the QR code of a computer's page; then the phone is asked. The problem's code where it is refused."""
        told = self.open("/app/bind/code/")._json("/app/bind/code/token", {"token": link.partition("#")[2]})
        if told["status"] != 200:
            return str(told["problem"]["code"])
        self.open(told["next"])
        return ""

    def type_code(self, id_number: str, code: str) -> str:
        """Type it instead."""
        return self.open("/app/bind/code/").send("/app/bind/code/type", id_number=id_number, code=code).code

    def say_yes(self) -> Self:
        """「是，解鎖並綁定」."""
        options = self._bind_options()
        key = self.phone.new_device_key()
        self.send("/app/bind/code/confirm", **self._proof(key, options))
        self._adopt(key)
        return self

    # The steps of 啟用碼, by which a member finishes what their unit has begun.

    def type_activation_code(self, id_number: str, code: str) -> Self:
        """Type the code from the letter beside the ID number."""
        return self.open("/app/bind/unit/code/").send("/app/bind/unit/code/type", id_number=id_number, code=code)

    def finish_by_code(self, person: Persona) -> Self:
        """From the right code to a bound phone."""
        self.send("/app/bind/unit/terms", accept="yes")
        row = person.row()
        papers = {"household": row.household_number} if person.is_citizen else {"permit_issued": row.permit_issued}
        self.send("/app/bind/unit/proof", last4=person.types["last4"], **papers)
        return self.finish(base="/app/bind/unit/")

    # Signing in.

    def challenge(self, device: str) -> dict[str, Any]:
        """Ask for a challenge to unlock with; the answer as JSON."""
        return self._json("/app/unlock/challenge", {"device": device})

    def answer(self, device: str, options: dict[str, Any], password: str | None = None) -> dict[str, Any]:
        """What this phone answers to a challenge."""
        assertion, bound = None, b""
        if options.get("passkey"):
            assertion = self.phone.get_assertion(options["passkey"], self.site)
            told = assertion["response"]
            bound = b"".join(_bytes(told[name]) for name in ("authenticatorData", "clientDataJSON", "signature"))
        signature = self.keys[device].sign(_message("unlock", options["challenge"], bound))
        return {
            "token": options["token"],
            "device": device,
            "device_signature": signature,
            "assertion": assertion,
            "password": password,
        }

    def enter(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Send an answer; the site's own answer as JSON, with its HTTP status under `status`."""
        return self._json("/app/unlock/enter", answer)

    def unlock(self, device: str = "", password: str | None = None) -> dict[str, Any]:
        """Unlock as usual, as the member of `device` (the last one bound)."""
        device = device or list(self.keys)[-1]
        options = self.challenge(device)
        return self.enter(self.answer(device, options, password)) if "challenge" in options else options

    def sign_out(self) -> Self:
        """Sign out; the phone stays bound."""
        return self.send("/app/sign-out")


def _message(purpose: str, challenge: str, bound: bytes) -> bytes:
    return f"nhi-express/{purpose}/1\n{challenge}\n{base64url(sha256(bound).digest())}".encode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
