"""At the desk: the visitor's screen beside the clerk's, from the number to a bound phone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.core import clock
from nhi_express.core.config import config
from nhi_express.counter.flows import cases, duty, enrolling, screens
from nhi_express.counter.models import Case, Screen
from nhi_express.counter.rules import Purpose
from nhi_express.devices import flows as devices
from nhi_express.devices.models import Device, DeviceCode
from nhi_express.enrolment.rules import Assurance
from nhi_express.help import terms
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as registrations
from nhi_express.registration.models import Consent, Registration
from nhi_express.registration.rules import State
from tests.counter.workplace import AWAY, Worker, member_of, registered, visit
from tests.devices.codes import proof_for

PASSWORD = "the river is quiet in spring"


class Tablet:
    """The visitor's screen: a browser of its own."""

    def __init__(self) -> None:
        self.browser = Client(headers={"accept-language": "en"})
        self.browser.post("/visitor/")

    @property
    def number(self) -> str:
        """The number that it shows."""
        found = re.search(r'class="[^"]*code number">([\d ]+)<', self.browser.get("/visitor/").content.decode())
        assert found
        return found.group(1).replace(" ", "")

    @property
    def at(self) -> str:
        """Where its script would go now."""
        return str(self.browser.get("/visitor/state").json()["at"])

    def registers(self, password: str = PASSWORD, again: str | None = None) -> int:
        """Agree to the terms and type a password; the status of the last answer."""
        self.browser.post("/visitor/terms", {"accept": "yes"})
        version = terms.current(clock.today()).version
        fields = {"version": version, "password": password, "again": again or password}
        return self.browser.post("/visitor/password", fields).status_code


def _paired(clerk: Worker, key: str, purpose: Purpose = Purpose.REGISTER) -> tuple[Tablet, Case]:
    tablet, at = Tablet(), visit(clerk, key, purpose)
    screens.pair(at, clerk.on_duty, tablet.number)
    return tablet, at.case


def _shown_link(tablet: Tablet) -> str:
    """The token in the QR that the screen shows now."""
    link = re.search(r'data-link="[^"]*#([^"]+)"', tablet.browser.post("/visitor/phone").content.decode())
    assert link
    return link.group(1)


def _nobody_touches_the_screen() -> None:
    """For longer than a screen waits for its visitor."""
    Screen.objects.update(seen_at=clock.now() - timedelta(seconds=config().screen_seconds + 1))


def _the_code_ends_in(seconds: int) -> None:
    DeviceCode.objects.update(until=clock.now() + timedelta(seconds=seconds))


def _seconds_left(page: bytes) -> int:
    """So long the page waits until it leaves."""
    told = re.search(r'<dialog[^>]*data-seconds="(\d+)"', page.decode())
    assert told
    return int(told.group(1))


def test_a_citizen_without_a_phone_is_registered(clerk: Worker) -> None:
    tablet, case = _paired(clerk, "citizen")
    assert tablet.at == "/visitor/terms"
    assert tablet.registers() == 302
    registration = Registration.objects.get()
    assert (registration.state, registration.assurance) == (State.ACTIVE, Assurance.IN_PERSON)
    assert registrations.password_matches(registration, PASSWORD)
    assert Consent.objects.get().version == terms.current(clock.today()).version
    enrolled = Entry.objects.get(event=Event.ENROLLED.value).payload
    assert (enrolled["channel"], set(enrolled["evidence"])) == (
        "counter",
        {"TERMS", "CLERK", "NHI_CARD_SEEN", "ID_SEEN", "HOUSEHOLD_SEEN"},
    )
    assert tablet.at == "/visitor/phone"
    cases.finish(cases.current(clerk.on_duty, case.id), clerk.on_duty)
    assert tablet.at == "/visitor/", "the screen is ready for the next one"


def test_a_foreigner_binds_a_phone_by_the_screens_code(clerk: Worker) -> None:
    tablet, _ = _paired(clerk, "new_ui")
    tablet.registers()
    ticket = devices.claim_by_token(_shown_link(tablet))
    device, _secret = devices.redeem(ticket, proof_for(devices.claimed(ticket).id), None)
    assert device.channel == "counter"
    assert tablet.browser.get("/visitor/code-state").json()["state"] == "bound"
    assert tablet.browser.post("/visitor/disown", {"device": str(device.id)}).status_code == 302
    device.refresh_from_db()
    assert device.state == "deleted"


def test_who_was_registered_gets_a_new_password_and_keeps_all_else(clerk: Worker) -> None:
    registration = registered("citizen")
    tablet, _ = _paired(clerk, "citizen")
    tablet.registers()
    assert Registration.objects.get() == registration
    assert registrations.password_matches(Registration.objects.get(), PASSWORD)


@pytest.mark.parametrize(
    ("password", "again", "told"),
    [("short", None, "P-01"), (PASSWORD, "another one", "not the same"), ("password", None, "P-03")],
)
def test_a_password_that_will_not_do(clerk: Worker, password: str, again: str | None, told: str) -> None:
    tablet, _ = _paired(clerk, "citizen")
    tablet.browser.post("/visitor/terms", {"accept": "yes"})
    fields = {"version": terms.current(clock.today()).version, "password": password, "again": again or password}
    answer = tablet.browser.post("/visitor/password", fields)
    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert not Registration.objects.exists()


def test_a_screen_is_paired_once_and_only_by_its_number(clerk: Worker, colleague: Worker) -> None:
    tablet, _ = _paired(clerk, "citizen")
    number = Screen.objects.get().number
    other = visit(colleague, "new_ui", Purpose.REGISTER)
    for wrong in (number, "000000", ""):
        with pytest.raises(Refused) as refusal:
            screens.pair(other, colleague.on_duty, wrong)
        assert refusal.value.problem is Problem.SCREEN_UNKNOWN
    assert tablet.at == "/visitor/terms"


def test_a_case_that_pairs_another_screen_leaves_the_first(clerk: Worker) -> None:
    first, case = _paired(clerk, "citizen")
    second = Tablet()
    screens.pair(cases.current(clerk.on_duty, case.id), clerk.on_duty, second.number)
    assert (first.at, second.at) == ("/visitor/", "/visitor/terms")
    assert "S-21" in first.browser.get("/visitor/terms").content.decode()


def test_a_visitor_who_walks_away_leaves_nothing_open(clerk: Worker) -> None:
    tablet, case = _paired(clerk, "citizen")
    tablet.browser.post("/visitor/terms", {"accept": "yes"})
    _nobody_touches_the_screen()
    assert tablet.registers() == 409
    assert not Registration.objects.exists()
    assert screens.beside(case) is None
    assert Entry.objects.filter(event=Event.SCREEN_PARTED.value).exists()


def test_asking_where_one_stands_is_no_touch(clerk: Worker) -> None:
    tablet, _ = _paired(clerk, "citizen")
    tablet.registers()
    tablet.browser.post("/visitor/phone")
    before = Screen.objects.get().seen_at
    assert tablet.at == "/visitor/phone"
    assert tablet.browser.get("/visitor/code-state").json()["state"] == "waiting"
    assert Screen.objects.get().seen_at == before
    assert tablet.browser.get("/visitor/stay").status_code == 200
    assert Screen.objects.get().seen_at > before


def test_a_screen_waits_for_as_long_as_its_code_lives(clerk: Worker) -> None:
    """Whoever fetches their phone, and unlocks it slowly, touches nothing here meanwhile."""
    tablet, case = _paired(clerk, "citizen")
    tablet.registers()
    assert _seconds_left(tablet.browser.get("/visitor/phone").content) == config().screen_seconds
    token = _shown_link(tablet)
    _nobody_touches_the_screen()
    assert (tablet.at, screens.forget_old()) == ("/visitor/phone", 0)
    assert screens.beside(case) is not None
    ticket = devices.claim_by_token(token)
    assert tablet.browser.get("/visitor/code-state").json()["state"] == "claimed"
    device, _secret = devices.redeem(ticket, proof_for(devices.claimed(ticket).id), None)
    assert tablet.browser.get("/visitor/code-state").json()["state"] == "bound"
    assert tablet.browser.post("/visitor/disown", {"device": str(device.id)}).status_code == 302


def test_a_page_with_a_code_promises_no_less_than_the_code(clerk: Worker) -> None:
    tablet, _ = _paired(clerk, "citizen")
    tablet.registers()
    shown, lives = tablet.browser.post("/visitor/phone").content, config().device_code_minutes * 60
    assert lives - 5 < _seconds_left(shown) <= lives
    for seconds, left in ((200, 200), (50, config().screen_seconds)):
        _the_code_ends_in(seconds)
        assert tablet.browser.get("/visitor/stay").json()["seconds"] == left, "the code's time, or a touch's"


@pytest.mark.parametrize("claimed", [False, True])
def test_asking_after_a_code_keeps_no_screen_beyond_it(clerk: Worker, *, claimed: bool) -> None:
    tablet, case = _paired(clerk, "citizen")
    tablet.registers()
    token = _shown_link(tablet)
    if claimed:
        devices.claim_by_token(token)
    _nobody_touches_the_screen()
    assert tablet.browser.get("/visitor/code-state").status_code == 200
    _the_code_ends_in(-1)
    assert screens.forget_old() == 1
    assert tablet.browser.get("/visitor/code-state").status_code == 409
    assert screens.beside(case) is None
    assert not DeviceCode.objects.exists()


def test_a_code_from_elsewhere_keeps_no_screen(clerk: Worker) -> None:
    """The member made it on the portal before they came: this screen does not show it."""
    devices.make_code(registered("citizen"))
    tablet, _ = _paired(clerk, "citizen")
    for step in ("/visitor/terms", "/visitor/phone"):
        assert tablet.at == step
        assert _seconds_left(tablet.browser.get(step).content) == config().screen_seconds
        tablet.registers()
    _nobody_touches_the_screen()
    assert tablet.at == "/visitor/"


@pytest.mark.parametrize("how", ["finished", "left", "walked away", "another screen"])
def test_a_code_that_still_stands_on_the_glass_binds_nobodys_phone(clerk: Worker, how: str) -> None:
    """The clerk finishes or the visitor leaves, and the next person scans the code that is still to be seen."""
    tablet, case = _paired(clerk, "citizen")
    tablet.registers()
    token = _shown_link(tablet)
    began = devices.claim_by_token(token)
    if how == "finished":
        cases.finish(cases.current(clerk.on_duty, case.id), clerk.on_duty)
    elif how == "left":
        tablet.browser.post("/visitor/leave")
    elif how == "walked away":
        _nobody_touches_the_screen()
        assert tablet.at == "/visitor/phone", "the visitor may be busy with the phone"
        _the_code_ends_in(-1)
        assert tablet.at == "/visitor/"
    else:
        screens.pair(cases.current(clerk.on_duty, case.id), clerk.on_duty, Tablet().number)
    assert tablet.browser.get("/visitor/code-state").status_code == 409, "its script stops asking"
    for late in (lambda: devices.claim_by_token(token), lambda: devices.redeem(began, proof_for(case.id), None)):
        with pytest.raises(Refused) as refusal:
            late()
        assert refusal.value.problem in {Problem.CODE_WRONG, Problem.CODE_EXPIRED}
    assert not Device.objects.exists()


def test_no_code_is_made_for_a_screen_that_was_parted_meanwhile(clerk: Worker) -> None:
    tablet, case = _paired(clerk, "citizen")
    tablet.registers()
    Screen.objects.all().delete()
    case.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        enrolling.phone_code(case)
    assert refusal.value.problem is Problem.SCREEN_PARTED
    assert not DeviceCode.objects.exists()


def test_each_page_of_a_case_follows_it_and_leaves_when_its_time_is_over(clerk: Worker) -> None:
    tablet, _ = _paired(clerk, "citizen")
    browser = tablet.browser
    shown = [browser.get("/visitor/terms"), browser.post("/visitor/terms", {"accept": "yes"})]
    tablet.registers()
    shown += [browser.get("/visitor/phone"), browser.post("/visitor/phone")]
    for page, at in zip(shown, ["terms", "terms", "phone", "phone"], strict=True):
        told = page.content.decode()
        assert f'data-follow="/visitor/state" data-at="/visitor/{at}"' in told
        assert 'data-leave="/visitor/"' in told
        assert "site/js/standing" in told


def test_the_clerks_own_browser_is_no_visitors_screen(clerk: Worker) -> None:
    """What is typed there, a clerk could see or type."""
    browser = clerk.browser()
    asked = [browser.get(f"/visitor/{page}") for page in ("", "state", "terms", "phone")]
    asked += [browser.post(f"/visitor/{page}") for page in ("", "terms", "password", "phone", "leave")]
    assert {answer.status_code for answer in asked} == {403}
    assert all("S-22" in answer.content.decode() for answer in asked)
    assert not Screen.objects.exists()
    refused = [entry.payload for entry in Entry.objects.filter(event=Event.STAFF_REFUSED.value)]
    assert refused == [{"staff": str(clerk.staff.id), "problem": "S-22"}] * len(asked)
    duty.sign_out(clerk.on_duty)
    assert browser.post("/visitor/").status_code == 302


def test_no_screen_outside_an_offices_network(clerk: Worker) -> None:
    answer = Client(REMOTE_ADDR=AWAY).post("/visitor/")
    assert (answer.status_code, "S-04" in answer.content.decode()) == (403, True)


def test_a_case_without_documents_lets_the_visitor_wait(clerk: Worker) -> None:
    tablet = Tablet()
    opened = cases.open_case(clerk.on_duty, member_of("citizen").known_numbers[0], Purpose.REGISTER)
    screens.pair(cases.current(clerk.on_duty, opened.id), clerk.on_duty, tablet.number)
    assert tablet.at == "/visitor/wait"
    assert tablet.browser.get("/visitor/terms").headers["location"] == "/visitor/wait"
    assert tablet.registers() == 302
    assert not Registration.objects.exists(), "skipping ahead does nothing"


def test_a_case_that_is_over_lets_nobody_register(clerk: Worker) -> None:
    tablet, case = _paired(clerk, "citizen")
    cases.drop(cases.current(clerk.on_duty, case.id), clerk.on_duty)
    assert tablet.registers() == 409
    assert not Registration.objects.exists()
