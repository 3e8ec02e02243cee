"""A stranger who knows an ID number learns nothing with it and locks nobody out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from nhi_express.audit.models import Entry
from nhi_express.core.http import client
from nhi_express.core.models import Tries
from nhi_express.members.models import InsuredMember
from nhi_sandbox.lines import Line
from nhi_sandbox.personas import Persona
from tests.counting import lasting_rows
from tests.outside import Outside
from tests.visitor import CARD, FINISH, LINE, REFUSED, Visitor, person

STRANGER = person("citizen")
# Whose numbers the stranger types: a member, a registered member, and people for whom every later check would fail.
VICTIMS = ("second_phone", "registered_before", "not_insured", "insurance_ended", "deceased", "void_card", "locked")
FOREIGN_VICTIMS = ("new_ui", "legacy_ui", "ui_changed")


def page_without_tokens(phone: Visitor) -> bytes:
    """The page shown, but for what is drawn anew each time."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", phone.page.content)


def count_calls(sandbox: Outside, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every question that reaches an operator from now on, by its path."""
    asked: list[str] = []
    send = client().send

    def noted(request: httpx2.Request, **more: Any) -> httpx2.Response:
        asked.append(request.url.path)
        return send(request, **more)

    monkeypatch.setattr(client(), "send", noted)
    return asked


@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_whatever_number_a_stranger_types_the_answer_is_the_same(
    visitor: Callable[..., Visitor], sandbox: Outside, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    visitor().walk(person("registered_before"), "done")
    asked = count_calls(sandbox, monkeypatch)
    told = set()
    for key in VICTIMS:
        asked.clear()
        phone = visitor(language=language)
        phone.phone.insert_sim(STRANGER.key)
        phone.to_line().send(LINE, number=STRANGER.types["phone"], id_number=person(key).id_number)
        assert phone.path == REFUSED
        told.add((phone.status, phone.code, page_without_tokens(phone), tuple(asked)))
    assert len(told) == 1
    status, code, _, calls = next(iter(told))
    assert (status, code, len(calls)) == (403, "M-09", 8)


def test_nor_does_the_time_tell_whose_number_changed_once(
    visitor: Callable[..., Visitor], sandbox: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For UI numbers two questions are asked of everybody, in the register with a former number or not at all."""
    asked = count_calls(sandbox, monkeypatch)
    told = set()
    for number in (*(person(key).id_number for key in FOREIGN_VICTIMS), "A800000014"):
        asked.clear()
        phone = visitor()
        phone.phone.insert_sim(STRANGER.key)
        phone.to_line().send(LINE, number=STRANGER.types["phone"], id_number=number)
        told.add((phone.status, phone.code, page_without_tokens(phone), tuple(asked)))
    assert len(told) == 1
    assert next(iter(told))[1] == "M-09"


def own_line(sandbox: Outside, owner: Persona) -> None:
    """Give somebody a good line of their own, whatever else is wrong with them."""
    sandbox.world.lines[owner.phone] = Line(msisdn=owner.phone, id_document=owner.id_number, operator="cht")


def test_whose_insurance_ended_reads_what_a_stranger_reads(visitor: Callable[..., Visitor], sandbox: Outside) -> None:
    """Own line, own number: not insured, ended and deceased answer like a line that is somebody else's."""
    pages = set()
    for key in ("not_insured", "insurance_ended", "deceased", "not_own"):
        if key != "not_own":
            own_line(sandbox, person(key))
        phone = visitor().to_card(person(key))
        pages.add((phone.path, phone.status, phone.code, page_without_tokens(phone)))
    assert len(pages) == 1
    assert set(lasting_rows().values()) == {0}
    assert {entry.payload["outcome"] for entry in Entry.objects.filter(event="enrolment:attempt:refused")} == {
        "NOT_INSURED",
        "NOT_OWN_LINE",
    }, "staff see which"


def test_a_wrong_card_reads_like_a_void_one(visitor: Callable[..., Visitor]) -> None:
    void, wrong = visitor().to_card(person("void_card")), visitor().to_card(STRANGER)
    pages = set()
    for phone, last4 in ((void, person("void_card").card_number[-4:]), (wrong, "0000")):
        phone.type_last4(last4)
        page = re.sub(rb'name="attempt" value="[^"]+"', b"", page_without_tokens(phone))
        pages.add((phone.status, phone.code, page))
    assert len(pages) == 1


def test_strangers_lock_no_member_out(visitor: Callable[..., Visitor]) -> None:
    victim = person("second_phone")
    for _ in range(12):
        stranger = visitor()
        stranger.phone.insert_sim(STRANGER.key)
        stranger.to_line().send(LINE, number=STRANGER.types["phone"], id_number=victim.id_number)
        assert stranger.code in {"M-09", "L-03"}
        stranger.submit(CARD, last4="0000")
        stranger.submit(FINISH, password="x")
    assert not Tries.objects.filter(limit_name__in=["CARD_LAST4", "DEVICE_PASSWORD"]).exists()
    assert visitor().walk(victim, "done").path.endswith("/done")


def test_a_stranger_without_the_phones_key_cannot_burn_its_password_tries(visitor: Callable[..., Visitor]) -> None:
    phone = visitor(passkeys=False).walk(STRANGER, "done")
    device = next(iter(phone.keys))
    # A thief of the cookie alone: knows the binding, has a key of their own.
    thief = phone.twin()
    thief.keys[device] = thief.phone.new_device_key()
    for _ in range(8):
        assert thief.unlock(device, "guess")["problem"]["code"] == "D-05"
    assert not Tries.objects.filter(limit_name="DEVICE_PASSWORD").exists()
    assert phone.unlock(device, "a quiet river in spring")["status"] == 200


def test_the_register_is_asked_before_the_operator_in_every_case(
    visitor: Callable[..., Visitor], sandbox: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that time tells nothing: with the register emptied, the very same calls go out."""
    asked = count_calls(sandbox, monkeypatch)
    told = []
    for _ in range(2):
        asked.clear()
        phone = visitor()
        phone.phone.insert_sim(STRANGER.key)
        phone.to_line().send(LINE, number=STRANGER.types["phone"], id_number=person("second_phone").id_number)
        told.append((phone.code, tuple(asked)))
        InsuredMember.objects.all().delete()
    assert told[0] == told[1]
