"""An attempt's steps out of order, repeated, too late, from elsewhere: each leads on or is refused, nothing happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock
from nhi_express.enrolment.models import Attempt
from nhi_express.help.catalogue import Problem
from tests.counting import events, lasting_rows
from tests.outside import Outside
from tests.visitor import BACK, CARD, DONE, FINISH, LINE, REFUSED, TERMS, Visitor, code_of, path_of, person

CITIZEN = person("citizen")
# Where an attempt in a state belongs.
HOMES = {"open": LINE, "sent": LINE, "line_proven": CARD, "card_proven": FINISH, "done": DONE}
STEPS = (LINE, CARD, FINISH, DONE)
FORM_OF = {
    LINE: {"number": CITIZEN.types["phone"], "id_number": CITIZEN.id_number},
    CARD: {"last4": CITIZEN.card_number[-4:]},
    FINISH: {"password": "a quiet river in spring"},
    DONE: {},
}
LANGUAGES = ("zh-TW", "en")


@pytest.mark.parametrize("state", HOMES)
def test_every_step_opened_by_its_address_leads_to_where_the_attempt_stands(
    visitor: Callable[..., Visitor], state: str
) -> None:
    phone = visitor().walk(CITIZEN, state)
    before = lasting_rows()
    for path in STEPS:
        answer = phone.ask(path)
        if path == HOMES[state]:
            assert answer.status_code == 200
        else:
            assert (answer.status_code, path_of(answer)) == (302, HOMES[state])
    assert phone.open(TERMS).status == 200, "and one may always begin again"
    assert Attempt.objects.get().state == state
    assert lasting_rows() == before


@pytest.mark.parametrize("state", HOMES)
def test_every_step_sent_out_of_turn_does_nothing(visitor: Callable[..., Visitor], state: str) -> None:
    phone = visitor().walk(CITIZEN, state)
    before, attempt = lasting_rows(), str(Attempt.objects.get().id)
    for path in STEPS:
        if path == HOMES[state] and path != DONE:
            continue
        answer = phone.submit(path, attempt=attempt, **FORM_OF[path])
        if path == DONE:
            assert (answer.status_code, code_of(answer)) == (405, "G-03")
        else:
            assert (answer.status_code, path_of(answer)) == (302, HOMES[state])
    assert Attempt.objects.get().state == state
    assert lasting_rows() == before


def test_without_an_attempt_every_step_leads_to_the_first(visitor: Callable[..., Visitor]) -> None:
    phone = visitor().open("/app/bind/mobile/terms")
    for path in STEPS:
        assert path_of(phone.ask(path)) == TERMS
    for path in (BACK, REFUSED):
        answer = phone.ask(path)
        assert (answer.status_code, code_of(answer)) == (409, "A-01")
    for path in (LINE, CARD, FINISH):
        answer = phone.submit(path, **FORM_OF[path])
        assert (answer.status_code, code_of(answer)) == (409, "A-01")
    assert Attempt.objects.count() == 0


@pytest.mark.parametrize("cookie", ["x", "%00", '"', "é", "a" * 4000])
def test_a_made_up_cookie_is_no_attempt(visitor: Callable[..., Visitor], cookie: str) -> None:
    phone = visitor().walk(CITIZEN, "line_proven")
    stranger = visitor().open(TERMS)
    csrf = stranger.cookie("csrftoken")
    headers = {b"Cookie": f"attempt={cookie}; csrftoken={csrf}".encode(), b"X-CSRFToken": csrf.encode()}
    for method, path in (("GET", CARD), ("POST", CARD), ("GET", BACK), ("GET", DONE), ("GET", REFUSED)):
        answer = stranger.phone.browser.request(method, stranger.site + path, headers=headers)
        assert (answer.status_code, code_of(answer)) == (409, "A-01")
    assert phone.open(CARD).status == 200


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["open", "sent", "line_proven", "card_proven"])
def test_an_attempt_ends_after_five_minutes(visitor: Callable[..., Visitor], state: str, language: str) -> None:
    phone = visitor(language=language).walk(CITIZEN, state)
    before, home = lasting_rows(), HOMES[state]
    fields = phone.proof() if state == "card_proven" else {"attempt": phone.hidden("attempt"), **FORM_OF[home]}
    with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1)):
        for answer in (phone.ask(home), phone.submit(home, **fields), phone.ask(BACK), phone.ask(DONE)):
            assert (answer.status_code, code_of(answer)) == (410, "A-02")
            assert ('<html lang="en"' in answer.text) == (language == "en")
        assert phone.open(TERMS).status == 200
    assert lasting_rows() == before
    assert Attempt.objects.get().state == state


def test_each_step_gives_five_minutes_anew(visitor: Callable[..., Visitor]) -> None:
    with time_machine.travel("2026-11-23T08:00:00+00:00") as time:
        phone = visitor().to_card(CITIZEN)
        time.shift(timedelta(minutes=4, seconds=50))
        phone.type_last4(CITIZEN.card_number[-4:])
        time.shift(timedelta(minutes=4, seconds=50))
        assert phone.finish().path == DONE


def test_a_page_of_another_attempt_is_told_so(visitor: Callable[..., Visitor]) -> None:
    phone = visitor().walk(CITIZEN, "line_proven")
    old = phone.hidden("attempt")
    other_tab = phone.twin()
    other_tab.to_line()
    phone.phone.browser.cookies.jar.clear()
    for cookie in other_tab.phone.browser.cookies.jar:
        phone.phone.browser.cookies.jar.set_cookie(cookie)
    for path in (LINE, CARD, FINISH):
        answer = phone.submit(path, attempt=old, **FORM_OF[path])
        assert (answer.status_code, code_of(answer)) == (409, "A-01")
    assert sorted(Attempt.objects.values_list("state", flat=True)) == ["line_proven", "open"]


@pytest.mark.parametrize("state", ["open", "line_proven", "card_proven", "done"])
def test_a_form_without_the_sites_own_token_is_refused(visitor: Callable[..., Visitor], state: str) -> None:
    phone = visitor().walk(CITIZEN, state)
    before, attempt = lasting_rows(), phone.hidden("attempt")
    for path in (TERMS, LINE, CARD, FINISH):
        answer = phone.submit_bare(path, attempt=attempt, **FORM_OF.get(path, {"accept": "yes"}))
        assert (answer.status_code, code_of(answer)) == (403, "G-02")
    foreign = {"Origin": "https://evil.example"}
    fields = {"csrfmiddlewaretoken": phone.cookie("csrftoken")}
    answer = phone.phone.browser.post(phone.site + LINE, data=fields, headers=foreign)
    assert (answer.status_code, code_of(answer)) == (403, "G-02")
    assert lasting_rows() == before
    assert Attempt.objects.get().state == state


def test_a_wrong_method_is_answered_in_words(visitor: Callable[..., Visitor]) -> None:
    phone = visitor().walk(CITIZEN, "open")
    headers = {"X-CSRFToken": phone.cookie("csrftoken")}
    wrong = [("PUT", LINE), ("DELETE", CARD), ("PATCH", FINISH), ("POST", BACK), ("POST", DONE), ("POST", REFUSED)]
    wrong += [("GET", "/app/sign-out"), ("GET", "/language/"), ("GET", "/app/unlock/enter"), ("POST", "/app/")]
    for method, path in wrong:
        answer = phone.phone.browser.request(method, phone.site + path, headers=headers)
        assert (answer.status_code, code_of(answer)) == (405, "G-03"), (method, path)
        assert answer.headers["Allow"]
    assert Attempt.objects.get().state == "open"


@pytest.mark.parametrize(
    ("key", "code", "language"),
    [
        ("operator_error", "M-12", "zh-TW"),
        ("operator_error", "M-12", "en"),
        ("operator_garbage", "M-12", "en"),
        ("operator_hangs", "M-12", "zh-TW"),
        ("wifi", "M-01", "zh-TW"),
        ("wifi", "M-01", "en"),
    ],
)
def test_an_operator_in_trouble_leaves_the_attempt_to_be_tried_again(
    visitor: Callable[..., Visitor], sandbox: Outside, key: str, code: str, language: str
) -> None:
    someone = person(key)
    phone = visitor(language=language)
    phone.to_card(someone)
    assert (phone.path, phone.status, phone.code) == (REFUSED, Problem.by_code(code).value.status, code)
    assert ('<html lang="en"' in phone.page.text) == (language == "en")
    assert set(lasting_rows().values()) == {0}
    assert Attempt.objects.get().state == "open"
    # The back button, and the same numbers again once the operator is well.
    line = sandbox.world.lines[someone.phone]
    line.fault = type(line.fault)()
    phone.phone.insert_sim(someone.key, "mobile")
    phone.open(LINE).send(LINE, number=someone.types["phone"], id_number=someone.id_number)
    assert phone.path == CARD
    assert events(Event.ATTEMPT_REFUSED) == 1


def test_the_back_button_after_the_end_leads_to_the_end(visitor: Callable[..., Visitor]) -> None:
    phone = visitor().walk(CITIZEN, "card_proven")
    fields = phone.proof()
    first = phone.submit(FINISH, **fields)
    assert path_of(first) == DONE
    before = lasting_rows()
    for _ in range(3):
        again = phone.submit(FINISH, **fields)
        assert (again.status_code, path_of(again)) == (302, DONE)
        assert "app" not in again.cookies
    assert lasting_rows() == before
