"""A computer with a reader before the portal's pages: what people click and type, over Django's test client."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.test import Client

from nhi_express.core.encoding import base64url
from nhi_sandbox.personas import Persona
from tests.card.acts import MAIN, PASSWORD, mailed_to
from tests.card.cards import block_of, permit_of
from tests.card.issuer import answer_of, octets

PORTAL = "/portal/"
TERMS, CARD, ACCOUNT, CONFIRM, DONE = (
    f"/portal/register/{page}" for page in ("terms", "card", "account", "confirm", "done")
)
STATES = ("none", "open", "shown", "proven", "applied", "done")
HOME = {"county": "臺中市", "district": "西屯區", "village": "何安里", "neighbourhood": "12"}


def holder_fields(who: Persona, **changes: str) -> dict[str, str]:
    """What a holder types beside the card."""
    if not who.is_citizen:
        return {"holder": "permit", **changes}
    return {"holder": "household", "household": who.row().household_number, **HOME, **changes}


class Desk:
    """One browser, with the cookies it was given."""

    def __init__(self, language: str = "zh-TW") -> None:
        self.browser = Client(enforce_csrf_checks=True, headers={"Accept-Language": language})
        self.page: Any = None
        self.get("/portal/check/")

    def get(self, path: str, **headers: str) -> Any:
        """Open an address."""
        return self._see(self.browser.get(path, headers=headers))

    def post(self, path: str, card: dict[str, str] | None = None, /, **fields: str) -> Any:
        """Send a form of the site's."""
        data = {"csrfmiddlewaretoken": self.csrf, **(card or {}), **fields}
        return self._see(self.browser.post(path, data))

    def _see(self, answer: Any) -> Any:
        # Browsers forget a cookie whose time is over; the test client keeps it with nothing in it.
        for name in [name for name, morsel in answer.cookies.items() if morsel["max-age"] == 0]:
            del self.browser.cookies[name]
        self.page = answer
        return answer

    def send(self, path: str, body: object) -> Any:
        """Send JSON as the page's script does."""
        headers = {"X-CSRFToken": self.csrf, "Accept": "application/json"}
        return self.browser.post(path, body, content_type="application/json", headers=headers)

    @property
    def csrf(self) -> str:
        """The token of the site's own forms."""
        return self.browser.cookies["csrftoken"].value

    @property
    def text(self) -> str:
        """The page shown."""
        return str(self.page.content.decode())

    @property
    def attempt(self) -> str:
        """The attempt that the page shown was made for."""
        found = re.search(r'name="attempt" value="([^"]+)"', self.text)
        return found.group(1) if found else ""

    def reading(self, who: Persona, *, silent: bool = False, permit: bool = False, **changes: str) -> dict[str, str]:
        """What the component reads into a form; a ``silent`` card does not answer."""
        fresh = self.send("/portal/challenge", {}).json()
        answer = b"" if silent else answer_of(changes.get("card_number", who.card_number), octets(fresh["challenge"]))
        read = {"block": block_of(who, changes), "response": answer, "permit": permit_of(who).data if permit else b""}
        return {"card_token": fresh["token"], **{f"card_{name}": base64url(data) for name, data in read.items()}}

    def accept(self) -> Any:
        """The terms."""
        self.get(TERMS)
        version = re.search(r'name="version" value="([^"]+)"', self.text)
        assert version
        return self.post(TERMS, version=version.group(1), accept="yes")

    def show(self, who: Persona) -> Any:
        """Press 讀取."""
        self.get(CARD)
        return self.post(CARD, self.reading(who), attempt=self.attempt, act="read")

    def prove(self, who: Persona, **changes: str) -> Any:
        """Type the household, or put in the permit."""
        self.get(CARD)
        card = self.reading(who, permit=not who.is_citizen)
        return self.post(CARD, card, attempt=self.attempt, act="prove", **holder_fields(who, **changes))

    def apply(self, **fields: str) -> Any:
        """Choose a password and give an address."""
        self.get(ACCOUNT)
        return self.post(ACCOUNT, attempt=self.attempt, **{"password": PASSWORD, "main": MAIN, **fields})

    def confirm(self, code: str) -> Any:
        """Type the mailed code."""
        self.get(CONFIRM)
        return self.post(CONFIRM, attempt=self.attempt, act="confirm", code=code)

    def walk(self, who: Persona, state: str) -> Desk:
        """Bring an attempt to one of its :data:`STATES`."""
        steps: list[Callable[[], Any]] = [
            self.accept,
            lambda: self.show(who),
            lambda: self.prove(who),
            self.apply,
            lambda: self.confirm(mailed_to(MAIN)),
        ]
        for step in steps[: STATES.index(state)]:
            assert step().status_code == 302
        return self

    def sign_in(self, who: Persona, password: str = PASSWORD) -> Any:
        """Card and password."""
        return self.post(PORTAL, self.reading(who), password=password)

    def signed_in(self, who: Persona) -> Desk:
        """Registered and signed in."""
        assert self.walk(who, "done").sign_in(who).status_code == 302
        return self

    def prove_for(self, ceremony: str, who: Persona, **changes: str) -> Any:
        """The first step of what goes without signing in."""
        card = self.reading(who, permit=not who.is_citizen)
        return self.post(f"/portal/{ceremony}/", card, **holder_fields(who, **changes))


def code_of(answer: Any) -> str:
    """The first stable code that a page or JSON tells, or an empty string."""
    if answer.headers.get("Content-Type") == "application/json":
        return str(answer.json()["problem"]["code"])
    text = re.sub(r"<script type=\"application/json\".*?</script>", "", answer.content.decode(), flags=re.DOTALL)
    found = re.search(r'class="number">([A-Z]-\d\d)<|[^"/\w]([A-Z]-\d\d)<', text)
    return next(filter(None, found.groups())) if found else ""


def told(answer: Any) -> tuple[int, str]:
    """Status and code."""
    return answer.status_code, code_of(answer)


def leads_to(answer: Any) -> str:
    """Where a redirect leads; empty for a page."""
    return str(answer.headers.get("Location", ""))
