"""Registering a unit: the three numbers and the person must belong together, on the phone and on the portal."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest
from django.test import Client

from nhi_express.audit.catalogue import Event
from nhi_express.card.flows import signing_in as portal
from nhi_express.card.views.shell import SESSION
from nhi_express.help.catalogue import Problem
from nhi_express.units.flows import entering, officers
from nhi_express.units.flows.registering import register_unit
from nhi_express.units.models import DeskSession, ListedUnit, Officer, Unit
from nhi_express.units.rules import CertificateNumber, TaxId, UnitCode
from nhi_express.units.views.desk import COOKIE
from nhi_sandbox.units import named_units
from tests.counting import events, payloads
from tests.races.racing import race
from tests.units.duties import (
    HEAD,
    NEIGHBOUR,
    OFFICER,
    desk_of,
    founded,
    hired,
    letters_to,
    list_units,
    number_of,
    numbers,
    refused,
    registered,
    secret_of,
)
from tests.visitor import Visitor, person

COMPANY, FARM = named_units()["sandbox"], named_units()["neighbour"]
FIELDS = {"code": COMPANY.code, "tax_id": COMPANY.tax_id, "certificate": COMPANY.certificate}


@pytest.mark.usefixtures("people")
def test_the_responsible_person_registers_their_unit_once() -> None:
    unit = founded()
    officer = Officer.objects.get()
    assert (unit.code, officer.role, officer.state) == (COMPANY.code, "responsible", "active")
    assert founded() == unit
    assert (Unit.objects.count(), Officer.objects.count()) == (1, 1)
    assert payloads(Event.UNIT_REGISTERED) == [{"unit": COMPANY.code, "officer": str(officer.id)}]
    assert letters_to(HEAD) == ["您已登記投保單位"]


_WRONG = {
    "code": (UnitCode(FARM.code), TaxId(COMPANY.tax_id), CertificateNumber(COMPANY.certificate)),
    "no such unit": (UnitCode("123456789"), TaxId(COMPANY.tax_id), CertificateNumber(COMPANY.certificate)),
    "tax id": (UnitCode(COMPANY.code), TaxId(FARM.tax_id), CertificateNumber(COMPANY.certificate)),
    "certificate": (UnitCode(COMPANY.code), TaxId(COMPANY.tax_id), CertificateNumber(FARM.certificate)),
}


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("wrong", _WRONG.values(), ids=_WRONG.keys())
def test_one_wrong_number_is_refused_like_any_other(wrong: tuple[UnitCode, TaxId, CertificateNumber]) -> None:
    list_units()
    with refused(Problem.UNIT_DATA_DO_NOT_MATCH):
        register_unit(registered(HEAD), *wrong)
    assert not Unit.objects.exists()
    assert payloads(Event.UNIT_REFUSED) == [{"problem": "U-01"}]


@pytest.mark.usefixtures("people")
def test_right_numbers_in_another_persons_hands_are_refused_and_trying_is_limited() -> None:
    founded()
    hired(OFFICER)
    for _ in range(5):
        with refused(Problem.UNIT_DATA_DO_NOT_MATCH):
            register_unit(registered(OFFICER), *numbers("sandbox"))
    with refused(Problem.LOCKED):
        register_unit(registered(OFFICER), *numbers("sandbox"))
    assert register_unit(registered(NEIGHBOUR), *numbers("neighbour")), "nobody else is locked out by it"


@pytest.mark.usefixtures("people")
def test_a_new_responsible_person_takes_the_place_of_the_former_one() -> None:
    founded()
    hired(OFFICER)
    secret = secret_of(HEAD)
    ListedUnit.objects.filter(pk=COMPANY.code).update(responsible=registered(OFFICER).member)
    register_unit(registered(OFFICER), *numbers("sandbox"))
    assert desk_of(OFFICER).responsible
    assert entering.desk_of(secret) is None
    with refused(Problem.NOT_AN_OFFICER):
        entering.open_desk(registered(HEAD).member, "card")
    assert letters_to(HEAD)[-1] == "您已不再是投保單位的承辦人員"
    with refused(Problem.UNIT_DATA_DO_NOT_MATCH):
        register_unit(registered(HEAD), *numbers("sandbox"))


@pytest.mark.usefixtures("people", "committed")
def test_registered_eight_times_at_once_it_has_one_responsible_person() -> None:
    list_units()
    registration = registered(HEAD)
    race([partial(register_unit, registration, *numbers("sandbox")) for _ in range(5)])
    assert (Unit.objects.count(), Officer.objects.count(), events(Event.UNIT_REGISTERED)) == (1, 1, 1)


# The same pages in the app and on the portal.


class Portal:
    """A browser that is signed in to the portal with card and password."""

    def __init__(self, who: str) -> None:
        self.browser = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
        self.browser.cookies[SESSION] = portal._open(registered(who))
        self.base = "/portal/units/"
        self.open("")

    def open(self, path: str) -> str:
        """A page of the member's units."""
        return str(self.browser.get(self.base + path).content.decode())

    def submit(self, path: str, **fields: str) -> tuple[int, str, str]:
        """Send a form: the status, where it leads, and the page."""
        token = self.browser.cookies["csrftoken"].value
        answer = self.browser.post(self.base + path, {"csrfmiddlewaretoken": token, **fields})
        return answer.status_code, answer.headers.get("location", ""), answer.content.decode()

    @property
    def desk(self) -> str:
        """The session at the desk."""
        return str(self.browser.cookies[COOKIE].value) if COOKIE in self.browser.cookies else ""


class App:
    """A phone that is signed in to the app."""

    def __init__(self, visitor: Callable[..., Visitor], who: str) -> None:
        self.phone = visitor(language="en").walk(person(who), "done")
        self.base = "/app/units/"

    def open(self, path: str) -> str:
        """A page of the member's units."""
        return self.phone.open(self.base + path).page.text

    def submit(self, path: str, **fields: str) -> tuple[int, str, str]:
        """Send a form: the status, where it leads, and the page."""
        answer = self.phone.submit(self.base + path, **fields)
        return answer.status_code, answer.headers.get("location", ""), answer.text

    @property
    def desk(self) -> str:
        """The session at the desk."""
        return self.phone.cookie(COOKIE)


@pytest.fixture(params=["app", "portal"])
def side(request: pytest.FixtureRequest, people: None) -> Callable[[str], App | Portal]:
    """Somebody at their own units, in the app or on the portal."""
    if request.param == "portal":
        return Portal
    return partial(App, request.getfixturevalue("visitor"))


def test_a_unit_is_registered_and_the_desk_opened(side: Callable[[str], App | Portal]) -> None:
    list_units()
    here = side(HEAD)
    assert "You act for no unit yet" in here.open("")
    status, _, page = here.submit("register", **{**FIELDS, "certificate": FARM.certificate})
    assert (status, "U-01" in page, COMPANY.code in page) == (403, True, True), "told on the page, with what was typed"
    status, _, page = here.submit("register", **{**FIELDS, "tax_id": "12345678"})
    assert (status, 'id="tax_id-error"' in page) == (400, True)
    here.open("register")
    assert here.submit("register", **FIELDS)[:2] == (302, here.base)
    assert COMPANY.name in here.open("")
    assert here.submit("enter")[:2] == (302, "/units/lists/")
    desk = entering.desk_of(here.desk)
    assert desk
    assert desk.responsible
    device = DeskSession.objects.get().device_id
    assert (device is None) == (here.base == "/portal/units/"), "what was opened on a phone ends with that phone"


def test_an_invitation_is_answered_where_the_person_is(side: Callable[[str], App | Portal]) -> None:
    founded()
    here = side(OFFICER)
    assert here.submit("enter")[0] == 403
    officers.invite(desk_of(HEAD), number_of(OFFICER))
    asked = Officer.objects.get(state="invited").id
    assert f"{here.base}{asked}/accept" in here.open("")
    assert "Be an officer of" in here.open(f"{asked}/accept")
    assert "Say no to" in here.open(f"{asked}/decline")
    assert here.submit(f"{asked}/accept")[:2] == (302, here.base)
    assert "End your duty for" in here.open(f"{asked}/leave")
    assert here.submit("enter")[:2] == (302, "/units/lists/")
    assert here.submit(f"{asked}/leave")[:2] == (302, here.base)
    assert entering.desk_of(here.desk) is None
    assert here.submit(f"{asked}/leave")[0] == 404


def test_somebody_elses_duty_is_not_to_be_answered(side: Callable[[str], App | Portal]) -> None:
    founded()
    registered(OFFICER)
    officers.invite(desk_of(HEAD), number_of(OFFICER))
    here, asked = side(NEIGHBOUR), Officer.objects.get(state="invited").id
    here.open("")
    for path in (f"{asked}/accept", f"{asked}/leave", f"{UUID(int=7)}/accept", f"{asked}/promote"):
        assert here.submit(path)[0] == 404
    assert Officer.objects.get(pk=asked).state == "invited"


@pytest.mark.usefixtures("people")
def test_the_pages_lead_strangers_to_signing_in() -> None:
    browser = Client()
    assert browser.get("/app/units/").headers["location"] == "/app/bind/?next=%2Fapp%2Funits%2F"
    assert browser.get("/portal/units/").headers["location"] == "/portal/"
    assert browser.post("/app/units/enter").status_code == 401
    assert browser.post("/portal/units/enter").status_code == 401
