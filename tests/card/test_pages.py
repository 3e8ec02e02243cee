"""The pages of registering: each one opened and sent in each state of the attempt, and every refusal on the page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock
from nhi_express.enrolment.models import Attempt
from nhi_express.members.rules import masked_name
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason, State
from nhi_sandbox.personas import Persona
from tests.card.acts import BACKUP, MAIN, PASSWORD, another, mailed_to
from tests.card.cards import Browser
from tests.card.desk import ACCOUNT, CARD, CONFIRM, DONE, PORTAL, TERMS, Desk, code_of, holder_fields, leads_to, told
from tests.card.issuer import Issuer
from tests.counting import events, lasting_rows
from tests.visitor import person

pytestmark = pytest.mark.usefixtures("browser")
CITIZEN, FOREIGN, OTHER = person("citizen"), person("new_ui"), person("walk_zh")
HOMES = {"none": TERMS, "open": CARD, "shown": CARD, "proven": ACCOUNT, "applied": CONFIRM, "done": TERMS}
STEPS = (CARD, ACCOUNT, CONFIRM)
FORMS = {
    CARD: {"act": "prove", **holder_fields(CITIZEN)},
    ACCOUNT: {"password": PASSWORD, "main": MAIN},
    CONFIRM: {"act": "confirm", "code": "12345678"},
}


@pytest.mark.parametrize("who", [CITIZEN, FOREIGN], ids=lambda who: who.key)
@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_from_the_terms_to_the_end(who: Persona, language: str) -> None:
    desk = Desk(language)
    assert leads_to(desk.get("/portal/register/")) == TERMS
    assert leads_to(desk.walk(who, "applied").confirm(mailed_to(MAIN))) == DONE
    assert desk.get(DONE).status_code == 200
    assert Registration.objects.get().state == State.ACTIVE
    assert leads_to(desk.sign_in(who)) == PORTAL
    assert masked_name(who.name) in desk.get(PORTAL).content.decode()


@pytest.mark.parametrize("state", HOMES)
def test_every_page_opened_leads_to_where_the_attempt_stands(state: str) -> None:
    desk = Desk().walk(CITIZEN, state)
    before, home = lasting_rows(), HOMES[state]
    # Who comes back from the next step may show another card.
    open_too = {CARD} if state == "proven" else set()
    for path in STEPS:
        answer = desk.get(path)
        expected = (200, "") if path == home or path in open_too else (302, home)
        assert (answer.status_code, leads_to(answer)) == expected, path
    assert desk.get(TERMS).status_code == 200, "and one may always begin again"
    assert lasting_rows() == before


@pytest.mark.parametrize("state", ["open", "shown", "proven", "applied"])
def test_every_page_sent_out_of_turn_does_nothing(state: str) -> None:
    desk = Desk().walk(CITIZEN, state)
    attempt, before = str(Attempt.objects.get().id), lasting_rows()
    for path in STEPS:
        if path == HOMES[state] or (path, state) == (CARD, "proven"):
            continue
        answer = desk.post(path, attempt=attempt, **FORMS[path])
        assert (answer.status_code, leads_to(answer)) == (302, HOMES[state])
    if state == "open":
        answer = desk.post(CARD, desk.reading(CITIZEN), attempt=attempt, **FORMS[CARD])
        assert told(answer) == (409, "A-03")
    assert lasting_rows() == before


def test_without_a_cookie_a_form_is_refused() -> None:
    desk = Desk().walk(CITIZEN, "proven")
    attempt, stranger = str(Attempt.objects.get().id), Desk()
    for path in STEPS:
        assert told(stranger.post(path, attempt=attempt, **FORMS[path])) == (409, "A-01")
        stranger.browser.cookies["apply"] = "made up"
        assert told(stranger.get(path)) == told(stranger.post(path, **FORMS[path])) == (409, "A-01")
        del stranger.browser.cookies["apply"]
    assert desk.get(ACCOUNT).status_code == 200


def test_the_page_of_another_tabs_attempt_is_refused() -> None:
    desk = Desk().walk(CITIZEN, "shown")
    first = str(Attempt.objects.get().id)
    desk.walk(OTHER, "shown")
    assert told(desk.post(CARD, desk.reading(CITIZEN), attempt=first, **FORMS[CARD])) == (409, "A-01")
    assert told(desk.post(CARD, desk.reading(CITIZEN), attempt="x", **FORMS[CARD])) == (409, "A-01")


@pytest.mark.parametrize("state", ["open", "shown", "proven"])
def test_an_attempt_ends_after_fifteen_minutes(state: str) -> None:
    desk = Desk().walk(CITIZEN, state)
    attempt, home = str(Attempt.objects.get().id), HOMES[state]
    with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=1)):
        for answer in (desk.get(home), desk.post(home, attempt=attempt, **FORMS[home])):
            assert told(answer) == (410, "A-02")
        assert desk.accept().status_code == 302
        assert desk.get(CARD).status_code == 200


def test_each_step_renews_the_time() -> None:
    desk = Desk().walk(CITIZEN, "shown")
    with time_machine.travel(clock.now() + timedelta(minutes=14)):
        assert leads_to(desk.prove(CITIZEN)) == ACCOUNT
    with time_machine.travel(clock.now() + timedelta(minutes=28)):
        assert leads_to(desk.apply()) == CONFIRM


def test_terms_must_be_ticked_and_be_todays() -> None:
    desk = Desk()
    for fields in ({}, {"accept": "no"}, {"version": "1"}):
        assert told(desk.post(TERMS, **fields)) == (400, "A-06")
    for version in ("", "0", "\0", "9" * 10_000):
        assert told(desk.post(TERMS, accept="yes", version=version)) == (400, "A-06")
    assert Attempt.objects.count() == 0


_HOLDER_CASES = [
    ({"household": ""}, "I-10"),
    ({"household": "12345678"}, ""),
    ({"household": "x" * 65}, "I-08"),
    ({"household": "F12\0"}, "G-03"),
    ({"county": ""}, "I-10"),
    ({"village": "里" * 41}, "I-08"),
    ({"neighbourhood": "九" * 9}, "I-08"),
    ({"holder": "none"}, ""),
]


def test_what_is_typed_wrong_is_told_and_kept() -> None:
    desk = Desk().walk(CITIZEN, "shown")
    for changes, code in _HOLDER_CASES:
        answer = desk.prove(CITIZEN, **changes)
        assert answer.status_code in {400, 403}
        assert not code or code_of(answer) == code, changes
        if "village" not in changes:
            assert 'value="何安里"' in desk.text
    assert leads_to(desk.prove(CITIZEN)) == ACCOUNT, "the very same page, mended, goes through"


def test_a_household_that_does_not_match_is_told_on_the_page() -> None:
    desk = Desk("en").walk(CITIZEN, "shown")
    answer = desk.prove(CITIZEN, household="F9999999")
    assert told(answer) == (403, "C-16")
    assert 'value="F9999999"' in desk.text and "4 more times" in desk.text
    for _ in range(4):
        desk.prove(CITIZEN, household="F9999999")
    assert told(desk.prove(CITIZEN)) == (429, "L-01")


def test_the_wrong_kind_of_proof_is_answered_in_words() -> None:
    desk = Desk().walk(FOREIGN, "shown")
    desk.get(CARD)
    answer = desk.post(CARD, desk.reading(FOREIGN), attempt=desk.attempt, act="prove", **holder_fields(CITIZEN))
    assert told(answer) == (400, "C-21")
    assert told(desk.prove(FOREIGN, holder="household")) == (400, "I-10")
    assert leads_to(desk.prove(FOREIGN)) == ACCOUNT


def test_another_card_at_the_proof_leads_back_to_reading() -> None:
    desk = Desk().walk(CITIZEN, "shown")
    desk.get(CARD)
    answer = desk.post(CARD, desk.reading(OTHER), attempt=desk.attempt, act="prove", **holder_fields(OTHER))
    assert told(answer) == (409, "C-12")
    assert 'value="read"' in desk.text and masked_name(CITIZEN.name) not in desk.text
    assert leads_to(desk.prove(CITIZEN)) == ACCOUNT


def test_back_to_the_card_with_another_one() -> None:
    desk = Desk().walk(CITIZEN, "proven")
    assert leads_to(desk.show(OTHER)) == CARD
    assert masked_name(OTHER.name) in desk.get(CARD).content.decode()
    assert leads_to(desk.get(ACCOUNT)) == CARD
    assert leads_to(desk.prove(OTHER)) == ACCOUNT


@pytest.mark.parametrize("state", ["open", "shown"])
def test_cards_that_will_not_do_are_told_on_the_page(issuer: Issuer, state: str) -> None:
    desk = Desk().walk(CITIZEN, state)
    act = {"act": "read"} if state == "open" else {"act": "prove", **holder_fields(CITIZEN)}
    desk.get(CARD)
    attempt, good = desk.attempt, desk.reading(CITIZEN)
    cases: list[tuple[dict[str, str], tuple[int, str]]] = [
        ({}, (410, "C-19")),
        ({**desk.reading(CITIZEN), "card_block": "AAAA"}, (422, "C-07")),
        (desk.reading(CITIZEN, silent=True), (403, "C-14")),
        (desk.reading(CITIZEN, birth_date="1950-01-01"), (403, "C-16")),
        ({**desk.reading(CITIZEN), "card_state": "Mg"}, (403, "C-13")),
        ({**good, "card_response": "A" * 22}, (403, "C-14")),
        (good, (410, "C-19")),
    ]
    for card, expected in cases:
        answer = desk.post(CARD, card, attempt=attempt, **act)
        assert told(answer) == expected
        assert 'data-card="block' in desk.text or expected == (403, "C-13")
    issuer.says = (500, b"")
    assert told(desk.post(CARD, desk.reading(CITIZEN), attempt=attempt, **act)) == (503, "C-15")
    assert Attempt.objects.get().state == "open"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"password": ""}, "I-10"),
        ({"password": "short"}, "P-01"),
        ({"password": "x" * 129}, "P-02"),
        ({"password": "x" * 1025}, "I-08"),
        ({"password": "password1"}, "P-03"),
        ({"password": CITIZEN.id_number}, "P-04"),
        ({"password": CITIZEN.card_number}, "P-04"),
        ({"main": ""}, "I-10"),
        ({"main": "nobody"}, "I-05"),
        ({"main": "a@b\n.tw"}, "I-05"),
        ({"main": f"{'a' * 250}@mail.example.tw"}, "I-08"),
        ({"backup": "nobody"}, "I-05"),
        ({"backup": MAIN}, ""),
        ({"backup": MAIN.upper()}, ""),
        ({"backup": f" {MAIN} "}, ""),
    ],
)
def test_a_bad_account_is_told_and_nothing_is_registered(fields: dict[str, str], code: str) -> None:
    desk = Desk().walk(CITIZEN, "proven")
    before = lasting_rows()
    answer = desk.apply(**{"password": "a password not to be shown", **fields})
    assert answer.status_code == 400
    assert not code or code in desk.text
    typed = fields.get("password", "a password not to be shown")
    assert not typed or f'value="{typed}"' not in desk.text
    assert f'value="{MAIN}"' in desk.text or "main" in fields
    assert lasting_rows() == before
    assert leads_to(desk.apply()) == CONFIRM, "the very same page, mended, goes through"


@pytest.mark.parametrize(
    ("typed", "likely"),
    [
        ("wang@gmial.com", "wang@gmail.com"),
        ("wang@yahoo.com.tv", "wang@yahoo.com.tw"),
        ("ｗａｎｇ@gmial.com", "wang@gmail.com"),
    ],
)
def test_a_likely_slip_is_asked_about_once(typed: str, likely: str) -> None:
    desk = Desk().walk(CITIZEN, "proven")
    assert desk.apply(main=typed).status_code == 400
    assert likely in desk.text
    sure = desk.text.split('name="sure" value="')[1].split('"')[0]
    assert leads_to(desk.apply(main=typed, sure=sure)) == CONFIRM


@pytest.mark.parametrize("typed", ["wang@gmail.com", "wang@ms12.hinet.net", "wang@hinet.net", "wang@ntu.edu.tw"])
def test_an_address_that_is_no_slip_is_not_asked_about(typed: str) -> None:
    assert leads_to(Desk().walk(CITIZEN, "proven").apply(main=typed)) == CONFIRM


def test_both_addresses_get_a_code(browser: Browser) -> None:
    desk = Desk().walk(CITIZEN, "proven")
    assert leads_to(desk.apply(backup=BACKUP)) == CONFIRM
    assert mailed_to(BACKUP) and leads_to(desk.confirm(mailed_to(MAIN))) == DONE


def test_wrong_codes_resent_codes_and_a_lock() -> None:
    desk = Desk().walk(CITIZEN, "applied")
    code = mailed_to(MAIN)
    for typed in ("", "1234", "abcdefgh", "１２３４"):
        assert desk.confirm(typed).status_code == 400
    for _ in range(5):
        assert told(desk.confirm(another(code))) == (400, "I-06")
    assert told(desk.confirm(code)) == (429, "L-01")
    assert leads_to(desk.post(CONFIRM, attempt=desk.attempt, act="resend")) == f"{CONFIRM}?sent=yes"
    assert leads_to(desk.confirm(f" {mailed_to(MAIN)[:4]}-{mailed_to(MAIN)[4:]}")) == DONE


def test_too_many_codes_asked_for_are_told_beside_the_form() -> None:
    desk = Desk().walk(CITIZEN, "applied")
    attempt = str(Attempt.objects.get().id)
    for _ in range(3):
        assert desk.post(CONFIRM, attempt=attempt, act="resend").status_code == 302
    assert told(desk.post(CONFIRM, attempt=attempt, act="resend")) == (429, "L-01")
    assert 'name="code"' in desk.text, "the code that came can still be typed"


def test_a_mistyped_address_is_put_right() -> None:
    desk = Desk().walk(CITIZEN, "applied")
    attempt, wrong = str(Attempt.objects.get().id), mailed_to(MAIN)
    for typed in ("", "nobody", "wang@gmial.com"):
        assert desk.post(CONFIRM, attempt=attempt, act="change", main=typed).status_code == 400
        assert 'name="code"' in desk.text
    assert leads_to(desk.post(CONFIRM, attempt=attempt, act="change", main=BACKUP)) == f"{CONFIRM}?sent=yes"
    assert BACKUP in desk.get(CONFIRM).content.decode() and MAIN not in desk.text
    assert told(desk.confirm(wrong)) == (400, "I-06"), "the code of the other address is over"
    assert leads_to(desk.confirm(mailed_to(BACKUP))) == DONE


def test_an_act_that_no_button_has_is_refused() -> None:
    desk = Desk().walk(CITIZEN, "applied")
    assert told(desk.post(CONFIRM, attempt=str(Attempt.objects.get().id), act="remove")) == (400, "G-03")


def test_the_code_sent_twice_ends_on_the_same_page() -> None:
    desk = Desk().walk(CITIZEN, "applied")
    code, attempt, kept = mailed_to(MAIN), str(Attempt.objects.get().id), desk.browser.cookies["apply"].value
    assert leads_to(desk.confirm(code)) == DONE
    desk.browser.cookies["apply"] = kept
    assert leads_to(desk.post(CONFIRM, attempt=attempt, act="confirm", code=code)) == DONE
    desk.browser.cookies["apply"] = kept
    assert leads_to(desk.get(CONFIRM)) == DONE
    assert events(Event.REGISTRATION_ACTIVATED) == 1


def test_who_is_registered_or_suspended_is_told_after_the_proof() -> None:
    Desk().walk(CITIZEN, "done")
    desk = Desk().walk(CITIZEN, "shown")
    assert told(desk.prove(CITIZEN)) == (409, "R-02")
    assert 'href="/portal/"' in desk.text
    accounts.suspend(Registration.objects.get().pk, Reason.THEFT, "hotline")
    assert told(desk.prove(CITIZEN)) == (403, "R-01")


def test_the_language_is_switched_on_any_page() -> None:
    desk = Desk().walk(CITIZEN, "proven")
    assert '<html lang="zh-Hant-TW"' in desk.get(ACCOUNT).content.decode()
    assert leads_to(desk.post("/language/", language="en", next=ACCOUNT)) == ACCOUNT
    assert '<html lang="en"' in desk.get(ACCOUNT).content.decode()
    assert leads_to(desk.post("/language/", language="en", next="https://evil.example/")) != "https://evil.example/"
    desk.apply()
    assert Registration.objects.get().language == "en"


@pytest.mark.parametrize("path", [PORTAL, TERMS, *STEPS, "/portal/forgot/", "/portal/forgot/code", "/portal/challenge"])
def test_a_form_without_the_sites_own_token_is_refused(path: str) -> None:
    desk = Desk().walk(CITIZEN, "proven")
    before = lasting_rows()
    assert told(desk.browser.post(path, FORMS.get(path, {}))) == (403, "G-02")
    assert lasting_rows() == before
