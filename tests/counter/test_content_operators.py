"""The list of mobile operators edited in the back office."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape

import pytest
import time_machine

from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.core import clock
from nhi_express.mobile.models import Operator
from nhi_express.mobile.rules import listed
from tests.counter.test_content import carried, saved
from tests.counter.workplace import Worker

NEW = {
    "seen": "0",
    "code": "hill",
    "name_zh": "山丘電信",
    "name_en": "Hill Telecom",
    "kind": "mno",
    "issuer": "https://hill.example/",
    "token_endpoint": "https://hill.example/token",
    "api_root": "https://hill.example/api",
    "valid_from": "2026-01-01",
    "valid_to": "",
    "successor": "",
}


@pytest.fixture
def known(admin: Worker) -> Operator:
    """An operator on the list."""
    assert saved(admin.browser(), "/staff/content/operators/new", NEW) == 302
    return Operator.objects.get()


def test_an_operator_is_added_once_it_was_looked_at(admin: Worker) -> None:
    assert "No operator yet" in admin.browser().get("/staff/content/operators/").content.decode()
    shown = admin.browser().post("/staff/content/operators/new", {**NEW, "step": "preview"}).content.decode()
    assert carried(shown)["name_zh"] == "山丘電信"
    assert not Operator.objects.exists()
    assert saved(admin.browser(), "/staff/content/operators/new", NEW) == 302
    assert Operator.objects.get().entry().issuer == "https://hill.example/"
    assert "Hill Telecom" in admin.browser().get("/staff/content/operators/").content.decode()
    told = Entry.objects.get(event=Event.CONTENT_CHANGED).payload
    assert told == {
        "staff": str(admin.staff.id),
        "kind": "operator",
        "subject": "hill",
        "what": "added",
        "number": 1,
    }


def test_it_leaves_the_list_after_its_last_day_and_names_who_took_it_over(admin: Worker, known: Operator) -> None:
    other = {**NEW, "code": "dale", "issuer": "https://dale.example/"}
    assert saved(admin.browser(), "/staff/content/operators/new", other) == 302
    last = clock.today() + timedelta(days=3)
    fields = {**NEW, "seen": "1", "valid_to": last.isoformat(), "successor": "dale"}
    assert saved(admin.browser(), "/staff/content/operators/hill", fields) == 302
    entry = Operator.objects.get(pk="hill").entry()
    assert (listed(entry, last), listed(entry, last + timedelta(days=1))) == (True, False)
    assert entry.successor == "dale"
    with time_machine.travel(clock.now() + timedelta(days=4)):
        shown = admin.signs_in().browser().get("/staff/content/operators/").content.decode()
    assert "Not on the list" in shown


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"code": "Hill!"}, "small letters"),
        ({"code": "new"}, "small letters"),
        ({"code": "hill"}, "of this code already"),
        ({"issuer": "https://hill.example/"}, "has this issuer"),
        ({"api_root": "hill.example/api"}, "begins with https://"),
        ({"token_endpoint": "javascript:alert(1)"}, "begins with https://"),
        ({"valid_to": "2025-12-31"}, "before the first"),
        ({"successor": "nobody"}, "another operator of the list"),
        ({"kind": "other"}, "operator"),
    ],
)
def test_what_cannot_be_is_told(admin: Worker, known: Operator, wrong: dict[str, str], words: str) -> None:
    fields = {**NEW, "code": "dale", "issuer": "https://dale.example/", **wrong, "step": "save"}
    answer = admin.browser().post("/staff/content/operators/new", fields)
    assert answer.status_code == 400
    assert words in unescape(answer.content.decode())
    assert Operator.objects.count() == 1


def test_the_code_never_changes(admin: Worker, known: Operator) -> None:
    fields = {**NEW, "seen": "1", "code": "else", "name_en": "Hills", "valid_from": "2026-02-01"}
    assert saved(admin.browser(), "/staff/content/operators/hill", fields) == 302
    found = Operator.objects.get()
    assert (found.code, found.name_en, found.valid_from) == ("hill", "Hills", date(2026, 2, 1))


def test_of_two_editors_the_second_is_told(admin: Worker, known: Operator) -> None:
    answer = admin.browser().post("/staff/content/operators/hill", {**NEW, "name_en": "Mine", "step": "save"})
    assert answer.status_code == 409
    assert Operator.objects.get().name_en == "Hill Telecom"


def test_only_administrators(supervisor: Worker, known: Operator) -> None:
    for path in ("/staff/content/operators/", "/staff/content/operators/new", "/staff/content/operators/hill"):
        assert supervisor.browser().get(path).status_code == 403
    answer = supervisor.browser().post("/staff/content/operators/hill", {**NEW, "seen": "1", "step": "save"})
    assert answer.status_code == 403
