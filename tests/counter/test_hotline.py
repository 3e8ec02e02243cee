"""The hotline sees why somebody failed and can stop a registration; every look-up is on record and watched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from nhi_express.audit import flows as audit
from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.core import clock
from nhi_express.counter.flows import duty, hotline, reading
from nhi_express.counter.models import Alert, LookUp, Staff, Watched
from nhi_express.counter.rules import MANY_AN_HOUR, AlertKind, LookUpPurpose, Role
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import key_of
from nhi_express.members.rules import IdNumber
from nhi_express.registration import flows as registrations
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason, State
from nhi_sandbox.identifiers import id_number
from tests.counter.workplace import (
    Worker,
    hired,
    into_the_household_of,
    member_of,
    registered,
    under_the_old_number,
)
from tests.outside import load_personas
from tests.visitor import Visitor, person

# A Tuesday morning, and that night.
MORNING = datetime(2026, 11, 24, 10, 0, tzinfo=clock.TAIPEI)


@pytest.fixture
def agent(admin: Worker) -> Worker:
    """A hotline agent, and the personas in the register."""
    load_personas()
    return hired(admin, Role.HOTLINE)


def _caller(key: str, purpose: LookUpPurpose = LookUpPurpose.CALLER_HELP, **said: str) -> dict[str, str]:
    someone = person(key)
    told = {"id_number": someone.id_number, "birth_date": someone.birth_date, "proof": someone.card_number[-4:]}
    return {**told, "purpose": purpose.value, **said}


def _opens(agent: Worker, key: str, purpose: LookUpPurpose = LookUpPurpose.CALLER_HELP, **said: str) -> str:
    """The page that an agent gets for a caller."""
    answer = agent.browser().post("/staff/hotline/", _caller(key, purpose, **said))
    return answer.content.decode()


def test_the_agent_reads_why_a_caller_failed(agent: Worker, visitor: Callable[..., Visitor]) -> None:
    phone = visitor()
    phone.to_card(person("prepaid"))
    shown = _opens(agent, "prepaid")
    assert "Verification was refused" in shown
    assert "prepaid" in shown.lower()
    assert "M-02" in shown
    assert "not proven to be them" in shown
    assert person("prepaid").name not in shown, "masked"
    assert person("prepaid").id_number not in shown.replace("/staff/hotline", "")


@pytest.mark.parametrize(
    "said",
    [
        {"birth_date": "1900-01-01"},
        {"proof": "0001"},
        {"id_number": person("new_ui").id_number},
        {"id_number": person("not_insured").id_number},
    ],
)
def test_who_does_not_answer_rightly_is_not_identified(agent: Worker, said: dict[str, str]) -> None:
    shown = _opens(agent, "citizen", LookUpPurpose.CALLER_HELP, **said)
    assert "S-40" in shown
    assert Entry.objects.filter(event=Event.LOOKED_UP.value).count() == 1, "the try is on record"


def test_a_theft_is_stopped_with_fewer_answers_and_shows_nothing(agent: Worker) -> None:
    registration = registered("citizen")
    shown = _opens(agent, "citizen", LookUpPurpose.CALLER_THEFT, proof="")
    assert "What happened before is not shown" in shown
    ticket = shown.split('name="ticket" value="')[1].split('"')[0]
    assert "is stopped" in agent.browser().post("/staff/hotline/freeze", {"ticket": ticket}).content.decode()
    registration.refresh_from_db()
    assert (registration.state, registration.reason) == (State.SUSPENDED, Reason.THEFT)
    assert Entry.objects.get(event=Event.REGISTRATION_SUSPENDED.value).actor == "hotline"
    done = Entry.objects.get(event=Event.ACT_DONE.value)
    told = {"staff": str(agent.staff.id), "act": "suspend", "reason": "caller_theft"}
    assert (done.actor, done.payload) == ("hotline", told)


def test_a_ticket_is_one_agents_and_one_calls(admin: Worker, agent: Worker) -> None:
    registered("citizen")
    someone = person("citizen")
    said = hotline.Caller(
        IdNumber.parse(someone.id_number), member_of("citizen").record.birth_date, "", LookUpPurpose.CALLER_THEFT
    )
    ticket = hotline.identify(agent.on_duty, said)
    other = hired(admin, Role.HOTLINE)
    with pytest.raises(Refused) as refusal:
        hotline.freeze(other.on_duty, ticket)
    assert refusal.value.problem is Problem.CALLER_NOT_IDENTIFIED
    on_duty = agent.on_duty
    with time_machine.travel(clock.now() + timedelta(minutes=21), tick=False), pytest.raises(Refused):
        hotline.freeze(on_duty, ticket)
    assert Registration.objects.get().state == State.ACTIVE


def test_the_member_sees_who_looked_and_why(agent: Worker, visitor: Callable[..., Visitor]) -> None:
    phone = visitor(language="en")
    phone.enrol(person("citizen"))
    _opens(agent, "citizen")
    shown = phone.open("/app/history/look-ups").page.text
    assert "A hotline agent opened your record: a caller asked for help" in shown
    assert duty.called(agent.staff).account not in shown, "the capacity, not the person"


def test_the_member_reads_that_somebody_could_not_prove_to_be_them(
    agent: Worker, visitor: Callable[..., Visitor]
) -> None:
    phone = visitor(language="en")
    phone.enrol(person("citizen"))
    assert "S-40" in _opens(agent, "citizen", proof="0001")
    shown = phone.open("/app/history/look-ups").page.text
    assert "could not prove who they are; nothing was shown" in shown
    assert "opened your record" not in shown


def test_a_look_up_under_the_new_number_is_shown_before_the_registration_has_moved(agent: Worker) -> None:
    registration = under_the_old_number()
    _opens(agent, "ui_changed")
    seen = audit.look_ups(registrations.about(registration))
    assert [entry.registration for entry in seen] == [registration.id]


def _looks(agent: Worker, at: datetime, key: str = "citizen", times: int = 1) -> set[str]:
    on_duty = agent.on_duty
    with time_machine.travel(at, tick=False):
        for _ in range(times):
            reading.find(on_duty, IdNumber.parse(person(key).id_number), LookUpPurpose.CALLER_HELP)
    return set(Alert.objects.values_list("kind", flat=True))


def test_an_ordinary_look_up_raises_nothing(agent: Worker) -> None:
    assert _looks(agent, MORNING) == set()


@pytest.mark.parametrize("at", [MORNING.replace(hour=3), MORNING + timedelta(days=4)])
def test_odd_hours_and_weekends_raise_an_alert(agent: Worker, at: datetime) -> None:
    assert _looks(agent, at) == {AlertKind.OFF_HOURS}


def test_many_look_ups_raise_an_alert(agent: Worker) -> None:
    assert _looks(agent, MORNING, times=MANY_AN_HOUR) == set()
    assert _looks(agent, MORNING + timedelta(minutes=1)) == {AlertKind.MANY}


def test_own_colleagues_and_watched_records_raise_alerts(admin: Worker, agent: Worker) -> None:
    hired(admin, Role.HOTLINE, id_number=person("citizen").id_number)
    assert _looks(agent, MORNING) == {AlertKind.COLLEAGUE}
    reading.watch(IdNumber.parse(person("new_ui").id_number), on=True)
    assert _looks(agent, MORNING, "new_ui") == {AlertKind.COLLEAGUE, AlertKind.WATCHED}


def test_a_number_that_changed_hides_nobody(admin: Worker, agent: Worker) -> None:
    hired(admin, Role.HOTLINE, id_number=person("ui_changed").id_number)
    reading.watch(IdNumber.parse(person("ui_changed").id_number), on=True)
    for model in (Staff, Watched):
        old = member_of("ui_changed").known_numbers[1]
        model.objects.filter(member=member_of("ui_changed").key).update(member=key_of(old))
    assert _looks(agent, MORNING, "ui_changed") == {AlertKind.COLLEAGUE, AlertKind.WATCHED}
    reading.watch(IdNumber.parse(person("ui_changed").id_number), on=False)
    assert not Watched.objects.exists()


def test_trying_numbers_that_nobody_has_is_noticed(agent: Worker) -> None:
    on_duty = agent.on_duty
    with time_machine.travel(MORNING, tick=False):
        for one in range(MANY_AN_HOUR + 1):
            number = id_number("citizen", "A", True, one)
            said = hotline.Caller(IdNumber.parse(number), MORNING.date(), "1234", LookUpPurpose.CALLER_HELP)
            with pytest.raises(Refused):
                hotline.identify(on_duty, said)
    assert set(LookUp.objects.values_list("member", "purpose")) == {(None, "caller_unproven")}
    assert set(Alert.objects.values_list("kind", flat=True)) == {AlertKind.MANY}


def test_nobody_takes_their_own_call_or_a_relatives(admin: Worker, agent: Worker) -> None:
    own = hired(admin, Role.HOTLINE, id_number=person("citizen").id_number)
    into_the_household_of("citizen", "family_mother")
    for key, kind in (("citizen", AlertKind.OWN), ("family_mother", AlertKind.RELATIVE)):
        shown = _opens(own, key)
        assert "S-16" in shown
        assert member_of(key).record.masked_name not in shown
        assert Alert.objects.filter(kind=kind).exists(), "and it is noticed"
    assert "S-16" not in _opens(agent, "citizen")


def test_a_supervisor_settles_an_alert_and_the_looker_never_sees_it(agent: Worker, supervisor: Worker) -> None:
    _looks(agent, MORNING.replace(hour=3))
    assert agent.browser().get("/staff/alerts/").status_code == 403
    alert = Alert.objects.get()
    shown = supervisor.browser().get("/staff/alerts/").content.decode()
    assert duty.called(agent.staff).account in shown
    answer = supervisor.browser().post("/staff/alerts/", {"alert": alert.pk, "finding": "talked_to"})
    assert answer.status_code == 302
    assert reading.alerts_open() == []
    assert supervisor.browser().post("/staff/alerts/", {"alert": alert.pk, "finding": "in_order"}).status_code == 409
    assert LookUp.objects.count() == 1


def test_only_the_hotline_takes_calls(clerk: Worker, supervisor: Worker) -> None:
    for worker in (clerk, supervisor):
        assert worker.browser().post("/staff/hotline/", _caller("citizen")).status_code == 403
    assert Client().post("/staff/hotline/", _caller("citizen")).status_code == 401
