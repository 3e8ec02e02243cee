"""The browser's side: who gets a code, who is sent back, who is not redirected at all."""

from typing import Any

import pytest

from nhi_sandbox.personas import personas

from .conftest import Running
from .site_side import NUMBER_SCOPE, PURPOSE, Site


def test_a_phone_on_mobile_data_comes_back_with_a_code_from_its_operator(site: Site) -> None:
    with site.phone("citizen") as phone:
        answer = site.authorize(phone)
    assert answer["code"]
    assert answer["state"] == "the-state"
    assert answer["iss"] == f"{site.browser_base}/op/cht"


@pytest.mark.parametrize(("persona", "operator"), [("old_tstar", "twm"), ("mvno", "mvno"), ("unlisted", "other")])
def test_the_gateway_routes_to_the_operator_that_serves_the_line_today(site: Site, persona: str, operator: str) -> None:
    with site.phone(persona) as phone:
        assert site.authorize(phone)["iss"] == f"{site.browser_base}/op/{operator}"


@pytest.mark.parametrize(("persona", "network"), [("wifi", ""), ("vpn", ""), ("citizen", "wifi"), ("", "")])
def test_without_mobile_data_or_sim_the_site_is_told_so(site: Site, persona: str, network: str) -> None:
    with site.phone(persona, network) as phone:
        answer = site.authorize(phone)
    assert answer["error"] == "access_denied"
    assert answer["error_description"] == "USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK"
    assert answer["iss"] == f"{site.browser_base}/gateway"
    assert answer["state"] == "the-state"
    assert "code" not in answer


def test_another_operator_does_not_know_the_phone(site: Site) -> None:
    with site.phone("citizen") as phone:
        answer = site.authorize(phone, "/op/twm/authorize")
    assert answer["error"] == "access_denied"


@pytest.mark.parametrize("wrong", ["client_id", "redirect_uri"])
@pytest.mark.parametrize("value", [None, "http://evil.example/", "http://app.localhost:8000/app/bind/mobile/back/x"])
@pytest.mark.parametrize("start", ["/gateway/authorize", "/op/cht/authorize"])
def test_a_foreign_client_or_address_is_never_redirected(site: Site, wrong: str, value: Any, start: str) -> None:
    with site.phone("citizen") as phone:
        response = site.open_gateway(phone, start, **{wrong: value})
    assert response.status_code == 400
    assert "location" not in response.headers
    assert "evil.example" not in response.text


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": NUMBER_SCOPE.replace(PURPOSE, "")}, "invalid_scope"),
        ({"scope": f"{NUMBER_SCOPE} dpv:Marketing"}, "invalid_scope"),
        ({"scope": f"{NUMBER_SCOPE} {PURPOSE}"}, "invalid_scope"),
        ({"scope": f"{NUMBER_SCOPE} kyc-match:match"}, "invalid_scope"),
    ],
)
def test_a_wrong_request_goes_back_with_the_error(site: Site, query: dict[str, Any], error: str) -> None:
    with site.phone("citizen") as phone:
        answer = site.authorize(phone, **query)
    assert (answer["error"], answer["state"]) == (error, "the-state")


def test_a_parameter_given_twice_is_refused(site: Site) -> None:
    with site.phone("citizen") as phone:
        url = str(site.open_gateway(phone).request.url) + "&state=other"
        response = phone.get(url, follow_redirects=False)
    assert "error=invalid_request" in response.headers["location"]


def test_the_gateway_says_so_when_an_operator_is_down(sandbox: Running, site: Site) -> None:
    site.http.post(f"{site.back_base}/control/operators/cht", json={"fault": "down"}).raise_for_status()
    with site.phone("citizen") as phone:
        assert site.authorize(phone)["error"] == "temporarily_unavailable"


def test_every_persona_is_known_to_an_operator_and_types_valid_things(sandbox: Running) -> None:
    for person in personas().values():
        line = sandbox.world.find_line(person.key)
        assert line is not None
        assert line.msisdn == person.phone
        assert person.types["phone"].startswith("09")
        assert len(person.types["phone"]) == 10
        assert len(person.types["last4"]) == 4
