"""Cards moved by a tester's buttons and by the control API."""

import re

import httpx2
import pytest

from nhi_sandbox.cards.desk import Inserted
from nhi_sandbox.cards.panel import card_note
from nhi_sandbox.personas import personas
from nhi_sandbox.wording import WORDS

from .conftest import Running
from .site_side import Site


def _inside(sandbox: Running, reader: int = 0) -> tuple[str, str] | None:
    card: Inserted | None = sandbox.world.card_desk.card_in(reader)
    return (card.kind, card.persona) if card else None


def _press(site: Site, **fields: str) -> httpx2.Response:
    with site.phone() as browser:
        return browser.post(f"{site.browser_base}/panel/card", data=fields)


def test_the_page_offers_what_everybody_has(site: Site) -> None:
    with site.phone() as browser:
        assert 'href="/cards/"' in browser.get(f"{site.browser_base}/").text
        page = browser.get(f"{site.browser_base}/cards").text
    entries = dict(re.findall(r'<li class="card" id="(\w+)">(.*?)</li>', page, re.DOTALL))
    assert set(personas()) <= set(entries)
    for person in personas().values():
        entry = entries[person.key]
        assert all(f'value="{kind}"' in entry for kind in ("nhi", "copied", "void"))
        assert ('value="permit"' in entry) == (not person.is_citizen)
        assert person.row().household_number in entry
        assert WORDS[card_note(person) or "PASS"][0] in entry
    assert "http://app.localhost:8000/portal/" in page


def test_a_tester_puts_a_card_in_sees_it_and_pulls_it_out(sandbox: Running, site: Site) -> None:
    page = _press(site, action="insert", kind="nhi", persona="citizen", reader="0")
    assert str(page.url) == f"{site.browser_base}/cards/?reader=0"
    assert _inside(sandbox) == ("nhi", "citizen")
    assert re.search(r"<strong>健保卡</strong> 陳月桃", page.text)
    assert WORDS["reader-empty"][0] in _press(site, action="pull", reader="0").text
    assert _inside(sandbox) is None


def test_a_second_reader_can_be_plugged_in_and_used(sandbox: Running, site: Site) -> None:
    _press(site, action="insert", kind="nhi", persona="new_ui", reader="0")
    page = _press(site, action="plug", reader="1")
    assert 'name="reader" value="1"' in page.text
    _press(site, action="insert", kind="permit", persona="new_ui", reader="1")
    assert (_inside(sandbox, 0), _inside(sandbox, 1)) == (("nhi", "new_ui"), ("permit", "new_ui"))
    page = _press(site, action="unplug", reader="1")
    assert _inside(sandbox, 1) is None
    assert WORDS["peoples-cards"][0] not in page.text, "nothing can be put into a reader that is not there"


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "insert", "kind": "permit", "persona": "citizen"},
        {"action": "insert", "kind": "nhi", "persona": "nobody"},
        {"action": "eat"},
        {"action": "pull", "reader": "2"},
        {"action": "pull", "reader": "x"},
        {},
    ],
)
def test_nonsense_is_refused(sandbox: Running, site: Site, fields: dict[str, str]) -> None:
    assert _press(site, **fields).status_code == 400
    assert _inside(sandbox) is None


def test_a_page_elsewhere_cannot_move_cards(sandbox: Running, site: Site) -> None:
    body = {"action": "insert", "kind": "nhi", "persona": "citizen"}
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert site.http.post(f"{site.back_base}/control/card", json=body, headers=headers).status_code == 403
    assert _inside(sandbox) is None


def _control(site: Site, body: object) -> httpx2.Response:
    return site.http.post(f"{site.back_base}/control/card", json=body)


def test_the_control_api_moves_cards_until_the_reset(sandbox: Running, site: Site) -> None:
    told = _control(site, {"action": "insert", "kind": "copied", "persona": "citizen"}).json()
    empty = {"name": "Sandbox Reader 2", "plugged": False, "kind": None, "persona": None}
    full = {"name": "Sandbox Reader 1", "plugged": True, "kind": "copied", "persona": "citizen"}
    assert told == {"readers": [full, empty]}
    _control(site, {"action": "plug", "reader": 1}).raise_for_status()
    _control(site, {"action": "insert", "kind": "broken", "reader": 1}).raise_for_status()
    assert _inside(sandbox, 1) == ("broken", "")
    assert _control(site, {"action": "pull"}).json()["readers"][0]["kind"] is None
    assert _control(site, {"action": "unplug"}).json()["readers"][0]["plugged"] is False
    site.http.post(f"{site.back_base}/control/reset").raise_for_status()
    assert [(seen.plugged, seen.inserted) for seen in sandbox.world.card_desk.readers()] == [
        (True, None),
        (False, None),
    ]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"action": "insert"},
        {"action": "insert", "kind": "nhi", "persona": []},
        {"action": "insert", "kind": [], "persona": "citizen"},
        {"action": "insert", "kind": "nhi", "persona": "citizen", "reader": 1},
        {"action": "pull", "reader": "0"},
        {"action": "pull", "reader": 0.5},
    ],
)
def test_the_control_api_refuses_nonsense(site: Site, body: object) -> None:
    assert _control(site, body).status_code == 400
