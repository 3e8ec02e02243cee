"""重寄認證信, 忘記註冊密碼, 刪除註冊申請: their pages, in and out of order."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from nhi_express.core import clock
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason, State
from nhi_sandbox.personas import Persona
from tests.card.acts import MAIN, another, mailed_to
from tests.card.desk import ACCOUNT, PORTAL, Desk, holder_fields, leads_to, told
from tests.counting import lasting_rows
from tests.outside import address_of
from tests.visitor import person

pytestmark = pytest.mark.usefixtures("browser")
CITIZEN, FOREIGN = person("citizen"), person("new_ui")
CEREMONIES = ("resend", "forgot", "cancel")
NEW = "eleven tall herons"


def page(ceremony: str, name: str = "") -> str:
    """A page's address."""
    return f"/portal/{ceremony}/{name}"


@pytest.mark.parametrize("who", [CITIZEN, FOREIGN], ids=lambda who: who.key)
@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_the_mail_comes_again(who: Persona, language: str) -> None:
    Desk().walk(who, "applied")
    desk = Desk(language)
    assert desk.get(page("resend")).status_code == 200
    assert leads_to(desk.prove_for("resend", who)) == page("resend", "code")
    assert desk.get(page("resend", "code")).status_code == 200
    assert leads_to(desk.post(page("resend", "code"), act="resend")) == page("resend", "code?sent=yes")
    assert leads_to(desk.post(page("resend", "code"), act="go", code=mailed_to(MAIN))) == page("resend", "done")
    assert (desk.get(page("resend", "done")).status_code, "prove" in desk.browser.cookies) == (200, False)
    assert Registration.objects.get().state == State.ACTIVE


def test_a_forgotten_password() -> None:
    desk, elsewhere = Desk().walk(CITIZEN, "done"), Desk()
    elsewhere.sign_in(CITIZEN)
    desk.prove_for("forgot", CITIZEN)
    code = mailed_to(MAIN)
    assert code == mailed_to(address_of(CITIZEN)), "every address gets it"
    for fields, expected in (
        ({"code": "", "password": NEW}, (400, "I-10")),
        ({"code": "12", "password": NEW}, (400, "I-06")),
        ({"code": code, "password": ""}, (400, "I-10")),
        ({"code": code, "password": "short"}, (400, "P-01")),
        ({"code": another(code), "password": NEW}, (400, "I-06")),
    ):
        assert told(desk.post(page("forgot", "code"), act="go", **fields)) == expected
        assert NEW not in desk.text
    answer = desk.post(page("forgot", "code"), act="go", code=code, password=NEW)
    assert leads_to(answer) == page("forgot", "done")
    assert leads_to(elsewhere.get("/portal/basics/")) == PORTAL, "signed out everywhere"
    assert told(desk.sign_in(CITIZEN)) == (403, "D-08")
    assert leads_to(desk.sign_in(CITIZEN, NEW)) == PORTAL


def test_cancelling_asks_for_a_code_once_it_is_active() -> None:
    desk = Desk().walk(CITIZEN, "applied")
    desk.prove_for("cancel", CITIZEN)
    assert 'name="code"' not in desk.get(page("cancel", "code")).content.decode()
    assert leads_to(desk.post(page("cancel", "code"), act="go")) == page("cancel", "done")
    desk.walk(CITIZEN, "done").prove_for("cancel", CITIZEN)
    assert 'name="code"' in desk.get(page("cancel", "code")).content.decode()
    assert told(desk.post(page("cancel", "code"), act="go")) == (400, "I-10")
    answer = desk.post(page("cancel", "code"), act="go", code=mailed_to(MAIN))
    assert leads_to(answer) == page("cancel", "done")
    states = Registration.objects.values_list("state", flat=True)
    assert set(states) == {State.CANCELLED}
    assert leads_to(desk.walk(CITIZEN, "proven").get(ACCOUNT)) == "", "and one may register anew"


@pytest.mark.parametrize("ceremony", CEREMONIES)
def test_pages_skipped_to_or_come_back_to(ceremony: str) -> None:
    Desk().walk(CITIZEN, "done")
    desk, before = Desk(), lasting_rows()
    assert leads_to(desk.get(page(ceremony, "code"))) == page(ceremony)
    for fields in ({"act": "go", "code": "12345678", "password": NEW}, {"act": "resend"}):
        assert told(desk.post(page(ceremony, "code"), **fields)) == (409, "A-01")
        desk.browser.cookies["prove"] = "made up é"
        assert told(desk.post(page(ceremony, "code"), **fields)) == (409, "A-01")
        del desk.browser.cookies["prove"]
    assert desk.get(page(ceremony, "done")).status_code == 200
    assert told(desk.get(page("other"))) == (404, "G-01")
    assert lasting_rows() == before


@pytest.mark.parametrize("ceremony", CEREMONIES)
def test_a_ticket_is_of_one_ceremony(ceremony: str) -> None:
    desk = Desk().walk(CITIZEN, "done")
    mine = "cancel" if ceremony == "forgot" else "forgot"
    desk.prove_for(mine, CITIZEN)
    code = mailed_to(MAIN)
    assert told(desk.post(page(ceremony, "code"), act="go", code=code, password=NEW)) == (409, "A-01")
    assert Registration.objects.get().state == State.ACTIVE


def test_a_ticket_ends_after_half_an_hour() -> None:
    desk = Desk().walk(CITIZEN, "done")
    desk.prove_for("forgot", CITIZEN)
    code = mailed_to(MAIN)
    with time_machine.travel(clock.now() + timedelta(minutes=30, seconds=1)):
        answer = desk.post(page("forgot", "code"), act="go", code=code, password=NEW)
    assert told(answer) == (410, "A-02")


@pytest.mark.parametrize("ceremony", CEREMONIES)
def test_what_proves_nobody_is_told_on_the_page(ceremony: str) -> None:
    desk = Desk().walk(CITIZEN, "applied")
    before = lasting_rows()
    assert told(desk.prove_for(ceremony, CITIZEN, household="F9999999")) == (403, "C-16")
    assert 'value="F9999999"' in desk.text and 'value="何安里"' in desk.text
    assert told(desk.prove_for(ceremony, CITIZEN, village="")) == (400, "I-10")
    assert told(desk.post(page(ceremony), **holder_fields(CITIZEN))) == (410, "C-19")
    assert told(desk.prove_for(ceremony, CITIZEN, holder="permit")) == (400, "C-21")
    assert 'name="holder"' in desk.text, "the other one can be chosen at once"
    assert desk.prove_for(ceremony, CITIZEN, holder="neither").status_code == 400
    assert lasting_rows() == before


def test_who_has_nothing_to_confirm_or_is_suspended() -> None:
    desk = Desk()
    for ceremony in CEREMONIES:
        assert told(desk.prove_for(ceremony, CITIZEN)) == (409, "R-03")
    desk.walk(CITIZEN, "done")
    assert told(desk.prove_for("resend", CITIZEN)) == (409, "R-03")
    desk.prove_for("forgot", CITIZEN)
    code = mailed_to(MAIN)
    accounts.suspend(Registration.objects.get().pk, Reason.THEFT, "hotline")
    answer = desk.post(page("forgot", "code"), act="go", code=code, password=NEW)
    assert told(answer) == (403, "R-01")
    for ceremony in CEREMONIES:
        assert told(desk.prove_for(ceremony, CITIZEN)) == (403, "R-01")


def test_too_many_codes_asked_for_are_told_beside_the_form() -> None:
    desk = Desk().walk(CITIZEN, "done")
    desk.prove_for("forgot", CITIZEN)
    for _ in range(2):
        assert desk.post(page("forgot", "code"), act="resend").status_code == 302
    assert told(desk.post(page("forgot", "code"), act="resend")) == (429, "L-01")
    assert 'name="password"' in desk.text
    answer = desk.post(page("forgot", "code"), act="go", code=mailed_to(MAIN), password=NEW)
    assert leads_to(answer) == page("forgot", "done"), "the code that came is still good"
