"""Signing in, confirming an address, sending notices: at the same moment, still once."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from nhi_express.audit.catalogue import Event
from nhi_express.core import outbox
from nhi_express.core.models import Notice
from nhi_express.core.outbox import Letter
from nhi_express.devices.models import Session
from nhi_express.registration.models import Address
from nhi_sandbox.member_phone import PASSWORD
from tests.counting import events
from tests.outside import Outside
from tests.races.racing import race
from tests.visitor import Visitor, path_of, person

pytestmark = pytest.mark.usefixtures("committed")
CITIZEN = person("citizen")


@pytest.fixture
def mail(settings: Settings, sandbox: Outside) -> Outside:
    """Mail goes to the sandbox's mail server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sandbox.smtp_port
    return sandbox


@pytest.mark.parametrize("passkeys", [True, False])
def test_one_answer_sent_twenty_times_at_once_gives_one_session(
    visitor: Callable[..., Visitor], passkeys: bool
) -> None:
    phone = visitor(passkeys=passkeys).walk(CITIZEN, "done")
    device = next(iter(phone.keys))
    answer = phone.answer(device, phone.challenge(device), None if passkeys else PASSWORD)
    before = Session.objects.count()
    told = race([partial(phone.twin().enter, answer) for _ in range(20)])
    assert [one["status"] for one in told].count(200) == 1
    refused = {one["problem"]["code"] for one in told if one["status"] != 200}
    assert refused <= ({"D-07"} if passkeys else {"D-07", "L-01"})
    assert Session.objects.count() == before + 1
    assert events(Event.SIGNED_IN) == 1
    # Whatever the replays were told, the phone's owner is not locked out by them.
    assert phone.unlock(device, None if passkeys else PASSWORD)["status"] == 200


def test_wrong_passwords_at_once_are_all_counted(visitor: Callable[..., Visitor]) -> None:
    phone = visitor(passkeys=False).walk(CITIZEN, "done")
    device = next(iter(phone.keys))
    answers = [phone.answer(device, phone.challenge(device), "not this river") for _ in range(12)]
    told = race([partial(phone.twin().enter, answer) for answer in answers])
    codes = [one["problem"]["code"] for one in told]
    assert (codes.count("D-08"), codes.count("L-01")) == (5, 7)


def test_one_mailed_code_confirmed_by_two_tabs_counts_once(visitor: Callable[..., Visitor], mail: Outside) -> None:
    phone = visitor().walk(CITIZEN, "done")
    outbox.send_due()
    phone.open("/app/contact/").send("/app/contact/", act="send", email="new@mail.example.tw")
    outbox.send_due()
    code = re.search(r"\d{4} \d{4}", mail.world.inbox.to("new@mail.example.tw")[0].text)
    assert code
    acts = [partial(phone.twin().submit, "/app/contact/", act="confirm", code=code[0]) for _ in range(4)]
    answers = race(acts)
    assert [path_of(answer) for answer in answers].count("/app/contact/") == 1
    assert all("I-07" in answer.text for answer in answers if answer.status_code == 400)
    assert events(Event.EMAIL_CONFIRMED) == 1
    assert Address.objects.filter(confirmed_at__isnull=False).count() == 1
    before = len(mail.world.inbox)
    outbox.send_due()
    # The register's address and the new one are told, once each.
    assert len(mail.world.inbox) - before == 2


def test_wrong_mailed_codes_at_once_are_all_counted(visitor: Callable[..., Visitor]) -> None:
    phone = visitor().walk(CITIZEN, "done")
    phone.open("/app/contact/").send("/app/contact/", act="send", email="new@mail.example.tw")
    acts = [partial(phone.twin().submit, "/app/contact/", act="confirm", code="00000000") for _ in range(10)]
    statuses = [answer.status_code for answer in race(acts)]
    assert (statuses.count(400), statuses.count(429)) == (5, 5)
    assert events(Event.EMAIL_CONFIRMED) == 0


def test_workers_at_once_send_each_notice_once(mail: Outside) -> None:
    with transaction.atomic():
        for number in range(24):
            outbox.post(Letter("registration/password_set", f"{number}@mail.example.tw", "en", {}))
    sent = race([partial(outbox.send_due, 100)] * 4)
    assert sum(sent) == 24
    assert sorted(mail.recipients[0] for mail in mail.world.inbox) == sorted(
        f"{number}@mail.example.tw" for number in range(24)
    )
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}
    assert outbox.waiting() == 0
