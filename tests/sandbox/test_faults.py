"""Operators that fail, one line or as a whole."""

import time

import httpx2
import pytest

from nhi_sandbox.lines import Fault
from nhi_sandbox.personas import personas

from .conftest import Running
from .site_side import AGE, MATCH, NUMBER, SIM_SWAP, STATUS, TENURE, Site


def _raw(site: Site, persona: str, operator: str, timeout: float = 20) -> httpx2.Response:
    token = site.number_token(persona, operator)
    headers = {"Authorization": f"Bearer {token}", "x-correlator": "c"}
    return site.http.get(f"{site.back_base}/op/{operator}/{NUMBER}", headers=headers, timeout=timeout)


def test_a_line_that_makes_the_operator_err(site: Site) -> None:
    response = _raw(site, "operator_error", "fet")
    assert (response.status_code, response.json()["code"]) == (500, "INTERNAL")
    assert response.headers["x-correlator"] == "c"


def test_a_line_that_makes_the_operator_talk_garbage(site: Site) -> None:
    response = _raw(site, "operator_garbage", "fet")
    assert response.status_code == 200
    with pytest.raises(ValueError, match=r"decode|Expecting|byte"):
        response.json()


def test_a_line_that_makes_the_operator_hang(site: Site) -> None:
    with pytest.raises(httpx2.ReadTimeout):
        _raw(site, "operator_hangs", "fet", timeout=0.5)
    assert personas()["operator_hangs"].line().fault.seconds == 30


def test_a_slow_line_gets_the_right_answers_after_about_two_seconds_in_all(site: Site) -> None:
    person = personas()["operator_slow"]
    begun = time.monotonic()
    assert _raw(site, person.key, "twm").json() == {"devicePhoneNumber": person.phone}
    token = site.line_token("twm", person.phone)
    questions: dict[str, object] = {
        STATUS: {},
        TENURE: {"tenureDate": "2020-01-01"},
        AGE: {"ageThreshold": 0},
        SIM_SWAP: {},
        MATCH: {"idDocument": person.id_number},
    }
    answers = [site.call("twm", api, token, body) for api, body in questions.items()]
    assert {answer.status_code for answer in answers} == {200}
    assert answers[-1].json() == {"idDocumentMatch": "true"}
    assert 1.9 < time.monotonic() - begun < 5
    assert Fault("slow").seconds == 2, "a whole operator that is slow takes two seconds for each answer"


def test_others_are_served_while_one_hangs(site: Site) -> None:
    with pytest.raises(httpx2.ReadTimeout):
        _raw(site, "operator_hangs", "fet", timeout=0.2)
    begun = time.monotonic()
    assert _raw(site, "citizen", "cht").status_code == 200
    assert time.monotonic() - begun < 1


def _break(site: Site, operator: str, **fault: object) -> httpx2.Response:
    return site.http.post(f"{site.back_base}/control/operators/{operator}", json=fault)


def test_a_whole_operator_is_broken_and_mended(site: Site) -> None:
    phone = personas()["citizen"].phone
    token = site.line_token("cht", phone)
    url, headers = f"{site.back_base}/op/cht/{STATUS}", {"Authorization": f"Bearer {token}"}
    assert _break(site, "cht", fault="error500").json() == {"operator": "cht", "kind": "error500", "delay": None}
    assert site.http.post(url, json={}, headers=headers).status_code == 500
    assert site.bearer("cht", phone).status_code == 500, "the token endpoint fails too"
    assert site.line_token("twm", personas()["new_ui"].phone), "other operators go on"
    _break(site, "cht", fault="none")
    assert site.http.post(url, json={}, headers=headers).status_code == 200


def test_an_operator_that_is_down_closes_the_connection(site: Site) -> None:
    token = site.line_token("cht", personas()["citizen"].phone)
    _break(site, "cht", fault="down")
    # What was sent may still lie unread when it closes; then the system says so more rudely.
    closed = (httpx2.RemoteProtocolError, httpx2.ReadError)
    with pytest.raises(closed):
        site.http.post(f"{site.back_base}/op/cht/{STATUS}", json={}, headers={"Authorization": f"Bearer {token}"})
    with pytest.raises(closed):
        site.bearer("cht", personas()["citizen"].phone)


def test_a_delay_of_ones_own(site: Site) -> None:
    token = site.line_token("cht", personas()["citizen"].phone)
    _break(site, "cht", fault="slow", delay=0.3)
    begun = time.monotonic()
    assert site.call("cht", STATUS, token, {}).status_code == 200
    assert 0.3 <= time.monotonic() - begun < 1.5


@pytest.mark.parametrize(
    "fault", [{}, {"fault": "funny"}, {"fault": 5}, {"fault": "slow", "delay": 1000}, {"fault": "slow", "delay": "x"}]
)
def test_a_fault_that_makes_no_sense_is_refused(sandbox: Running, site: Site, fault: dict[str, object]) -> None:
    assert _break(site, "cht", **fault).status_code == 400
    assert sandbox.world.operators["cht"].fault.kind == "none"


def test_only_operators_can_be_broken(site: Site) -> None:
    assert _break(site, "nobody", fault="none").status_code == 404
