"""What members read of an office, edited with a preview, at once or from a day on."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
import time_machine

from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.core import clock
from nhi_express.counter import jobs
from nhi_express.counter.flows import content, offices
from nhi_express.counter.models import Office, Plan
from nhi_express.counter.rules import Content
from tests.counter.test_content import carried, public, saved
from tests.counter.workplace import Worker, office

PATH = "/staff/offices/taipei"
HELP = "/help/offices/"
NEW = {
    "seen": "0",
    "region": "臺北",
    "name_zh": "新服務據點",
    "name_en": "A new counter",
    "address_zh": "某路一號",
    "address_en": "1 Some Road",
    "phone": "02-0000-0000",
    "hours_zh": "週一至週五",
    "hours_en": "Monday to Friday",
    "map_url": "",
    "effective": "",
}


def next_week() -> str:
    """A day to come."""
    return (clock.today() + timedelta(days=7)).isoformat()


def test_an_office_is_seen_before_it_is_saved_and_its_networks_stay(admin: Worker) -> None:
    office()
    shown = admin.browser().post(PATH, {**NEW, "step": "preview"}).content.decode()
    assert "A new counter" in shown and carried(shown)["address_zh"] == "某路一號"
    assert "A new counter" not in public(HELP), "looking at it saves nothing"
    assert saved(admin.browser(), PATH, NEW) == 302
    assert "A new counter" in public(HELP)
    assert Office.objects.get(pk="taipei").networks, "they are no field of this form"
    assert saved(admin.browser(), "/staff/offices/new", {**NEW, "name_en": "Another one"}) == 302
    assert "Another one" in public(HELP)
    told = Entry.objects.filter(event=Event.CONTENT_CHANGED).order_by("id")[0].payload
    assert (told["kind"], told["subject"], told["what"]) == ("office", "taipei", "changed")
    assert "name_en" in told["fields"] and "networks" not in told["fields"]


def test_an_office_that_moves_is_told_of_from_its_day_on(admin: Worker) -> None:
    office()
    assert saved(admin.browser(), PATH, {**NEW, "effective": next_week()}) == 302
    assert "A new counter" not in public(HELP)
    shown = admin.browser().get(PATH).content.decode()
    assert "A new counter" in shown and "Planned from" in shown
    with time_machine.travel(clock.now() + timedelta(days=6)):
        jobs.tidy()
        assert "A new counter" not in public(HELP)
    with time_machine.travel(clock.now() + timedelta(days=7)):
        jobs.tidy()
        jobs.tidy()
        assert "A new counter" in public(HELP)
    assert not Plan.objects.exists()
    assert [one.edit.value for one in content.history(Content.OFFICE)] == ["begun", "planned"]
    planned, begun = Entry.objects.filter(event=Event.CONTENT_CHANGED).order_by("id")
    assert (planned.actor, begun.actor) == ("staff", "system")
    assert begun.payload["staff"] == str(admin.staff.id), "whose plan it was"


def test_a_plan_is_withdrawn_or_gives_way_to_another(admin: Worker) -> None:
    office()
    browser = admin.browser()
    saved(browser, PATH, {**NEW, "effective": next_week()})
    saved(browser, PATH, {**NEW, "seen": "1", "name_en": "Later still", "effective": next_week()})
    assert Plan.objects.get().values["name_en"] == "Later still"
    assert browser.post(f"{PATH}/withdraw", {"seen": "1"}).status_code == 409
    assert browser.post(f"{PATH}/withdraw", {"seen": "2"}).status_code == 302
    assert browser.post(f"{PATH}/withdraw", {"seen": "3"}).status_code == 409, "nothing is planned any longer"
    saved(browser, PATH, {**NEW, "seen": "3", "effective": next_week()})
    assert saved(browser, PATH, {**NEW, "seen": "4", "name_en": "Now"}) == 302
    assert not Plan.objects.exists()
    assert "Now" in public(HELP)


def test_a_plan_ends_with_its_office(admin: Worker) -> None:
    place = office()
    saved(admin.browser(), PATH, {**NEW, "effective": next_week()})
    offices.close(admin.on_duty, place)
    assert not Plan.objects.exists()


def test_a_network_of_a_file_stays_when_the_form_is_saved_as_it_is(admin: Worker, tmp_path: Path) -> None:
    words = "".join(f'{name} = "x"\n' for name in NEW if name not in {"seen", "effective", "map_url"})
    file = tmp_path / "offices.toml"
    file.write_text(f'[[office]]\ncode = "odd"\n{words}networks = ["10.1.2.3/24"]\n', encoding="utf-8")
    assert offices.load(file) == 1
    path = "/staff/offices/odd/networks"
    admin.browser().post(path, {"networks": "10.1.2.3/24"})
    assert Office.objects.get(pk="odd").networks == ["10.1.2.0/24"]


@pytest.mark.parametrize("wrong", ["10.1.2.0/33", "desk", "2001:db8:1:2::/65", "2001:db8::1"])
def test_a_network_that_no_request_could_match_is_refused(admin: Worker, wrong: str) -> None:
    place = office()
    before = Office.objects.get(pk=place.pk).networks
    answer = admin.browser().post(f"/staff/offices/{place.pk}/networks", {"networks": f"2001:db8::/64 {wrong}"})
    assert answer.status_code == 400
    assert "none narrower than /64" in unescape(answer.content.decode())
    assert Office.objects.get(pk=place.pk).networks == before


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"effective": "2020-01-01"}, "tomorrow or a later day"),
        ({"effective": "soon"}, "Write the day"),
        ({"map_url": "http://map.example"}, "begins with https://"),
        ({"name_zh": ""}, "I-10"),
    ],
)
def test_what_cannot_be_is_told(admin: Worker, wrong: dict[str, str], words: str) -> None:
    office()
    answer = admin.browser().post(PATH, {**NEW, **wrong, "step": "save"})
    assert answer.status_code == 400
    assert words in unescape(answer.content.decode())
    assert "A new counter" not in public(HELP)


def test_of_two_editors_the_second_is_told(admin: Worker) -> None:
    office()
    assert saved(admin.browser(), PATH, NEW) == 302
    assert admin.browser().post(PATH, {**NEW, "name_en": "Mine", "step": "save"}).status_code == 409
    assert "Mine" not in public(HELP)
