"""Offices with staff at work: people with accounts and passkeys of their own, and browsers where they are signed in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count

from django.db import transaction
from django.test import Client

from nhi_express.core import clock
from nhi_express.core.config import config
from nhi_express.counter.flows import accounts, cases, duty, offices, seconding
from nhi_express.counter.flows.cases import AtDesk
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.models import Office, Proposal, Staff
from nhi_express.counter.rules import AT_AN_OFFICE, Purpose, Role
from nhi_express.members.adapters import loading
from nhi_express.members.flows import key_of, register, sealed_row
from nhi_express.members.ports import Member
from nhi_express.members.rules import IdNumber
from nhi_express.registration import flows as registrations
from nhi_express.registration.models import Registration
from nhi_sandbox.passkey import Authenticator
from tests.outside import address_of
from tests.visitor import person

# Where tests' browsers are, and an office's network around them.
HERE, NETWORK, AWAY = "127.0.0.1", "127.0.0.0/8", "192.0.2.7"
_NUMBERS = count(1)


@dataclass
class Worker:
    """One member of staff, signed in."""

    staff: Staff
    authenticator: Authenticator = field(default_factory=Authenticator)
    secret: str = ""

    @property
    def on_duty(self) -> OnDuty:
        """As the flows know them."""
        found = duty.on_duty(self.secret, HERE)
        assert found, "signed out meanwhile"
        return found

    def begins(self, code: str, source: str = HERE) -> Worker:
        """Take the first-time code, and make a passkey with it."""
        ticket = duty.redeem_code(duty.called(self.staff).account, code, source)
        asked = duty.first_options(ticket)
        made = json.dumps(self.authenticator.create(asked["passkey"], config().site_url))
        self.secret = duty.keep_first_passkey(ticket, asked["token"], made, source)
        return self

    def signs_in(self, source: str = HERE) -> Worker:
        """Sign in with the passkey, as every day."""
        asked = duty.sign_in_options()
        answer = self.authenticator.get(asked["passkey"], config().site_url)
        self.secret = duty.sign_in(asked["token"], answer, source)
        return self

    def browser(self, language: str = "en") -> Client:
        """A browser in which they are signed in."""
        client = Client(headers={"accept-language": language})
        client.cookies["staff"] = self.secret
        return client


def office(code: str = "taipei", networks: tuple[str, ...] = (NETWORK,)) -> Office:
    """One of the offices, with its desks in these networks."""
    offices.load(offices.SHIPPED)
    Office.objects.filter(pk=code).update(networks=list(networks))
    return Office.objects.get(pk=code)


def administrator() -> Worker:
    """The first account of an installation."""
    staff, code = accounts.make_first_administrator("admin", "林管理")
    return Worker(staff).begins(code)


def hired(by: Worker, role: Role, at: Office | None = None, id_number: str = "") -> Worker:
    """A colleague with an account and a passkey."""
    place = (at or office()) if role in AT_AN_OFFICE else None
    number = IdNumber.parse(id_number) if id_number else None
    wish = accounts.NewStaff(f"{role.value}-{next(_NUMBERS)}", "王小同", role, place, number)
    staff = accounts.make(by.on_duty, wish)
    return Worker(staff).begins(code_for(staff))


def code_for(staff: Staff) -> str:
    """The first-time code that was asked for, as the second person sees it."""
    made = seconding.decide(second_administrator(), Proposal.objects.get(staff=staff, state="asked").id, granted=True)
    assert made
    return made[1]


def second_administrator() -> OnDuty:
    """Another administrator, who says yes to what one asks for."""
    staff = Staff.objects.filter(account_key=duty.account_key("second")).first()
    wish = accounts.NewStaff("second", "周第二", Role.ADMINISTRATOR, None, None)
    return OnDuty(staff or accounts.make_by_operator(wish)[0], b"")


def member_of(key: str) -> Member:
    """A persona as the register knows them."""
    found = register().find(IdNumber.parse(person(key).id_number))
    assert found
    return found


def registered(key: str) -> Registration:
    """A persona with an active registration."""
    with transaction.atomic():
        return registrations.activate(member_of(key).key, "ial1-line", "zh-hant")


def under_the_old_number() -> Registration:
    """The registration of ``ui_changed``, made before the register brought the new number."""
    with transaction.atomic():
        return registrations.activate(key_of(member_of("ui_changed").known_numbers[1]), "ial1-line", "en")


def into_the_household_of(key: str, relative: str) -> None:
    """The register's next import brings the second persona into the household of the first."""
    household = member_of(key).record.household_number
    row = person(relative).row()._replace(household_number=household, email=address_of(person(relative)))
    loading.upsert([sealed_row(list(row), 2)])


def visit(clerk: Worker, key: str, purpose: Purpose) -> AtDesk:
    """A persona at the desk, with everything in hand that the purpose asks for."""
    opened = cases.open_case(clerk.on_duty, IdNumber.parse(person(key).id_number), purpose)
    at = cases.current(clerk.on_duty, opened.id)
    cases.see_documents(at, clerk.on_duty, at.needed, clock.today())
    return cases.current(clerk.on_duty, opened.id)
