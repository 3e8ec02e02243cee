"""Payroll systems prove themselves: one grant, one way to show the secret, tokens that die when they should."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from oauth2_provider.models import get_access_token_model
from oauth2_provider.settings import DEFAULTS, oauth2_settings

from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.core import clock
from nhi_express.core.limits import Limit
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.units.adapters.oauth import forget_expired
from nhi_express.units.flows.clients import MOST_CLIENTS, clients, desk_of, end_client, make_client
from nhi_express.units.flows.desk import Desk
from nhi_express.units.models import Client
from nhi_express.units.rules import OfficerRole, Source
from tests.counting import events
from tests.units.hearing import Heard
from tests.units.payroll import REVOKE, TOKEN, Payroll, basic, payroll_of, unit_of

pytestmark = pytest.mark.django_db
AccessToken = get_access_token_model()


@pytest.fixture
def desk(db: None) -> Desk:
    return unit_of("100000001")


@pytest.fixture
def payroll(desk: Desk) -> Payroll:
    return payroll_of(desk)


def test_a_client_gets_a_token_of_ten_minutes_for_the_one_scope(payroll: Payroll, desk: Desk) -> None:
    answer = payroll.ask_token()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    told = answer.json()
    assert {**told, "access_token": ""} == {
        "access_token": "",
        "expires_in": 600,
        "token_type": "Bearer",
        "scope": "units:lists",
    }
    assert len(told["access_token"]) >= 43
    acting = desk_of(f"Bearer {told['access_token']}")
    assert (acting.unit, acting.officer, acting.source) == (desk.unit, None, Source.API)


def test_neither_token_nor_secret_is_stored(payroll: Payroll) -> None:
    payroll.enter()
    token, client = AccessToken.objects.get(), Client.objects.get()
    stored = " ".join(str(value) for row in (token, client) for value in vars(row).values())
    assert payroll.token not in stored
    assert payroll.secret not in stored
    assert client.client_secret.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_last_use_is_when_a_token_was_given(payroll: Payroll, desk: Desk) -> None:
    assert clients(desk)[0].used_at is None
    payroll.enter()
    used = clients(desk)[0].used_at
    assert used is not None
    assert abs(clock.now() - used) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "invalid_request"),
        ("grant_type=password&username=a&password=b", "unsupported_grant_type"),
        ("grant_type=authorization_code&code=x", "unsupported_grant_type"),
        ("grant_type=refresh_token&refresh_token=x", "unsupported_grant_type"),
        ("grant_type=urn:ietf:params:oauth:grant-type:device_code", "unsupported_grant_type"),
        ("grant_type=client_credentials&scope=units:everything", "invalid_scope"),
        ("grant_type=client_credentials&grant_type=password", "unsupported_grant_type"),
        ("grant_type=client_credentials&resource=no-address", "invalid_target"),
        ("grant_type=client_credentials&scope=%00%ff", "invalid_scope"),
    ],
)
def test_nothing_but_client_credentials_is_granted(payroll: Payroll, body: str, error: str) -> None:
    answer = payroll.ask_token(body=body)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert not AccessToken.objects.exists()


def test_a_wrong_secret_and_an_unknown_client_are_told_alike(payroll: Payroll) -> None:
    wrong = payroll.ask_token(secret="wrong")
    unknown = Payroll("nobody", "wrong").ask_token()
    for answer in (wrong, unknown):
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic bm9jb2xvbg==", "Basic /w==", "Bearer x", "Basic AA=="])
def test_a_header_that_cannot_be_read_is_a_wrong_one(db: None, header: str) -> None:
    payroll = Payroll("", "")
    answer = payroll.browser.post(
        TOKEN,
        "grant_type=client_credentials",
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": header},
    )
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_a_secret_in_the_body_is_not_taken(payroll: Payroll) -> None:
    body = f"grant_type=client_credentials&client_id={payroll.client_id}&client_secret={payroll.secret}"
    for path in (TOKEN, REVOKE):
        answer = payroll.browser.post(path, f"{body}&token=x", content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
def test_only_a_form_is_read(payroll: Payroll, kind: str) -> None:
    answer = payroll.browser.post(TOKEN, b"{}", content_type=kind, headers=basic(*payroll.basic))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_parameters_in_the_address_are_refused(payroll: Payroll) -> None:
    answer = payroll.ask_token(query_params={"client_secret": "x"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_the_endpoints_take_posts_alone(payroll: Payroll) -> None:
    for path in (TOKEN, REVOKE):
        assert payroll.browser.get(path).status_code == 405


@pytest.mark.parametrize("path", ["authorize/", "introspect/", "applications/", "authorized_tokens/", "device/", ""])
def test_no_other_page_of_the_library_is_served(payroll: Payroll, path: str) -> None:
    for prefix in ("/api/oauth/", "/o/", "/oauth/"):
        assert payroll.browser.get(prefix + path).status_code == 404


def test_wrong_secrets_are_counted_for_each_source(payroll: Payroll) -> None:
    most = Limit.CLIENT_SECRET_SOURCE.value.tries
    codes = [payroll.ask_token(secret="wrong").status_code for _ in range(most + 1)]
    assert codes == [401] * most + [429]
    locked = payroll.ask_token()
    assert (locked.status_code, locked.headers["Content-Type"]) == (429, "application/problem+json")
    assert 0 < int(locked.headers["Retry-After"]) <= 15 * 60
    assert payroll.ask_token(REMOTE_ADDR="192.0.2.7").status_code == 200


def test_a_right_secret_wipes_the_count(payroll: Payroll) -> None:
    most = Limit.CLIENT_SECRET_SOURCE.value.tries
    for _ in range(2):
        assert {payroll.ask_token(secret="wrong").status_code for _ in range(most - 1)} == {401}
        assert payroll.ask_token().status_code == 200


def test_a_request_that_proves_nothing_wipes_no_count(payroll: Payroll) -> None:
    most = Limit.CLIENT_SECRET_SOURCE.value.tries
    for _ in range(most // 2):
        assert payroll.ask_token(secret="wrong").status_code == 401
        assert payroll.ask_token(secret="wrong", body="grant_type=password").status_code == 400
    assert payroll.ask_token().status_code == 429


def refused(header: str) -> Problem:
    with pytest.raises(Refused) as caught:
        desk_of(header)
    return caught.value.problem


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic x", "bearer", "Bearer \x00 é"])
def test_without_a_good_token_there_is_no_desk(db: None, header: str) -> None:
    assert refused(header) is Problem.API_CREDENTIALS


def test_a_token_ends_after_ten_minutes(payroll: Payroll) -> None:
    payroll.enter()
    with time_machine.travel(clock.now() + timedelta(seconds=590)):
        assert desk_of(f"Bearer {payroll.token}").officer is None
    with time_machine.travel(clock.now() + timedelta(seconds=601)):
        assert refused(f"Bearer {payroll.token}") is Problem.API_CREDENTIALS
        assert forget_expired() == 1
    assert not AccessToken.objects.exists()


def test_a_token_without_the_scope_opens_nothing(payroll: Payroll) -> None:
    payroll.enter()
    AccessToken.objects.update(scope="other")
    assert refused(f"Bearer {payroll.token}") is Problem.API_SCOPE


def test_a_token_made_for_another_place_opens_nothing(payroll: Payroll) -> None:
    payroll.token = payroll.ask_token(body="grant_type=client_credentials&resource=https://elsewhere.example/").json()[
        "access_token"
    ]
    assert refused(f"Bearer {payroll.token}") is Problem.API_CREDENTIALS


def test_a_revoked_token_is_dead(payroll: Payroll) -> None:
    payroll.enter()
    assert payroll.revoke(payroll.token).status_code == 200
    assert refused(f"Bearer {payroll.token}") is Problem.API_CREDENTIALS
    # RFC 7009, 2.2: what is not known is as good as revoked.
    assert payroll.revoke("unknown").status_code == 200


def test_nobody_revokes_the_token_of_another(payroll: Payroll) -> None:
    payroll.enter()
    assert payroll_of(unit_of("100000002")).revoke(payroll.token).status_code == 200
    assert desk_of(f"Bearer {payroll.token}").unit.code == "100000001"


def test_an_ended_client_gets_no_token_and_its_tokens_are_dead(payroll: Payroll, desk: Desk) -> None:
    payroll.enter()
    end_client(desk, payroll.client_id)
    assert not AccessToken.objects.exists()
    assert refused(f"Bearer {payroll.token}") is Problem.API_CREDENTIALS
    assert payroll.ask_token().json() == {"error": "invalid_client"}
    assert clients(desk) == []
    with pytest.raises(Refused) as again:
        end_client(desk, payroll.client_id)
    assert again.value.problem is Problem.NOT_FOUND


def test_a_token_given_while_its_client_was_ended_is_dead_too(payroll: Payroll) -> None:
    payroll.enter()
    Client.objects.update(ended_at=clock.now())
    assert refused(f"Bearer {payroll.token}") is Problem.API_CREDENTIALS


def test_making_and_ending_are_on_record_without_a_secret(desk: Desk) -> None:
    client, secret = make_client(desk, "Payroll")
    end_client(desk, client.client_id)
    assert (events(Event.CLIENT_MADE), events(Event.CLIENT_ENDED)) == (1, 1)
    assert secret not in str(list(Entry.objects.values_list("payload", flat=True)))


def test_only_the_responsible_person_of_this_very_unit_makes_and_ends_clients(desk: Desk) -> None:
    payroll = payroll_of(desk)
    helper, stranger = unit_of("100000001", OfficerRole.OFFICER), unit_of("100000002")
    agent = Desk(desk.unit, stranger.officer)
    for wrong in (helper, agent):
        with pytest.raises(Refused) as making:
            make_client(wrong, "Payroll")
        with pytest.raises(Refused) as ending:
            end_client(wrong, payroll.client_id)
        assert making.value.problem is ending.value.problem is Problem.RESPONSIBLE_ONLY
    with pytest.raises(Refused) as foreign:
        end_client(stranger, payroll.client_id)
    assert foreign.value.problem is Problem.NOT_FOUND
    assert [one.client_id for one in clients(helper)] == [payroll.client_id]
    assert clients(agent) == []


def test_a_unit_has_no_more_clients_than_it_may(desk: Desk) -> None:
    for number in range(MOST_CLIENTS):
        make_client(desk, f"Payroll {number}")
    with pytest.raises(Refused) as caught:
        make_client(desk, "One more")
    assert caught.value.problem is Problem.TOO_MANY_CLIENTS


def test_all_that_the_library_offers_of_rfc_9700_is_on() -> None:
    gates = [name for name in DEFAULTS if name.startswith("COMPLIANT_BCP_")]
    assert len(gates) >= 10
    assert {name: getattr(oauth2_settings, name) for name in gates} == dict.fromkeys(gates, True)
    told = io.StringIO()
    call_command("check", deploy=True, stdout=told, stderr=told)
    assert "oauth2_provider" not in told.getvalue()


def test_no_page_for_users_of_django_is_installed() -> None:
    theirs = {name for name in settings.INSTALLED_APPS if name.startswith("django.contrib.")}
    assert theirs == {"django.contrib.staticfiles", "django.contrib.contenttypes", "django.contrib.auth"}


def test_no_log_tells_a_secret_or_a_token(payroll: Payroll, heard: Heard) -> None:
    payroll.enter()
    payroll.ask_token(secret="this-is-wrong")
    payroll.revoke(payroll.token)
    said = " ".join(heard.said)
    for secret in (payroll.secret, payroll.token, "this-is-wrong", basic(*payroll.basic)["Authorization"]):
        assert secret not in said
