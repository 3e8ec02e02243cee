"""「這不是我」: the stop code of a notice stops the registration that it told of, from anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.test import Client

from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.core import clock, outbox
from nhi_express.core.models import Notice
from nhi_express.registration import flows
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason, State
from tests.counting import events
from tests.visitor import Visitor, person

CODE = re.compile(r"^([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})$", re.MULTILINE)


@pytest.fixture
def mailed(visitor: Callable[..., Visitor], settings: object) -> list[str]:
    """The stop codes of what a newly registered member is mailed."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    visitor().enrol(person("citizen"))
    outbox.send_due()
    return [found for message in mail.outbox for found in CODE.findall(str(message.body))]


def test_every_notice_carries_a_code_of_its_own(mailed: list[str]) -> None:
    assert len(mailed) == len(mail.outbox) > 1
    assert len(set(mailed)) == len(mailed)


def test_a_code_stops_the_registration_once_somebody_says_yes(mailed: list[str]) -> None:
    browser = Client(headers={"accept-language": "en"})
    asked = browser.post("/stop/", {"code": mailed[0].lower().replace("-", " ")})
    assert "Stop the registration now?" in asked.content.decode()
    assert Registration.objects.get().state == State.ACTIVE, "asking changes nothing"
    assert browser.post("/stop/", {"code": mailed[0], "sure": "yes"}).headers["location"] == "/stop/done"
    stopped = Registration.objects.get()
    assert (stopped.state, stopped.reason, events(Event.NOT_ME)) == (State.SUSPENDED, Reason.NOT_ME, 1)
    assert browser.get("/stop/done").status_code == 200


@pytest.mark.parametrize("typed", ["", "AAAA-AAAA-AAAA", "x" * 100, "０Ｏ"])
def test_what_is_no_code_stops_nothing(mailed: list[str], typed: str) -> None:
    answer = Client().post("/stop/", {"code": typed, "sure": "yes"})
    assert answer.status_code == 400
    assert Registration.objects.get().state == State.ACTIVE


def test_an_old_code_is_over(mailed: list[str]) -> None:
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        assert "S-60" in Client().post("/stop/", {"code": mailed[0]}).content.decode()


def test_guessing_is_stopped_by_source_and_takes_no_right_code_away(mailed: list[str]) -> None:
    browser = Client()
    for _ in range(20):
        browser.post("/stop/", {"code": "AAAA-AAAA-AAAA"})
    assert browser.post("/stop/", {"code": "AAAA-AAAA-AAAA"}).status_code == 429
    assert browser.post("/stop/", {"code": mailed[0]}).status_code == 200
    assert browser.post("/stop/", {"code": mailed[0], "sure": "yes"}).status_code == 302
    assert Registration.objects.get().state == State.SUSPENDED


def test_it_is_on_record_once_and_with_the_notice_that_told(mailed: list[str]) -> None:
    for code in mailed[:2]:
        assert Client().post("/stop/", {"code": code, "sure": "yes"}).status_code == 302
    told = Entry.objects.get(event=Event.NOT_ME.value)
    notice = Notice.objects.get(stop=outbox.stop_index(mailed[0].replace("-", "")))
    assert (told.payload, told.registration) == ({"notice": str(notice.id)}, notice.about)


def test_the_codes_of_old_mails_are_void_once_a_counter_has_restored_it(mailed: list[str]) -> None:
    registration = Registration.objects.get()
    flows.suspend(registration.pk, Reason.NOT_ME, "member")
    with transaction.atomic():
        flows.restore(registration.pk, Reason.STAFF, "clerk")
    mail.outbox.clear()
    outbox.send_due()
    fresh = [found for message in mail.outbox for found in CODE.findall(str(message.body))]
    for code in mailed:
        assert "S-60" in Client().post("/stop/", {"code": code}).content.decode()
    assert Client().post("/stop/", {"code": fresh[-1]}).status_code == 200, "the mail that tells of it has its own"


@pytest.mark.parametrize(
    ("first", "later", "stays"),
    [
        (Reason.OWN_WISH, Reason.THEFT, Reason.THEFT),
        (Reason.THEFT, Reason.STAFF, Reason.THEFT),
        (Reason.NOT_ME, Reason.THEFT, Reason.NOT_ME),
    ],
)
def test_that_it_was_in_wrong_hands_is_not_forgotten(
    mailed: list[str], first: Reason, later: Reason, stays: Reason
) -> None:
    registration = Registration.objects.get()
    flows.suspend(registration.pk, first, "clerk")
    assert flows.suspend(registration.pk, later, "hotline") == (stays is not first)
    assert Registration.objects.get().reason == stays
