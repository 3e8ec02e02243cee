"""Signing in with what does not belong together, or no longer: refused, with a code, and no session begins."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import time_machine

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock
from nhi_express.devices.models import Device, Session
from nhi_sandbox.device_key import base64url
from nhi_sandbox.member_phone import PASSWORD
from tests.counting import events, lasting_rows
from tests.devices.forgery import octets
from tests.visitor import DONE, FINISH, Visitor, code_of, path_of, person

CITIZEN, MOTHER, DAUGHTER = person("citizen"), person("family_mother"), person("family_daughter")
Make = Callable[..., Visitor]


def bound(phone: Visitor) -> str:
    """The last binding of a phone."""
    return list(phone.keys)[-1]


def signed(phone: Visitor, device: str, challenge: str, bound_to: bytes, purpose: str = "unlock") -> str:
    """The device key's signature as the phone's script makes it, over what a test wants."""
    words = f"nhi-express/{purpose}/1\n{challenge}\n{base64url(sha256(bound_to).digest())}"
    return phone.keys[device].sign(words.encode())


def refused(phone: Visitor, answer: dict[str, Any], code: str) -> None:
    """It is refused with this code, and nobody is signed in by it."""
    before, recorded = Session.objects.count(), events(Event.SIGN_IN_REFUSED)
    told = phone.enter(answer)
    assert told["problem"]["code"] == code
    assert Session.objects.count() == before
    assert events(Event.SIGN_IN_REFUSED) == recorded + (code != "D-09")


def test_a_missing_or_foreign_signature_of_the_phone_is_refused(visitor: Make) -> None:
    phone, other = visitor().walk(CITIZEN, "done"), visitor().walk(MOTHER, "done")
    device = bound(phone)
    options = phone.challenge(device)
    good = phone.answer(device, options)
    told = good["assertion"]["response"]
    whole = b"".join(octets(told[name]) for name in ("authenticatorData", "clientDataJSON", "signature"))
    second = phone.challenge(device)["challenge"]
    for signature in (
        "",
        "AAAA",
        signed(phone, device, second, whole),
        signed(phone, device, options["challenge"], b""),
        signed(phone, device, options["challenge"], whole + b"x"),
        signed(phone, device, options["challenge"], whole, "bind"),
        signed(other, bound(other), options["challenge"], whole),
        good["device_signature"] + "AA",
    ):
        refused(phone, {**good, "device_signature": signature}, "D-05")
    assert phone.enter(good)["status"] == 200, "what was refused did not use the challenge up"


def test_an_assertion_alone_or_another_ones_is_refused(visitor: Make) -> None:
    """A synced passkey on a thief's phone is no bound phone; a phone without its passkey neither."""
    phone = visitor().walk(MOTHER, "done")
    mother = bound(phone)
    phone.open("/app/").sign_out()
    phone.walk(DAUGHTER, "done")
    daughter = bound(phone)
    mothers, daughters = phone.challenge(mother), phone.challenge(daughter)
    good, other = phone.answer(mother, mothers), phone.answer(daughter, daughters)
    refused(phone, {**good, "assertion": None}, "D-06")
    refused(phone, {**good, "assertion": None, "password": PASSWORD}, "D-06")
    # Passkey of one member with the key of the other, on the very same phone.
    refused(phone, {**good, "assertion": other["assertion"]}, "D-06")
    refused(phone, {**good, "device": daughter}, "D-07")
    refused(phone, {**good, "token": daughters["token"]}, "D-07")
    crossed = phone.answer(mother, {**mothers, "passkey": {**mothers["passkey"], "challenge": daughters["challenge"]}})
    refused(phone, crossed, "D-06")
    assert phone.enter(good)["status"] == phone.enter(other)["status"] == 200


def test_a_challenge_is_good_for_once_for_a_while_and_for_one_purpose(visitor: Make) -> None:
    phone = visitor().walk(CITIZEN, "done")
    device = bound(phone)
    options = phone.challenge(device)
    answer = phone.answer(device, options)
    assert phone.enter(answer)["status"] == 200
    for token in (answer["token"], f"{answer['token']}=", f"{answer['token']}=="):
        refused(phone, {**answer, "token": token}, "D-07")
    refused(phone, phone.answer(device, options), "D-07")
    late = phone.answer(device, phone.challenge(device))
    with time_machine.travel(clock.now() + timedelta(seconds=301)):
        refused(phone, late, "D-07")
    binding = visitor().walk(MOTHER, "card_proven")
    refused(phone, {**late, "token": binding.hidden("token")}, "D-07")


@pytest.mark.parametrize("ending", ["A", "=", "==", "\n", " ", "."])
def test_a_spent_token_spelt_another_way_is_spent(visitor: Make, ending: str) -> None:
    """Base64 spells the same octets in several ways (RFC 4648, section 3.5); what is spent is the challenge inside."""
    phone = visitor(passkeys=False).walk(CITIZEN, "done")
    device = bound(phone)
    answer = phone.answer(device, phone.challenge(device), PASSWORD)
    assert phone.enter(answer)["status"] == 200
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    near = letters[(letters.index(answer["token"][-1]) ^ 1)]
    for token in (answer["token"] + ending, answer["token"][:-1] + near, answer["token"].replace("-", "+")):
        refused(phone, {**answer, "token": token}, "D-07")


def test_a_phone_stopped_by_its_owner_cannot_sign_in(visitor: Make) -> None:
    phone, other = visitor().walk(CITIZEN, "done"), visitor().walk(CITIZEN, "done")
    device = bound(phone)
    answer = phone.answer(device, phone.challenge(device))
    other.open(f"/app/phones/{device}/disable").send(f"/app/phones/{device}/disable")
    assert path_of(phone.ask("/app/health-bank/")) == "/app/unlock/", "its session ended at once"
    refused(phone, answer, "D-01")
    assert phone.open("/app/unlock/").status == 200
    other.open(f"/app/phones/{device}/enable").send(f"/app/phones/{device}/enable")
    assert phone.enter(answer)["status"] == 200
    other.open(f"/app/phones/{device}/delete").send(f"/app/phones/{device}/delete")
    told = phone.unlock(device)
    assert (told["status"], told["problem"]["code"]) == (401, "D-09")
    assert path_of(phone.ask("/app/health-bank/")) == "/app/bind/"


def test_who_says_this_was_not_me_stops_every_phone(visitor: Make) -> None:
    phone, other = visitor().walk(CITIZEN, "done"), visitor().walk(CITIZEN, "done")
    answer = other.answer(bound(other), other.challenge(bound(other)))
    phone.open("/app/history/not-me").send("/app/history/not-me")
    refused(other, answer, "R-01")
    for one in (phone, other):
        assert path_of(one.ask("/app/nhi-counter/")) == "/app/unlock/"
        assert one.open("/app/unlock/").status == 200
        assert one.open("/app/").status == 200


def test_a_key_bound_to_somebody_is_bound_to_nobody_else(visitor: Make) -> None:
    phone = visitor(passkeys=False).walk(MOTHER, "done")
    key, mothers = phone.keys[bound(phone)], bound(phone)
    for again in range(2):
        thief = visitor(passkeys=False).walk(DAUGHTER, "card_proven")
        before = lasting_rows()
        answer = thief.submit(FINISH, **{**thief.proof(), **thief._proof(key, thief._bind_options())})
        assert (answer.status_code, code_of(answer)) == (409, "D-04")
        assert lasting_rows() == before
        # A deleted binding keeps its key from coming back.
        if not again:
            phone.open(f"/app/phones/{mothers}/delete").send(f"/app/phones/{mothers}/delete")
    assert thief.open(FINISH).finish().path == DONE, "with a key of its own it goes on"


def test_a_bind_proof_belongs_to_its_attempt_and_its_parts_together(visitor: Make) -> None:
    phone, other = visitor().walk(CITIZEN, "card_proven"), visitor().walk(MOTHER, "card_proven")
    mine, theirs, again = phone.proof(), other.proof(), phone.proof()
    before = lasting_rows()
    for change, code in (
        ({"token": theirs["token"]}, "D-07"),
        ({"passkey": theirs["passkey"]}, "D-06"),
        ({"passkey": again["passkey"]}, "D-05"),
        ({"passkey": ""}, "D-05"),
        ({"device_key": again["device_key"]}, "D-05"),
        ({"device_signature": again["device_signature"]}, "D-05"),
        ({"device_key": theirs["device_key"], "device_signature": theirs["device_signature"]}, "D-05"),
    ):
        answer = phone.submit(FINISH, **{**mine, **change})
        assert code_of(answer) == code, change.keys()
    assert lasting_rows() == before
    assert path_of(phone.submit(FINISH, **mine)) == DONE


def test_a_private_key_is_not_accepted_as_a_public_one(visitor: Make) -> None:
    phone = visitor().walk(CITIZEN, "card_proven")
    fields = phone.proof()
    secret = {**json.loads(fields["device_key"]), "d": "AAAA"}
    assert code_of(phone.submit(FINISH, **{**fields, "device_key": json.dumps(secret)})) == "D-05"


def test_a_counter_that_goes_back_is_on_record_and_not_held_against_the_member(visitor: Make) -> None:
    phone = visitor().walk(CITIZEN, "done")
    assert phone.unlock()["status"] == 200
    Device.objects.update(sign_count=1000)
    assert phone.unlock()["status"] == 200
    assert events(Event.COUNTER_WENT_BACK) == 1
    assert Device.objects.get().sign_count == 1000


def test_a_note_of_another_phone_is_not_forged(visitor: Make) -> None:
    """The cookie that names a phone's bindings is sealed: a made-up one greets nobody."""
    victim = visitor().walk(CITIZEN, "done")
    stranger = visitor().open("/app/")
    for note in ("", "x", json.dumps([bound(victim)]), base64url(json.dumps([bound(victim)]).encode())):
        stranger.phone.browser.cookies.set("phone", base64url(note.encode()), domain="app.localhost")
        assert person("citizen").name[0] not in stranger.open("/app/").page.text.partition("<main")[2]
        told = stranger.challenge(bound(victim))
        assert (told["status"], told["problem"]["code"]) == (401, "D-09")
