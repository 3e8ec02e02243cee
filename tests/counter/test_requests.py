"""Requests about data: opened on record, decided by a colleague, and the answer reaches the member."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock, outbox
from nhi_express.core.models import Notice
from nhi_express.counter.flows import requests
from nhi_express.counter.models import DataRequest, LookUp
from nhi_express.counter.rules import Purpose, RequestKind, RequestState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.adapters import loading
from nhi_express.members.flows import sealed_row
from tests.counter.workplace import Worker, registered, visit
from tests.counting import events
from tests.outside import address_of
from tests.visitor import Visitor, person

WHY = "The certificate shows the new address."


@pytest.fixture
def request_id(clerk: Worker) -> str:
    """A request that the clerk has taken in."""
    registered("citizen")
    at = visit(clerk, "citizen", Purpose.DATA_REQUEST)
    return str(requests.receive(at, clerk.on_duty, RequestKind.CORRECT, "I have moved house.").id)


def _decides(worker: Worker, request_id: str, decision: str) -> int:
    answer = worker.browser().post(f"/staff/requests/{request_id}", {"decision": decision, "why": WHY})
    return answer.status_code


def test_opening_one_is_a_look_up(request_id: str, colleague: Worker) -> None:
    colleague.browser().get("/staff/requests/")
    assert not LookUp.objects.filter(staff=colleague.staff).exists(), "the list opens nothing"
    shown = colleague.browser().get(f"/staff/requests/{request_id}").content.decode()
    assert "I have moved house." in shown
    assert LookUp.objects.get(staff=colleague.staff).purpose == "data_request"


def test_whoever_took_it_in_may_put_it_off_and_does_not_decide(request_id: str, clerk: Worker) -> None:
    shown = clerk.browser().get(f"/staff/requests/{request_id}").content.decode()
    assert "A colleague decides" in shown
    assert 'value="grant"' not in shown
    due = DataRequest.objects.get().due
    assert [_decides(clerk, request_id, one) for one in ("grant", "deny", "put_off")] == [403, 403, 302]
    request = DataRequest.objects.get()
    assert (request.state, request.due) == (RequestState.OPEN, due + timedelta(days=30))
    assert Notice.objects.filter(kind="counter/request_put_off").count() == 1
    assert _decides(clerk, request_id, "put_off") == 409, "once"


@pytest.mark.parametrize(("decision", "words"), [("grant", "is granted"), ("deny", "is not granted")])
def test_the_answer_reaches_the_member(
    request_id: str, colleague: Worker, decision: str, words: str, settings: object
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    browser = colleague.browser()
    assert browser.get(f"/staff/requests/{request_id}/letter").status_code == 404, "no answer yet"
    assert _decides(colleague, request_id, decision) == 302
    outbox.send_due()
    told = next(message for message in mail.outbox if "申請" in message.subject)
    assert told.to == [address_of(person("citizen"))]
    assert not [one for one in (WHY, "moved", person("citizen").name, person("citizen").id_number) if one in told.body]
    letter = browser.get(f"/staff/requests/{request_id}/letter").content.decode()
    someone = person("citizen")
    assert all(one in letter for one in (someone.name, someone.row().postal_address, words, WHY))
    assert f"/staff/requests/{request_id}" in browser.get("/staff/requests/").content.decode(), "found again later"
    assert events(Event.DATA_REQUEST_DECIDED) == 1
    assert _decides(colleague, request_id, "grant") == 409


def test_who_is_not_registered_is_told_by_the_registers_address(clerk: Worker, colleague: Worker) -> None:
    at = visit(clerk, "citizen", Purpose.DATA_REQUEST)
    request = requests.receive(at, clerk.on_duty, RequestKind.VIEW, "Everything")
    requests.decide(colleague.on_duty, requests.find(colleague.on_duty, request.id), granted=True, why=WHY)
    assert Notice.objects.get(kind="counter/request_decided").about is None
    outbox.send_due()
    told = mail.outbox[0]
    assert told.to == [address_of(person("citizen"))]
    assert all(words in told.body for words in ("請帶身分證件", "Bring your ID.")), "they have chosen no language yet"


def test_who_has_no_address_gets_the_letter_alone(clerk: Worker, colleague: Worker) -> None:
    loading.upsert([sealed_row(list(person("citizen").row()._replace(email="", postal_address="")), 2)])
    at = visit(clerk, "citizen", Purpose.DATA_REQUEST)
    request = requests.receive(at, clerk.on_duty, RequestKind.VIEW, "Everything")
    requests.decide(colleague.on_duty, requests.find(colleague.on_duty, request.id), granted=True, why=WHY)
    assert not Notice.objects.exists()
    letter = colleague.browser().get(f"/staff/requests/{request.id}/letter").content.decode()
    assert '<p class="unprinted">No postal address in the register: hand it over' in letter, "for staff alone"


def test_the_letter_is_printed_in_the_language_that_its_reader_reads(request_id: str, colleague: Worker) -> None:
    assert _decides(colleague, request_id, "grant") == 302
    browser, path = colleague.browser(), f"/staff/requests/{request_id}/letter"
    assert 'href="?language=zh-hant"' in browser.get(path).content.decode()
    chinese = browser.get(f"{path}?language=zh-hant")
    assert (chinese.headers["content-language"], "is granted" in chinese.content.decode()) == ("zh-hant", False)
    assert all(words in chinese.content.decode() for words in ('lang="zh-Hant-TW"', 'href="?language=en"'))
    for other in ("", "?language=xx"):
        assert "is granted" in browser.get(f"{path}{other}").content.decode(), "only this page, and only ours"


def test_it_is_found_though_the_number_changed_since(clerk: Worker, colleague: Worker) -> None:
    old = person("new_ui").row()
    at = visit(clerk, "new_ui", Purpose.DATA_REQUEST)
    request = requests.receive(at, clerk.on_duty, RequestKind.VIEW, "Everything")
    now = person("ui_changed").row()._replace(former_id_numbers=old.id_number)
    loading.upsert([sealed_row(list(now), 2)])
    found = requests.find(colleague.on_duty, request.id)
    assert found.member.record.id_number == now.id_number


def test_decided_long_ago_it_leaves_the_list(request_id: str, colleague: Worker) -> None:
    _decides(colleague, request_id, "grant")
    assert len(requests.decided(colleague.on_duty)) == 1
    DataRequest.objects.update(decided_at=clock.now() - timedelta(days=31))
    assert requests.decided(colleague.on_duty) == []


def test_the_member_reads_who_opened_it(clerk: Worker, colleague: Worker, visitor: Callable[..., Visitor]) -> None:
    phone = visitor(language="en")
    phone.enrol(person("citizen"))
    at = visit(clerk, "citizen", Purpose.DATA_REQUEST)
    request = requests.receive(at, clerk.on_duty, RequestKind.VIEW, "Everything")
    colleague.browser().get(f"/staff/requests/{request.id}")
    assert "A counter clerk opened your request about your data" in phone.open("/app/history/look-ups").page.text


def test_a_second_decision_at_the_same_moment_is_refused(request_id: str, colleague: Worker) -> None:
    first, second = (requests.find(colleague.on_duty, DataRequest.objects.get().id) for _ in range(2))
    requests.decide(colleague.on_duty, first, granted=True, why=WHY)
    with pytest.raises(Refused) as refusal:
        requests.decide(colleague.on_duty, second, granted=False, why=WHY)
    assert refusal.value.problem is Problem.REQUEST_DECIDED
    assert DataRequest.objects.get().state == RequestState.GRANTED
