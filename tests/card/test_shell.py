"""What all of the portal's pages share: headers, cookies, the challenge, what a script sends, the component's files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from nhi_express.audit.catalogue import Event
from nhi_express.card.views import computer, shell
from nhi_express.core.config import config
from nhi_express.members.rules import masked_name
from tests.card.cards import Browser
from tests.card.conftest import Change
from tests.card.desk import ACCOUNT, CARD, CONFIRM, PORTAL, TERMS, Desk, code_of, told
from tests.card.issuer import Issuer
from tests.counting import events
from tests.visitor import person

pytestmark = pytest.mark.usefixtures("browser")
CITIZEN, OTHER = person("citizen"), person("walk_zh")
ASK, CARD_JSON = "/portal/challenge", "/portal/card"
COMPONENT = config().card_agent_url
# Which pages a signed-out and a signed-in visitor may open, and whether they read cards.
READS = {
    PORTAL: True,
    "/portal/check/": True,
    "/portal/forgot/": True,
    "/portal/resend/": True,
    "/portal/cancel/": True,
}
READS |= {CARD: True, TERMS: False, ACCOUNT: False, "/portal/download/": False, "/portal/register/done": False}
READS_SIGNED_IN = {
    "/portal/password/": True,
    PORTAL: False,
    "/portal/basics/": False,
    "/portal/basics/household": False,
}
READS_SIGNED_IN |= {"/portal/device-code/": False, "/portal/phones/": False, "/portal/health-bank/": False}


def connects(page: object) -> bool:
    """Whether a page's script may reach the component."""
    policy: str = page.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    part = next(part for part in policy.split(";") if part.strip().startswith("connect-src"))
    return COMPONENT in part.split()


@pytest.mark.parametrize(("signed", "table"), [(False, READS), (True, READS_SIGNED_IN)])
def test_only_pages_that_read_cards_reach_the_component(signed: bool, table: dict[str, bool]) -> None:
    desk = Desk().signed_in(CITIZEN) if signed else Desk().walk(CITIZEN, "proven")
    for path, reads in table.items():
        page = desk.get(path)
        assert (page.status_code, connects(page)) == (200, reads), path
        assert ('id="agent"' in desk.text) == reads, path
        assert page.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_refusals_do_not_reach_the_component() -> None:
    desk = Desk()
    desk.browser.cookies["apply"] = "made up"
    for page in (desk.get(CARD), desk.post("/portal/password/"), desk.browser.post(PORTAL)):
        assert page.status_code in {401, 403, 409} and not connects(page)


@pytest.mark.parametrize("secure", [True, False])
def test_cookies_are_for_the_site_alone(monkeypatch: pytest.MonkeyPatch, secure: bool) -> None:
    changed = replace(config(), site_url="https://portal.example" if secure else "http://portal.example")
    monkeypatch.setattr(shell, "config", lambda: changed)
    desk = Desk()
    desk.walk(CITIZEN, "done").accept()
    desk.sign_in(CITIZEN)
    desk.prove_for("forgot", CITIZEN)
    for name in ("visit", "portal", "apply", "prove"):
        morsel = desk.browser.cookies[name]
        flags = (morsel["httponly"], morsel["samesite"], morsel["path"], morsel["domain"], bool(morsel["secure"]))
        assert flags == (True, "Lax", "/", "", secure), name
        assert morsel["max-age"] == (1800 if name == "prove" else ""), name


def test_a_challenge_is_of_one_browser_and_good_once() -> None:
    desk, other = Desk(), Desk()
    assert "visit" not in desk.browser.cookies
    first = desk.send(ASK, {})
    visit = desk.browser.cookies["visit"].value
    assert first.headers["Cache-Control"] == "no-store"
    assert desk.send(ASK, {}).json()["challenge"] != first.json()["challenge"]
    assert desk.browser.cookies["visit"].value == visit
    reading = desk.reading(CITIZEN)
    assert told(other.send(CARD_JSON, reading)) == (410, "C-19"), "no cookie"
    other.send(ASK, {})
    assert told(other.send(CARD_JSON, reading)) == (410, "C-19"), "another browser's"
    answer = desk.send(CARD_JSON, reading)
    assert answer.json() == {"authenticated": True, "name": masked_name(CITIZEN.name)}
    assert told(desk.send(CARD_JSON, reading)) == (410, "C-19"), "the second time"
    desk.browser.cookies["visit"] = "no number"
    assert desk.send(CARD_JSON, desk.reading(CITIZEN)).status_code == 200, "a cookie that is none is given anew"


def test_a_copied_card_is_not_called_authentic(change: Change) -> None:
    desk = Desk()
    assert told(desk.send(CARD_JSON, desk.reading(CITIZEN, silent=True))) == (403, "C-14")
    change(card_authentication="preferred")
    assert desk.send(CARD_JSON, desk.reading(CITIZEN, silent=True)).json()["authenticated"] is False


_FIELDS = ("token", "block", "state", "response", "permit")
_GARBAGE: tuple[object, ...] = (None, 1, 1.5, True, [], {}, ["AAAA"], "é", "!", "A", "A" * 4097, "\ud800", "\0")


@pytest.mark.parametrize("field", _FIELDS)
def test_garbage_in_a_reading_is_refused_in_words(field: str) -> None:
    desk = Desk()
    for garbage in _GARBAGE:
        good = desk.reading(CITIZEN)
        answer = desk.send(CARD_JSON, json.dumps({**good, f"card_{field}": garbage}))
        assert told(answer) == ((410, "C-19") if field == "token" else (422, "C-07")), garbage
        if isinstance(garbage, str) and "\ud800" not in garbage:
            answer = desk.post(PORTAL, {**desk.reading(CITIZEN), f"card_{field}": garbage}, password="x")
            assert 400 <= answer.status_code < 500, garbage


def test_bodies_that_are_no_reading() -> None:
    desk = Desk()
    for body in ("", "[]", "null", '"x"', "{", "[" * 20_000, b"\xff\xfe"):
        assert told(desk.send(CARD_JSON, body)) == (400, "G-03"), body[:9]
    assert told(desk.send(CARD_JSON, "{}")) == (410, "C-19")
    assert told(desk.send(CARD_JSON, json.dumps({"card_block": "A" * 70_000}))) == (400, "G-03")
    assert desk.post(PORTAL, password="x" * 70_000).status_code == 400
    assert told(desk.get(CARD_JSON)) == told(desk.get(ASK)) == (405, "G-03")


def test_bad_readings_without_end_are_stopped_before_the_issuer(browser: Browser, issuer: Issuer) -> None:
    desk, elsewhere = Desk(), Desk()
    elsewhere.browser.defaults["REMOTE_ADDR"] = "192.0.2.7"

    def bad() -> tuple[int, str]:
        return told(desk.send(CARD_JSON, {**desk.reading(CITIZEN), "card_response": "A" * 22}))

    assert {bad() for _ in range(30)} == {(403, "C-14")}
    assert desk.send(CARD_JSON, desk.reading(CITIZEN)).status_code == 200, "a good one begins anew"
    assert {bad() for _ in range(60)} == {(403, "C-14")}
    asked, written = len(issuer.asked), events(Event.CARD_REFUSED)
    assert bad() == told(desk.sign_in(CITIZEN)) == (429, "L-03")
    assert (len(issuer.asked), events(Event.CARD_REFUSED)) == (asked, written)
    assert elsewhere.send(CARD_JSON, elsewhere.reading(CITIZEN)).status_code == 200, "another place goes on"


def test_a_closed_channel_says_so(change: Change) -> None:
    desk = Desk().walk(CITIZEN, "open")
    change(card_issuer_url="")
    assert told(desk.send(ASK, {})) == (503, "C-20")
    assert told(desk.post(PORTAL, password="x")) == (410, "C-19")
    assert told(desk.accept()) == (503, "C-20")
    assert desk.get(PORTAL).status_code == 200


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of released files, with others beside them."""
    for name in ("1.0.0-py3-none-any.whl", "1.10.0.tar.gz", "1.10.0-py3-none-any.whl", "1.9.0-py3-none-any.whl"):
        (tmp_path / f"nhi_card_agent-{name}").write_bytes(f"what {name} holds".encode())
    (tmp_path / "nhi_card_agent-1.0.0.secret").write_bytes(b"no release")
    (tmp_path / "secret.txt").write_bytes(b"no release")
    changed = replace(config(), card_agent_files=str(tmp_path))
    monkeypatch.setattr(computer, "config", lambda: changed)
    return tmp_path


def test_the_components_files_with_their_digests(files: Path) -> None:
    desk = Desk()
    shown = desk.get("/portal/download/").content.decode()
    newest = "nhi_card_agent-1.10.0-py3-none-any.whl"
    assert f"pipx install {config().site_url}/portal/download/{newest}" in shown, "what needs no building, and newest"
    assert shown.index("1.10.0-py3") < shown.index("1.9.0-py3") < shown.index("1.0.0-py3")
    for file in files.glob("nhi_card_agent-*[lz]"):
        answer = desk.get(f"/portal/download/{file.name}")
        got = b"".join(answer.streaming_content)
        assert hashlib.sha256(got).hexdigest() in shown
        assert (got, answer.headers["Content-Disposition"]) == (
            file.read_bytes(),
            f'attachment; filename="{file.name}"',
        )
    assert "secret" not in shown
    newer = files / newest
    newer.write_bytes(b"made anew")
    assert hashlib.sha256(b"made anew").hexdigest() in desk.get("/portal/download/").content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "secret.txt",
        "nhi_card_agent-1.0.0.secret",
        "..%2Fsecret.txt",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "..\\secret.txt",
        "nhi_card_agent-1.0.0-py3-none-any.whl%00",
        "nhi_card_agent-1.0.0-..%2f..%2fsecret.whl",
        "a" * 3000,
    ],
)
def test_no_other_file_is_handed_out(files: Path, name: str) -> None:
    answer = Client().get(f"/portal/download/{name}")
    assert (answer.status_code, code_of(answer)) == (404, "G-01")


def test_nothing_to_download_is_said() -> None:
    assert "0800" in Desk().get("/portal/download/").content.decode()


def test_places_for_the_address() -> None:
    answer = Desk().get("/portal/places.json")
    assert "何安里" in answer.json()["臺中市"]["西屯區"]
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


def test_no_address_holds_anything_of_anybody() -> None:
    desk = Desk().signed_in(CITIZEN)
    desk.prove_for("forgot", CITIZEN)
    for path in (PORTAL, CONFIRM, "/portal/forgot/code", "/portal/basics/"):
        text = desk.get(path).content.decode()
        links = [part.split('"')[0] for mark in ('href="', 'action="') for part in text.split(mark)[1:]]
        for secret in (CITIZEN.id_number, CITIZEN.card_number, CITIZEN.name, "@"):
            assert not [link for link in links if secret in link], path
