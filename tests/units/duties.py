"""Units with people who act for them, and computers at which they sign in: the sandbox's named units and personas."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client

from nhi_express.core import outbox
from nhi_express.devices import flows as devices
from nhi_express.devices.adapters.webauthn import verify_creation
from nhi_express.devices.models import Device
from nhi_express.devices.rules import DeviceKey as PublicKey
from nhi_express.devices.rules import PhoneTraits
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import key_of
from nhi_express.members.rules import IdNumber
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.units.flows import entering, officers
from nhi_express.units.flows.desk import Desk
from nhi_express.units.flows.registering import register_unit
from nhi_express.units.models import ListedUnit, Officer, Unit
from nhi_express.units.rules import CertificateNumber, TaxId, UnitCode
from nhi_express.units.views.desk import COOKIE
from nhi_sandbox.device_key import DeviceKey
from nhi_sandbox.units import named_units
from tests.devices.forgery import Passkey, text
from tests.outside import address_of
from tests.visitor import person

HEAD, OFFICER, MEDDLER = "unit_head", "unit_officer", "unit_meddler"
NEIGHBOUR, FIRM = "neighbour_head", "firm_head"


def refused(problem: Problem) -> AbstractContextManager[pytest.ExceptionInfo[Refused]]:
    """Expects to be refused for a reason."""
    return pytest.raises(Refused, check=lambda refusal: refusal.problem is problem)


@cache
def number_of(who: str) -> IdNumber:
    """A persona's ID number."""
    return IdNumber.parse(person(who).id_number)


def registered(who: str) -> Registration:
    """A persona's active registration, made where there is none."""
    key = key_of(number_of(who))
    with transaction.atomic():
        return accounts.living(key) or accounts.activate(key, "ial2-mobile", "zh-hant")


def list_units() -> None:
    """Put the named units on the insurer's list."""
    for unit in named_units().values():
        row = unit.row(person(unit.responsible).id_number)
        ListedUnit.objects.update_or_create(
            pk=row.code, defaults={**row._asdict(), "responsible": key_of(number_of(unit.responsible))}
        )


def numbers(key: str) -> tuple[UnitCode, TaxId, CertificateNumber]:
    """The three numbers on a named unit's certificate."""
    unit = named_units()[key]
    return UnitCode.parse(unit.code), TaxId.parse(unit.tax_id), CertificateNumber.parse(unit.certificate)


def founded(key: str = "sandbox") -> Unit:
    """A named unit, registered by who is responsible for it."""
    list_units()
    return register_unit(registered(named_units()[key].responsible), *numbers(key))


def hired(who: str, by: str = HEAD) -> Officer:
    """Somebody who was asked and said yes."""
    registration = registered(who)
    officers.invite(desk_of(by), number_of(who))
    officer = Officer.objects.get(member=registration.member, state="invited")
    officers.accept(registration, officer.id)
    officer.refresh_from_db()
    return officer


def secret_of(who: str, unit: str = "") -> str:
    """The secret of a desk opened by card; for one of several units where it is named."""
    secret = entering.open_desk(registered(who).member, "card")
    if unit:
        entering.switch_unit(secret, named_units()[unit].code)
    return secret


def desk_of(who: str, unit: str = "") -> Desk:
    """The desk, opened by card."""
    desk = entering.desk_of(secret_of(who, unit))
    assert desk
    return desk


def bound(who: str, passkey: Passkey) -> Device:
    """A phone of a persona's, bound with this passkey."""
    registration, key = registered(who), DeviceKey()
    challenge = text(b"c" * 32)
    stored = verify_creation(challenge, json.dumps(passkey.creation(challenge)))[0]
    traits = PhoneTraits("Android", "Pixel 9")
    phone = devices.VerifiedPhone(PublicKey.from_jwk(json.dumps(key.jwk)), stored, traits)
    with transaction.atomic():
        return devices.bind(registration, phone, "mobile")


class Computer:
    """A browser at the desk; ``secret`` is a session that it holds already."""

    def __init__(self, secret: str = "", language: str = "en") -> None:
        self.browser = Client(enforce_csrf_checks=True, headers={"Accept-Language": language})
        if secret:
            self.browser.cookies[COOKIE] = secret
        self.get("/help/" if secret else "/units/")

    def get(self, path: str, **headers: str) -> Any:
        """Open an address."""
        return self.browser.get(path, headers=headers)

    @property
    def token(self) -> str:
        """What proves that the site made a form which is open now."""
        answer = self.browser.get("/units/")
        while answer.status_code == 302:
            answer = self.browser.get(answer.headers["location"])
        return str(self.browser.cookies["csrftoken"].value)

    def post(self, path: str, /, csrf: str = "", **fields: str) -> Any:
        """Send a form; ``csrf`` is that of a page opened before."""
        return self.browser.post(path, {"csrfmiddlewaretoken": csrf or self.token, **fields})

    def send(self, path: str, body: object) -> Any:
        """Send JSON as a page's script does."""
        headers = {"X-CSRFToken": self.token, "Accept": "application/json"}
        return self.browser.post(path, json.dumps(body), content_type="application/json", headers=headers)

    def challenge(self) -> dict[str, Any]:
        """Ask for something that a passkey may answer."""
        return dict(self.send("/units/challenge", {}).json())

    def enter(self, passkey: Passkey, **changes: Any) -> Any:
        """Sign in with a passkey."""
        asked = self.challenge()
        answer = {"token": asked["token"], "assertion": passkey.assertion(asked["passkey"]["challenge"]), "next": ""}
        return self.send("/units/enter", {**answer, **changes})

    @property
    def secret(self) -> str:
        """The session that this browser holds."""
        return str(self.browser.cookies[COOKIE].value) if COOKIE in self.browser.cookies else ""


def shown(who: str, path: str, unit: str = "") -> Any:
    """A page of the desk as somebody sees it."""
    return Computer(secret_of(who, unit)).get(path)


def letters_to(who: str) -> list[str]:
    """The subjects of all letters that a persona has been sent, oldest first."""
    while outbox.send_due():
        pass
    return [str(letter.subject) for letter in mail.outbox if letter.to == [address_of(person(who))]]
