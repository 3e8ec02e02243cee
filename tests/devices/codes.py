"""People who hold a device code, and phones that use it, without pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from hashlib import sha256
from uuid import UUID

import pytest
from django.db import transaction

from nhi_express.devices import flows
from nhi_express.devices.models import Device
from nhi_express.devices.rules import PhoneProof, PhoneTraits
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.members.rules import IdNumber
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_sandbox.device_key import DeviceKey, base64url
from nhi_sandbox.personas import Persona

HERE = "203.0.113.7"


def refused(problem: Problem) -> AbstractContextManager[pytest.ExceptionInfo[Refused]]:
    """Expects to be refused for a reason."""
    return pytest.raises(Refused, check=lambda refusal: refusal.problem is problem)


def registered(person: Persona) -> Registration:
    """An active registration, without a phone."""
    member = register().find(IdNumber.parse(person.id_number))
    assert member
    with transaction.atomic():
        return accounts.activate(member.key, "ial2-card", "zh-hant")


def proof_for(subject: UUID) -> PhoneProof:
    """What a phone with a new key and no passkey sends."""
    key, fresh = DeviceKey(), flows.new_challenge("bind", subject)
    words = f"nhi-express/bind/1\n{fresh.challenge}\n{base64url(sha256(b'').digest())}"
    return PhoneProof(fresh.token, json.dumps(key.jwk), key.sign(words.encode()), "", PhoneTraits("Android", "Pixel 9"))


def redeemed(ticket: str, remove: UUID | None = None) -> Device:
    """The last step on a phone of its own."""
    return flows.redeem(ticket, proof_for(flows.claimed(ticket).id), remove)[0]


def ending(act: Callable[[], object]) -> str:
    """How an act ended: a code, or "done"."""
    try:
        act()
    except Refused as refusal:
        return str(refusal)
    return "done"


def another(code: str) -> str:
    """A code that differs from this one in its last character only."""
    return code[:-1] + ("0" if code[-1] != "0" else "1")
