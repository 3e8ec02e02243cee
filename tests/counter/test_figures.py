"""The dashboard counts what happened; the auditor reads, takes away and verifies the log; nobody else does."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.audit.flows.counting import count_new
from nhi_express.audit.flows.verifying import verify, verify_newest
from nhi_express.audit.models import Entry
from nhi_express.core import clock
from nhi_express.counter.charts import Bar, Chart
from nhi_express.counter.flows import figures, log
from nhi_express.counter.flows.figures import Period
from nhi_express.counter.models import Office
from nhi_express.counter.rules import Role
from tests.audit.tampering import ago, behind_the_house, entry_of, grown, happens
from tests.counter.workplace import Worker, hired, office


def _happens(event: Event, times: int = 1, **payload: str | int) -> None:
    with transaction.atomic():
        for _ in range(times):
            record(event, About(), **payload)


@pytest.fixture
def busy(db: None) -> Period:
    """A day on which something happened."""
    _happens(Event.ATTEMPT_STARTED, 9, channel="mobile")
    _happens(Event.EVIDENCE_GATHERED, 6, channel="mobile", operator="cht")
    _happens(Event.ENROLLED, 5, channel="mobile", seconds=70)
    _happens(Event.ENROLLED, 2, channel="counter", seconds=400)
    _happens(Event.ATTEMPT_REFUSED, 2, channel="mobile", problem="M-02", operator="cht")
    _happens(Event.ATTEMPT_REFUSED, 1, channel="mobile", problem="M-12", operator="cht")
    _happens(Event.DEVICE_BOUND, 4, platform="iOS 18")
    _happens(Event.CASE_OPENED, 3, office="taipei", purpose="register")
    _happens(Event.CASE_REGISTERED, 2, office="taipei")
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        count_new()
    return Period(clock.today(), clock.today())


def test_what_the_charts_say(busy: Period) -> None:
    assert figures.by_channel_and_day(busy)[0][1] == (5, 0, 0, 2)
    assert dict(figures.funnel(busy))["mobile"] == (9, 6, 5)
    assert figures.causes(busy)[0] == ("M-02 " + _title("M-02"), (2,))
    assert dict(figures.time_to_finish(busy)) == {"<1": (0,), "<2": (5,), "<5": (0,), "<10": (2,), "10+": (0,)}
    assert figures.by_platform(busy) == [("iOS", (4,))]
    assert figures.operators(busy) == [("cht", (8, 1))]
    assert figures.at_counters(busy) == [("taipei", (3, 2))]


def _title(code: str) -> str:
    from nhi_express.help.catalogue import Problem

    return str(Problem.by_code(code).value.title)


def test_an_office_and_a_period_narrow_them(busy: Period) -> None:
    assert figures.by_channel_and_day(Period(busy.since, busy.until, "taipei"))[0][1] == (0, 0, 0, 2)
    before = Period(busy.since - timedelta(days=3), busy.since - timedelta(days=1))
    assert [line[1] for line in figures.by_channel_and_day(before)] == [(0, 0, 0, 0)] * 3


def test_the_picture_the_table_and_the_csv_agree(admin: Worker, busy: Period) -> None:
    day = busy.since.isoformat()
    shown = admin.browser().get(f"/staff/figures/?since={day}&until={day}").content.decode()
    assert shown.count('<svg class="chart"') == 7
    answer = admin.browser().get(f"/staff/figures/funnel.csv?since={day}&until={day}")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[:2] == [["Channel", "Began", "Proven", "Finished"], ["Mobile number", "9", "6", "5"]]
    for cell in rows[1][1:]:
        assert f">{cell}</td>" in shown


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_of_the_csv_is_a_formula(admin: Worker, busy: Period, name: str) -> None:
    """An office is called what an administrator writes, and figures are opened by spreadsheet programs."""
    Office.objects.filter(pk=office().pk).update(name_en=name)
    told = admin.browser().get("/staff/figures/counters.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(told, newline="")))
    assert rows[1] == [f"'{name}", "3", "2"]


def test_bars_fill_the_width_and_do_not_overlap() -> None:
    bars = (Bar("a", (3, 1)), Bar("b", (0, 0)), Bar("c", (2, 0)))
    chart = Chart("x", "", "", "", ("one", "two"), bars)  # type: ignore[arg-type]  # words are not looked at
    first, second, _ = chart.drawn()
    assert [part.series for part in first.parts] == [0, 1]
    assert first.parts[0].left + first.parts[0].width == pytest.approx(first.parts[1].left, abs=0.2)
    assert second.parts == ()


def test_a_funnel_is_as_long_as_its_beginning() -> None:
    chart = Chart("x", "", "", "", ("began", "proven", "finished"), (Bar("a", (8, 6, 2)),), nested=True)  # type: ignore[arg-type]
    (line,) = chart.drawn()
    widths = {part.series: part.width for part in line.parts}
    assert line.total == 8
    assert widths[1] == pytest.approx(2 * widths[2], abs=0.2)
    assert widths[0] == pytest.approx(widths[2], abs=0.2)


@pytest.mark.parametrize("query", ["since=2026-13-01&until=2026-01-01", "since=2020-01-01&until=2026-01-01"])
def test_a_period_that_is_none_is_told(admin: Worker, query: str) -> None:
    assert admin.browser().get(f"/staff/figures/?{query}").status_code == 400


def test_no_such_chart(admin: Worker) -> None:
    assert admin.browser().get("/staff/figures/nothing.csv").status_code == 404


@pytest.fixture
def auditor(admin: Worker) -> Worker:
    """An auditor."""
    return hired(admin, Role.AUDITOR)


def test_the_auditor_reads_and_takes_away_what_is_hashed(auditor: Worker) -> None:
    assert "counter:session:signed_in" in auditor.browser().get("/staff/log/").content.decode()
    lines = b"".join(auditor.browser().get("/staff/log/export").streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert {json.loads(line)["id"] for line in lines} == set(Entry.objects.values_list("id", flat=True))
    assert json.loads(lines[-1])["event"] == Event.LOG_EXPORTED, "taking it away is on record"
    rows = b"".join(auditor.browser().get("/staff/log/export?form=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert len(list(csv.DictReader(io.StringIO(rows)))) == len(lines) + 1


def test_the_auditor_narrows_the_log(auditor: Worker) -> None:
    shown = auditor.browser().get("/staff/log/?event=counter:staff:made").content.decode()
    assert "counter:staff:made" in shown
    assert "counter:session:signed_in" not in shown
    assert auditor.browser().get("/staff/log/?event=%27").status_code == 400


def _verified(auditor: Worker) -> str:
    return auditor.browser().post("/staff/log/verify").content.decode()


def test_the_auditor_verifies(auditor: Worker) -> None:
    assert "Nothing is signed yet" in _verified(auditor)
    grown()
    assert "The log is whole" in _verified(auditor)
    behind_the_house(f"UPDATE audit_entry SET actor = 'nobody' WHERE id = {entry_of(1)}")
    shown = _verified(auditor)
    assert "The log is not what was signed" in shown
    assert "event_changed:1" in shown
    assert "This event is not as it was written." in shown


def test_the_auditor_is_told_that_only_a_part_was_verified(auditor: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    happens(5)
    grown()
    monkeypatch.setattr(log, "verify_newest", partial(verify_newest, 3))
    shown = _verified(auditor)
    assert "The newest part of the log is whole" in shown
    assert "The log is whole" not in shown
    verify()
    link = f"/staff/log/?event={Event.LOG_VERIFIED.value}"
    assert f'href="{link}"' in shown
    assert "&#34;faults&#34;: 0" in auditor.browser().get(link).content.decode()


def test_the_auditor_is_told_that_nobody_signs(auditor: Worker) -> None:
    with ago(hours=2):
        happens(1)
    assert "The newest events are not signed yet" in _verified(auditor)


def test_the_auditor_sees_nothing_else_and_nobody_else_sees_the_log(admin: Worker, auditor: Worker) -> None:
    for path in ("/staff/desk/", "/staff/hotline/", "/staff/figures/", "/staff/accounts/", "/staff/alerts/"):
        assert auditor.browser().get(path).status_code == 403
    assert admin.browser().get("/staff/log/").status_code == 403
    assert admin.browser().get("/staff/log/export").status_code == 403
