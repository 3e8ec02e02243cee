"""Passkeys that must not pass (WebAuthn level 3, sections 7.1 and 7.2)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from nhi_express.devices.adapters import webauthn
from nhi_express.devices.adapters.webauthn import PasskeyFault, verify_assertion, verify_creation
from tests.devices.forgery import AT, BE, BS, UP, UV, Passkey, attestation, octets, text

CHALLENGE, OTHER = text(b"c" * 32), text(b"d" * 32)
Change = Callable[[Passkey], Any]


def made(passkey: Passkey, challenge: str = CHALLENGE, **told: Any) -> webauthn.Passkey:
    """What the site keeps of a new passkey."""
    return verify_creation(CHALLENGE, json.dumps(passkey.creation(challenge, **told)))[0]


def test_a_good_passkey_passes_both_ways() -> None:
    passkey = Passkey()
    stored = made(passkey)
    assert (stored.credential_id, stored.synced, stored.sign_count) == (passkey.id, False, 0)
    passkey.count = 7
    assert verify_assertion(CHALLENGE, stored, passkey.assertion(CHALLENGE)).sign_count == 7


@pytest.mark.parametrize("flags", [UP | UV | BE, UP | UV | BE | BS])
def test_a_synced_passkey_is_known_as_one(flags: int) -> None:
    passkey = Passkey(flags=flags)
    stored = made(passkey)
    assert stored.synced
    # Whether it is backed up now may change; whether it can be may not.
    for now in (UP | UV | BE, UP | UV | BE | BS):
        assert verify_assertion(CHALLENGE, stored, passkey.assertion(CHALLENGE, flags=now)).sign_count == 0


_WRONG_CREATIONS: dict[str, Change] = {
    "another challenge": lambda one: one.creation(OTHER),
    "no challenge": lambda one: one.creation(""),
    "foreign origin": lambda one: replace(one, origin="https://evil.example").creation(CHALLENGE),
    "origin of another port": lambda one: replace(one, origin=f"{one.origin}1").creation(CHALLENGE),
    "origin below ours": lambda one: replace(one, origin="http://x.app.localhost:8000").creation(CHALLENGE),
    "no origin": lambda one: replace(one, origin="").creation(CHALLENGE),
    "foreign RP": lambda one: replace(one, rp_id="evil.example").creation(CHALLENGE),
    "RP above ours": lambda one: replace(one, rp_id="localhost").creation(CHALLENGE),
    "an assertion's kind": lambda one: one.creation(CHALLENGE, kind="webauthn.get"),
    "person not verified": lambda one: one.creation(CHALLENGE, flags=UP | AT),
    "person not present": lambda one: one.creation(CHALLENGE, flags=UV | AT),
    "backed up but not eligible": lambda one: one.creation(CHALLENGE, flags=UP | UV | BS | AT),
    "no credential": lambda one: one.creation(CHALLENGE, flags=UP | UV, attested=b""),
    "credential cut short": lambda one: one.creation(CHALLENGE, attested=bytes(17)),
    "key cut short": lambda one: one.creation(CHALLENGE, attested=bytes(16) + b"\x00\x01x\xa5\x01\x02"),
    "something after it": lambda one: {**one.creation(CHALLENGE), "rawId": text(b"another id")},
}


@pytest.mark.parametrize("change", _WRONG_CREATIONS.values(), ids=_WRONG_CREATIONS.keys())
def test_a_new_passkey_that_does_not_hold_is_refused(change: Change) -> None:
    with pytest.raises(PasskeyFault):
        verify_creation(CHALLENGE, json.dumps(change(Passkey())))


_WRONG_ASSERTIONS: dict[str, Change] = {
    "another challenge": lambda one: one.assertion(OTHER),
    "foreign origin": lambda one: replace(one, origin="https://evil.example").assertion(CHALLENGE),
    "origin by another scheme": lambda one: replace(one, origin="https://app.localhost:8000").assertion(CHALLENGE),
    "foreign RP": lambda one: replace(one, rp_id="evil.example").assertion(CHALLENGE),
    "a creation's kind": lambda one: one.assertion(CHALLENGE, kind="webauthn.create"),
    "person not verified": lambda one: one.assertion(CHALLENGE, flags=UP),
    "person not present": lambda one: one.assertion(CHALLENGE, flags=UV),
    "eligible for backup since": lambda one: one.assertion(CHALLENGE, flags=UP | UV | BE),
    "backed up but not eligible": lambda one: one.assertion(CHALLENGE, flags=UP | UV | BS),
    "another key": lambda one: one.assertion(CHALLENGE, signer=generate_private_key(SECP256R1())),
    "another credential": lambda one: replace(one, id=b"another id").assertion(CHALLENGE),
}


@pytest.mark.parametrize("change", _WRONG_ASSERTIONS.values(), ids=_WRONG_ASSERTIONS.keys())
def test_an_answer_that_does_not_hold_is_refused(change: Change) -> None:
    passkey = Passkey()
    stored = made(passkey)
    with pytest.raises(PasskeyFault):
        verify_assertion(CHALLENGE, stored, change(passkey))


def test_a_passkey_that_could_be_backed_up_may_not_say_later_that_it_cannot() -> None:
    passkey = Passkey(flags=UP | UV | BE)
    stored = made(passkey)
    with pytest.raises(PasskeyFault, match="backup"):
        verify_assertion(CHALLENGE, stored, passkey.assertion(CHALLENGE, flags=UP | UV))


def test_a_synced_passkey_backed_up_but_not_eligible_is_refused() -> None:
    passkey = Passkey(flags=UP | UV | BE)
    stored = made(passkey)
    with pytest.raises(PasskeyFault):
        verify_assertion(CHALLENGE, stored, passkey.assertion(CHALLENGE, flags=UP | UV | BS))


@pytest.mark.parametrize("name", ["authenticatorData", "clientDataJSON", "signature"])
@settings(max_examples=30, deadline=None)
@given(place=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_one_changed_bit_spoils_an_answer(name: str, place: int, bit: int) -> None:
    answer = _PASSKEY.assertion(CHALLENGE)
    raw = bytearray(octets(answer["response"][name]))
    raw[place % len(raw)] ^= 1 << bit
    answer["response"][name] = text(bytes(raw))
    with pytest.raises(PasskeyFault):
        verify_assertion(CHALLENGE, _STORED, answer)


_PASSKEY = Passkey()
_STORED = made(_PASSKEY)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.binary(max_size=40).map(text),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "attestationObject", "signature"]), _ANY)
def test_whatever_stands_in_an_answer_is_refused_not_a_fault(name: str, value: object) -> None:
    for check, answer in (
        (lambda told: verify_creation(CHALLENGE, json.dumps(told)), _PASSKEY.creation(OTHER)),
        (lambda told: verify_assertion(CHALLENGE, _STORED, told), _PASSKEY.assertion(OTHER)),
    ):
        (answer["response"] if name in answer["response"] else answer)[name] = value
        with pytest.raises(PasskeyFault):
            check(answer)


@pytest.mark.parametrize("name", ["clientDataJSON", "attestationObject"])
def test_a_number_is_not_taken_for_so_many_octets(name: str) -> None:
    answer = _PASSKEY.creation(CHALLENGE)
    answer["response"][name] = 34_496_869_438
    with pytest.raises(PasskeyFault):
        verify_creation(CHALLENGE, json.dumps(answer))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_for_an_attestation_are_refused_not_a_fault(raw: bytes) -> None:
    answer = _PASSKEY.creation(CHALLENGE)
    answer["response"]["attestationObject"] = text(raw)
    with pytest.raises(PasskeyFault):
        verify_creation(CHALLENGE, json.dumps(answer))
    answer["response"]["attestationObject"] = text(attestation(_PASSKEY.data(UP | UV | AT) + raw))
    with pytest.raises(PasskeyFault):
        verify_creation(CHALLENGE, json.dumps(answer))
