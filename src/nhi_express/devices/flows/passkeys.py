"""The passkey of a bound phone by itself, wherever its owner uses it.

A passkey may be synced to other machines, and reach a computer from the phone beside it. So what is proven here is that
the owner of a bound phone unlocked one of them, not that the phone itself is there: enough for the unit desk, never
for the app and the services behind it, which also ask for the phone's own key
(:mod:`nhi_express.devices.flows.signing_in`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from nhi_express.core import rows
from nhi_express.devices.adapters import webauthn
from nhi_express.devices.flows.binding import challenge_of, new_challenge, spend_challenge
from nhi_express.devices.flows.signing_in import counted, passkey_answer
from nhi_express.devices.models import Device
from nhi_express.devices.rules import DeviceState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as accounts

_BY_PASSKEY = rows.Lookup(Device, "credential_id", beside="registration")
# Who will answer is not known when the challenge is made.
_ANYBODY = UUID(int=0)


def passkey_options() -> dict[str, Any]:
    """A challenge that any bound phone's passkey may answer, and the request for the browser."""
    fresh = new_challenge("desk", _ANYBODY)
    return {"token": fresh.token, "passkey": webauthn.discovery_options(fresh.challenge)}


def prove_passkey(token: str, assertion: dict[str, Any]) -> Device:
    """The bound phone whose passkey answered; the challenge is spent by it.

    The passkey's user handle is not looked at: it names a binding by chance numbers, as the passkey's id does already.
    What became of the phone is for the caller to ask (:func:`refuse_stopped`), who notes it where it was used.
    Raises :class:`Refused`, alike for a passkey that nobody has and for one whose answer does not hold.
    """
    challenge = challenge_of(token, "desk", _ANYBODY)
    device = _claimed(assertion)
    counter = passkey_answer(device, challenge, assertion).sign_count
    with transaction.atomic():
        spend_challenge(challenge)
        rows.change(Device, {"id": device.id}, sign_count=counted(device, counter))
    return device


def refuse_stopped(device: Device) -> None:
    """Raise :class:`Refused` where a phone or its owner's registration is stopped: told to who holds the passkey."""
    accounts.refuse_suspended(device.registration)
    if device.state != DeviceState.ACTIVE:
        deleted = device.state == DeviceState.DELETED
        raise Refused(Problem.DEVICE_GONE if deleted else Problem.DEVICE_DISABLED)


def _claimed(assertion: dict[str, Any]) -> Device:
    try:
        device = _BY_PASSKEY.one(webauthn.credential_id_of(assertion))
    except webauthn.PasskeyFault as error:
        raise Refused(Problem.PASSKEY_FAILED) from error
    if device is None:
        raise Refused(Problem.PASSKEY_FAILED)
    return device
