"""「這不是我」: the stop code of a notice stops the registration that it told of, from anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock, outbox
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


def test_guessing_is_stopped_by_source(mailed: list[str]) -> None:
    browser = Client()
    for _ in range(20):
        browser.post("/stop/", {"code": "AAAA-AAAA-AAAA"})
    assert browser.post("/stop/", {"code": mailed[0]}).status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.9").post("/stop/", {"code": mailed[0]}).status_code == 200
