"""Signing in to the desk: whose passkey, for which unit, and what ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.core import clock
from nhi_express.devices import flows as devices
from nhi_express.devices.adapters.webauthn import creation_options, discovery_options
from nhi_express.devices.models import Device
from nhi_express.devices.rules import DeviceState
from nhi_express.help.catalogue import Problem
from nhi_express.registration import flows as accounts
from nhi_express.registration.rules import Reason
from nhi_express.units.flows import entering, mandates, officers
from nhi_express.units.models import DeskSession, Officer
from nhi_sandbox.units import named_units
from tests.counting import events, payloads
from tests.devices.forgery import UP, UV, Passkey
from tests.units.duties import (
    FIRM,
    HEAD,
    MEDDLER,
    NEIGHBOUR,
    OFFICER,
    Computer,
    bound,
    desk_of,
    founded,
    hired,
    refused,
    registered,
    secret_of,
)

pytestmark = pytest.mark.usefixtures("people")
CODES = {key: unit.code for key, unit in named_units().items()}


def test_any_bound_passkey_may_answer_and_new_ones_are_discoverable_where_the_phone_can() -> None:
    asked = discovery_options("abc")
    assert (asked["allowCredentials"], asked["userVerification"]) == ([], "required")
    assert creation_options("abc", b"1", "x")["authenticatorSelection"]["residentKey"] == "preferred"


def test_an_officer_signs_in_with_the_passkey_of_their_phone() -> None:
    founded()
    passkey = Passkey()
    phone, computer = bound(HEAD, passkey), Computer()
    passkey.count = 9
    assert computer.enter(passkey).json() == {"next": "/units/lists/"}
    desk = entering.desk_of(computer.secret)
    assert desk
    assert (desk.unit.code, desk.responsible, desk.as_agent) == (CODES["sandbox"], True, False)
    assert payloads(Event.DESK_OPENED)[-1] == {"unit": CODES["sandbox"], "officer": desk.who, "how": "passkey"}
    phone.refresh_from_db()
    assert (phone.sign_count, phone.used_at) == (9, None), "the phone itself was not used"


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/units/officers/", "/units/officers/"),
        ("https://evil.example/units/", "/units/lists/"),
        ("//evil.example/units/", "/units/lists/"),
        ("/app/", "/units/lists/"),
        ("/units/" + "x" * 200, "/units/lists/"),
        (7, "/units/lists/"),
    ],
)
def test_signing_in_leads_back_to_the_page_that_was_wanted(wanted: object, led: str) -> None:
    founded()
    passkey = Passkey()
    bound(HEAD, passkey)
    assert Computer().enter(passkey, next=wanted).json() == {"next": led}


def test_a_page_of_the_desk_leads_to_signing_in_and_remembers_itself() -> None:
    computer = Computer()
    led = computer.get("/units/officers/")
    assert (led.status_code, led.headers["location"]) == (302, "/units/?next=%2Funits%2Fofficers%2F")
    assert 'data-desk="/units/officers/"' in computer.get(led.headers["location"]).content.decode()
    asked = computer.get("/units/stay", Accept="application/json")
    assert (asked.status_code, asked.json()["problem"]["code"]) == (401, "U-02")
    assert computer.post("/units/officers/", id_number="A123456789").status_code == 401


Wrong = Callable[[Passkey, str], dict[str, Any]]
_WRONG: dict[str, Wrong] = {
    "another origin": lambda one, asked: replace(one, origin="https://evil.example").assertion(asked),
    "another site": lambda one, asked: replace(one, rp_id="evil.example").assertion(asked),
    "another challenge": lambda one, _asked: one.assertion("b" * 43),
    "not unlocked": lambda one, asked: one.assertion(asked, flags=UP),
    "not touched": lambda one, asked: one.assertion(asked, flags=UV),
    "another's key": lambda one, asked: one.assertion(asked, signer=Passkey().key),
    "a passkey that nobody has": lambda _one, asked: Passkey().assertion(asked),
    "no passkey's answer": lambda _one, _asked: {"id": 7},
    "nothing": lambda _one, _asked: {},
    "an id of a number": lambda one, asked: {**one.assertion(asked), "id": 10**9, "rawId": 10**9},
}


@pytest.mark.parametrize("wrong", _WRONG.values(), ids=_WRONG.keys())
def test_a_passkey_that_does_not_hold_opens_nothing_and_is_told_like_an_unknown_one(wrong: Wrong) -> None:
    founded()
    passkey = Passkey()
    bound(HEAD, passkey)
    computer = Computer()
    asked = computer.challenge()
    told = computer.enter(passkey, token=asked["token"], assertion=wrong(passkey, asked["passkey"]["challenge"]))
    assert (told.status_code, told.json()["problem"]["code"]) == (403, Problem.PASSKEY_FAILED.value.code)
    assert not (DeskSession.objects.exists() or computer.secret)


def test_an_answer_is_good_once_and_for_the_desk_only() -> None:
    founded()
    passkey = Passkey()
    phone = bound(HEAD, passkey)
    computer = Computer()
    asked = computer.challenge()
    answer = {"token": asked["token"], "assertion": passkey.assertion(asked["passkey"]["challenge"])}
    assert computer.send("/units/enter", answer).status_code == 200
    again = Computer().send("/units/enter", answer)
    assert again.json()["problem"]["code"] == Problem.CHALLENGE_EXPIRED.value.code
    unlock = devices.unlock_options(phone)
    assertion = passkey.assertion(unlock["challenge"])
    assert Computer().send("/units/enter", {"token": unlock["token"], "assertion": assertion}).status_code != 200
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert Computer().enter(passkey, token=asked["token"]).status_code != 200
    assert DeskSession.objects.count() == 1


def test_a_counter_that_goes_back_is_on_record() -> None:
    founded()
    passkey = Passkey()
    bound(HEAD, passkey)
    passkey.count = 5
    assert Computer().enter(passkey).status_code == 200
    passkey.count = 3
    assert Computer().enter(passkey).status_code == 200
    assert events(Event.COUNTER_WENT_BACK) == 1


def test_who_is_no_officer_is_told_so_only_after_proving_who_they_are() -> None:
    founded()
    passkey = Passkey()
    bound(MEDDLER, passkey)
    told = Computer().enter(passkey)
    assert (told.status_code, told.json()["problem"]["code"]) == (403, "U-03")
    assert payloads(Event.DESK_REFUSED) == [{"how": "passkey", "problem": "U-03"}]


def _disable(phone: Device) -> None:
    devices.change_state(phone.registration, phone.id, DeviceState.DISABLED, "own_wish")


def _delete(phone: Device) -> None:
    devices.change_state(phone.registration, phone.id, DeviceState.DELETED, "own_wish")


def _suspend(phone: Device) -> None:
    accounts.suspend(phone.registration_id, Reason.NOT_ME, "member")


_STOPS = {
    "disabled": (_disable, Problem.DEVICE_DISABLED),
    "deleted": (_delete, Problem.DEVICE_GONE),
    "suspended": (_suspend, Problem.REGISTRATION_SUSPENDED),
}


@pytest.mark.parametrize(("stop", "problem"), _STOPS.values(), ids=_STOPS.keys())
def test_a_stopped_phone_or_member_ends_the_session_at_once_and_opens_no_other(
    stop: Callable[[Device], None], problem: Problem
) -> None:
    founded()
    passkey = Passkey()
    phone, computer = bound(HEAD, passkey), Computer()
    computer.enter(passkey)
    assert computer.get("/units/stay").status_code == 200
    stop(phone)
    assert computer.get("/units/stay").status_code == 302
    assert Computer().enter(passkey).json()["problem"]["code"] == problem.value.code
    assert payloads(Event.DESK_REFUSED) == [{"how": "passkey", "problem": problem.value.code}]
    assert Entry.objects.get(event=Event.DESK_REFUSED.value).registration == phone.registration_id


def test_what_was_open_before_a_stop_stays_closed_when_the_member_is_restored() -> None:
    founded()
    secret, registration = secret_of(HEAD), registered(HEAD)
    accounts.suspend(registration.pk, Reason.STAFF, "hotline")
    with transaction.atomic():
        accounts.restore(registration.pk, Reason.STAFF, "clerk")
    assert entering.desk_of(secret) is None
    assert entering.desk_of(secret_of(HEAD))


def test_another_phone_that_is_disabled_ends_nothing() -> None:
    founded()
    first, second = Passkey(), Passkey()
    bound(HEAD, first)
    other, computer = bound(HEAD, second), Computer()
    computer.enter(first)
    _disable(other)
    assert entering.desk_of(computer.secret)


def test_a_password_that_was_changed_ends_every_use_of_the_desk() -> None:
    founded()
    secret, registration = secret_of(HEAD), registered(HEAD)
    with transaction.atomic():
        accounts.store_password(registration, accounts.hash_password("eleven slow otters", ()))
    assert entering.desk_of(secret) is None
    assert entering.desk_of(secret_of(HEAD))


def test_a_session_ends_unused_and_too_old() -> None:
    founded()
    with time_machine.travel(clock.now(), tick=False) as now:
        secret = secret_of(HEAD)
        now.shift(timedelta(minutes=14))
        assert entering.desk_of(secret), "used, so it goes on"
        now.shift(timedelta(minutes=14))
        assert entering.desk_of(secret)
        now.shift(timedelta(minutes=16))
        assert entering.desk_of(secret) is None
        used = secret_of(HEAD)
        for _ in range(12 * 6):
            now.shift(timedelta(minutes=10))
            entering.desk_of(used)
        assert entering.desk_of(used), "twelve hours to the second"
        now.shift(timedelta(seconds=1))
        assert entering.desk_of(used) is None
        assert entering.forget_expired() == 2


def test_an_officer_whose_duty_ends_is_out_in_the_middle_of_their_work() -> None:
    founded()
    officer = hired(OFFICER)
    computer = Computer(secret_of(OFFICER))
    assert computer.get("/units/officers/").status_code == 200
    token = computer.token
    officers.end(desk_of(HEAD), officer.id)
    assert computer.post("/units/officers/", csrf=token, id_number="A123456789").status_code == 401
    assert computer.get("/units/officers/").headers["location"].startswith("/units/?next=")
    with refused(Problem.NOT_AN_OFFICER):
        entering.open_desk(registered(OFFICER).member, "card")


def test_a_session_does_not_come_back_with_a_duty_of_the_same_unit() -> None:
    founded()
    officer = hired(OFFICER)
    secret = secret_of(OFFICER)
    officers.end(desk_of(HEAD), officer.id)
    hired(OFFICER)
    assert entering.desk_of(secret) is None


def test_who_acts_for_several_units_chooses_and_forms_of_the_former_unit_are_dead() -> None:
    founded()
    founded("neighbour")
    hired(NEIGHBOUR)
    computer = Computer(secret_of(NEIGHBOUR))
    page = computer.get("/units/switch/").content.decode()
    assert CODES["sandbox"] in page and CODES["neighbour"] in page and CODES["firm"] not in page
    assert computer.post("/units/switch/", unit=CODES["neighbour"]).headers["location"] == "/units/lists/"
    # A tab still shows the page of the neighbour's officers, where this person is responsible.
    stale = computer.token
    assert computer.post("/units/switch/", unit=CODES["sandbox"]).status_code == 302
    asked = Officer.objects.count()
    late = computer.post("/units/officers/", csrf=stale, id_number="A123456789")
    assert (late.status_code, Officer.objects.count()) == (403, asked)
    assert computer.post("/units/switch/", unit=CODES["firm"]).status_code == 404
    desk = entering.desk_of(computer.secret)
    assert desk
    assert desk.unit.code == CODES["sandbox"]
    assert [row["how"] for row in payloads(Event.DESK_OPENED)][-3:] == ["card", "switch", "switch"]


def test_signing_in_leads_to_the_choice_where_there_is_one() -> None:
    founded()
    founded("neighbour")
    passkey = Passkey()
    bound(NEIGHBOUR, passkey)
    assert Computer().enter(passkey).json() == {"next": "/units/lists/"}
    hired(NEIGHBOUR)
    assert Computer().enter(passkey, next="/units/officers/").json() == {"next": "/units/switch/"}


def test_an_agent_acts_for_the_unit_until_the_mandate_ends() -> None:
    founded()
    founded("firm")
    mandates.grant(desk_of(HEAD), CODES["firm"])
    secret = secret_of(FIRM, "sandbox")
    desk = entering.desk_of(secret)
    assert desk
    assert (desk.unit.code, desk.as_agent, desk.responsible) == (CODES["sandbox"], True, False)
    given = mandates.mandates(desk_of(HEAD)).given[0]
    mandates.revoke(desk_of(HEAD), given.id)
    assert entering.desk_of(secret) is None
    with refused(Problem.NOT_FOUND):
        entering.switch_unit(secret_of(FIRM), CODES["sandbox"])


def test_the_desk_of_nobody_and_signing_out() -> None:
    founded()
    assert entering.desk_of("") is None
    assert entering.desk_of(str(uuid4())) is None
    computer = Computer(secret_of(HEAD))
    other = Computer(computer.secret)
    assert computer.post("/units/sign-out").headers["location"] == "/units/"
    assert other.get("/units/stay").status_code == 302
    assert not computer.secret
    assert events(Event.DESK_CLOSED) == 1
    entering.close_desk("nobody's")
    assert events(Event.DESK_CLOSED) == 1
