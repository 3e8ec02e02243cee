"""The card component on the sandbox's readers: what a page of the portal gets of each card."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from nhi_express.card.rules import CardBlock, PermitData
from nhi_sandbox.cards.component import Component
from nhi_sandbox.cards.desk import CardDesk
from nhi_sandbox.cards.issuer import TOKEN

from .site_side import Site

ORIGIN = "http://app.localhost:8000"
CHALLENGE = bytes(range(32))
EVERYTHING = ["block", "state", "response"]


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _octets(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Page:
    """A page of the portal that has found the component."""

    def __init__(self, port: int) -> None:
        self._http = httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers={"Origin": ORIGIN}, timeout=5)
        token = self._http.post("/pair", json={"ticket": secrets.token_urlsafe(24)}).json()["token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def status(self) -> Any:
        return self._http.get("/status").json()

    def read(self, want: list[str], **more: str) -> Any:
        return self._http.post("/read", json={"want": want, "challenge": _encoded(CHALLENGE), **more}).json()


@pytest.fixture
def desk() -> CardDesk:
    return CardDesk()


@pytest.fixture
def page(desk: CardDesk) -> Iterator[Page]:
    with Component(desk, 0, ORIGIN) as component:
        yield Page(component.port)


def test_the_portal_gets_a_members_card_and_the_issuer_knows_it(desk: CardDesk, page: Page, site: Site) -> None:
    desk.insert("nhi", "citizen")
    told = page.read(EVERYTHING)
    block = CardBlock.parse(_octets(told["block"]))
    assert (block.name, _octets(told["state"])) == ("陳月桃", b"1")
    asked = {"card_number": block.card_number.value, "challenge": _encoded(CHALLENGE), "response": told["response"]}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    verdict = site.http.post(f"{site.back_base}/issuer/verify", json=asked, headers=headers)
    assert verdict.json() == {"authentic": True}


def test_a_copy_gives_its_data_and_no_response(desk: CardDesk, page: Page) -> None:
    desk.insert("copied", "citizen")
    told = page.read(EVERYTHING)
    assert CardBlock.parse(_octets(told["block"])).card_number.value == "000099002012"
    assert told["response"] is None


def test_a_withdrawn_card_says_so_and_a_permit_is_read(desk: CardDesk, page: Page) -> None:
    desk.insert("void", "citizen")
    assert _octets(page.read(["state"])["state"]) == b"2"
    desk.insert("permit", "new_ui")
    assert PermitData.parse(_octets(page.read(["permit"])["permit"])).id_number.value == "C999002748"


@pytest.mark.parametrize(
    ("kind", "want", "code"),
    [
        ("", "block", "NO_CARD"),
        ("permit", "block", "NOT_NHI_CARD"),
        ("foreign", "block", "NOT_NHI_CARD"),
        ("broken", "block", "CARD_UNREADABLE"),
        ("nhi", "permit", "NOT_A_PERMIT"),
        ("foreign", "permit", "NOT_A_PERMIT"),
        ("broken", "permit", "CARD_UNREADABLE"),
    ],
)
def test_each_wrong_card_has_its_code(desk: CardDesk, page: Page, kind: str, want: str, code: str) -> None:
    if kind:
        desk.insert(kind, "new_ui")
    assert page.read([want]) == {"code": code}


def test_readers_come_and_go(desk: CardDesk, page: Page) -> None:
    assert page.status() == {"readers": [{"name": "Sandbox Reader 1", "card": False}]}
    desk.plug(1)
    desk.insert("nhi", "new_ui", 0)
    desk.insert("permit", "new_ui", 1)
    two = ["Sandbox Reader 1", "Sandbox Reader 2"]
    assert page.read(["block"]) == {"code": "TWO_CARDS", "readers": two}
    assert set(page.read(["permit"], reader=two[1])) == {"permit"}
    desk.unplug(0)
    desk.unplug(1)
    assert page.status() == {"readers": []}
    assert page.read(["block"]) == {"code": "NO_READER"}


def test_other_pages_get_nothing(desk: CardDesk) -> None:
    with Component(desk, 0, ORIGIN) as component:
        address = f"http://127.0.0.1:{component.port}/version"
        assert httpx2.get(address, headers={"Origin": ORIGIN}).status_code == 200
        assert httpx2.get(address, headers={"Origin": "http://evil.example"}).status_code == 403
    with pytest.raises(httpx2.HTTPError):
        httpx2.get(address, headers={"Origin": ORIGIN})
