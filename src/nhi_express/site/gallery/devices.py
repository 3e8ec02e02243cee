"""Bound phones: unlocking, the list, its acts, history, address for notices; device codes."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import cast
from uuid import UUID

from nhi_express.audit.catalogue import Event
from nhi_express.devices import flows
from nhi_express.devices.forms import AddressForm, CodeForm, DeviceCodeForm, NameForm, RedeemForm
from nhi_express.devices.models import Device
from nhi_express.help.catalogue import Problem
from nhi_express.registration.flows.addresses import Contact
from nhi_express.registration.models import Registration
from nhi_express.site.gallery.page import Context, Page, State
from nhi_express.site.gallery.shell import FAMILY, REFUSED_HERE

_AT = datetime(2026, 11, 23, 6, 32, 10, tzinfo=UTC)


def _phone(number: int, name: str, state: str) -> dict[str, object]:
    return {
        "id": str(UUID(int=number)),
        "name": name,
        "platform": "Android 15",
        "model": "Pixel 9",
        "identifier": "9f3c27aa51d04e8b",
        "bound_at": _AT,
        "used_at": _AT if state == "active" else None,
        "state": state,
        "synced": number == 1,
        "current": number == 1,
    }


_PHONES = [_phone(1, "", "active"), _phone(2, "媽媽的手機", "disabled")]
_ENTRIES = [
    {"at": _AT, "words": Event.DEVICE_BOUND.words, "phone": "Pixel 9", "code": ""},
    {"at": _AT, "words": Event.DEVICE_DISABLED.words, "phone": "", "code": "D-08"},
]


def _change(act: str, number: int = 2, **typed: str) -> Context:
    return {"phone": _PHONES[number - 1], "act": act, "form": NameForm(typed or None, initial={"name": ""})}


def _contact(confirmed: str = "", waiting: str = "", email: str = "", code: str = "") -> Context:
    return {
        "contact": Contact(confirmed, waiting),
        "address_form": AddressForm({"email": email} if email else None),
        "code_form": CodeForm({"code": code} if code else None),
    }


def _code_start(problem: Problem | None = None, **typed: str) -> Context:
    form = DeviceCodeForm(typed or None)
    return {"form": form, "problem": problem, "foreign": Problem.QR_FOREIGN, "computer": Problem.CODE_ON_COMPUTER}


def _bound_phone(number: int) -> Device:
    """Looks like a bound phone; only ``bind()`` makes a real one."""
    traits = {"platform": "Android 15", "model": f"Pixel {number}", "identifier": "9f3c27aa51d04e8b"}
    return cast("Device", SimpleNamespace(id=UUID(int=number), bound_at=_AT, **traits))


def _code_confirm(phones: int = 0, problem: Problem | None = None) -> Context:
    claim = flows.Claim(UUID(int=1), "陳○華", cast("Registration", None), _AT, "card")
    options = {"token": "t", "challenge": "AAAA", "passkey": None}
    asked = flows.AskedYes(claim, [_bound_phone(number + 4) for number in range(phones)], options)
    return {"asked": asked, "form": RedeemForm(), "problem": problem}


_TYPED = {"id_number": "A123456789", "code": "7K3M-9PXD"}
_CODE_START: dict[str, State] = {
    "empty": _code_start,
    "mistyped": partial(_code_start, id_number="A123456788", code="7K3"),
    "wrong": partial(_code_start, Problem.CODE_WRONG, **_TYPED),
    "expired": partial(_code_start, Problem.CODE_EXPIRED, **_TYPED),
    "used": partial(_code_start, Problem.CODE_USED, **_TYPED),
}
_CODE_CONFIRM: dict[str, State] = {
    "asked": _code_confirm,
    "sixth-phone": partial(_code_confirm, phones=5, problem=Problem.TOO_MANY_DEVICES),
}
_CHANGE: dict[str, State] = {
    "rename": partial(_change, "rename"),
    "name-too-long": partial(_change, "rename", name="長" * 41),
    "disable": partial(_change, "disable"),
    "enable": partial(_change, "enable"),
    "delete-this-one": partial(_change, "delete", 1),
}
_CONTACT: dict[str, State] = {
    "none": _contact,
    "waiting": partial(_contact, waiting="hua@example.org"),
    "wrong-code": partial(_contact, waiting="hua@example.org", code="1"),
    "confirmed": partial(_contact, confirmed="hua@example.org"),
    "not-an-address": partial(_contact, email="hua"),
}

PAGES = (
    Page(
        "unlock",
        "devices/unlock.html",
        {
            "family": {"members": FAMILY, "next": "/app/"},
            "refused": {"members": (*FAMILY, REFUSED_HERE), "next": "/app/"},
        },
    ),
    Page("phones", "devices/phones.html", {"two": {"phones": _PHONES, "most": 5}}),
    Page("change", "devices/change.html", _CHANGE),
    Page("history", "devices/history.html", {"empty": {"entries": []}, "some": {"entries": _ENTRIES}}),
    Page("freeze", "devices/freeze.html", {"asked": {}}),
    Page("contact", "devices/contact.html", _CONTACT),
    Page("device-code", "devices/code_start.html", _CODE_START),
    Page("device-code-confirm", "devices/code_confirm.html", _CODE_CONFIRM),
    # Without a device's id: in the gallery there is no key to adopt.
    Page("device-code-done", "devices/code_done.html", {"bound": {"device": "", "identifier": "", "next": "/app/"}}),
)
