"""What the APIs say about every kind of line, and what they refuse. All of it is held against the definitions."""

import pytest

from nhi_sandbox.personas import Persona, personas

from .conftest import Running
from .site_side import AGE, CAMARA, MATCH, NUMBER, SIM_SWAP, STATUS, TENURE, Site

PEOPLE = personas()
WORKING = [person for person in PEOPLE.values() if person.fault == "none"]


def _operator(sandbox: Running, person: Persona) -> str:
    line = sandbox.world.find_line(person.key)
    assert line is not None
    return sandbox.world.serving(line).code


@pytest.mark.skipif(CAMARA is None, reason="the CAMARA definitions are not in shared/camara beside the repository")
def test_traffic_is_checked_against_the_definitions(site: Site) -> None:
    assert CAMARA is not None
    with pytest.raises(KeyError):
        CAMARA.check_response("POST", MATCH, 418, {})
    assert site.ask("cht", MATCH, PEOPLE["citizen"].phone, {"idDocument": "x"}).status_code == 200


@pytest.mark.parametrize("person", WORKING, ids=lambda person: person.key)
def test_what_the_operator_says_about_a_persona(sandbox: Running, site: Site, person: Persona) -> None:
    operator = _operator(sandbox, person)
    assert site.call(operator, NUMBER, site.number_token(person.key, operator)).json() == {
        "devicePhoneNumber": person.phone
    }
    token = site.line_token(operator, person.phone)
    bodies = {
        MATCH: {"idDocument": person.id_number, "idDocumentType": "national_id_card"},
        TENURE: {"tenureDate": "2020-01-01"},
        STATUS: {},
        SIM_SWAP: {"maxAge": 72},
        AGE: {"ageThreshold": 0, "includeParentalControl": True},
    }
    answers = {api: site.call(operator, api, token, body) for api, body in bodies.items()}
    if person.kind == "ended":
        assert {answer.json()["code"] for answer in answers.values()} == {"IDENTIFIER_NOT_FOUND"}
        assert {answer.status_code for answer in answers.values()} == {404}
        return
    own_document = person.owner in {"", person.id_number}
    assert answers[MATCH].json()["idDocumentMatch"] == ("true" if own_document else "false")
    contract = {"prepaid": "PAYG", "company": "Business", "unknown": None}.get(person.kind, "PAYM")
    assert answers[TENURE].json().get("contractType") == contract
    assert answers[TENURE].json()["tenureDateCheck"] is True
    assert (answers[STATUS].json()["voiceSmsOut"] == "suspended") is (person.kind == "suspended")
    assert answers[SIM_SWAP].json() == {"swapped": person.key == "sim_changed"}
    assert answers[AGE].json()["parentalControl"] == ("true" if person.kind == "parent_child" else "false")


def test_the_operator_may_know_somebody_by_the_former_number_only(site: Site) -> None:
    person = PEOPLE["ui_changed"]
    for number, match in ((person.id_number, "false"), (person.former_id_numbers[0], "true")):
        body = {"idDocument": number, "idDocumentType": "residence_permit"}
        answer = site.ask("twm", MATCH, person.phone, body).json()
        assert answer == {"idDocumentMatch": match, "idDocumentTypeMatch": "true"}


def test_match_answers_what_was_asked_and_no_more(site: Site) -> None:
    answer = site.ask("cht", MATCH, PEOPLE["citizen"].phone, {"name": "陳月桃", "birthdate": "1986-04-12"})
    assert answer.json() == {"nameMatch": "not_available", "birthdateMatch": "not_available"}


def test_tenure_counts_from_the_day_the_line_was_taken(site: Site) -> None:
    phone = PEOPLE["citizen"].phone
    for day, held in (("2014-12-31", False), ("2015-01-01", True)):
        assert site.ask("cht", TENURE, phone, {"tenureDate": day}).json()["tenureDateCheck"] is held


def test_sim_swap_looks_back_as_far_as_asked(site: Site) -> None:
    phone = PEOPLE["sim_changed"].phone
    for body, swapped in (({"maxAge": 19}, False), ({"maxAge": 20}, True), ({}, True)):
        assert site.ask("cht", SIM_SWAP, phone, body).json() == {"swapped": swapped}


def test_age_is_told_from_the_birth_date(site: Site) -> None:
    phone = PEOPLE["citizen"].phone
    answer = site.ask("cht", AGE, phone, {"ageThreshold": 18, "includeContentLock": True}).json()
    assert answer == {"ageCheck": "true", "contentLock": "false"}
    assert site.ask("cht", AGE, phone, {"ageThreshold": 120}).json() == {"ageCheck": "false"}


@pytest.mark.parametrize(
    ("api", "body", "status", "code"),
    [
        (MATCH, {"idDocument": "A123456789", "unknown": 1}, 400, "INVALID_ARGUMENT"),
        (MATCH, {"idDocument": 5}, 400, "INVALID_ARGUMENT"),
        (MATCH, {"idDocument": "x", "idDocumentType": "library_card"}, 400, "INVALID_ARGUMENT"),
        (MATCH, {"birthdate": "2001-02-30"}, 400, "INVALID_ARGUMENT"),
        (MATCH, {}, 400, "KNOW_YOUR_CUSTOMER.INVALID_PARAM_COMBINATION"),
        (MATCH, [], 400, "INVALID_ARGUMENT"),
        (MATCH, {"idDocument": "x", "phoneNumber": "+886900000000"}, 403, "INVALID_TOKEN_CONTEXT"),
        (TENURE, {}, 400, "INVALID_ARGUMENT"),
        (TENURE, {"tenureDate": "01/02/2020"}, 400, "INVALID_ARGUMENT"),
        (TENURE, {"tenureDate": "2020-01-01", "phoneNumber": "+886900001011"}, 422, "UNNECESSARY_IDENTIFIER"),
        (STATUS, {"phoneNumber": "0900"}, 400, "INVALID_ARGUMENT"),
        (STATUS, {"phoneNumber": "+886900000000"}, 403, "INVALID_TOKEN_CONTEXT"),
        (STATUS, {"x": 1}, 400, "INVALID_ARGUMENT"),
        (SIM_SWAP, {"maxAge": 0}, 400, "OUT_OF_RANGE"),
        (SIM_SWAP, {"maxAge": 2401}, 400, "OUT_OF_RANGE"),
        (SIM_SWAP, {"maxAge": True}, 400, "INVALID_ARGUMENT"),
        (SIM_SWAP, {"phoneNumber": "+886900001011"}, 422, "UNNECESSARY_IDENTIFIER"),
        (AGE, {}, 400, "INVALID_ARGUMENT"),
        (AGE, {"ageThreshold": 121}, 400, "OUT_OF_RANGE"),
        (AGE, {"ageThreshold": 0, "includeParentalControl": "yes"}, 400, "INVALID_ARGUMENT"),
        (AGE, {"ageThreshold": 0, "phoneNumber": "+886900001011"}, 422, "UNNECESSARY_IDENTIFIER"),
    ],
)
def test_a_wrong_body_is_refused_with_its_code(site: Site, api: str, body: object, status: int, code: str) -> None:
    response = site.ask("cht", api, PEOPLE["citizen"].phone, body)
    assert (response.status_code, response.json()["status"], response.json()["code"]) == (status, status, code)


@pytest.mark.parametrize("api", [MATCH, STATUS])
def test_the_same_phone_number_may_be_repeated_where_it_is_compared(site: Site, api: str) -> None:
    phone = PEOPLE["citizen"].phone
    body = {"phoneNumber": phone, **({"idDocument": "x"} if api == MATCH else {})}
    assert site.ask("cht", api, phone, body).status_code == 200


def test_the_correlator_is_echoed_on_success_and_error(site: Site) -> None:
    token, headers = site.number_token("citizen", "cht"), {"x-correlator": "b4333c46-49c0/x"}
    for status in (200, 401):
        response = site.call("cht", NUMBER, token, headers=headers)
        assert (response.status_code, response.headers["x-correlator"]) == (status, headers["x-correlator"])
    wrong = site.call("cht", NUMBER, token, headers={"x-correlator": "a b"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "INVALID_ARGUMENT")
    assert "x-correlator" not in wrong.headers


def test_no_token_no_answer(site: Site) -> None:
    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer made-up"}):
        response = site.http.get(f"{site.back_base}/op/cht/{NUMBER}", headers=headers)
        assert (response.status_code, response.json()["code"]) == (401, "UNAUTHENTICATED")


def test_unknown_resources_and_methods(site: Site) -> None:
    assert site.http.post(f"{site.back_base}/op/cht/kyc-match/v9/match").status_code == 404
    assert site.http.post(f"{site.back_base}/op/nobody/{MATCH}").status_code == 404
    assert site.http.get(f"{site.back_base}/op/cht/{MATCH}").status_code == 405
    assert site.http.post(f"{site.back_base}/op/nobody/token").status_code == 404
