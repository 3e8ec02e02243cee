"""The token rules of the CAMARA security profile, each broken once."""

import secrets
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from .conftest import Running
from .site_side import AGE, CLIENT_ID, LINE_SCOPE, MATCH, NUMBER, PURPOSE, Site

LINE = "+886900001011"  # the persona "citizen"


def _error(response: object) -> tuple[int, str]:
    return response.status_code, response.json()["error"]  # type: ignore[attr-defined]


def test_a_code_gives_an_access_token_and_a_signed_id_token(site: Site) -> None:
    with site.phone("citizen") as phone:
        answer = site.redeem("cht", site.authorize(phone))
    body = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] <= 300
    assert "refresh_token" not in body
    metadata = site.http.get(f"{site.back_base}/op/cht/.well-known/openid-configuration").json()
    keys = KeySet.import_key_set(site.http.get(metadata["jwks_uri"]).json())
    claims = jwt.decode(body["id_token"], keys, algorithms=["ES256"]).claims
    assert claims["iss"] == metadata["issuer"] == f"{site.browser_base}/op/cht"
    assert metadata["token_endpoint"] == site.token_endpoint("cht")
    assert (claims["aud"], claims["nonce"], claims["amr"]) == (CLIENT_ID, "the-nonce", ["nba"])
    assert claims["auth_time"] <= claims["iat"] < claims["exp"]
    assert LINE.removeprefix("+") not in str(claims)


def test_the_subject_is_the_same_for_the_same_line_and_hides_the_number(site: Site) -> None:
    def subject(persona: str, operator: str) -> object:
        with site.phone(persona) as phone:
            token = site.redeem(operator, site.authorize(phone)).json()["id_token"]
        return jwt.decode(
            token,
            KeySet.import_key_set(site.http.get(f"{site.back_base}/op/{operator}/jwks.json").json()),
            algorithms=["ES256"],
        ).claims["sub"]

    assert subject("citizen", "cht") == subject("citizen", "cht") != subject("locked", "cht")


def test_a_number_token_works_once(site: Site) -> None:
    token = site.number_token("citizen", "cht")
    assert site.call("cht", NUMBER, token).json() == {"devicePhoneNumber": LINE}
    again = site.call("cht", NUMBER, token)
    assert (again.status_code, again.json()["code"]) == (401, "UNAUTHENTICATED")


def test_a_code_works_once_and_its_second_use_takes_the_token_back(site: Site) -> None:
    with site.phone("citizen") as phone:
        answer = site.authorize(phone)
    token = site.redeem("cht", answer).json()["access_token"]
    assert _error(site.redeem("cht", answer)) == (400, "invalid_grant")
    assert site.call("cht", NUMBER, token).status_code == 401


def test_a_code_lives_sixty_seconds(site: Site) -> None:
    with site.phone("citizen") as phone:
        early, late = site.authorize(phone), site.authorize(phone)
    site.clock.ahead = 58
    assert site.redeem("cht", early).status_code == 200
    site.clock.ahead = 61
    assert _error(site.redeem("cht", late)) == (400, "invalid_grant")


def test_an_access_token_lives_three_hundred_seconds(site: Site) -> None:
    token = site.line_token("cht", LINE)
    site.clock.ahead = 301
    assert site.call("cht", AGE, token, {"ageThreshold": 0}).status_code == 401


@pytest.mark.parametrize(
    "form",
    [
        {"code": "made-up"},
        {"code_verifier": secrets.token_urlsafe(48)},
        {"code_verifier": ""},
        {"redirect_uri": "http://app.localhost:8000/elsewhere"},
    ],
)
def test_a_code_fits_only_its_own_request(site: Site, form: dict[str, str]) -> None:
    with site.phone("citizen") as phone:
        answer = site.authorize(phone)
    assert _error(site.redeem("cht", answer, **form)) == (400, "invalid_grant")


def test_a_code_of_one_operator_is_nothing_to_another(site: Site) -> None:
    with site.phone("citizen") as phone:
        answer = site.authorize(phone)
    assert _error(site.redeem("twm", answer)) == (400, "invalid_grant")


CLAIMS_REFUSED: list[dict[str, Any]] = [
    {"exp": 301},
    {"iat": 5},
    {"exp": -1, "iat": -10},
    {"iat": -200, "exp": 200},
    {"iss": "somebody"},
    {"aud": "http://127.0.0.1:1/op/cht/token"},
    {"aud": None},
    {"jti": None},
    {"jti": ""},
    {"exp": None},
    {"iat": None},
]


def _from_now(site: Site, claims: dict[str, Any]) -> dict[str, Any]:
    now = int(site.clock())
    return {name: now + value if isinstance(value, int) else value for name, value in claims.items()}


@pytest.mark.parametrize("claims", [*CLAIMS_REFUSED, {"sub": "somebody"}], ids=str)
def test_a_wrong_client_assertion_is_refused(site: Site, claims: dict[str, Any]) -> None:
    with site.phone("citizen") as phone:
        answer = site.authorize(phone)
    response = site.redeem("cht", answer, **site.client_auth("cht", **_from_now(site, claims)))
    assert _error(response) == (401, "invalid_client")
    assert site.redeem("cht", answer).status_code == 200, "a refused client must not use the code up"


@pytest.mark.parametrize("claims", CLAIMS_REFUSED, ids=str)
def test_a_wrong_grant_assertion_is_refused(site: Site, claims: dict[str, Any]) -> None:
    assert _error(site.bearer("cht", LINE, **_from_now(site, claims))) == (400, "invalid_grant")


def test_the_issuer_will_do_as_audience_of_a_client_but_not_of_a_grant(site: Site) -> None:
    issuer = f"{site.browser_base}/op/cht"
    assert site.bearer("cht", LINE, site.client_auth("cht", aud=issuer)).status_code == 200
    assert site.bearer("cht", LINE, site.client_auth("cht", aud=[issuer, "x"])).status_code == 200
    assert _error(site.bearer("cht", LINE, aud=issuer)) == (400, "invalid_grant")


def test_an_assertion_works_once(site: Site) -> None:
    auth = site.client_auth("cht")
    assert site.bearer("cht", LINE, auth).status_code == 200
    assert _error(site.bearer("cht", LINE, auth)) == (401, "invalid_client")
    assert site.bearer("cht", LINE, jti="once").status_code == 200
    assert _error(site.bearer("cht", LINE, jti="once")) == (400, "invalid_grant")


def test_foreign_signatures_and_other_algorithms_are_refused(site: Site) -> None:
    stranger = ECKey.generate_key("P-256", {"kid": "stranger"})
    none = "eyJhbGciOiJub25lIn0.e30."
    for assertion in (
        site.signed("cht", key=stranger),
        site.signed("cht", key=stranger, kid="site-1"),
        none,
        "not.a.jwt",
        "",
    ):
        form = {**site.client_auth("cht"), "client_assertion": assertion}
        assert _error(site.bearer("cht", LINE, form)) == (401, "invalid_client")


def test_a_grant_assertion_authenticates_the_client_by_itself(site: Site) -> None:
    assertion = site.signed("cht", sub=f"tel:{LINE}", scope=LINE_SCOPE)
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    response = site.http.post(site.token_endpoint("cht"), data={"grant_type": grant, "assertion": assertion})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "scope",
    [None, "", "kyc-match:match", f"{LINE_SCOPE} dpv:Marketing", f"{LINE_SCOPE} {PURPOSE}", f"{PURPOSE} openid", 5],
)
def test_scopes_of_a_grant_have_exactly_one_purpose(site: Site, scope: object) -> None:
    assert _error(site.bearer("cht", LINE, scope=scope)) == (400, "invalid_scope")


def test_the_scope_parameter_is_forbidden(site: Site) -> None:
    assert _error(site.bearer("cht", LINE, {"scope": LINE_SCOPE})) == (400, "invalid_request")


@pytest.mark.parametrize("subject", [LINE, "tel:0900001011", "tel:+886900009999", "tel:+886900001022", None, ""])
def test_the_subject_is_a_line_of_this_operator(site: Site, subject: str | None) -> None:
    assert _error(site.bearer("cht", LINE, sub=subject)) == (400, "invalid_grant")


def test_a_client_secret_or_no_authentication_is_refused(site: Site) -> None:
    with site.phone("citizen") as phone:
        answer = site.authorize(phone)
    assert _error(site.redeem("cht", answer, client_secret="x")) == (401, "invalid_client")
    assert _error(site.redeem("cht", answer, client_assertion_type="")) == (401, "invalid_client")


def test_other_grants_and_doubled_parameters_are_refused(site: Site) -> None:
    url, form = site.token_endpoint("cht"), "application/x-www-form-urlencoded"
    assert _error(site.http.post(url, data={"grant_type": "client_credentials"})) == (400, "unsupported_grant_type")
    doubled = site.http.post(url, content="grant_type=a&grant_type=b", headers={"content-type": form})
    assert _error(doubled) == (400, "invalid_request")


def test_a_token_opens_only_its_scopes_at_its_operator(site: Site) -> None:
    narrow = site.line_token("cht", LINE, scope=f"{PURPOSE} kyc-match:match")
    assert site.call("cht", MATCH, narrow, {"idDocument": "A123456789"}).status_code == 200
    refused = site.call("cht", AGE, narrow, {"ageThreshold": 0})
    assert (refused.status_code, refused.json()["code"]) == (403, "PERMISSION_DENIED")
    assert site.call("twm", MATCH, narrow, {"idDocument": "A123456789"}).status_code == 401
    number = site.number_token("citizen", "cht")
    assert site.call("cht", MATCH, number, {"idDocument": "A123456789"}).status_code == 403
    assert site.call("cht", NUMBER, number).status_code == 200, "a refusal elsewhere must not use the token up"


def test_the_memory_of_codes_and_tokens_is_bounded(sandbox: Running, site: Site) -> None:
    site.line_token("cht", LINE)
    site.clock.ahead = 1000
    site.line_token("cht", LINE)
    assert len(sandbox.world.grants._values) == 1
    assert len(sandbox.world.assertions_seen._values) == 2
