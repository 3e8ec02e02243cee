"""Impossible, oversized and hostile input at each step: a clear answer with a stable code, and nothing changes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import httpx2
import pytest
from django.utils import translation
from markupsafe import escape

from nhi_express.core.models import Tries
from nhi_express.devices.models import Device, Session
from nhi_express.enrolment.models import Attempt
from nhi_express.help.catalogue import Problem
from nhi_sandbox.member_phone import PASSWORD
from tests.counting import lasting_rows
from tests.visitor import CARD, FINISH, LINE, TERMS, Visitor, code_of, person

LANGUAGES = {"zh-TW": "zh-hant", "en": "en"}
NUMBER, ID = "0912345678", "A123456789"
EMOJI, LONG, NUL = "👩‍👩‍👧🎉", "9" * 10_000, "0912\x00345678"
_LINE_CASES: list[tuple[dict[str, str], str]] = [
    ({"id_number": "A123456788"}, "I-09"),
    ({"id_number": "AB12345678"}, "I-09"),
    ({"id_number": "123456789012"}, "I-02"),
    ({"id_number": "A12345678"}, "I-01"),
    ({"id_number": "A323456789"}, "I-01"),
    ({"id_number": "' OR 1=1 --"}, "I-01"),
    ({"id_number": EMOJI}, "I-01"),
    ({"id_number": ""}, "I-10"),
    ({"id_number": "   "}, "I-10"),
    ({"id_number": LONG}, "I-08"),
    ({"id_number": "A１２３４５６７８８"}, "I-09"),
    ({"id_number": NUL}, "G-03"),
    ({"number": "0212345678"}, "I-03"),
    ({"number": "+14155552671"}, "I-03"),
    ({"number": "0912345678 ext 5"}, "I-03"),
    ({"number": "not a number"}, "I-03"),
    ({"number": EMOJI}, "I-03"),
    ({"number": ""}, "I-10"),
    ({"number": LONG}, "I-08"),
    ({"number": NUL}, "G-03"),
]


def shows(page: httpx2.Response, code: str, language: str) -> None:
    """The page names the problem by its code, in the reader's words."""
    assert re.search(rf"\b{code}\b", page.text)
    with translation.override(LANGUAGES[language]):
        assert str(escape(str(Problem.by_code(code).value.title))) in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_number_is_refused_at_its_field(visitor: Callable[..., Visitor], language: str) -> None:
    phone = visitor(language=language).to_line()
    before = lasting_rows()
    for fault, code in _LINE_CASES:
        page = phone.submit(LINE, attempt=phone.hidden("attempt"), **{"number": NUMBER, "id_number": ID, **fault})
        assert page.status_code == 400, fault
        shows(page, code, language)
        assert Attempt.objects.get().state == "open"
    assert lasting_rows() == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_must_be_accepted_as_they_stand_today(visitor: Callable[..., Visitor], language: str) -> None:
    phone = visitor(language=language).open(TERMS)
    version = phone.hidden("version")
    for fields in ({}, {"accept": "no"}, {"accept": EMOJI}, {"version": version}):
        page = phone.submit(TERMS, **fields)
        assert (page.status_code, "A-06" in page.text) == (400, True)
    for wrong in ("", "0", EMOJI, NUL, LONG):
        page = phone.submit(TERMS, accept="yes", version=wrong)
        assert (page.status_code, code_of(page)) == (400, "A-06")
        shows(page, "A-06", language)
    assert Attempt.objects.count() == 0


_CARD_CASES = [("12", "I-04"), ("12345", "I-04"), ("abcd", "I-04"), (EMOJI, "I-04"), ("", "I-10"), (LONG, "I-08")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_impossible_digits_of_a_card_cost_no_try(visitor: Callable[..., Visitor], language: str) -> None:
    phone = visitor(language=language).walk(person("citizen"), "line_proven")
    for typed, code in _CARD_CASES:
        page = phone.submit(CARD, attempt=phone.hidden("attempt"), last4=typed)
        assert page.status_code == 400, typed
        shows(page, code, language)
    assert Tries.objects.filter(limit_name="CARD_LAST4").count() == 0
    right = phone.submit(CARD, attempt=phone.hidden("attempt"), last4=person("citizen").card_number[-4:])
    assert right.headers["location"] == FINISH


_PASSWORD_CASES = [
    ("", "P-01"),
    ("short", "P-01"),
    ("x" * 129, "P-02"),
    ("x" * 1025, "I-08"),
    (LONG, "I-08"),
    ("password1", "P-03"),
    ("a" * 9, "P-03"),
    ("nhi健保密碼12", "P-04"),
    (person("citizen").id_number, "P-04"),
    (person("citizen").types["phone"], "P-04"),
    (person("citizen").card_number, "P-04"),
    ("a\x00bcdefgh", "G-03"),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bad_password_is_refused_and_nothing_is_registered(visitor: Callable[..., Visitor], language: str) -> None:
    phone = visitor(language=language).walk(person("citizen"), "card_proven")
    before, fields = lasting_rows(), phone.proof()
    for password, code in _PASSWORD_CASES:
        page = phone.submit(FINISH, **{**fields, "password": password})
        assert page.status_code == 400, password
        shows(page, code, language)
    assert lasting_rows() == before
    # The very same page, mended, goes through.
    assert phone.submit(FINISH, **fields).status_code == 302


_PROOFS: list[tuple[str, str, str]] = [
    ("token", "", "D-07"),
    ("token", EMOJI, "D-07"),
    ("token", "AAAA", "D-07"),
    ("device_key", "", "D-05"),
    ("device_key", "null", "D-05"),
    ("device_key", "[]", "D-05"),
    ("device_key", '{"kty":"EC","crv":"P-256","x":1,"y":2}', "D-05"),
    ("device_key", '{"kty":"EC","crv":"P-256","x":[],"y":{}}', "D-05"),
    ("device_key", '{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}', "D-05"),
    ("device_key", '{"kty":["EC"],"crv":{},"x":"AA","y":"AA"}', "D-05"),
    ("device_key", "[" * 20_000, "D-05"),
    ("device_signature", "", "D-05"),
    ("device_signature", EMOJI, "D-05"),
    ("device_signature", "A" * 86, "D-05"),
    ("passkey", "{}", "D-06"),
    ("passkey", "[]", "D-06"),
    ("passkey", "null", "D-06"),
    ("passkey", EMOJI, "D-06"),
    ("passkey", "[" * 20_000, "D-06"),
    ("passkey", '{"id":1,"rawId":2,"response":3,"type":4}', "D-06"),
    ("passkey", '{"id":"AA","rawId":"AA","response":{"clientDataJSON":"AA","attestationObject":"AA"}}', "D-06"),
    ("passkey", "", "D-05"),
]


def test_what_no_phone_would_send_binds_nothing(visitor: Callable[..., Visitor]) -> None:
    phone = visitor().walk(person("citizen"), "card_proven")
    before, fields = lasting_rows(), phone.proof()
    for field, value, code in _PROOFS:
        page = phone.submit(FINISH, **{**fields, field: value})
        assert (page.status_code, code_of(page)) == (Problem.by_code(code).value.status, code), (field, value[:40])
    assert lasting_rows() == before


def test_the_name_of_a_phone_is_only_ever_text(visitor: Callable[..., Visitor]) -> None:
    phone = visitor().walk(person("citizen"), "card_proven")
    hostile = "<script>alert(1)</script>\x00\x1b[31m\u202e" + "x" * 500
    phone.send(FINISH, **phone.proof(model=hostile, platform=hostile))
    page = phone.open("/app/phones/").page
    assert page.status_code == 200
    assert "<script>alert(1)" not in page.text
    assert not {"\x00", "\x1b", "\u202e"} & set(page.text)


def test_a_phone_that_is_not_theirs_is_not_removed(visitor: Callable[..., Visitor]) -> None:
    other = visitor().walk(person("second_phone"), "done")
    phone = visitor().walk(person("citizen"), "card_proven")
    before, fields = lasting_rows(), phone.proof()
    for remove in ("x", EMOJI, "00000000-0000-0000-0000-000000000000", LONG, str(Device.objects.get().id)):
        page = phone.submit(FINISH, **{**fields, "remove": remove})
        assert page.status_code in {400, 404}
        assert "G-01" in page.text
    assert lasting_rows() == before
    assert other.unlock()["status"] == 200


_FORM = "application/x-www-form-urlencoded"
_BODIES: list[tuple[str, bytes]] = [
    (_FORM, b"x=" + b"y" * 100_000),
    (_FORM, b"&".join(b"f%d=1" % n for n in range(200))),
    ("multipart/form-data", b"garbage"),
    ("multipart/form-data; boundary=b", b"--b\r\ngarbage"),
    (f"{_FORM}; charset=utf-7", b"\xff\xfe\x00=1"),
    (f"{_FORM}; charset=nonsense", b"\xff\xfe\x00=1"),
    (_FORM, b"\xff\xfe\x00=\xff"),
]


@pytest.mark.parametrize("path", [TERMS, LINE, CARD, FINISH, "/language/", "/text-size/", "/app/sign-out"])
def test_bodies_that_no_browser_sends(visitor: Callable[..., Visitor], path: str) -> None:
    phone = visitor().to_line()
    for kind, body in _BODIES:
        headers = {"Content-Type": kind, "X-CSRFToken": phone.cookie("csrftoken")}
        page = phone.phone.post(phone.site + path, content=body, headers=headers, follow_redirects=False)
        # Either it means nothing at all and leads on, or it is refused in words.
        assert page.status_code in {302, 400}, (kind, body[:20])
        assert page.status_code == 302 or re.search(r"[A-Z]-\d\d", page.text)
        if len(body) > 1000:
            assert code_of(page) == "G-03"
    assert Attempt.objects.get().state == "open"


_JSON: list[tuple[bytes, str]] = [
    (b"{", "G-03"),
    (b"[]", "G-03"),
    (b"null", "G-03"),
    (b"\xff\xfe", "G-03"),
    (b"[" * 50_000, "G-03"),
    (b'{"device": ' + b"1" * 5000 + b"}", "G-03"),
    (b'{"device": ["x"], "token": {}}', "D-09"),
    (b'{"device": "\\ud800", "token": "\\ud800"}', "D-09"),
    (b'{"device": "00000000-0000-0000-0000-000000000000"}', "D-09"),
    (b'{"x": "' + b"y" * 100_000 + b'"}', "G-03"),
]


@pytest.mark.parametrize("path", ["/app/unlock/challenge", "/app/unlock/enter"])
def test_json_that_no_script_sends(visitor: Callable[..., Visitor], path: str) -> None:
    phone = visitor().walk(person("citizen"), "done")
    headers = {"Content-Type": "application/json", "X-CSRFToken": phone.cookie("csrftoken")}
    for body, code in _JSON:
        answer = phone.phone.post(phone.site + path, content=body, headers=headers)
        assert answer.json()["problem"]["code"] == code, body[:40]
        assert answer.status_code == Problem.by_code(code).value.status


@pytest.mark.parametrize("passkeys", [True, False])
def test_answers_to_a_challenge_that_no_phone_gives(visitor: Callable[..., Visitor], passkeys: bool) -> None:
    phone = visitor(passkeys=passkeys).walk(person("citizen"), "done")
    device = next(iter(phone.keys))
    good = phone.answer(device, phone.challenge(device), PASSWORD)
    before = Session.objects.count()
    headers = {"Content-Type": "application/json", "X-CSRFToken": phone.cookie("csrftoken")}
    needed = ("token", "device_signature", "assertion" if passkeys else "password")
    odd: tuple[object, ...] = (
        None,
        1,
        [],
        {},
        "",
        EMOJI,
        "\ud800",
        "[" * 9000,
        {"id": []},
        {"id": "x", "response": {}},
    )
    for field in needed:
        for value in odd:
            # Written so that half a surrogate pair gets through, which JSON can spell.
            body = json.dumps({**good, field: value})
            answer = phone.phone.post(f"{phone.site}/app/unlock/enter", content=body, headers=headers)
            assert answer.status_code in {403, 410, 429}, (field, value)
            assert answer.json()["problem"]["code"] in {"D-05", "D-06", "D-07", "D-08", "L-01"}
    assert Session.objects.count() == before
