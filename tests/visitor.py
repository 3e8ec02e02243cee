"""A member's phone whose browser talks to the site in this process and to the operators over real HTTP."""

from __future__ import annotations

import re
from functools import cache
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlsplit

import httpx2
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.client import ClientHandler

from nhi_express.core.config import config
from nhi_sandbox.device_key import DeviceKey
from nhi_sandbox.member_phone import PASSWORD, MemberPhone
from nhi_sandbox.passkey import Authenticator
from nhi_sandbox.personas import Persona, personas
from nhi_sandbox.phone import LoopbackTransport, Phone
from tests.environment import SANDBOX_PORT

LINE, CARD, FINISH, DONE = (f"/app/bind/mobile/{page}" for page in ("line", "card", "finish", "done"))
TERMS, BACK, REFUSED = (f"/app/bind/mobile/{page}" for page in ("terms", "back", "refused"))
_CODE = re.compile(r'class="number">([A-Z]-\d\d)<')


@cache
def _handler() -> ClientHandler:
    """The site itself, put together once; making its middleware anew for each phone takes most of a test's time."""
    return ClientHandler(enforce_csrf_checks=True)


@cache
def _network() -> LoopbackTransport:
    """The way to the sandbox, shared by all phones: it is safe between threads, and slow to make."""
    return LoopbackTransport()


class _Network(httpx2.BaseTransport):
    """The shared way, which one phone's end does not close."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request."""
        return _network().handle_request(request)


class _Phone(Phone):
    """A phone whose browser reaches the site in this process."""

    def __init__(self, site: str, way: SiteTransport, language: str) -> None:
        self.sandbox, self.authenticator = f"http://operators.localhost:{SANDBOX_PORT}", Authenticator()
        self.browser = httpx2.Client(
            mounts={site: way},
            transport=_Network(),
            cookies=CookieJar(),
            follow_redirects=True,
            timeout=40,
            trust_env=False,
            headers={"User-Agent": "a phone of the tests", "Accept-Language": language},
        )


class SiteTransport(httpx2.BaseTransport):
    """Carries requests to the site through Django's test client. With ``strict``, a fault of the site is raised."""

    def __init__(self, *, strict: bool = True) -> None:
        self.strict = strict
        self.seen: list[str] = []
        self._client = Client(raise_request_exception=strict)
        self._client.handler = _handler()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        self.seen.append(str(request.url))
        body = request.read()
        kind = request.headers.get("content-type", "application/octet-stream")
        headers = {name: value for name, value in request.headers.items() if not name.startswith("content-")}
        target = request.url.raw_path.decode("ascii")
        # The phone keeps the cookies itself, as a browser does.
        self._client.cookies.clear()
        answer = self._client.generic(request.method, target, body, kind, headers=headers)
        return self._as_httpx(answer)

    def _as_httpx(self, answer: HttpResponseBase) -> httpx2.Response:
        cookies = [("set-cookie", morsel.OutputString()) for morsel in answer.cookies.values()]
        content = bytes(answer.getvalue())
        if "location" in answer.headers:
            self.seen.append(answer.headers["location"])
        return httpx2.Response(answer.status_code, headers=[*answer.headers.items(), *cookies], content=content)


class Visitor(MemberPhone):
    """:class:`MemberPhone` in this process; what the site raises comes through, so that no fault hides in a page."""

    def __init__(self, *, passkeys: bool = True, language: str = "zh-TW", strict: bool = True) -> None:
        self.site, self.passkeys, self.language = config().site_url, passkeys, language
        self.transport = SiteTransport(strict=strict)
        self.phone: Phone = _Phone(self.site, self.transport, language)
        self.keys: dict[str, DeviceKey] = {}
        self._page: httpx2.Response | None = None

    @property
    def seen(self) -> list[str]:
        """Every address of the site that was asked for, and every one it led to."""
        return self.transport.seen

    @property
    def status(self) -> int:
        """The HTTP status of the page shown."""
        return self.page.status_code

    def twin(self) -> Visitor:
        """Another tab of the same browser: the same cookies and the same page, but nothing shared between threads."""
        other = Visitor(passkeys=self.passkeys, language=self.language, strict=self.transport.strict)
        for cookie in self.phone.browser.cookies.jar:
            other.phone.browser.cookies.jar.set_cookie(cookie)
        other._page, other.keys = self._page, dict(self.keys)
        return other

    def cookie(self, name: str) -> str:
        """A cookie's value, or an empty string."""
        found = [one.value for one in self.phone.browser.cookies.jar if one.name == name]
        return (found[-1] or "") if found else ""

    def submit(self, path: str, **fields: Any) -> httpx2.Response:
        """Send a form to the site as it is, no hidden fields added; redirects are not followed."""
        return self.submit_bare(path, csrfmiddlewaretoken=self._csrf(), **fields)

    def submit_bare(self, path: str, **fields: Any) -> httpx2.Response:
        """Send a form without the token that proves that the site made it."""
        return self.phone.post(self.site + path, data=fields, follow_redirects=False)

    def ask(self, path: str) -> httpx2.Response:
        """Open an address; redirects are not followed."""
        return self.phone.get(self.site + path, follow_redirects=False)

    def depart(self, person: Persona, **typed: str) -> str:
        """Go as far as the operator, and give the address at the site that it sends the browser back to."""
        self.phone.insert_sim(person.key)
        self.to_line()
        fields = {"number": person.types["phone"], "id_number": person.types["id_number"], **typed}
        answer = self.submit(LINE, attempt=self.hidden("attempt"), **fields)
        while (target := answer.headers["location"]).startswith(self.phone.sandbox):
            answer = self.phone.get(target, follow_redirects=False)
        return target.removeprefix(self.site)

    def proof(self, **changes: str) -> dict[str, str]:
        """The fields of the last step with a new key, as the page's script would send them."""
        key = self.phone.new_device_key()
        fields = {"attempt": self.hidden("attempt"), "token": self.hidden("token"), "password": PASSWORD}
        return {**fields, **self._proof(key, self._bind_options()), **changes}

    def walk(self, person: Persona, state: str) -> Visitor:
        """Bring an attempt to one of its states: open, sent, line_proven, card_proven, done."""
        if state == "open":
            self.to_line()
        elif state == "sent":
            self.depart(person)
        else:
            self.to_card(person)
            if state != "line_proven":
                self.type_last4(person.card_number[-4:])
            if state == "done":
                self.finish()
        return self


def code_of(answer: httpx2.Response | HttpResponse) -> str:
    """The stable code that a page shows, or an empty string."""
    found = _CODE.search(answer.content.decode())
    return found.group(1) if found else ""


def path_of(answer: httpx2.Response) -> str:
    """Where a redirect leads, without its query."""
    return urlsplit(answer.headers.get("location", "")).path


def person(key: str) -> Persona:
    """A persona."""
    return personas()[key]
