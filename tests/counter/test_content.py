"""News, terms and lifetimes edited in the back office: seen first, from their day on, on record, nobody overwritten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client

from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.core import clock, lifetimes, remembered
from nhi_express.core.models import Override
from nhi_express.counter.flows import content, editing
from nhi_express.counter.flows.editing import Wording
from nhi_express.counter.models import Change
from nhi_express.counter.rules import Content, Role
from nhi_express.devices.flows import codes
from nhi_express.devices.models import DeviceCode
from nhi_express.help import news, terms
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.help.models import Notice, TermsVersion
from tests.counter.workplace import Worker, hired, registered

NEWS = {
    "seen": "0",
    "severity": "news",
    "title_zh": "系統公告",
    "title_en": "A notice",
    "text_zh": "第一段。\r\n\r\n- 一\r\n- 二",
    "text_en": "First.\r\n\r\n- one\r\n- two",
    "begins_at": "2030-03-01T08:00",
    "ends_at": "2030-03-02T08:00",
}
ZH, EN = "# 一\n\n條文。", "# One\n\nWords."
# By the servers' clocks, which no test moves, every day of the tests is still to come.
DAY = datetime(2030, 2, 27, 4, tzinfo=UTC)
_FORM = re.compile(r'name="(\w+)" value="([^"]*)"')


def carried(shown: str) -> dict[str, str]:
    """What a preview sends on."""
    form = shown[shown.index('<form method="post" enctype') :]
    return {name: unescape(value) for name, value in _FORM.findall(form) if name not in {"step", "csrfmiddlewaretoken"}}


def saved(browser: Client, path: str, fields: dict[str, str]) -> int:
    """Go the three steps as a person does. Returns the last answer's status."""
    shown = browser.post(path, {**fields, "step": "preview"})
    assert shown.status_code == 200, shown.content.decode()
    return browser.post(path, {**carried(shown.content.decode()), "step": "save"}).status_code


def public(path: str = "/help/news/") -> str:
    """A page as anybody sees it."""
    return Client(headers={"accept-language": "en"}).get(path).content.decode()


@pytest.fixture
def day() -> Iterator[time_machine.Traveller]:
    """The clock, at :data:`DAY`."""
    with time_machine.travel(DAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def editor(day: time_machine.Traveller, admin: Worker) -> Worker:
    """An administrator at work on that day."""
    return admin.signs_in()


def test_news_are_seen_first_and_told_from_their_time_to_their_end(editor: Worker, day: time_machine.Traveller) -> None:
    browser = editor.browser()
    shown = browser.post("/staff/content/news/new", {**NEWS, "step": "preview"}).content.decode()
    assert "<li>two</li>" in shown and "<li>二</li>" in shown
    assert not Notice.objects.exists(), "looking at it saves nothing"
    assert saved(browser, "/staff/content/news/new", NEWS) == 302
    assert "A notice" not in public()
    day.move_to(datetime(2030, 3, 1, 0, 0, tzinfo=UTC))
    assert "A notice" in public()
    day.move_to(datetime(2030, 3, 2, 0, 0, tzinfo=UTC))
    assert "A notice" not in public()


def test_an_outage_stands_on_the_first_pages_while_it_lasts(editor: Worker, day: time_machine.Traveller) -> None:
    assert saved(editor.browser(), "/staff/content/news/new", {**NEWS, "severity": "outage"}) == 302
    assert all("A notice" not in public(path) for path in ("/app/", "/portal/"))
    day.move_to(datetime(2030, 3, 1, 1, tzinfo=UTC))
    for path in ("/app/", "/portal/"):
        assert re.search(r'<div class="notice plain"><h2 [^>]*>.*A notice', public(path))
    assert public().index("A notice") < public().index("card reader"), "outages come first"


def test_markup_in_words_is_shown_as_words(editor: Worker, day: time_machine.Traveller) -> None:
    evil = {**NEWS, "title_en": '<script>alert("x")</script>', "text_en": "<img src=x onerror=y>\r\n\r\n- \" '\r\n- b"}
    shown = editor.browser().post("/staff/content/news/new", {**evil, "step": "preview"}).content.decode()
    assert "<script>alert" not in shown and "<img" not in shown
    assert carried(shown)["text_en"].replace("\r", "") == evil["text_en"].replace("\r", "")
    saved(editor.browser(), "/staff/content/news/new", evil)
    day.shift(timedelta(days=2))
    assert "&lt;script&gt;" in public() and "<img" not in public()


def test_a_shipped_item_is_changed_and_withdrawn_like_any_other(editor: Worker) -> None:
    browser, path = editor.browser(), "/staff/content/news/card-reader"
    assert "card reader" in public()
    assert browser.post(f"{path}/withdraw", {"seen": "0"}).status_code == 302
    assert "card reader" not in public()
    assert [row["edit"] for row in _history(Content.NEWS)] == ["withdrawn"]
    assert saved(browser, path, {**NEWS, "seen": "1", "begins_at": "2026-11-24T00:00", "ends_at": ""}) == 302
    assert "A notice" in public()
    assert "card reader" not in public()


def _history(kind: Content) -> list[dict[str, object]]:
    return [{"edit": one.edit.value, "who": one.who} for one in content.history(kind)]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"ends_at": "2030-02-28T08:00"}, "before the beginning"),
        ({"severity": "outage", "ends_at": ""}, "when the pause is over"),
        ({"title_en": ""}, "I-10"),
        ({"begins_at": "tomorrow"}, "Write day and time"),
        ({"text_zh": "字" * 2001}, "I-08"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_lost(editor: Worker, wrong: dict[str, str], words: str) -> None:
    answer = editor.browser().post("/staff/content/news/new", {**NEWS, **wrong, "step": "save"})
    assert answer.status_code == 400
    assert words in unescape(answer.content.decode())
    assert "系統公告" in answer.content.decode()
    assert not Notice.objects.exists()


def test_of_two_editors_the_second_is_told_and_overwrites_nothing(editor: Worker) -> None:
    browser, path = editor.browser(), "/staff/content/news/card-reader"
    assert saved(browser, path, NEWS) == 302
    answer = browser.post(path, {**NEWS, "title_en": "Mine", "step": "save"})
    assert answer.status_code == 409
    assert "S-70" in answer.content.decode()
    assert Notice.objects.get().title_en == "A notice"
    assert Change.objects.count() == 1


def test_who_changed_what_is_on_record_without_its_words(editor: Worker) -> None:
    saved(editor.browser(), "/staff/content/news/card-reader", NEWS)
    entry = Entry.objects.get(event=Event.CONTENT_CHANGED)
    told = {"staff": str(editor.staff.id), "kind": "news", "subject": "card-reader", "what": "changed", "number": 1}
    fields, digest = entry.payload.pop("fields"), entry.payload.pop("digest")
    assert (entry.actor, entry.payload) == ("staff", told)
    assert {"title_en", "text_zh"} <= set(fields), "by their names"
    assert len(digest) == 32
    shown = editor.browser().get("/staff/content/").content.decode()
    assert "林管理" in shown and "card-reader" in shown


def test_a_new_version_of_the_terms_is_in_force_from_its_day(editor: Worker, day: time_machine.Traveller) -> None:
    before = terms.current(clock.today())
    assert saved(editor.browser(), "/staff/content/terms/new", _terms("2030-03-01")) == 302
    assert terms.current(clock.today()) == before
    day.move_to(datetime(2030, 2, 28, 15, 59, 59, tzinfo=UTC))
    assert terms.current(clock.today()) == before
    day.move_to(datetime(2030, 2, 28, 16, tzinfo=UTC))
    now = terms.current(clock.today())
    assert (now.version, now.text("zh-hant"), now.text("en")) == ("2030-03-01", ZH, EN)
    assert now.digest("en") == terms.digest_of(EN)
    assert "<h2>One</h2>" in public("/help/terms/")
    assert terms.find("2030-03-01") == now


def _terms(effective: str, seen: int = 0, **texts: str) -> dict[str, str]:
    words = {"text_zh": ZH.replace("\n", "\r\n"), "text_en": EN.replace("\n", "\r\n"), **texts}
    return {"seen": str(seen), "effective": effective, **words}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"effective": "2030-02-27"}, "tomorrow or a later day"),
        ({"effective": "2029-01-01"}, "tomorrow or a later day"),
        ({"effective": "2030-03-09"}, "Another version begins"),
        ({"text_en": "Words."}, "same headings"),
        ({"text_zh": ""}, "I-10"),
    ],
)
def test_terms_that_cannot_be_are_refused(editor: Worker, fields: dict[str, str], words: str) -> None:
    editing.keep_terms(editor.on_duty, None, 0, Wording(date(2030, 3, 9), ZH, EN))
    answer = editor.browser().post("/staff/content/terms/new", {**_terms("2030-03-01"), **fields, "step": "save"})
    assert answer.status_code == 400
    assert words in unescape(answer.content.decode())
    assert TermsVersion.objects.count() == 1


def test_planned_terms_are_changed_and_withdrawn_until_their_day(editor: Worker, day: time_machine.Traveller) -> None:
    browser = editor.browser()
    saved(browser, "/staff/content/terms/new", _terms("2030-03-01"))
    path = f"/staff/content/terms/{TermsVersion.objects.get().id}"
    assert "條文。" in browser.get(path).content.decode()
    assert saved(browser, path, _terms("2030-03-02", seen=1)) == 302
    assert terms.find("2030-03-01") is None
    assert browser.post(f"{path}/withdraw", {"seen": "1"}).status_code == 409
    assert browser.post(f"{path}/withdraw", {"seen": "2"}).status_code == 302
    assert terms.find("2030-03-02") is None
    assert [one["edit"] for one in _history(Content.TERMS)] == ["withdrawn", "changed", "added"]


def test_terms_in_force_are_not_changed(editor: Worker, day: time_machine.Traveller) -> None:
    editing.keep_terms(editor.on_duty, None, 0, Wording(date(2030, 3, 1), ZH, EN))
    row = TermsVersion.objects.get()
    day.move_to(datetime(2030, 3, 1, 4, tzinfo=UTC))
    with pytest.raises(Refused) as changed:
        editing.keep_terms(editor.signs_in().on_duty, row.id, 1, Wording(date(2030, 4, 1), ZH, "# One\n\nOthers."))
    with pytest.raises(Refused) as withdrawn:
        editing.withdraw_terms(editor.on_duty, row.id, 1)
    assert {changed.value.problem, withdrawn.value.problem} == {Problem.CONTENT_IN_FORCE}
    assert terms.current(clock.today()).text("en") == EN
    assert editor.browser().get(f"/staff/content/terms/{row.id}").status_code == 409


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_itself_keeps_terms_in_force(admin: Worker, act: str) -> None:
    begun = {"effective": date(2026, 11, 10), "written_on": date(2026, 11, 9), "text_zh": ZH, "text_en": EN}
    row = TermsVersion.objects.create(id=admin.staff.id, **begun)
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        if act == "update":
            TermsVersion.objects.filter(pk=row.pk).update(text_en="Others.")
        else:
            row.delete()
    assert TermsVersion.objects.get().text_en == EN


def test_the_database_takes_no_terms_for_a_day_that_has_come(admin: Worker) -> None:
    late = {"effective": date(2026, 11, 10), "written_on": date(2026, 11, 10), "text_zh": ZH, "text_en": EN}
    with pytest.raises(DatabaseError), transaction.atomic():
        TermsVersion.objects.create(id=admin.staff.id, **late)


def test_a_lifetime_changes_at_its_time_and_codes_that_are_out_keep_theirs(
    editor: Worker, clerk: Worker, day: time_machine.Traveller
) -> None:
    person = registered("citizen")
    fields = {"seen": "0", "value": "9", "effective_at": "2030-02-27T12:30"}
    path = "/staff/content/lifetimes/device_code_minutes"
    assert saved(editor.browser(), path, fields) == 302
    shown = editor.browser().get("/staff/content/lifetimes/").content.decode()
    assert "9 from" in shown
    before = codes.make_code(person)
    assert before.until - clock.now() == timedelta(minutes=5)
    day.shift(timedelta(minutes=30))
    assert codes.make_code(person).until - clock.now() == timedelta(minutes=9)
    assert DeviceCode.objects.get().until - clock.now() == timedelta(minutes=9)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"value": "11"}, "Choose from 1 to 10."),
        ({"value": "0"}, "Choose from 1 to 10."),
        ({"value": "five"}, "whole number"),
        ({"effective_at": "2030-02-27T12:00"}, "still to come"),
    ],
)
def test_no_lifetime_passes_its_hard_limits(editor: Worker, fields: dict[str, str], words: str) -> None:
    path, good = "/staff/content/lifetimes/device_code_minutes", {"seen": "0", "value": "9"}
    answer = editor.browser().post(path, {**good, "effective_at": "2030-03-01T00:00", **fields, "step": "save"})
    assert answer.status_code == 400
    assert words in unescape(answer.content.decode())
    assert not Override.objects.exists()


def test_a_value_beyond_a_limit_that_was_narrowed_since_is_cut_to_it(db: None) -> None:
    Override.objects.create(name="device_code_minutes", value=99, effective_at=clock.now())
    assert lifetimes.lifetime("device_code_minutes") == 10


def test_a_plan_takes_the_place_of_another_and_is_withdrawn(editor: Worker, day: time_machine.Traveller) -> None:
    plan = editing.plan_lifetime
    plan(editor.on_duty, "invitation_days", 0, 30, DAY + timedelta(minutes=1))
    plan(editor.on_duty, "invitation_days", 1, 60, DAY + timedelta(minutes=9))
    assert Override.objects.get().value == 60
    path = "/staff/content/lifetimes/invitation_days"
    assert editor.browser().post(f"{path}/withdraw", {"seen": "2"}).status_code == 302
    assert editor.browser().post(f"{path}/withdraw", {"seen": "3"}).status_code == 409
    day.shift(timedelta(minutes=10))
    assert lifetimes.lifetime("invitation_days") == 90


def test_another_setting_is_not_to_be_had(editor: Worker) -> None:
    assert editor.browser().get("/staff/content/lifetimes/secret_key").status_code == 404


def test_a_process_that_changed_nothing_sees_a_change_within_half_a_minute(
    db: None, day: time_machine.Traveller
) -> None:
    assert lifetimes.lifetime("device_code_minutes") == 5
    Override.objects.create(name="device_code_minutes", value=7, effective_at=clock.now())
    assert lifetimes.lifetime("device_code_minutes") == 5
    day.shift(remembered.LIFE)
    assert lifetimes.lifetime("device_code_minutes") == 7


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_edits(admin: Worker, role: Role) -> None:
    browser = hired(admin, role).browser()
    places = ("", "news/", "news/new", "terms/", "terms/new", "lifetimes/", "operators/", "operators/new")
    assert {browser.get(f"/staff/content/{place}").status_code for place in places} == {403}
    assert browser.post("/staff/content/news/new", {**NEWS, "step": "save"}).status_code == 403
    assert browser.post("/staff/content/news/card-reader/withdraw", {"seen": "0"}).status_code == 403
    assert not Notice.objects.exists()


def test_who_went_past_the_pages_is_refused_as_well(admin: Worker, supervisor: Worker) -> None:
    with pytest.raises(Refused) as refused:
        editing.withdraw_news(supervisor.on_duty, "card-reader", 0)
    assert refused.value.problem is Problem.ROLE_REFUSED
    assert news.all_news()["card-reader"].withdrawn is False


def test_a_form_without_what_was_seen_is_refused(admin: Worker) -> None:
    assert admin.browser().post("/staff/content/news/card-reader/withdraw").status_code == 400


def test_pages_say_when_there_is_nothing(admin: Worker) -> None:
    browser = admin.browser()
    assert "No version is planned" in browser.get("/staff/content/terms/").content.decode()
    assert "Nobody has changed anything yet" in browser.get("/staff/content/").content.decode()
    assert browser.get("/staff/content/news/nothing").status_code == 404
