"""Operators that answer oddly: never a fault of ours, never a pass."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nhi_express.members.rules import IdNumber, MobileNumber
from nhi_express.mobile.adapters.camara import CamaraLines
from nhi_express.mobile.adapters.circuit import Circuit
from nhi_express.mobile.ports import OperatorDown, Return
from nhi_express.mobile.rules import Outcome, judge
from tests.contracts.odd_operator import ISSUER, NONCE, PHONE, Answer, OddOperator, good_answers, id_token, running
from tests.contracts.wire import Wire

pytestmark = pytest.mark.django_db
ID = IdNumber.parse("A123456789")


@pytest.fixture
def odd(wire: Wire) -> Iterator[OddOperator]:
    """The odd operator, on the site's list."""
    with running() as (operator, port):
        operator.put_on_the_list(port)
        yield operator


def outcome() -> str:
    """What becomes of a line there; DOWN when the operator counts as down."""
    authority, memory = CamaraLines(Circuit()), {"verifier": "v" * 43, "nonce": NONCE}
    try:
        finding = authority.examine(Return("code", "", ISSUER), memory, MobileNumber.parse(PHONE), [ID])
    except OperatorDown:
        return "DOWN"
    return judge(finding.facts, accept_unknown=False).value


def test_an_operator_that_answers_well_passes(odd: OddOperator) -> None:
    assert outcome() == Outcome.PASS


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "http://other.example"},
        {"iss": None},
        {"aud": "somebody-else"},
        {"aud": ["nhi-express", "somebody-else"]},
        {"amr": ["pwd", "otp"]},
        {"amr": None},
        {"amr": "nba-not"},
        {"amr": [["nba"]]},
        {"amr": 5},
    ],
    ids=str,
)
def test_an_identity_that_was_not_proven_by_the_network_here_and_now_is_none(
    odd: OddOperator, change: dict[str, object]
) -> None:
    odd.answers["token"] = Answer({"access_token": "one", "id_token": id_token(**change)})
    assert outcome() == "DOWN"
    assert odd.asked == ["token"], "and nothing more is asked"


_GARBAGE = [
    Answer(b""),
    Answer(b"\xff\xfe\x00"),
    Answer(b"[" * 100_000),
    Answer([]),
    Answer(None),
    Answer("text"),
    Answer({}),
    Answer({}, 204),
    Answer({}, 302, {"Location": "http://127.0.0.1:1/"}),
    Answer({"code": "PERMISSION_DENIED"}, 403),
    Answer({"code": "QUOTA_EXCEEDED"}, 429),
    Answer({"code": ["list"], "error": {}}, 400),
    Answer({"code": "INTERNAL"}, 500),
    Answer(b"<html>", 502, {"Content-Type": "text/html"}),
    Answer({}, 200, {"Content-Encoding": "gzip"}),
    Answer({}, 200, {"Content-Length": "5000"}),
]


@pytest.mark.parametrize("name", ["token", "device-phone-number", "check", "match"])
def test_garbage_at_any_step_is_an_operator_that_is_down_or_does_not_say(odd: OddOperator, name: str) -> None:
    for answer in _GARBAGE:
        odd.answers = {**good_answers(), name: answer}
        assert outcome() in {"DOWN", "LINE_UNKNOWN", "NUMBER_MISMATCH"}, answer


@pytest.mark.parametrize("token", ["", "a.b", "..", "e30.W10.x", "e30." + "W" * 90_000 + ".x", None, 5, {}])
def test_an_id_token_that_is_none_is_refused(odd: OddOperator, token: object) -> None:
    odd.answers["token"] = Answer({"access_token": "one", "id_token": token})
    assert outcome() == "DOWN"


@pytest.mark.parametrize(
    ("name", "body", "wanted"),
    [
        ("match", {"idDocumentMatch": "false"}, "NOT_OWN_LINE"),
        ("match", {"idDocumentMatch": "not_available"}, "LINE_UNKNOWN"),
        ("match", {"idDocumentMatch": True}, "LINE_UNKNOWN"),
        ("match", {"idDocumentMatch": "TRUE"}, "LINE_UNKNOWN"),
        ("check", {"swapped": True}, "SIM_CHANGED"),
        ("check", {"swapped": "false"}, "SIM_CHANGED"),
        ("check", {"swapped": None}, "SIM_CHANGED"),
        ("check-tenure", {"tenureDateCheck": True}, "LINE_UNKNOWN"),
        ("check-tenure", {"contractType": "PAYG"}, "PREPAID"),
        ("check-tenure", {"contractType": "Business"}, "COMPANY"),
        ("check-tenure", {"contractType": "New"}, "LINE_UNKNOWN"),
        ("verify", {"parentalControl": "true"}, "PARENT_CHILD"),
        ("verify", {"parentalControl": True}, "PARENT_CHILD"),
        ("verify", {"ageCheck": "true"}, "LINE_UNKNOWN"),
        ("verify", {"parentalControl": "not_available"}, "LINE_UNKNOWN"),
        ("retrive-subscription-status", {}, "LINE_UNKNOWN"),
        ("retrive-subscription-status", {"voiceSmsOut": "suspended", "dataService": "active"}, "SUSPENDED"),
        ("retrive-subscription-status", {"voiceSmsOut": "new", "dataService": "new"}, "LINE_UNKNOWN"),
        ("device-phone-number", {"devicePhoneNumber": "0912345678"}, "NUMBER_MISMATCH"),
        ("device-phone-number", {"devicePhoneNumber": None}, "NUMBER_MISMATCH"),
    ],
    ids=str,
)
def test_what_is_not_said_clearly_passes_nobody(
    odd: OddOperator, name: str, body: dict[str, object], wanted: str
) -> None:
    odd.answers[name] = Answer(body)
    assert outcome() == wanted


@pytest.mark.parametrize("name", ["retrive-subscription-status", "check-tenure", "verify", "check", "match"])
def test_a_subscriber_whom_the_operator_no_longer_knows_has_no_line(odd: OddOperator, name: str) -> None:
    for code, status in (("IDENTIFIER_NOT_FOUND", 404), ("SERVICE_NOT_APPLICABLE", 422)):
        odd.answers = {**good_answers(), name: Answer({"status": status, "code": code}, status)}
        assert outcome() == "SUSPENDED"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["true", "active", PHONE]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_FIELDS = st.sampled_from(["access_token", "id_token", "code", "error", "swapped", "idDocumentMatch", "voiceSmsOut"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(good_answers())),
    st.sampled_from([200, 201, 400, 401, 404, 422, 500]),
    _JSON | st.dictionaries(_FIELDS, _JSON, max_size=4),
)
def test_whatever_an_operator_says_is_judged(odd: OddOperator, name: str, status: int, body: object) -> None:
    odd.answers = {**good_answers(), name: Answer(body, status)}
    assert outcome() in {"DOWN", *Outcome}
