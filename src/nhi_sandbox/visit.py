"""A browser at the site, over HTTP: the page shown, its hidden fields, forms and JSON sent from it."""

import html
import re
from collections.abc import Iterable
from typing import Any, Self

import httpx2

from nhi_sandbox.phone import Phone

_CODE = re.compile(r'class="number">([A-Z]-\d\d)<')


class Surprise(Exception):
    """The site answered with something that no journey expects. The text says where, never what was typed."""


class Visit:
    """What a person sees and sends. `carried` names the hidden fields of a page that go along with its form."""

    carried: Iterable[str] = ("attempt", "version", "next", "token", "via")

    def __init__(self, site: str, phone: Phone) -> None:
        self.site, self.phone = site.rstrip("/"), phone
        self._page: httpx2.Response | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.phone.browser.close()

    @property
    def page(self) -> httpx2.Response:
        """The page shown."""
        if self._page is None:
            raise Surprise("no page yet")
        return self._page

    @property
    def path(self) -> str:
        """Where the browser is now."""
        return self.page.url.path

    @property
    def code(self) -> str:
        """The code of the problem that the page shows, or an empty string."""
        found = _CODE.search(self.page.text)
        return found.group(1) if found else ""

    def open(self, path: str) -> Self:
        """Open a page of the site."""
        self._page = self.phone.get(self.site + path)
        return self

    def send(self, path: str, **fields: str | list[str]) -> Self:
        """Send a form from the page shown; its hidden fields go along."""
        hidden = {name: self.hidden(name) for name in self.carried if self.hidden(name)}
        data = {**hidden, "csrfmiddlewaretoken": self._csrf(), **fields}
        self._page = self.phone.post(self.site + path, data=data)
        return self

    def hidden(self, name: str) -> str:
        """The value of a hidden field of the page, or an empty string."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page.text.partition("<main")[2])
        return html.unescape(found.group(1)) if found else ""

    def link(self, pattern: str) -> str:
        """The first address on the page that fits a regular expression. Raises Surprise for none."""
        found = re.search(f'(?:href|action)="({pattern})"', self.page.text)
        if not found:
            raise Surprise(f"no way to {pattern} at {self.path}, code {self.code}")
        return html.unescape(found.group(1))

    def _csrf(self) -> str:
        host = self.page.url.host
        found = [cookie.value for cookie in self.phone.browser.cookies.jar if cookie.name == "csrftoken"]
        if not found or found[-1] is None:
            raise Surprise(f"no csrf cookie from {host}")
        return found[-1]

    def _json(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"X-CSRFToken": self._csrf(), "Accept": "application/json"}
        response = self.phone.post(self.site + path, json=body, headers=headers)
        return {**response.json(), "status": response.status_code}
