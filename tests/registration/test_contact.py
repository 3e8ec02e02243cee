"""An address for notices: it counts once its owner has typed the code, and strangers' tries are counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock, outbox
from nhi_express.help.errors import Refused
from nhi_express.registration import flows
from nhi_express.registration.models import Address, Registration
from nhi_express.registration.rules import Reason
from tests.counting import events
from tests.outside import address_of
from tests.visitor import Visitor, code_of, person

CITIZEN, NEW, CONTACT = person("citizen"), "new@mail.example.tw", "/app/contact/"
Make = Callable[..., Visitor]


@pytest.fixture
def phone(visitor: Make) -> Visitor:
    """A signed-in phone, all earlier notices sent."""
    made = visitor().walk(CITIZEN, "done").open(CONTACT)
    outbox.send_due()
    mail.outbox.clear()
    return made


def mailed_code() -> str:
    """The code in the last mail."""
    outbox.send_due()
    found = re.search(r"\d{4} \d{4}", str(mail.outbox[-1].body))
    assert found
    return found[0]


def test_an_address_counts_only_once_its_code_was_typed(phone: Visitor) -> None:
    phone.send(CONTACT, act="send", email=NEW.upper())
    code = mailed_code()
    assert mail.outbox[-1].to == [NEW.upper()]
    assert Address.objects.get().confirmed_at is None
    assert phone.send(CONTACT, act="confirm", code=code.replace(" ", "")).status == 200
    assert Address.objects.get().confirmed_at
    outbox.send_due()
    assert sorted(letter.to[0] for letter in mail.outbox[1:]) == sorted([NEW.upper(), address_of(CITIZEN)])
    assert events(Event.EMAIL_CONFIRMED) == 1


def test_a_code_in_full_width_is_forgiven(phone: Visitor) -> None:
    phone.send(CONTACT, act="send", email=NEW)
    code = "".join(chr(ord(digit) + 0xFEE0) if digit.isdigit() else digit for digit in mailed_code())
    assert phone.send(CONTACT, act="confirm", code=code).status == 200
    assert Address.objects.get().confirmed_at


def test_a_code_is_good_for_a_day_and_once(phone: Visitor) -> None:
    phone.send(CONTACT, act="send", email=NEW)
    code = mailed_code()
    late = clock.now() + timedelta(hours=24, seconds=1)
    with time_machine.travel(late), pytest.raises(Refused, match="I-07"):
        flows.confirm_code(Registration.objects.get(), code.replace(" ", ""))
    assert phone.send(CONTACT, act="confirm", code=code).status == 200
    again = phone.submit(CONTACT, act="confirm", code=code)
    assert (again.status_code, "I-07" in again.text) == (400, True)


def test_five_tries_then_a_fresh_code_works(phone: Visitor) -> None:
    phone.send(CONTACT, act="send", email=NEW)
    right = mailed_code()
    wrong = f"{(int(right.replace(' ', '')) + 1) % 10**8:08d}"
    for _ in range(5):
        answer = phone.submit(CONTACT, act="confirm", code=wrong)
        assert (answer.status_code, "I-06" in answer.text) == (400, True)
    answer = phone.submit(CONTACT, act="confirm", code=right)
    assert (answer.status_code, code_of(answer)) == (429, "L-01")
    phone.open(CONTACT).send(CONTACT, act="send", email=NEW)
    assert phone.send(CONTACT, act="confirm", code=mailed_code()).status == 200
    assert Address.objects.get().confirmed_at


def test_three_codes_an_hour_and_no_more(phone: Visitor) -> None:
    for _ in range(3):
        assert phone.submit(CONTACT, act="send", email=NEW).status_code == 302
    answer = phone.submit(CONTACT, act="send", email=NEW)
    assert (answer.status_code, code_of(answer)) == (429, "L-01")
    outbox.send_due()
    assert len(mail.outbox) == 3
    assert Address.objects.count() == 1, "only the last code counts"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "I-10"),
        ("nobody", "I-05"),
        ("a@b@c.tw", "I-05"),
        ("a@b.tw\r\nBcc: x@y.tw", "I-05"),
        ("a@b.tw, c@d.tw", "I-05"),
        ("👩‍👩‍👧@b.tw", "I-05"),
        ("a@" + "b" * 300 + ".tw", "I-08"),
        ("a\x00@b.tw", "G-03"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_what_is_no_address_is_refused_at_its_field(phone: Visitor, typed: str, code: str) -> None:
    answer = phone.submit(CONTACT, act="send", email=typed)
    assert (answer.status_code, code in answer.text) == (400, True)
    assert Address.objects.count() == 0


@pytest.mark.parametrize("act", ["", "nonsense", "\x00", "👩"])
def test_an_act_that_there_is_none_of_does_nothing(phone: Visitor, act: str) -> None:
    assert phone.submit(CONTACT, act=act, email=NEW, code="12345678").status_code == 400
    assert Address.objects.count() == 0


def test_an_address_taken_away_is_told(phone: Visitor) -> None:
    phone.send(CONTACT, act="send", email=NEW)
    phone.send(CONTACT, act="confirm", code=mailed_code())
    outbox.send_due()
    mail.outbox.clear()
    phone.open(CONTACT).send(CONTACT, act="remove")
    outbox.send_due()
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted([NEW, address_of(CITIZEN)])
    assert Address.objects.count() == 0


def test_what_a_counter_restores_works_again(visitor: Make, phone: Visitor) -> None:
    registration = Registration.objects.get()
    for _ in range(2):
        flows.suspend(registration.pk, Reason.STAFF, "hotline")
    assert visitor().to_card(CITIZEN).code == "R-01"
    flows.restore(registration.pk, Reason.STAFF, "clerk")
    assert phone.open(CONTACT).path != CONTACT, "what was open before the stop stays closed"
    assert phone.unlock()["status"] == 200
    counted = [events(event) for event in (Event.REGISTRATION_SUSPENDED, Event.REGISTRATION_RESTORED)]
    assert counted == [1, 1]
    outbox.send_due()
    assert len(mail.outbox) == 2
