"""Notices: written with their act, sent over real SMTP, tried again, never lost."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.db import transaction
from pytest_django.fixtures import Settings

from nhi_express.core import outbox
from nhi_express.core.models import Notice
from nhi_express.core.outbox import Letter
from tests.environment import free_port

pytestmark = pytest.mark.django_db
LETTER = Letter("registration/email_code", "someone@example.tw", "zh-hant", {"code": "12345678", "hours": "24"})


class Mailbox:
    """A real SMTP server that keeps what it gets, or refuses."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.answer = "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        if self.answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[attr-defined]
        return self.answer


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    box, port = Mailbox(), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield box
    server.stop()


def test_a_notice_reaches_its_address_in_its_language(mailbox: Mailbox) -> None:
    outbox.post(LETTER)
    assert outbox.send_due() == 1
    mail = mailbox.mails[0]
    assert mail["To"] == "someone@example.tw"
    assert "1234 5678" in mail.get_content()  # type: ignore[attr-defined]
    assert "http" not in mail.get_content()  # type: ignore[attr-defined]
    assert outbox.waiting() == 0


def test_once_sent_nothing_personal_is_left(mailbox: Mailbox) -> None:
    outbox.post(LETTER)
    outbox.send_due()
    assert bytes(Notice.objects.get().sealed) == b""
    assert len(mailbox.mails) == 1


def test_a_notice_is_kept_and_tried_again_until_the_relay_takes_it(mailbox: Mailbox) -> None:
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False) as time:
        outbox.post(LETTER)
        mailbox.answer = "451 later"
        assert outbox.send_due() == 0
        assert (outbox.waiting(), Notice.objects.get().last_error) == (1, "SMTPDataError")
        assert outbox.send_due() == 0
        assert Notice.objects.get().attempts == 1, "not before its time"
        time.shift(timedelta(seconds=31))
        mailbox.answer = "250 OK"
        assert outbox.send_due() == 1
    assert len(mailbox.mails) == 1


def test_a_relay_that_is_away_loses_nothing(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    outbox.post(LETTER)
    assert outbox.send_due() == 0
    assert outbox.waiting() == 1


def test_a_worker_that_died_with_a_notice_in_hand_loses_nothing(mailbox: Mailbox) -> None:
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False) as time:
        outbox.post(LETTER)
        assert outbox._take() is not None
        assert outbox.send_due() == 0, "in somebody's hand"
        time.shift(timedelta(minutes=6))
        assert outbox.send_due() == 1
    assert len(mailbox.mails) == 1


@pytest.mark.django_db(transaction=True)
def test_an_act_undone_sends_nothing() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        outbox.post(LETTER)
        raise RuntimeError("undone")
    assert outbox.waiting() == 0


def test_one_of_many_alike_leaves_after_all_others(mailbox: Mailbox) -> None:
    bulk = [Letter(LETTER.kind, f"bulk{number}@example.tw", "zh-hant", LETTER.values) for number in range(3)]
    outbox.post_all(bulk)
    outbox.post(Letter(LETTER.kind, "bulk3@example.tw", "en", LETTER.values), bulk=True)
    outbox.post(LETTER)
    assert outbox.send_due() == 5
    assert mailbox.mails[0]["To"] == "someone@example.tw"
    assert sorted(mail["To"] for mail in mailbox.mails[1:]) == [f"bulk{number}@example.tw" for number in range(4)]
