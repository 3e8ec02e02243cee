"""The pages of lists, in every state; two windows, old versions, other units' lists, files that are gone."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock
from nhi_express.core.jobs import run_task
from nhi_express.enrolment.models import Invitation
from nhi_express.units import words
from nhi_express.units.flows.lists import forget_files
from nhi_express.units.models import Batch
from nhi_express.units.reading import ListRefused, read_list
from nhi_express.units.rules import BatchState, RowReason
from nhi_express.units.views import lists as views
from tests.counting import events
from tests.units.desk_pages import Office, path_of
from tests.units.duties import NEIGHBOUR, Computer, registered
from tests.units.staff import bring, employ, line, staff
from tests.visitor import code_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("people")]


def test_without_a_list_the_page_tells_the_three_steps() -> None:
    office = Office(0)
    page = office.text("/units/lists/")
    for told in ("Fill in the template", "Upload it here", "Look at the result and confirm", "/units/lists/upload"):
        assert told in page
    answer = office.get("/units/lists/template.xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="nhi-list.xlsx"'
    with pytest.raises(ListRefused, match="LIST_EMPTY"):
        read_list(answer.content, "x.xlsx", 10)


def test_all_lists_stand_on_the_page_with_who_and_when() -> None:
    office = Office(2)
    batch = office.checked()
    bring(office.desk, [line(office.people[0])])
    page = office.text("/units/lists/")
    assert page.count("staff.csv") == 2
    for told in ("2 ready", "waits for your confirmation", "waiting for its turn", "uploaded here", path_of(batch)):
        assert told in page
    assert "not counted yet" in page


def test_older_lists_stand_on_further_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST", 2)
    office = Office(1)
    made = [bring(office.desk, [line(office.people[0])]) for _ in range(5)]
    seen, query = list[bool](), "?"
    while query:
        page = office.text(f"/units/lists/{query}")
        seen += [path_of(one) in page for one in reversed(made)]
        query = next((part for part in page.split('"') if part.startswith("?before=")), "")
    assert seen == [place // 2 == shown for shown in range(3) for place in range(5)]
    for query in ("?before=x", "?before=1e999", "?before=nan", "?before="):
        assert path_of(made[-1]) in office.text(f"/units/lists/{query}")


def test_while_a_list_is_worked_on_the_page_tells_how_far_it_is() -> None:
    office = Office(3)
    batch = bring(office.desk, [line(one) for one in office.people])
    page = office.text(path_of(batch))
    assert "waits for its turn" in page
    assert f'data-events="{path_of(batch, "events")}"' in page
    assert "progress.js" in page
    assert "See how far it is now" in page
    assert run_task()
    page = office.text(path_of(batch))
    assert "0 of 3 lines checked" in page
    assert "column A" in page
    number = office.people[0].id_number
    assert number not in page
    assert f"{number[:6]}****" in page
    office.work()
    page = office.text(path_of(batch))
    assert "progress.js" not in page
    assert "3 people are ready" in page


def test_confirming_says_what_will_happen_and_does_it_once() -> None:
    office = Office(3)
    batch = office.checked(*[line(one) for one in office.people], line(office.people[0]))
    page = office.text(path_of(batch))
    for told in (
        "Confirm 3 people",
        "1 line is refused",
        "You never see codes or passwords",
        'name="version" value="1"',
    ):
        assert told in page
    answer = office.post(path_of(batch, "confirm"), version="1")
    assert (answer.status_code, answer.headers["location"]) == (302, path_of(batch))
    office.work()
    assert Invitation.objects.count() == 3
    page = office.text(path_of(batch))
    for told in ("3 people are invited", f"/units/people/?list={batch.id}", "upload just those"):
        assert told in page
    assert events(Event.LIST_CONFIRMED) == 1


def test_of_two_windows_that_confirm_one_wins_and_the_other_is_told() -> None:
    office = Office(2)
    batch = office.checked()
    token = office.token
    assert office.post(path_of(batch, "confirm"), csrf=token, version="1").status_code == 302
    second = office.post(path_of(batch, "confirm"), csrf=token, version="1")
    assert (second.status_code, code_of(second)) == (409, "U-20")
    office.work()
    third = office.post(path_of(batch, "confirm"), csrf=token, version="1")
    assert (third.status_code, code_of(third)) == (409, "U-20"), "the back button leads to an old page"
    assert Invitation.objects.count() == 2
    assert events(Event.LIST_CONFIRMED) == 1


@pytest.mark.parametrize("version", ["0", "2", "", "x", "-1", "9" * 30])
def test_only_the_result_that_was_shown_can_be_confirmed(version: str) -> None:
    office = Office(1)
    batch = office.checked()
    answer = office.post(path_of(batch, "confirm"), version=version)
    assert (answer.status_code, code_of(answer)) == (409, "U-21")
    assert "1 person is ready" in answer.content.decode(), "the page shows the result as it is now"
    office.work()
    assert office.again(batch).state == BatchState.CHECKED
    assert not Invitation.objects.exists()


def test_what_changed_in_the_register_is_shown_before_anything_happens() -> None:
    office = Office(3)
    batch = office.checked()
    employ([office.people[1]._replace(unit_code="110000009")])
    office.post(path_of(batch, "confirm"), version="1")
    office.work()
    page = office.text(path_of(batch))
    for told in ("The result has changed since you saw it", "1 line reads differently", "Confirm 2 people"):
        assert told in page
    assert not Invitation.objects.exists()
    assert office.post(path_of(batch, "confirm"), version="1").status_code == 409
    assert office.post(path_of(batch, "confirm"), version="2").status_code == 302
    office.work()
    assert Invitation.objects.count() == 2


def test_each_refused_line_tells_its_number_and_its_reason_and_comes_as_a_list_to_mend() -> None:
    office = Office(2)
    bad = line(office.people[1], id_number="A123456788", name="=cmd|calc")
    batch = office.checked(line(office.people[0], id_number=f" {office.people[0].id_number.lower()}"), bad)
    page = office.text(path_of(batch))
    assert str(words.REASONS[RowReason.ID_CHECKSUM]) in page.replace("&#39;", "'"), (
        "what is to be mended is shown first"
    )
    assert "A12345****" in page
    assert "Line by line" in page
    ready = office.text(path_of(batch) + "?show=ready")
    assert "stray spaces taken out" in ready
    assert "small letters made capital" in ready
    answer = office.get(path_of(batch, "refused.xlsx"))
    assert "spreadsheetml" in answer.headers["content-type"]
    mended = list(read_list(answer.content, "x.xlsx", 10).lines)
    assert [(one.number, one.cells.id_number, one.cells.name) for one in mended] == [(2, "A123456788", "=cmd|calc")]


def test_long_lists_are_shown_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST", 2)
    office = Office(5)
    batch = office.checked()
    path, seen = path_of(batch), []
    while path:
        page = office.text(path)
        seen += [one.id_number for one in office.people if f">{one.id_number[:6]}****<" in page]
        path = next((part for part in page.split('"') if "after=" in part), "").replace("&amp;", "&").split("#")[0]
    assert seen == [one.id_number for one in office.people]


@pytest.mark.parametrize("query", ["?show=x", "?show=", "?show=read", "?after=x", "?after=-1", "?after=99999999999999"])
def test_an_address_made_up_shows_the_list_all_the_same(query: str) -> None:
    office = Office(1)
    assert "1 person is ready" in office.text(path_of(office.checked()) + query)


def test_a_list_is_stopped_after_a_question() -> None:
    office = Office(2)
    batch = office.checked()
    page = office.text(path_of(batch, "stop"))
    assert "Nobody was invited yet, and nobody will be" in page
    assert office.again(batch).state == BatchState.CHECKED
    assert office.post(path_of(batch, "stop")).status_code == 302
    page = office.text(path_of(batch))
    assert "Nobody was invited." in page
    assert "Confirm" not in page
    assert office.get(path_of(batch, "stop")).status_code == 302, "there is nothing to ask any longer"
    again = office.post(path_of(batch, "stop"))
    assert (again.status_code, code_of(again)) == (409, "U-20")
    late = office.post(path_of(batch, "confirm"), version="1")
    assert (late.status_code, code_of(late)) == (409, "U-20")
    office.work()
    assert not Invitation.objects.exists()


def test_a_list_stopped_while_it_invites_keeps_whom_it_invited() -> None:
    office = Office(2)
    batch = office.checked()
    office.post(path_of(batch, "confirm"), version="1")
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.ENROLLING, invited=1)
    assert "Who is invited already stays invited" in office.text(path_of(batch, "stop"))
    office.post(path_of(batch, "stop"))
    assert "1 person had been invited before; that stays." in office.text(path_of(batch))


def test_a_refused_file_is_told_with_what_to_do() -> None:
    office = Office(1)
    batch = bring(office.desk, [])
    office.work()
    assert office.again(batch).state == BatchState.REFUSED
    page = office.text(path_of(batch))
    for told in ("There is nobody in the list", ">U-15<", "Upload it once more", "file refused"):
        assert told in page
    assert "Stop this list" not in page


def test_nobody_ready_is_no_dead_end() -> None:
    office = Office(1)
    registered("citizen")
    batch = office.checked(line(office.people[0], birth_date="x"))
    page = office.text(path_of(batch))
    assert "Nobody in this list is ready" in page
    assert "Confirm" not in page
    assert "Upload the mended file" in page


def test_when_the_file_is_removed_the_page_still_tells_what_came_of_it() -> None:
    office = Office(2)
    batch = office.enrolled()
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert forget_files() == 1
    page = office.text(path_of(batch))
    assert "List whose file was removed" in page
    assert "2 people are invited" in page
    for one in office.people:
        assert one.name not in page
        assert one.id_number[:6] not in page


ACTS = ("", "progress", "events", "refused.xlsx", "slips/1.pdf", "stop")


@pytest.mark.parametrize("act", ACTS)
def test_another_units_list_is_not_there(act: str) -> None:
    batch = Office(1).checked()
    neighbour = Office(0, who=NEIGHBOUR)
    for path in (path_of(batch, act), path_of(Batch(id=uuid4()), act)):
        answer = neighbour.get(path)
        assert (answer.status_code, code_of(answer)) == (404, "G-01")


@pytest.mark.parametrize("act", ["confirm", "stop", "remind"])
def test_nothing_is_done_to_another_units_list(act: str) -> None:
    office = Office(1)
    batch = office.checked()
    answer = Office(0, who=NEIGHBOUR).post(path_of(batch, act), version="1")
    assert (answer.status_code, code_of(answer)) == (404, "G-01")
    assert office.again(batch).state == BatchState.CHECKED


@pytest.mark.parametrize("path", ["/units/lists/", "/units/lists/upload", "/units/people/", path_of(Batch(id=uuid4()))])
def test_who_is_not_signed_in_is_led_to_signing_in_and_back(path: str) -> None:
    answer = Computer().get(path)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/units/?next=")


def test_staff_of_another_kind_of_row_never_leak() -> None:
    office = Office(1)
    stranger = employ(staff(4)[3:])[0]
    batch = office.checked(line(office.people[0]), (stranger.id_number, stranger.birth_date, "", "", ""))
    page = office.text(path_of(batch))
    assert str(words.REASONS[RowReason.NOT_OF_THIS_UNIT])[:40] in page
    for secret in (stranger.name, stranger.unit_name, stranger.card_number, stranger.email or stranger.name):
        assert secret not in page
