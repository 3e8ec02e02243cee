"""Clients of the API at the desk: made, shown once, listed, ended; by the responsible person alone."""

from __future__ import annotations

import re

import pytest

from nhi_express.units.models import Client
from tests.units.duties import FIRM, HEAD, NEIGHBOUR, OFFICER, Computer, desk_of, founded, hired, secret_of, shown
from tests.units.payroll import Payroll

pytestmark = pytest.mark.usefixtures("people")
PAGE = "/units/clients/"


@pytest.fixture
def head(people: None) -> Computer:
    founded()
    return Computer(secret_of(HEAD))


def made(computer: Computer, name: str = "示範薪資系統") -> Payroll:
    """Make a client on the page, and read its id and secret from the answer."""
    answer = computer.post(PAGE, name=name)
    assert answer.status_code == 200
    found = [re.search(rf'id="client-{what}">([\w-]+)<', answer.content.decode()) for what in ("id", "secret")]
    client_id, secret = (one.group(1) for one in found if one)
    return Payroll(client_id, secret)


def test_a_client_that_was_made_on_the_page_gets_tokens(head: Computer) -> None:
    payroll = made(head)
    assert payroll.enter().get("/lists").json() == {"lists": []}


def test_the_secret_is_shown_once_and_kept_by_nobody(head: Computer) -> None:
    payroll = made(head)
    page = head.get(PAGE)
    assert payroll.client_id in page.content.decode()
    assert payroll.secret not in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"


def test_the_list_tells_the_last_use_and_who_made_it(head: Computer) -> None:
    payroll = made(head)
    assert "not used yet" in head.get(PAGE).content.decode()
    payroll.enter()
    told = head.get(PAGE).content.decode()
    assert "last used" in told
    assert desk_of(HEAD).officer is not None
    assert "○" in told


def test_ending_asks_first_and_then_holds_at_once(head: Computer) -> None:
    payroll = made(head).enter()
    path = f"{PAGE}{payroll.client_id}/end"
    assert "示範薪資系統" in head.get(path).content.decode()
    assert payroll.get("/lists").status_code == 200
    assert head.post(path).headers["Location"] == PAGE
    assert (payroll.get("/lists").status_code, payroll.ask_token().status_code) == (401, 401)
    assert head.get(path).status_code == 404


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_is_needed(head: Computer, name: str) -> None:
    answer = head.post(PAGE, name=name)
    assert answer.status_code == 400
    assert "I-" in answer.content.decode()
    assert not Client.objects.exists()


def test_a_name_is_shown_as_text(head: Computer) -> None:
    made(head, "<script>alert(1)</script>")
    assert "<script>alert" not in head.get(PAGE).content.decode()


def test_other_officers_see_clients_but_neither_make_nor_end_them(head: Computer) -> None:
    payroll = made(head)
    hired(OFFICER)
    helper = Computer(secret_of(OFFICER))
    told = helper.get(PAGE).content.decode()
    assert payroll.client_id in told
    assert "/end" not in told
    assert 'action="/units/clients/"' not in told
    assert helper.post(PAGE, name="Mine").status_code == 403
    assert helper.post(f"{PAGE}{payroll.client_id}/end").status_code == 403
    assert payroll.ask_token().status_code == 200


def test_an_agent_sees_nothing_of_the_clients_of_whom_it_acts_for(head: Computer) -> None:
    from nhi_express.units.flows import mandates
    from nhi_sandbox.units import named_units

    payroll = made(head)
    founded("firm")
    mandates.grant(desk_of(HEAD), named_units()["firm"].code)
    agent = Computer(secret_of(FIRM, "sandbox"))
    assert payroll.client_id not in agent.get(PAGE).content.decode()
    assert agent.get(f"{PAGE}{payroll.client_id}/end").status_code == 404
    assert agent.post(f"{PAGE}{payroll.client_id}/end").status_code == 403


def test_another_unit_finds_nothing(head: Computer) -> None:
    payroll = made(head)
    founded("neighbour")
    stranger = Computer(secret_of(NEIGHBOUR))
    assert payroll.client_id not in stranger.get(PAGE).content.decode()
    assert stranger.post(f"{PAGE}{payroll.client_id}/end").status_code == 404


def test_who_is_not_signed_in_is_led_to_signing_in(people: None) -> None:
    assert Computer().get(PAGE).headers["Location"].startswith("/units/?next=")


def test_at_most_ten_clients(head: Computer) -> None:
    for number in range(10):
        made(head, f"System {number}")
    answer = head.post(PAGE, name="One more")
    assert answer.status_code == 409
    assert "U-42" in answer.content.decode()


def test_the_page_tells_where_the_api_is(head: Computer) -> None:
    assert "/api/oauth/token" in shown(HEAD, PAGE).content.decode()
