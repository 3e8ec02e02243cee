"""No event, log line, mail, stored row or address carries anything personal; and the guard that says so can fail."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import outbox
from nhi_express.core.logging import log
from nhi_express.core.models import Notice
from nhi_express.core.outbox import Letter
from nhi_express.help.catalogue import Problem
from nhi_express.mobile import flows as mobile
from nhi_express.services import flows as services
from nhi_sandbox.personas import personas
from tests.guards.personal import leaks
from tests.guards.watch import Traces, watched
from tests.outside import Outside
from tests.visitor import CARD, FINISH, LINE, Visitor, code_of, person

CITIZEN = person("citizen")
Make = Callable[..., Visitor]
# Everybody but those whose operator takes its time.
_PEOPLE = [one for one in personas().values() if one.key not in {"operator_hangs", "operator_slow"}]


def test_no_journey_of_anybody_leaves_anything_personal_behind(visitor: Make, sandbox: Outside) -> None:
    phones = [visitor(passkeys=number % 2 == 0, strict=False) for number in range(len(_PEOPLE))]
    with watched(*phones) as traces:
        for phone, one in zip(phones, _PEOPLE, strict=True):
            phone.to_card(one)
            if phone.path == CARD:
                phone.type_last4("0000").type_last4(one.types["last4"])
            if phone.path == FINISH:
                phone.finish()
            phone.open("/app/nhi-counter/")
    assert len(mail.outbox) > 20
    assert len(traces.urls) > 200
    assert traces.found() == []


def test_no_visit_of_a_member_leaves_anything_personal_behind(visitor: Make, sandbox: Outside) -> None:
    phone, second = visitor(strict=False), visitor(strict=False)
    with watched(phone, second) as traces:
        phone.walk(CITIZEN, "done")
        second.walk(CITIZEN, "done")
        device = next(iter(second.keys))
        for path in ("/app/", "/app/health-bank/", "/app/nhi-counter/", "/app/phones/", "/app/history/"):
            assert phone.open(path).status == 200
        name = f"{CITIZEN.name} {CITIZEN.phone}"
        for act, fields in (("rename", {"name": name}), ("disable", {}), ("enable", {}), ("delete", {})):
            path = f"/app/phones/{device}/{act}"
            phone.open(path).send(path, **fields)
            assert phone.status == 200
        phone.open("/app/contact/").send("/app/contact/", act="send", email="citizen@mail.example.tw")
        phone.send("/app/contact/", act="confirm", code="12345678")
        phone.send("/app/contact/", act="remove")
        phone.open("/app/").sign_out()
        phone.open("/app/unlock/").unlock()
        phone.open("/app/history/not-me").send("/app/history/not-me")
    assert traces.found() == []


def test_nothing_typed_wrongly_or_into_the_wrong_place_is_kept(visitor: Make, sandbox: Outside) -> None:
    phone = visitor(strict=False)
    typed = {"id_number": CITIZEN.id_number, "number": CITIZEN.types["phone"], "last4": CITIZEN.card_number[-4:]}
    with watched() as traces:
        phone.to_line()
        attempt = phone.hidden("attempt")
        phone.submit(LINE, attempt=attempt, number=CITIZEN.id_number, id_number=CITIZEN.types["phone"])
        phone.submit_bare(LINE, **typed)
        phone.submit(LINE, attempt=CITIZEN.id_number, **typed)
        phone.submit("/language/", next=f"/app/{CITIZEN.id_number}", language=CITIZEN.id_number)
        # People paste their number into the address, too; a wrong page, a wrong method, a page that is not there.
        wrong = (f"/app/{CITIZEN.id_number}", f"/help/codes/{CITIZEN.id_number}/", f"/app/phones/?q={CITIZEN.phone}")
        for path in wrong:
            phone.ask(path)
            phone.submit(path)
            phone.submit_bare(path)
        headers = {"Referer": f"https://elsewhere.example/?id={CITIZEN.id_number}", "Origin": "null"}
        phone.phone.browser.post(f"{phone.site}{LINE}", data=typed, headers=headers)
        phone.phone.browser.get(f"{phone.site}/app/", headers={"Host": f"{CITIZEN.id_number}.example"})
        phone.phone.browser.get(f"{phone.site}/app/", headers={b"User-Agent": CITIZEN.name.encode()})
        body = b"x" * 100_000 + CITIZEN.id_number.encode()
        phone.phone.post(f"{phone.site}{LINE}", content=body, headers={"X-CSRFToken": phone.cookie("csrftoken")})
    assert traces.found() == []


@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_a_fault_of_ours_is_told_without_detail_and_kept_without_values(
    visitor: Make, sandbox: Outside, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    def fails(*given: Any) -> None:
        secret = CITIZEN.id_number
        raise ValueError(f"{secret} {CITIZEN.name} {given}")

    phone = visitor(strict=False, language=language).to_line()
    with watched(phone) as traces:
        with monkeypatch.context() as patched:
            patched.setattr(mobile, "submit_line", fails)
            page = phone.submit(
                LINE, attempt=phone.hidden("attempt"), number=CITIZEN.types["phone"], id_number=CITIZEN.id_number
            )
            problem = Problem.SERVER_ERROR.value
            assert (page.status_code, code_of(page)) == (problem.status, "G-04")
            assert not leaks(page.text)
            assert "Traceback" not in page.text
            assert "ValueError" not in page.text
        phone.walk(CITIZEN, "done")
        with monkeypatch.context() as patched:
            patched.setattr(services, "register", fails)
            assert code_of(phone.ask("/app/nhi-counter/")) == "G-04"
    faults = [line for line in map(json.loads, traces.log) if line["event"] == "fault"]
    assert [(line["exception"], line["level"]) for line in faults] == [("ValueError", "error")] * 2
    assert traces.found() == []


def leak_into_event() -> None:
    """Somebody records what was typed."""
    with transaction.atomic():
        record(Event.ATTEMPT_REFUSED, About(), problem=CITIZEN.id_number.lower())


def leak_last4_into_event() -> None:
    """Somebody records the digits."""
    with transaction.atomic():
        record(Event.ATTEMPT_REFUSED, About(), tried=[CITIZEN.card_number[-4:]])


def leak_into_log() -> None:
    """Somebody logs a number, with gaps between its digits."""
    digits = CITIZEN.phone.removeprefix("+886")
    log("mobile").warning("trouble", number=f"+886 {digits[:3]}-{digits[3:6]}-{digits[6:]}")


def leak_into_foreign_log() -> None:
    """A library logs what it was given."""
    logging.getLogger("some.library").debug("asked for %s", CITIZEN.name)


def leak_into_notice_row() -> None:
    """Somebody names the kind of a notice after its reader."""
    letter = Letter("registration/password_set", "a@mail.example.tw", "en", {})
    with transaction.atomic():
        outbox.post(letter)
    Notice.objects.update(last_error=CITIZEN.row().household_number, next_at=None)


def leak_into_mail() -> None:
    """Somebody puts a name where the model of a phone belongs."""
    values = {"model": CITIZEN.name, "identifier": "0" * 16}
    with transaction.atomic():
        outbox.post(Letter("devices/bound", "a@mail.example.tw", "zh-hant", values))


@pytest.mark.parametrize(
    ("plant", "where"),
    [
        (leak_into_event, "event"),
        (leak_last4_into_event, "event"),
        (leak_into_log, "log line"),
        (leak_into_foreign_log, "log line"),
        (leak_into_notice_row, "notice"),
        (leak_into_mail, "mail"),
    ],
)
def test_the_guard_finds_what_is_planted(sandbox: Outside, plant: Callable[[], None], where: str) -> None:
    with watched() as traces:
        plant()
    assert [found for found in traces.found() if found.startswith(where)]
    assert all("citizen" in found for found in traces.found())


@pytest.mark.parametrize(
    "url",
    [
        f"/app/?id={CITIZEN.id_number.lower()}",
        f"http://operators.localhost/authorize?login_hint=tel%3A%2B{CITIZEN.phone[1:]}",
        f"/app/{CITIZEN.card_number[:4]}-{CITIZEN.card_number[4:8]}-{CITIZEN.card_number[8:]}",
        "/app/?name=" + "".join(f"%{octet:02X}" for octet in CITIZEN.name.encode()),
        "/app/?password=a+quiet+river+in+spring",
    ],
)
def test_the_guard_finds_what_stands_in_an_address(db: None, url: str) -> None:
    assert Traces(urls=[url]).found()
    assert not Traces(urls=["/app/bind/mobile/line", "http://operators.localhost:9100/gateway/authorize"]).found()
