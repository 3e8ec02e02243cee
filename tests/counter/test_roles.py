"""Who may open what: the table in docs/roles.md, the guards in the code, and what real requests are told agree."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from nhi_express.audit.catalogue import Event
from nhi_express.card.flows import signing_in as portal
from nhi_express.counter import roles
from nhi_express.counter.roles import Answer, Row
from nhi_express.counter.rules import Role
from nhi_express.devices.flows import signing_in as devices
from tests.counter.workplace import Worker, hired
from tests.counting import events
from tests.devices.forgery import Passkey
from tests.units.duties import HEAD, bound, founded, registered, secret_of

TABLE = Path(__file__).parents[2] / "docs" / "roles.md"
# What stands for each kind of value in an address.
VALUES = {"uuid": str(UUID(int=9)), "uuidstr": str(UUID(int=9)), "int": "1", "slug": "taipei", "str": "x"}
# Where a page leads whoever is not signed in on its side; all but the portal then lead back to it.
WAYS_IN = ("/staff/", "/units/", "/app/unlock/", "/app/bind/")
ENDING = ("/sign-out", "/not-me")
ASKING = {"R-04", "D-10", "U-02", "S-01"}


def filled(pattern: str) -> str:
    """An address of a pattern; nothing stands behind its values."""
    path = re.sub(r"<(\w+):\w+>", lambda value: VALUES[value[1]], pattern)
    path = re.sub(r"\(\?P<\w+>([a-z]+)(?:\|[a-z]+)*\)", r"\1", path)
    return "/" + path.replace("(?P<code>[0-9]{9})", "110000001").strip("^$")


def in_the_table() -> dict[str, list[str]]:
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| `")]
    cells = [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in lines]
    return {name.strip("`").replace("\\|", "|"): answers for name, *answers in cells}


def test_every_address_stands_in_the_table_as_its_guard_says() -> None:
    assert in_the_table() == {f"/{row.pattern}": [str(answer) for answer in row.answers] for row in roles.rows()}
    assert TABLE.read_text("utf-8") == roles.as_markdown()


def test_no_address_is_left_without_a_value() -> None:
    assert [path for path in map(filled, (row.pattern for row in roles.rows())) if set(path) & set("<>()^$|?")] == []


def told(response: HttpResponseBase, path: str) -> Answer:
    """What a request for a path was answered, in the table's words."""
    location = response.headers.get("location", "")
    if location in {f"{way}?{urlencode({'next': path})}" for way in WAYS_IN}:
        return Answer.SIGN_IN
    content = b"" if response.streaming else response.content  # type: ignore[attr-defined]
    refused = response.status_code in {401, 403}
    codes = set(re.findall(r"[A-Z]-\d\d", content.decode(errors="replace"))) if refused else set()
    if codes & ASKING:
        return Answer.SIGN_IN
    return Answer.REFUSED if "S-03" in codes or response.status_code == 401 else Answer.MAY


def walked(who: str, browser: Client) -> dict[str, object]:
    """Every address by GET and by POST; returns what was answered otherwise than the table says."""
    wrong: dict[str, object] = {}
    # A fault in a page is an answer too, and never the right one.
    browser.raise_request_exception = False
    # What ends the session comes last.
    for row in sorted(roles.rows(), key=lambda row: [row.pattern.endswith(end) for end in ENDING]):
        for method in ("get", "post"):
            response = getattr(browser, method)(filled(row.pattern))
            if not _agrees(row, who, response):
                wrong[f"{method} {row.pattern}"] = (response.status_code, response.headers.get("location", ""))
    return wrong


def _agrees(row: Row, who: str, response: HttpResponseBase) -> bool:
    if response.status_code == 500:
        return False
    if response.status_code == 405 and row.pattern.startswith("api/"):
        return True  # No such method there; its other one is asked as well.
    if response.headers.get("location") == "/portal/" and row.of(who) is Answer.SIGN_IN:
        return row.pattern.lstrip("^").startswith("portal/")
    return told(response, filled(row.pattern)) is row.of(who)


def on_a_bound_phone() -> Client:
    """A browser in which a member is signed in on their phone."""
    with transaction.atomic():
        secret = devices.open_session(bound(MEMBER, Passkey()))
    return holding("app", secret)


def on_the_portal() -> Client:
    """A browser in which a member is signed in with card and password."""
    return holding("portal", portal._open(registered(MEMBER)))


def at_a_unit() -> Client:
    """A browser in which a unit's responsible person is signed in."""
    founded()
    return holding("desk", secret_of(HEAD))


def holding(cookie: str, secret: str) -> Client:
    """A browser that was given this secret."""
    browser = Client(headers={"accept-language": "en"})
    browser.cookies[cookie] = secret
    return browser


MEMBER = "citizen"
SIGNED_IN = {"bound phone": on_a_bound_phone, "portal": on_the_portal, "unit officer": at_a_unit}


@pytest.mark.parametrize("role", Role)
def test_staff_open_what_their_role_includes(admin: Worker, role: Role) -> None:
    worker = admin if role is Role.ADMINISTRATOR else hired(admin, role)
    refused = 2 * sum(row.of(role.value) is Answer.REFUSED and row.pattern.startswith("staff/") for row in roles.rows())
    assert walked(role.value, worker.browser()) == {}
    assert events(Event.STAFF_OVERREACHED) == refused > 0, "each refusal is on record"


def test_nobody_opens_what_asks_for_a_sign_in(admin: Worker) -> None:
    assert walked("nobody", Client(headers={"accept-language": "en"})) == {}
    assert events(Event.STAFF_OVERREACHED) == 0


@pytest.mark.parametrize("who", ["bound phone", "portal", "unit officer"])
def test_members_open_their_own_side_only(clerk: Worker, who: str) -> None:
    """Each on their own side: what is the phone's asks a portal's visitor to sign in, and staff's side everybody."""
    assert walked(who, SIGNED_IN[who]()) == {}
    assert events(Event.STAFF_OVERREACHED) == 0


def test_roles_are_kept_apart() -> None:
    """Nobody but an administrator meets accounts; nobody but an auditor meets the log; hotline and desk never meet."""
    by = {row.pattern: row for row in roles.rows()}
    owners = {"staff/accounts/": "administrator", "staff/log/": "auditor", "staff/hotline/": "hotline"}
    for pattern, only in owners.items():
        assert [role.value for role in Role if by[pattern].of(role.value) is Answer.MAY] == [only]
