"""What every line authority must do (``mobile.ports.LineAuthority``): the CAMARA adapter against the sandbox."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from nhi_express.core import clock
from nhi_express.core.config import config
from nhi_express.members.rules import IdNumber, MobileNumber
from nhi_express.mobile.models import Operator
from nhi_express.mobile.ports import Finding, LineAuthority, OperatorDown, Return
from nhi_express.mobile.rules import Outcome, judge, problem_name
from nhi_sandbox.personas import Persona, personas
from tests.contracts.conftest import Ask, ComeBack
from tests.contracts.wire import DEFINITIONS, Wire, claims_of
from tests.outside import Outside
from tests.visitor import person

CITIZEN = person("citizen")
NUMBER = "number-verification/v2/device-phone-number"
STATUS = "subscription-status/v0.1/retrive-subscription-status"
CONDITION = [STATUS, "kyc-tenure/v0.2/check-tenure", "kyc-age-verification/v0.2/verify", "sim-swap/v2/check"]
MATCH = "kyc-match/v0.4/match"
# What is decided after the line: the register, the card, the registration.
_LATER = {"not_insured", "insurance_ended", "deceased", "wrong_last4", "void_card", "locked", "suspended_member"}
_DOWN = {"operator_error", "operator_garbage", "operator_hangs"}
JUDGED = [one for one in personas().values() if one.key not in _DOWN]


def outcome(finding: Finding) -> Outcome:
    """What the finding means under the default policy."""
    return judge(finding.facts, accept_unknown=False)


def expected(one: Persona) -> str:
    """Name of the problem that the line alone leads to, or PASS."""
    passes = one.key in _LATER or one.expected == "TOO_MANY_DEVICES"
    return "PASS" if passes else one.expected


@pytest.mark.parametrize("one", JUDGED, ids=lambda one: one.key)
def test_every_line_is_judged_as_its_story_says(ask: Ask, wire: Wire, one: Persona) -> None:
    assert problem_name(outcome(ask(one))) == expected(one)
    if DEFINITIONS is not None:
        for exchange in wire.exchanges:
            if exchange.api:
                exchange.check()


@pytest.mark.skipif(DEFINITIONS is None, reason="the CAMARA definitions are not in shared/camara beside the repository")
def test_the_traffic_is_really_checked(ask: Ask, wire: Wire) -> None:
    ask(CITIZEN)
    checked = [exchange for exchange in wire.exchanges if exchange.api]
    assert [exchange.api for exchange in checked] == [NUMBER, *CONDITION, MATCH]
    checked[-1].body = b'{"idDocument": 5}'
    with pytest.raises(Exception, match="5"):
        checked[-1].check()


def test_only_what_is_needed_is_asked_and_in_this_order(ask: Ask, wire: Wire) -> None:
    before_owner = ["token", NUMBER, "token", *CONDITION]
    asked = {
        "citizen": [*before_owner, MATCH],
        "ui_changed": [*before_owner, MATCH, MATCH],
        "not_own": [*before_owner, MATCH],
        "prepaid": before_owner,
        "sim_changed": before_owner,
        "lost_phone": before_owner[:4],
        "wrong_number": before_owner[:2],
        "wifi": [],
        "mvno": [],
        "unlisted": [],
    }
    for key, steps in asked.items():
        wire.exchanges.clear()
        ask(person(key))
        assert wire.asked == steps, key


def test_what_leaves_with_the_browser_names_nobody(authority: LineAuthority) -> None:
    departure, other = authority.depart(), authority.depart()
    query = parse_qs(urlsplit(departure.url).query)
    assert {name for name in query if len(query[name]) != 1} == set()
    names = "response_type client_id redirect_uri scope state nonce code_challenge code_challenge_method prompt"
    assert set(query) == set(names.split())
    assert len({departure.state, other.state, *departure.memory.values(), *other.memory.values()}) == 6
    assert min(map(len, (departure.state, departure.memory["nonce"]))) >= 22
    assert len(departure.memory["verifier"]) >= 43, "RFC 7636, section 4.1"
    assert query["scope"][0].split().count("dpv:FraudPreventionAndDetection") == 1
    assert departure.memory["verifier"] not in departure.url


def test_our_assertions_are_as_the_profile_asks(ask: Ask, wire: Wire) -> None:
    ask(CITIZEN)
    redeeming, questioning = (exchange.form for exchange in wire.tokens())
    seen = set()
    for form in (redeeming, questioning):
        header, claims = claims_of(form["client_assertion"])
        assert (header["alg"], claims["iss"], claims["sub"]) == ("ES256", config().client_id, config().client_id)
        assert 0 < claims["exp"] - claims["iat"] <= 300
        assert claims["aud"].endswith("/op/cht/token")
        seen.add(claims["jti"])
    _, asked = claims_of(questioning["assertion"])
    assert asked["sub"] == f"tel:{CITIZEN.phone}"
    purposes = [scope for scope in asked["scope"].split() if scope.startswith("dpv:")]
    assert purposes == ["dpv:FraudPreventionAndDetection"]
    assert "scope" not in questioning
    assert len({*seen, asked["jti"]}) == 3
    assert "client_secret" not in {**redeeming, **questioning}


def test_tokens_go_into_the_header_and_nothing_personal_into_an_address(ask: Ask, wire: Wire) -> None:
    ask(CITIZEN)
    used = [exchange.request.headers["authorization"] for exchange in wire.exchanges if exchange.api]
    assert len(set(used)) == 2, "one for the number, which is good for once, and one for the questions"
    assert used.count(used[0]) == 1
    correlators = {exchange.request.headers["x-correlator"] for exchange in wire.exchanges if exchange.api}
    assert len(correlators) == 1
    for exchange in wire.exchanges:
        assert not exchange.request.url.query
        assert CITIZEN.id_number not in str(exchange.request.url)
        assert CITIZEN.phone[1:] not in str(exchange.request.url)


@pytest.mark.parametrize("kind", ["error500", "garbage", "hang", "down"])
def test_an_operator_in_trouble_is_down_within_the_deadline(
    ask: Ask, wire: Wire, sandbox: Outside, authority: LineAuthority, come_back: ComeBack, kind: str
) -> None:
    back, memory = come_back(CITIZEN)
    sandbox.break_operator("cht", kind)  # type: ignore[arg-type]
    began = clock.now()
    with pytest.raises(OperatorDown):
        authority.examine(back, memory, MobileNumber.parse(CITIZEN.phone), [IdNumber.parse(CITIZEN.id_number)])
    assert (clock.now() - began).total_seconds() < 4
    assert wire.asked in (["token"], []), "a code is good for once, so it is never sent again"


@pytest.mark.parametrize("key", sorted(_DOWN))
def test_a_line_in_trouble_is_down_too(ask: Ask, key: str) -> None:
    with pytest.raises(OperatorDown):
        ask(person(key))


def test_a_question_that_fails_is_put_once_more_and_no_oftener(ask: Ask, wire: Wire, sandbox: Outside) -> None:
    line = sandbox.world.lines[CITIZEN.phone]
    failing = iter(["error500", "none"])
    original = wire.handle_request

    def first_fails(request: object) -> object:
        path = request.url.path  # type: ignore[attr-defined]
        fault = next(failing, "none") if STATUS in path else "none"
        line.fault = type(line.fault)(fault)  # type: ignore[arg-type]
        return original(request)  # type: ignore[arg-type]

    wire.handle_request = first_fails  # type: ignore[method-assign, assignment]
    assert outcome(ask(CITIZEN)) is Outcome.PASS
    assert wire.asked.count(STATUS) == 2
    wire.exchanges.clear()
    failing = iter(["error500", "error500", "none"])
    with pytest.raises(OperatorDown):
        ask(CITIZEN)
    assert wire.asked.count(STATUS) == 2


def test_a_gateway_error_that_is_not_about_the_network_is_trouble(authority: LineAuthority) -> None:
    number, id_number = MobileNumber.parse(CITIZEN.phone), IdNumber.parse(CITIZEN.id_number)
    for error in ("server_error", "temporarily_unavailable", "invalid_scope", "anything"):
        with pytest.raises(OperatorDown):
            authority.examine(Return("", error, ""), {}, number, [id_number])


@pytest.mark.django_db
def test_a_refusal_from_nobody_we_know_is_trouble(authority: LineAuthority) -> None:
    number, id_number = MobileNumber.parse(CITIZEN.phone), IdNumber.parse(CITIZEN.id_number)
    with pytest.raises(OperatorDown):
        authority.examine(Return("", "access_denied", "https://example.org"), {}, number, [id_number])
    finding = authority.examine(Return("", "access_denied", config().gateway_issuer), {}, number, [id_number])
    assert finding.facts.on_mobile_network is False


def test_an_operator_past_its_last_day_is_not_on_the_list(ask: Ask, wire: Wire) -> None:
    Operator.objects.filter(code="cht").update(valid_to=clock.today() - timedelta(days=1))
    assert outcome(ask(CITIZEN)) is Outcome.OPERATOR_UNLISTED
    Operator.objects.filter(code="cht").update(valid_to=clock.today())
    assert outcome(ask(CITIZEN)) is Outcome.PASS


class TestCircuit:
    """An operator that keeps failing is left alone for half a minute, then tried by one."""

    def fail(self, ask: Ask, times: int, one: Persona = CITIZEN) -> None:
        """See it fail so often."""
        for _ in range(times):
            with pytest.raises(OperatorDown):
                ask(one)

    def test_opens_after_five_failures_for_this_operator_alone(self, ask: Ask, wire: Wire, sandbox: Outside) -> None:
        sandbox.break_operator("cht", "error500")
        self.fail(ask, 5)
        wire.exchanges.clear()
        sandbox.break_operator("cht", "none")
        self.fail(ask, 3)
        assert wire.asked == []
        assert outcome(ask(person("second_phone"))) is Outcome.PASS

    def test_lets_one_through_after_half_a_minute_and_closes_on_success(
        self, ask: Ask, wire: Wire, sandbox: Outside
    ) -> None:
        with time_machine.travel(clock.now()) as time:
            sandbox.break_operator("cht", "error500")
            self.fail(ask, 5)
            time.shift(timedelta(seconds=31))
            wire.exchanges.clear()
            self.fail(ask, 2)
            assert wire.asked == ["token"], "one tried; the next was not let through"
            time.shift(timedelta(seconds=31))
            sandbox.break_operator("cht", "none")
            assert outcome(ask(CITIZEN)) is Outcome.PASS
            assert outcome(ask(CITIZEN)) is Outcome.PASS
            sandbox.break_operator("cht", "error500")
            self.fail(ask, 4)
            sandbox.break_operator("cht", "none")
            assert outcome(ask(CITIZEN)) is Outcome.PASS, "four are not five: the count began anew"

    def test_a_refusal_is_an_answer(
        self, ask: Ask, wire: Wire, authority: LineAuthority, come_back: ComeBack, sandbox: Outside
    ) -> None:
        number, id_number = MobileNumber.parse(CITIZEN.phone), IdNumber.parse(CITIZEN.id_number)
        for _ in range(6):
            back, memory = come_back(CITIZEN)
            with pytest.raises(OperatorDown):
                authority.examine(Return("made-up", "", back.issuer), memory, number, [id_number])
        assert outcome(ask(CITIZEN)) is Outcome.PASS
