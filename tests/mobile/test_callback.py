"""The way back from the operator, replayed, mixed up, made up: the operator is used once, nobody is let in."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from nhi_express.audit.catalogue import Event
from nhi_express.enrolment.models import Attempt
from tests.counting import events, lasting_rows
from tests.outside import Outside
from tests.visitor import BACK, CARD, LINE, REFUSED, Visitor, code_of, path_of, person

CITIZEN, OTHER = person("citizen"), person("second_phone")


def query_of(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def changed(address: str, **changes: str | None) -> str:
    """The same way back with some parameters changed, or left out (None)."""
    fields = {**query_of(address), **changes}
    return f"{BACK}?{urlencode({name: value for name, value in fields.items() if value is not None})}"


def test_a_callback_replayed_leads_on_and_asks_nobody_twice(visitor: Callable[..., Visitor], sandbox: Outside) -> None:
    phone = visitor()
    address = phone.depart(CITIZEN)
    assert path_of(phone.ask(address)) == CARD
    sandbox.break_operator("cht", "down")
    for _ in range(3):
        assert path_of(phone.ask(address)) == CARD
    assert events(Event.EVIDENCE_GATHERED) == 1


def test_a_callback_replayed_after_a_refusal_is_no_callback(visitor: Callable[..., Visitor]) -> None:
    phone = visitor()
    address = phone.depart(person("prepaid"))
    assert path_of(phone.ask(address)) == REFUSED
    again = phone.ask(address)
    assert (again.status_code, code_of(again)) == (400, "A-04")
    assert events(Event.ATTEMPT_REFUSED) == 1


@pytest.mark.parametrize("change", [{"state": None}, {"state": ""}, {"state": "x" * 5000}, {"state": "\0é🎉"}])
def test_a_callback_with_another_state_is_refused(visitor: Callable[..., Visitor], change: dict[str, str]) -> None:
    phone = visitor()
    address = phone.depart(CITIZEN)
    answer = phone.ask(changed(address, **change))
    assert (answer.status_code, code_of(answer)) == (400, "A-04")
    assert Attempt.objects.get().state == "sent"
    assert path_of(phone.ask(address)) == CARD, "and the true one still counts"


def test_somebody_elses_callback_is_refused(visitor: Callable[..., Visitor]) -> None:
    """A link that an attacker sends, made with the attacker's own line, must not prove the victim's attempt."""
    attacker, victim = visitor(), visitor()
    trap = attacker.depart(CITIZEN)
    victim.depart(OTHER)
    answer = victim.ask(trap)
    assert (answer.status_code, code_of(answer)) == (400, "A-04")
    nobody = visitor().open(LINE)
    answer = nobody.ask(trap)
    assert (answer.status_code, code_of(answer)) == (409, "A-01")
    assert set(Attempt.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"iss": "http://evil.example"}, "M-07"),
        ({"iss": None}, "M-07"),
        ({"iss": "\0"}, "M-07"),
        ({"iss": "http://operators.localhost\0/op/cht"}, "M-07"),
        ({"iss": "é🎉" * 500}, "M-07"),
        ({"code": None}, "M-12"),
        ({"code": "made-up"}, "M-12"),
        ({"code": "\0\r\n🎉"}, "M-12"),
        ({"code": None, "error": "access_denied"}, "M-01"),
        ({"code": None, "error": "server_error"}, "M-12"),
        ({"error": "<script>"}, "M-12"),
    ],
)
def test_what_no_operator_sends_proves_nothing(
    visitor: Callable[..., Visitor], change: dict[str, str | None], code: str
) -> None:
    phone = visitor()
    address = phone.depart(CITIZEN)
    assert path_of(phone.ask(changed(address, **change))) == REFUSED
    page = phone.open(REFUSED)
    assert page.code == code
    assert "<script>" not in page.page.text.partition("<main")[2].partition("</main")[0]
    assert set(lasting_rows().values()) == {0}


def test_made_up_codes_do_not_shut_the_operator_for_others(visitor: Callable[..., Visitor]) -> None:
    stranger = visitor()
    for _ in range(6):
        address = stranger.depart(CITIZEN)
        assert path_of(stranger.ask(changed(address, code="made-up"))) == REFUSED
    assert visitor().to_card(OTHER).path == CARD
    assert visitor().to_card(CITIZEN).path == CARD


def test_a_code_won_with_one_line_proves_no_other_number(visitor: Callable[..., Visitor]) -> None:
    """The browser types somebody else's number and comes back with a true code of its own line."""
    phone = visitor()
    address = phone.depart(CITIZEN, number=OTHER.types["phone"], id_number=OTHER.id_number)
    assert path_of(phone.ask(address)) == REFUSED
    assert phone.open(REFUSED).code == "M-08"


def test_a_code_of_another_attempt_of_the_same_browser_is_worthless(visitor: Callable[..., Visitor]) -> None:
    """Verifier and nonce belong to one departure: an injected code fails (RFC 9700, section 4.5)."""
    phone = visitor()
    first = phone.depart(CITIZEN)
    second = phone.depart(CITIZEN)
    mixed = changed(second, code=query_of(first)["code"])
    assert path_of(phone.ask(mixed)) == REFUSED
    assert phone.open(REFUSED).code == "M-12"
