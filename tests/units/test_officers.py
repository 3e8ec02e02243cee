"""Officers: asked by the responsible person, who say yes themselves; nobody learns of anybody by asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
import time_machine
from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.rules import IdNumber
from nhi_express.units import jobs
from nhi_express.units.flows import clients, entering, mandates, officers
from nhi_express.units.models import Officer
from nhi_express.units.rules import OfficerState
from nhi_sandbox.identifiers import id_number
from nhi_sandbox.units import named_units
from tests.counting import events, payloads
from tests.races.racing import race
from tests.units.duties import (
    FIRM,
    HEAD,
    MEDDLER,
    NEIGHBOUR,
    OFFICER,
    Computer,
    desk_of,
    founded,
    hired,
    letters_to,
    number_of,
    refused,
    registered,
    secret_of,
    shown,
)
from tests.visitor import person

pytestmark = pytest.mark.usefixtures("people")
CODE = named_units()["sandbox"].code


def asked_of(who: str) -> Officer:
    """The question that waits for somebody."""
    return Officer.objects.get(member=registered(who).member, state=OfficerState.INVITED)


def listed(who: str = HEAD) -> list[tuple[str, str]]:
    """The officers as somebody sees them: what is shown, and the state."""
    return [(one.shown, one.state) for one in officers.officers(desk_of(who))]


def test_an_officer_is_asked_says_yes_and_is_told_of_each_step() -> None:
    founded()
    registered(OFFICER)
    officers.invite(desk_of(HEAD), number_of(OFFICER))
    with refused(Problem.NOT_AN_OFFICER):
        entering.open_desk(registered(OFFICER).member, "card")
    officers.accept(registered(OFFICER), asked_of(OFFICER).id)
    desk = desk_of(OFFICER)
    assert (desk.unit.code, desk.responsible) == (CODE, False)
    officers.end(desk_of(HEAD), UUID(desk.who))
    asked, begun, ended = "有投保單位邀請您擔任承辦人員", "您已是投保單位的承辦人員", "您已不再是投保單位的承辦人員"
    assert letters_to(OFFICER) == [asked, begun, ended]
    told = {"unit": CODE, "officer": desk.who, "role": "officer"}
    for event in (Event.OFFICER_INVITED, Event.OFFICER_ACCEPTED, Event.OFFICER_ENDED):
        assert payloads(event) == [told]


def test_the_responsible_person_is_told_of_yes_and_no() -> None:
    founded()
    hired(OFFICER)
    officers.invite(desk_of(HEAD), number_of(MEDDLER))
    officers.leave(registered(MEDDLER), asked_of(MEDDLER).id)
    yes, no = "您邀請的人已成為貴單位的承辦人員", "您邀請的人不願擔任承辦人員"
    assert letters_to(HEAD) == ["您已登記投保單位", yes, no]
    assert events(Event.OFFICER_DECLINED) == 1
    assert [state for _, state in listed()] == ["active", "active"]


def test_asking_looks_the_same_whether_or_not_anybody_has_the_number() -> None:
    founded()
    nobody = IdNumber.parse(id_number("citizen", "A", True, 7_654_321))
    computer = Computer(secret_of(HEAD))
    answers = [computer.post("/units/officers/", id_number=str(one)) for one in (number_of(OFFICER), nobody)]
    assert {(one.status_code, one.headers["location"]) for one in answers} == {(302, "/units/officers/asked")}
    texts = [text for text, state in listed() if state == "invited"]
    assert sorted(texts) == sorted(f"{str(one)[:3]}****{str(one)[-3:]}" for one in (number_of(OFFICER), nobody))
    page = computer.get("/units/officers/asked").content.decode()
    assert person(OFFICER).name[0] not in page
    assert str(nobody) not in page
    # Asked once more, or an officer already: the same answer, and nothing more in the list.
    assert computer.post("/units/officers/", id_number=str(nobody)).headers["location"] == "/units/officers/asked"
    assert computer.post("/units/officers/", id_number=str(number_of(HEAD))).status_code == 302
    assert len(listed()) == 3


def test_what_was_typed_is_sealed_and_goes_with_the_answer() -> None:
    founded()
    officers.invite(desk_of(HEAD), number_of(OFFICER))
    row = Officer.objects.get(state=OfficerState.INVITED)
    assert number_of(OFFICER).value[-3:].encode() not in bytes(row.sealed_typed)
    officers.accept(registered(OFFICER), row.id)
    row.refresh_from_db()
    assert not row.sealed_typed
    assert (person(OFFICER).name[0], "active") in {(text[0], state) for text, state in listed()}


def test_only_the_responsible_person_asks_and_ends_and_only_so_often() -> None:
    founded()
    officer = hired(OFFICER)
    with refused(Problem.RESPONSIBLE_ONLY):
        officers.invite(desk_of(OFFICER), number_of(MEDDLER))
    with refused(Problem.RESPONSIBLE_ONLY):
        officers.end(desk_of(OFFICER), desk_of(HEAD).officer.id)  # type: ignore[union-attr]
    officers.end(desk_of(OFFICER), officer.id)
    for _ in range(19):
        officers.invite(desk_of(HEAD), number_of(MEDDLER))
    with refused(Problem.TOO_MANY_ATTEMPTS):
        officers.invite(desk_of(HEAD), number_of(MEDDLER))


def test_an_officer_of_another_unit_gets_nothing() -> None:
    founded()
    founded("neighbour")
    officer = hired(OFFICER)
    foreign = desk_of(NEIGHBOUR)
    assert {one.id for one in officers.officers(foreign)} == {UUID(foreign.who)}
    with refused(Problem.NOT_FOUND):
        officers.end(foreign, officer.id)
    computer = Computer(secret_of(NEIGHBOUR))
    assert computer.get(f"/units/officers/{officer.id}/end").status_code == 404
    assert computer.post(f"/units/officers/{officer.id}/end").status_code == 404
    for act in ("accept", "decline", "leave"):
        with refused(Problem.NOT_FOUND):
            (officers.accept if act == "accept" else officers.leave)(registered(NEIGHBOUR), officer.id)
    officer.refresh_from_db()
    assert officer.state == OfficerState.ACTIVE


def test_an_agent_does_not_see_the_officers_of_the_unit_it_acts_for() -> None:
    founded()
    founded("firm")
    mandates.grant(desk_of(HEAD), named_units()["firm"].code)
    agent = desk_of(FIRM, "sandbox")
    assert officers.officers(agent) == []
    with refused(Problem.RESPONSIBLE_ONLY):
        officers.invite(agent, number_of(OFFICER))
    with refused(Problem.NOT_FOUND):
        officers.end(agent, UUID(agent.who))
    assert "Only the unit" in shown(FIRM, "/units/officers/", "sandbox").content.decode()


def test_the_last_responsible_person_cannot_leave() -> None:
    founded()
    desk = desk_of(HEAD)
    with refused(Problem.LAST_RESPONSIBLE):
        officers.end(desk, UUID(desk.who))
    with refused(Problem.LAST_RESPONSIBLE):
        officers.leave(registered(HEAD), UUID(desk.who))
    page = Computer(secret_of(HEAD)).post(f"/units/officers/{desk.who}/end")
    assert (page.status_code, "U-06" in page.content.decode()) == (409, True)


def test_a_question_is_taken_back_and_cannot_be_answered_any_longer() -> None:
    founded()
    registered(OFFICER)
    officers.invite(desk_of(HEAD), number_of(OFFICER))
    question = asked_of(OFFICER)
    officers.end(desk_of(HEAD), question.id)
    assert letters_to(OFFICER) == ["有投保單位邀請您擔任承辦人員", "投保單位已收回邀請"]
    with refused(Problem.NOT_FOUND):
        officers.accept(registered(OFFICER), question.id)
    assert events(Event.OFFICER_TAKEN_BACK) == 1


def test_whom_a_former_responsible_person_asked_is_asked_no_longer() -> None:
    founded()
    stays = hired(MEDDLER)
    registered(OFFICER)
    officers.invite(desk_of(HEAD), number_of(OFFICER))
    question, head = asked_of(OFFICER), desk_of(HEAD).officer
    assert head
    client, _ = clients.make_client(desk_of(HEAD), "Payroll")
    with transaction.atomic():
        officers.end_duty(head, "system")
    question.refresh_from_db()
    client.refresh_from_db()
    stays.refresh_from_db()
    assert (question.state, client.ended_at is None, stays.state) == ("ended", False, "active")
    with refused(Problem.NOT_FOUND):
        officers.accept(registered(OFFICER), question.id)
    assert letters_to(OFFICER)[-1] == "投保單位已收回邀請"
    assert payloads(Event.CLIENT_ENDED) == [{"unit": CODE, "officer": str(head.id), "client": client.client_id}]


def test_who_was_dismissed_while_a_page_was_open_makes_and_asks_nothing() -> None:
    founded()
    desk = desk_of(HEAD)
    assert desk.officer
    with transaction.atomic():
        officers.end_duty(desk.officer, "system")
    late = replace(desk, officer=replace_state(desk.officer))
    with refused(Problem.UNIT_SIGN_IN_NEEDED):
        clients.make_client(late, "Payroll")
    officers.invite(late, number_of(OFFICER))
    with refused(Problem.NOT_FOUND):
        officers.accept(registered(OFFICER), asked_of(OFFICER).id)


def replace_state(officer: Officer) -> Officer:
    """The officer as a request found them before."""
    found = Officer.objects.get(pk=officer.pk)
    found.state = OfficerState.ACTIVE
    return found


def test_a_question_ends_after_thirty_days() -> None:
    founded()
    registered(OFFICER)
    officers.invite(desk_of(HEAD), number_of(OFFICER))
    question = asked_of(OFFICER)
    with time_machine.travel(question.invited_at + timedelta(days=30, seconds=-1)):
        assert officers.end_unanswered() == 0
    with time_machine.travel(question.invited_at + timedelta(days=30, seconds=1)):
        with refused(Problem.NOT_FOUND):
            officers.accept(registered(OFFICER), question.id)
        assert (jobs.tidy(), jobs.tidy()) == (2, 0), "and the session in which it was asked"
        assert letters_to(OFFICER)[-1] == "投保單位已收回邀請"
    assert events(Event.OFFICER_TAKEN_BACK) == 1
    question.refresh_from_db()
    assert (question.state, bytes(question.sealed_typed)) == ("ended", b"")


def test_a_question_is_answered_once() -> None:
    founded()
    officer = hired(OFFICER)
    with refused(Problem.NOT_FOUND):
        officers.accept(registered(OFFICER), officer.id)
    officers.leave(registered(OFFICER), officer.id)
    for again in (officers.accept, officers.leave):
        with refused(Problem.NOT_FOUND):
            again(registered(OFFICER), officer.id)


def test_pages_ask_before_they_end_a_duty() -> None:
    founded()
    officer = hired(OFFICER)
    head, own = Computer(secret_of(HEAD)), Computer(secret_of(OFFICER))
    assert "End your own duty?" in own.get(f"/units/officers/{officer.id}/end").content.decode()
    assert head.get(f"/units/officers/{officer.id}/end").status_code == 200
    assert "Ask somebody" not in own.get("/units/officers/").content.decode()
    bad = head.post("/units/officers/", id_number="A123456788")
    assert (bad.status_code, 'aria-invalid="true"' in bad.content.decode()) == (400, True)
    assert own.post(f"/units/officers/{officer.id}/end").headers["location"] == "/units/"
    assert own.get("/units/officers/").status_code == 302
    assert head.get(f"/units/officers/{officer.id}/end").status_code == 404


@pytest.mark.usefixtures("committed")
def test_of_answers_at_the_same_moment_one_counts() -> None:
    founded()
    officers.invite(desk_of(HEAD), number_of(OFFICER))
    question, registration = asked_of(OFFICER), registered(OFFICER)

    def ended(act: Callable[..., None]) -> str:
        try:
            act(registration, question.id)
        except Refused as refusal:
            return str(refusal)
        return "done"

    told = race([partial(ended, officers.accept) for _ in range(8)])
    assert sorted(told) == [Problem.NOT_FOUND.value.code] * 7 + ["done"]
    assert events(Event.OFFICER_ACCEPTED) == 1
