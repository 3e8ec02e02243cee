"""What a member does at the portal while signed in, page by page, and what nobody does who is not."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.core import mail
from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.card.models import PortalSession
from nhi_express.core import clock, outbox, randomness
from nhi_express.devices import flows as devices
from nhi_express.devices.flows import VerifiedPhone
from nhi_express.devices.models import Device, DeviceCode
from nhi_express.devices.rules import DeviceKey, PhoneTraits
from nhi_express.members.adapters import loading
from nhi_express.members.flows import sealed_row
from nhi_express.members.rules import masked_name
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason
from nhi_sandbox.personas import Persona
from tests.card.acts import BACKUP, MAIN, PASSWORD, another, mailed_to
from tests.card.desk import HOME, PORTAL, Desk, leads_to, told
from tests.counting import events, lasting_rows
from tests.visitor import person

pytestmark = pytest.mark.usefixtures("browser")
CITIZEN, FOREIGN, OTHER = person("citizen"), person("new_ui"), person("walk_zh")
NEW, NEW_MAIN = "eleven tall herons", "new@mail.example.tw"
CODE, STATE, DISOWN = (f"/portal/device-code/{page}" for page in ("", "state", "disown"))
PHONES, PASSWORD_PAGE, BASICS = "/portal/phones/", "/portal/password/", "/portal/basics/"
MAIL_MAIN, MAIL_BACKUP, HOUSEHOLD = f"{BASICS}mail/main", f"{BASICS}mail/backup", f"{BASICS}household"
NOBODYS = f"{PHONES}{UUID(int=7)}/delete"
# Path, and whether it takes GET and POST.
SIGNED_IN = [
    (CODE, "GET POST"),
    (STATE, "GET"),
    (DISOWN, "POST"),
    (PHONES, "GET"),
    (NOBODYS, "GET POST"),
    (PASSWORD_PAGE, "GET POST"),
    (f"{PASSWORD_PAGE}done", "GET"),
    (BASICS, "GET"),
    (MAIL_MAIN, "GET POST"),
    (MAIL_BACKUP, "GET POST"),
    (HOUSEHOLD, "GET POST"),
    ("/portal/health-bank/", "GET"),
    ("/portal/stay", "GET"),
]


def phone_of(who: Persona) -> Device:
    """A phone bound to a member."""
    registration = accounts.living(sealed_row(list(who.row()), 1).key)
    assert registration is not None
    key = DeviceKey(b"\4" + randomness.octets(64))
    with transaction.atomic():
        return devices.bind(registration, VerifiedPhone(key, None, PhoneTraits("Android", "A phone")), "card")


def bound_by_code(device: Device) -> None:
    """As if the newest code had bound it."""
    DeviceCode.objects.update(used_by=b"0" * 32, device=device)


@pytest.mark.parametrize(("path", "methods"), SIGNED_IN)
def test_nobody_gets_in_without_signing_in(path: str, methods: str) -> None:
    desk = Desk()
    for secret in ("", "made up", "a" * 4000):
        desk.browser.cookies["portal"] = secret
        assert leads_to(desk.get(path)) == PORTAL
        assert told(desk.get(path, accept="application/json")) == (401, "R-04")
        assert told(desk.post(path)) == (401, "R-04")
        assert told(desk.send(path, {})) == (401, "R-04")


@pytest.mark.parametrize(("path", "methods"), SIGNED_IN)
def test_each_page_answers_its_own_methods(path: str, methods: str) -> None:
    desk = Desk().signed_in(CITIZEN)
    before = lasting_rows()
    for method in ("GET", "POST", "PUT", "DELETE"):
        headers = {"X-CSRFToken": desk.csrf}
        answer = desk.browser.generic(method, path, headers=headers)
        if method not in methods.split():
            assert told(answer) == (405, "G-03"), method
        else:
            assert answer.status_code in {200, 400, 404}, method
        assert answer.headers["Cache-Control"] == "no-store"
    assert lasting_rows() == before


def test_signing_in_and_out() -> None:
    desk = Desk("en").walk(CITIZEN, "done")
    assert leads_to(desk.sign_in(CITIZEN)) == PORTAL
    secret = desk.browser.cookies["portal"].value
    assert "Sign out" in desk.get(PORTAL).content.decode()
    assert leads_to(desk.post("/portal/sign-out")) == PORTAL
    assert "portal" not in desk.browser.cookies
    desk.browser.cookies["portal"] = secret
    assert leads_to(desk.get(BASICS)) == PORTAL, "the old secret opens nothing"
    assert leads_to(desk.post("/portal/sign-out")) == PORTAL, "twice does no harm"
    assert told(desk.get("/portal/sign-out")) == (405, "G-03")
    assert events(Event.PORTAL_SIGNED_OUT) == 1


def test_signing_in_gives_a_fresh_secret_and_ends_the_one_before() -> None:
    desk = Desk().walk(CITIZEN, "done")
    desk.browser.cookies["portal"] = "a secret that somebody put there"
    desk.sign_in(CITIZEN)
    first = desk.browser.cookies["portal"].value
    assert first != "a secret that somebody put there"
    desk.sign_in(CITIZEN)
    assert desk.browser.cookies["portal"].value != first
    assert PortalSession.objects.count() == 1


def test_a_wrong_password_is_told_and_never_shown() -> None:
    desk = Desk("en").walk(CITIZEN, "done")
    for left in (4, 3, 2, 1, 0):
        assert told(desk.sign_in(CITIZEN, "another heron")) == (403, "D-08")
        assert f"Tries left: {left}." in desk.text and "another heron" not in desk.text
        assert 'href="/portal/forgot/"' in desk.text
    assert told(desk.sign_in(CITIZEN)) == (429, "L-01")
    assert "portal" not in desk.browser.cookies


def test_who_is_not_registered_not_confirmed_or_suspended() -> None:
    desk = Desk()
    assert told(desk.sign_in(OTHER)) == (403, "D-08")
    assert told(desk.walk(CITIZEN, "applied").sign_in(CITIZEN)) == (403, "R-06")
    assert desk.text.count('href="/portal/resend/"') == 2, "beside the words, and in the list"
    desk.confirm(mailed_to(MAIN))
    assert told(desk.post(PORTAL, password=PASSWORD)) == (410, "C-19")
    assert told(desk.post(PORTAL, desk.reading(CITIZEN), password="")) == (400, "I-10")
    desk.sign_in(CITIZEN)
    accounts.suspend(Registration.objects.get().pk, Reason.THEFT, "hotline")
    assert leads_to(desk.get(BASICS)) == PORTAL
    assert told(desk.sign_in(CITIZEN)) == (403, "R-01")


def test_a_session_ends_by_itself() -> None:
    desk = Desk().signed_in(CITIZEN)
    with time_machine.travel(clock.now() + timedelta(minutes=14)):
        assert desk.get("/portal/stay", accept="application/json").json() == {"status": "ok"}
    with time_machine.travel(clock.now() + timedelta(minutes=28)):
        assert desk.get(BASICS).status_code == 200
    with time_machine.travel(clock.now() + timedelta(minutes=44)):
        assert told(desk.post(CODE)) == (401, "R-04")


def test_a_device_code_is_shown_once_and_its_state_told() -> None:
    desk = Desk().signed_in(CITIZEN)
    assert 'id="device-code"' not in desk.get(CODE).content.decode()
    assert desk.get(STATE).json() == {"state": "none", "phone": None}
    desk.post(CODE)
    assert 'id="device-code"' in desk.text and "<svg" in desk.text
    assert desk.get(STATE).json() == {"state": "waiting", "phone": None}
    assert 'id="device-code"' not in desk.get(CODE).content.decode()
    device = phone_of(CITIZEN)
    bound_by_code(device)
    shown = {"id": str(device.id), "model": "A phone", "identifier": device.identifier}
    assert desk.get(STATE).json() == {"state": "bound", "phone": shown}


def test_a_code_that_nobody_used_ends_with_the_session() -> None:
    desk = Desk().signed_in(CITIZEN)
    desk.post(CODE)
    desk.post("/portal/sign-out")
    desk.sign_in(CITIZEN)
    assert desk.get(STATE).json() == {"state": "none", "phone": None}


def test_a_phone_that_is_not_mine_is_taken_off() -> None:
    desk = Desk().signed_in(CITIZEN)
    desk.post(CODE)
    device = phone_of(CITIZEN)
    bound_by_code(device)
    for _ in range(2):
        assert desk.post(DISOWN, device=str(device.id)).status_code == 200
    device.refresh_from_db()
    assert (device.state, events(Event.DEVICE_DELETED)) == ("deleted", 1)


def test_another_members_phone_is_nobodys_business() -> None:
    Desk().walk(OTHER, "done")
    theirs, desk = phone_of(OTHER), Desk().signed_in(CITIZEN)
    desk.post(CODE)
    before = lasting_rows()
    for device in (str(theirs.id), str(UUID(int=7)), "", "x", "\0"):
        assert told(desk.post(DISOWN, device=device)) == (404, "G-01")
    for act in ("rename", "disable", "enable", "delete", "steal"):
        assert told(desk.get(f"{PHONES}{theirs.id}/{act}")) == (404, "G-01")
        assert told(desk.post(f"{PHONES}{theirs.id}/{act}", name="mine")) == (404, "G-01")
    theirs.refresh_from_db()
    assert (theirs.state, bytes(theirs.sealed_name), lasting_rows()) == ("active", b"", before)


def test_a_phone_is_renamed_disabled_enabled_and_deleted() -> None:
    desk = Desk().signed_in(CITIZEN)
    device = phone_of(CITIZEN)
    assert told(desk.get(f"{PHONES}{device.id}/steal")) == (404, "G-01")
    assert told(desk.post(f"{PHONES}{device.id}/rename", name="x" * 41)) == (400, "I-08")
    assert leads_to(desk.post(f"{PHONES}{device.id}/rename", name="媽媽的手機<b>")) == PHONES
    assert "媽媽的手機&lt;b&gt;" in desk.get(PHONES).content.decode()
    for act, state in (("disable", "disabled"), ("enable", "active"), ("delete", "deleted")):
        path = f"{PHONES}{device.id}/{act}"
        assert desk.get(path).status_code == 200
        device.refresh_from_db()
        assert device.state != state, "looking changes nothing"
        assert leads_to(desk.post(path)) == PHONES
        device.refresh_from_db()
        assert device.state == state
    assert told(desk.get(f"{PHONES}{device.id}/enable")) == (404, "G-01")


def test_a_sixth_phone_is_not_enabled() -> None:
    desk = Desk().signed_in(CITIZEN)
    first = phone_of(CITIZEN)
    desk.post(f"{PHONES}{first.id}/disable")
    for _ in range(5):
        phone_of(CITIZEN)
    assert told(desk.post(f"{PHONES}{first.id}/enable")) == (409, "D-03")


def test_a_new_password() -> None:
    desk, elsewhere = Desk().signed_in(CITIZEN), Desk()
    elsewhere.sign_in(CITIZEN)
    before = lasting_rows()
    cases: list[tuple[dict[str, str], dict[str, str], tuple[int, str]]] = [
        ({}, {"old": "", "password": NEW}, (400, "I-10")),
        ({}, {"old": PASSWORD, "password": NEW}, (410, "C-19")),
        (desk.reading(CITIZEN), {"old": "another heron", "password": NEW}, (403, "D-08")),
        (desk.reading(CITIZEN), {"old": PASSWORD, "password": "short"}, (400, "P-01")),
        (desk.reading(CITIZEN), {"old": PASSWORD, "password": CITIZEN.id_number}, (400, "P-04")),
        (desk.reading(OTHER), {"old": PASSWORD, "password": NEW}, (409, "C-12")),
    ]
    for card, fields, expected in cases:
        assert told(desk.post(PASSWORD_PAGE, card, **fields)) == expected
        assert not [typed for typed in fields.values() if typed and f'value="{typed}"' in desk.text]
    assert lasting_rows() == before
    answer = desk.post(PASSWORD_PAGE, desk.reading(CITIZEN), old=PASSWORD, password=NEW)
    assert leads_to(answer) == f"{PASSWORD_PAGE}done"
    assert desk.get(f"{PASSWORD_PAGE}done").status_code == 200
    assert leads_to(elsewhere.get(BASICS)) == PORTAL
    assert leads_to(elsewhere.sign_in(CITIZEN, NEW)) == PORTAL


@pytest.mark.parametrize(("path", "confirmed"), [(MAIL_MAIN, NEW_MAIN), (MAIL_BACKUP, BACKUP)])
def test_an_address_is_asked_for_confirmed_and_counts_then(path: str, confirmed: str) -> None:
    desk = Desk("en").signed_in(CITIZEN)
    for typed, code in (("", "I-10"), ("nobody", "I-05"), ("x" * 255, "I-08")):
        assert told(desk.post(path, act="send", main=typed)) == (400, code)
    assert leads_to(desk.post(path, act="send", main=confirmed)) == path
    assert confirmed in desk.get(path).content.decode()
    assert f"{confirmed} waits" in desk.get(BASICS).content.decode()
    code = mailed_to(confirmed)
    assert told(desk.post(path, act="confirm", code=another(code))) == (400, "I-06")
    assert told(desk.post(path, act="confirm", code="12")) == (400, "I-06")
    assert leads_to(desk.post(path, act="confirm", code=code)) == BASICS
    assert told(desk.post(path, act="confirm", code=code)) == (400, "I-07")
    assert f"<strong>{confirmed}</strong>" in desk.get(BASICS).content.decode()


def test_a_likely_slip_is_asked_about_once_here_too() -> None:
    desk = Desk().signed_in(CITIZEN)
    assert desk.post(MAIL_MAIN, act="send", main="wang@gmial.com").status_code == 400
    assert "wang@gmail.com" in desk.text
    sure = desk.text.split('name="sure" value="')[1].split('"')[0]
    assert leads_to(desk.post(MAIL_MAIN, act="send", main="wang@gmial.com", sure=sure)) == MAIL_MAIN


def test_the_backup_goes_and_the_main_address_stays() -> None:
    desk = Desk().signed_in(CITIZEN)
    desk.post(MAIL_BACKUP, act="send", main=BACKUP)
    desk.post(MAIL_BACKUP, act="confirm", code=mailed_to(BACKUP))
    assert leads_to(desk.post(MAIL_BACKUP, act="remove")) == BASICS
    assert desk.post(MAIL_MAIN, act="remove").status_code == 400
    assert BACKUP not in desk.get(BASICS).content.decode() and MAIN in desk.text
    outbox.send_due()
    assert BACKUP in [letter.to[0] for letter in mail.outbox[-3:]]


def test_the_backup_must_be_another_address() -> None:
    desk = Desk().signed_in(CITIZEN)
    for typed in (MAIN, MAIN.upper()):
        assert desk.post(MAIL_BACKUP, act="send", main=typed).status_code == 400
    assert desk.post(MAIL_BACKUP, act="send", main=BACKUP).status_code == 302
    desk.post(MAIL_BACKUP, act="confirm", code=mailed_to(BACKUP))
    assert desk.post(MAIL_MAIN, act="send", main=BACKUP).status_code == 400


def test_an_address_of_an_unknown_kind_is_no_page() -> None:
    desk = Desk().signed_in(CITIZEN)
    assert told(desk.get(f"{BASICS}mail/other")) == (404, "G-01")
    assert told(desk.post(f"{BASICS}mail/other", act="send", main=NEW_MAIN)) == (404, "G-01")


def test_codes_are_mailed_three_times_an_hour_and_told_beside_the_form() -> None:
    desk = Desk().signed_in(CITIZEN)
    for _ in range(3):
        assert desk.post(MAIL_MAIN, act="send", main=NEW_MAIN).status_code == 302
    assert told(desk.post(MAIL_MAIN, act="send", main=NEW_MAIN)) == (429, "L-01")
    assert 'name="code"' in desk.text


def test_a_household_that_moved() -> None:
    desk = Desk().signed_in(CITIZEN)
    moved = {"household": "K1234567", "county": "臺北市", "district": "大安區", "village": "龍坡里"}
    assert told(desk.post(HOUSEHOLD, **{**moved, "village": ""})) == (400, "I-10")
    assert told(desk.post(HOUSEHOLD, **moved)) == (403, "C-16")
    assert 'value="龍坡里"' in desk.text and "<option selected>臺北市" in desk.text
    row = CITIZEN.row()._replace(household_number="K1234567", household_area="台北市大安區龍坡里")
    loading.upsert([sealed_row(list(row), 2)])
    assert leads_to(desk.post(HOUSEHOLD, **moved)) == BASICS
    assert "臺北市大安區龍坡里" in desk.get(BASICS).content.decode()


def test_a_foreign_member_has_no_household() -> None:
    desk = Desk().signed_in(FOREIGN)
    assert HOUSEHOLD not in desk.get(BASICS).content.decode()
    assert desk.post(HOUSEHOLD, household="K1234567", **HOME).status_code == 400
    assert masked_name(FOREIGN.name) in desk.get(PORTAL).content.decode()


def test_pages_name_their_own_phone_only() -> None:
    desk = Desk().signed_in(CITIZEN)
    device = phone_of(CITIZEN)
    desk.get(PHONES)
    assert set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", desk.text)) == {str(device.id)}
