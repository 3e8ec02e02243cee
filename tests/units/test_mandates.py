"""Mandates: a unit lets another act for it, both see it, and either ends it at once."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import pytest

from nhi_express.audit.catalogue import Event
from nhi_express.help.catalogue import Problem
from nhi_express.units.flows import entering, mandates, officers
from nhi_express.units.models import Mandate
from nhi_sandbox.units import named_units
from tests.counting import events, payloads
from tests.races.racing import race
from tests.units.duties import (
    FIRM,
    HEAD,
    NEIGHBOUR,
    OFFICER,
    Computer,
    desk_of,
    founded,
    hired,
    letters_to,
    refused,
    registered,
    secret_of,
    shown,
)

pytestmark = pytest.mark.usefixtures("people")
CODES = {key: unit.code for key, unit in named_units().items()}


@pytest.fixture(autouse=True)
def _units(people: None) -> None:
    """Three registered units; none acts for another yet."""
    for key in ("sandbox", "neighbour", "firm"):
        founded(key)


def granted() -> UUID:
    """The sandbox company lets the accountants act for it."""
    mandates.grant(desk_of(HEAD), CODES["firm"])
    return mandates.mandates(desk_of(HEAD)).given[0].id


def seen(who: str) -> tuple[list[str], list[str]]:
    """The codes of the units that may act for somebody's unit, and of those it may act for."""
    found = mandates.mandates(desk_of(who))
    return [one.code for one in found.given], [one.code for one in found.held]


def test_both_sides_see_a_mandate_and_are_told() -> None:
    granted()
    assert seen(HEAD) == ([CODES["firm"]], [])
    assert seen(FIRM) == ([], [CODES["sandbox"]])
    assert seen(NEIGHBOUR) == ([], [])
    assert letters_to(HEAD)[1:] == letters_to(FIRM)[1:] == ["投保單位代理已生效"]
    head = desk_of(HEAD)
    told = {"unit": CODES["sandbox"], "agent": CODES["firm"], "officer": head.who}
    assert payloads(Event.MANDATE_GRANTED) == [told]


def test_giving_it_once_more_changes_nothing() -> None:
    granted()
    mandates.grant(desk_of(HEAD), CODES["firm"])
    assert (Mandate.objects.count(), events(Event.MANDATE_GRANTED)) == (1, 1)


@pytest.mark.parametrize("code", ["900000001", "123456789", "", "firm"])
def test_only_another_registered_unit_may_be_given_one(code: str) -> None:
    with refused(Problem.AGENT_UNKNOWN):
        mandates.agent_of(desk_of(HEAD), code)
    with refused(Problem.AGENT_UNKNOWN):
        mandates.grant(desk_of(HEAD), code)


def test_only_responsible_persons_give_and_end_mandates() -> None:
    hired(OFFICER)
    with refused(Problem.RESPONSIBLE_ONLY):
        mandates.grant(desk_of(OFFICER), CODES["firm"])
    given = granted()
    with refused(Problem.RESPONSIBLE_ONLY):
        mandates.revoke(desk_of(OFFICER), given)
    agent = desk_of(FIRM, "sandbox")
    for act in (partial(mandates.grant, agent, CODES["neighbour"]), partial(mandates.revoke, agent, given)):
        with refused(Problem.RESPONSIBLE_ONLY):
            act()
    assert mandates.mandates(agent) == mandates.Mandates([], [])


def test_a_mandate_is_nobody_elses_to_see_or_end() -> None:
    given = granted()
    foreign = desk_of(NEIGHBOUR)
    with refused(Problem.NOT_FOUND):
        mandates.find(foreign, given)
    with refused(Problem.NOT_FOUND):
        mandates.revoke(foreign, given)
    computer = Computer(secret_of(NEIGHBOUR))
    assert computer.get(f"/units/mandates/{given}/revoke").status_code == 404
    assert computer.post(f"/units/mandates/{given}/revoke").status_code == 404
    assert seen(FIRM) == ([], [CODES["sandbox"]])


@pytest.mark.parametrize("who", [HEAD, FIRM])
def test_either_side_ends_it_at_once(who: str) -> None:
    given = granted()
    secret, own = secret_of(FIRM, "sandbox"), secret_of(FIRM)
    mandates.revoke(desk_of(who), given)
    assert entering.desk_of(secret) is None
    assert entering.desk_of(own), "at their own unit they stay signed in"
    assert (seen(HEAD), seen(FIRM)) == (([], []), ([], []))
    assert [one.unit.code for one in entering.duties(registered(FIRM).member)] == [CODES["firm"]]
    with refused(Problem.NOT_FOUND):
        mandates.revoke(desk_of(who), given)
    assert len(payloads(Event.MANDATE_REVOKED)) == 1
    mandates.grant(desk_of(HEAD), CODES["firm"])
    assert entering.desk_of(secret) is None, "a new mandate does not bring the old session back"


def test_the_pages_ask_name_the_unit_and_then_act() -> None:
    computer = Computer(secret_of(HEAD))
    wrong = computer.post("/units/mandates/", code="999999999")
    assert (wrong.status_code, "U-05" in wrong.content.decode()) == (400, True)
    for odd in ("9000\x0000003", "9" * 1000, "firm"):
        assert "U-05" not in computer.post("/units/mandates/", code=odd).content.decode()
    assert computer.post("/units/switch/", unit="\x00").status_code == 404
    led = computer.post("/units/mandates/", code="９００ ０００ ００３").headers["location"]
    assert led == f"/units/mandates/{CODES['firm']}/grant"
    assert named_units()["firm"].name in computer.get(led).content.decode()
    assert not Mandate.objects.exists(), "opening the page changes nothing"
    assert computer.post(led).headers["location"] == "/units/mandates/"
    agent = shown(FIRM, "/units/mandates/", "sandbox").content.decode()
    assert "switch to your own unit" in agent
    assert named_units()["neighbour"].name not in agent
    given = Mandate.objects.get().id
    assert computer.post(f"/units/mandates/{given}/revoke").headers["location"] == "/units/mandates/"


def test_an_officer_of_the_agent_comes_and_goes_with_their_duty_there() -> None:
    granted()
    hired(OFFICER, FIRM)
    secret = secret_of(OFFICER, "sandbox")
    assert entering.desk_of(secret)
    officers.leave(registered(OFFICER), UUID(desk_of(OFFICER).who))
    assert entering.desk_of(secret) is None


@pytest.mark.usefixtures("committed")
def test_given_eight_times_at_once_it_is_given_once() -> None:
    desk = desk_of(HEAD)
    race([partial(mandates.grant, desk, CODES["firm"]) for _ in range(8)])
    assert (Mandate.objects.count(), events(Event.MANDATE_GRANTED)) == (1, 1)
