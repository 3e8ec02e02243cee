"""The list of mobile operators: names and days are edited in the back office, whose word is believed is not."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape

import pytest
import time_machine

from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.core import clock
from nhi_express.counter.models import Plan
from nhi_express.mobile.models import Operator
from nhi_express.mobile.rules import listed
from nhi_express.site import jobs
from tests.counter.test_content import carried, saved
from tests.counter.workplace import Worker

PATH = "/staff/content/operators/hill"
ADDRESSES = {
    "issuer": "https://hill.example/",
    "token_endpoint": "https://hill.example/token",
    "api_root": "https://hill.example/api",
}
NAMES = {"name_zh": "山丘電信", "name_en": "Hill Telecom"}
FORM = {**NAMES, "seen": "0", "valid_from": "2026-01-01", "valid_to": "", "successor": "", "effective": ""}


@pytest.fixture
def known(db: None) -> Operator:
    """An operator on the list, as whoever runs the machine has loaded it."""
    return Operator.objects.create(code="hill", kind="mno", valid_from=date(2026, 1, 1), **NAMES, **ADDRESSES)


def test_names_change_once_they_were_looked_at(admin: Worker, known: Operator) -> None:
    renamed = {**FORM, "name_en": "Hills"}
    shown = admin.browser().post(PATH, {**renamed, "step": "preview"}).content.decode()
    assert carried(shown)["name_en"] == "Hills"
    assert Operator.objects.get().name_en == "Hill Telecom"
    assert saved(admin.browser(), PATH, renamed) == 302
    assert "Hills" in admin.browser().get("/staff/content/operators/").content.decode()
    told = Entry.objects.get(event=Event.CONTENT_CHANGED).payload
    digest = told.pop("digest")
    assert len(digest) == 32
    assert told == {
        "staff": str(admin.staff.id),
        "kind": "operator",
        "subject": "hill",
        "what": "changed",
        "fields": ["name_en"],
        "number": 1,
    }


def test_whose_word_is_believed_is_shown_and_cannot_be_changed_here(admin: Worker, known: Operator) -> None:
    shown = admin.browser().get(PATH).content.decode()
    assert all(address in shown for address in ADDRESSES.values())
    assert not [name for name in (*ADDRESSES, "kind", "code") if f'name="{name}"' in shown]
    theirs = dict.fromkeys((*ADDRESSES, "code"), "https://evil.example/") | {"kind": "mvno"}
    assert admin.browser().post(PATH, {**FORM, **theirs, "name_en": "Hills", "step": "save"}).status_code == 302
    found = Operator.objects.get()
    assert {name: getattr(found, name) for name in ADDRESSES} == ADDRESSES
    assert (found.code, found.kind, found.name_en) == ("hill", "mno", "Hills")


def test_nobody_adds_an_operator_here(admin: Worker) -> None:
    assert "No operator yet" in admin.browser().get("/staff/content/operators/").content.decode()
    assert (
        admin.browser().post("/staff/content/operators/new", {**FORM, **ADDRESSES, "step": "save"}).status_code == 404
    )
    assert not Operator.objects.exists()


def test_it_leaves_the_list_after_its_last_day_and_names_who_took_it_over(admin: Worker, known: Operator) -> None:
    Operator.objects.create(code="dale", kind="mno", valid_from=date(2026, 1, 1), issuer="https://dale.example/")
    last = clock.today() + timedelta(days=3)
    assert saved(admin.browser(), PATH, {**FORM, "valid_to": last.isoformat(), "successor": "dale"}) == 302
    entry = Operator.objects.get(pk="hill").entry()
    assert (listed(entry, last), listed(entry, last + timedelta(days=1))) == (True, False)
    assert entry.successor == "dale"
    with time_machine.travel(clock.now() + timedelta(days=4)):
        shown = admin.signs_in().browser().get("/staff/content/operators/").content.decode()
    assert "Not on the list" in shown


def test_a_new_name_begins_on_its_day(admin: Worker, known: Operator) -> None:
    day = clock.today() + timedelta(days=7)
    fields = {**FORM, "name_en": "Hills", "valid_to": "2030-12-31", "effective": day.isoformat()}
    assert saved(admin.browser(), PATH, fields) == 302
    assert "Hills" in admin.browser().get(PATH).content.decode()
    assert jobs.tidy() == 0
    assert Operator.objects.get().name_en == "Hill Telecom"
    with time_machine.travel(clock.now() + timedelta(days=7)):
        assert (jobs.tidy(), jobs.tidy()) == (1, 0)
    found = Operator.objects.get()
    assert (found.name_en, found.valid_to) == ("Hills", date(2030, 12, 31))


def test_a_plan_is_withdrawn_and_one_for_an_operator_that_is_gone_does_nothing(admin: Worker, known: Operator) -> None:
    fields = {**FORM, "name_en": "Hills", "effective": (clock.today() + timedelta(days=1)).isoformat()}
    saved(admin.browser(), PATH, fields)
    assert admin.browser().post(f"{PATH}/withdraw", {"seen": "1"}).status_code == 302
    assert not Plan.objects.exists()
    saved(admin.browser(), PATH, {**fields, "seen": "2"})
    Operator.objects.all().delete()
    with time_machine.travel(clock.now() + timedelta(days=1)):
        jobs.tidy()
    assert not Operator.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"valid_to": "2025-12-31"}, "before the first"),
        ({"successor": "nobody"}, "another operator of the list"),
        ({"successor": "hill"}, "another operator of the list"),
        ({"name_en": ""}, "I-10"),
        ({"effective": "2020-01-01"}, "tomorrow or a later day"),
    ],
)
def test_what_cannot_be_is_told(admin: Worker, known: Operator, wrong: dict[str, str], words: str) -> None:
    answer = admin.browser().post(PATH, {**FORM, **wrong, "step": "save"})
    assert answer.status_code == 400
    assert words in unescape(answer.content.decode())
    assert Operator.objects.get().valid_to is None


def test_of_two_editors_the_second_is_told(admin: Worker, known: Operator) -> None:
    assert saved(admin.browser(), PATH, {**FORM, "name_en": "First"}) == 302
    assert admin.browser().post(PATH, {**FORM, "name_en": "Mine", "step": "save"}).status_code == 409
    assert Operator.objects.get().name_en == "First"


def test_only_administrators(supervisor: Worker, known: Operator) -> None:
    for path in ("/staff/content/operators/", PATH):
        assert supervisor.browser().get(path).status_code == 403
    assert supervisor.browser().post(PATH, {**FORM, "step": "save"}).status_code == 403
    assert supervisor.browser().post(f"{PATH}/withdraw", {"seen": "0"}).status_code == 403
