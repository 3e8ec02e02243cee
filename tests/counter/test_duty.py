"""Staff sign in with a passkey and nothing else; clerks only from their office."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from nhi_express.audit.catalogue import Event
from nhi_express.audit.models import Entry
from nhi_express.core import clock
from nhi_express.core.config import config
from nhi_express.counter.flows import accounts, duty
from nhi_express.counter.models import Office, Staff, StaffPasskey
from nhi_express.counter.rules import POWERS, Power, Purpose, Role, StaffState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_sandbox.passkey import Authenticator
from tests.counter.workplace import AWAY, HERE, Worker, code_for, hired, office, visit


def test_duties_are_separate() -> None:
    touching_members = {Power.DESK, Power.LOOK_UP, Power.APPROVE}
    assert not POWERS[Role.ADMINISTRATOR] & touching_members
    assert POWERS[Role.AUDITOR] == {Power.LOG}
    assert not POWERS[Role.HOTLINE] & {Power.DESK, Power.APPROVE}
    assert all(Power.ACCOUNTS not in powers for role, powers in POWERS.items() if role is not Role.ADMINISTRATOR)


def test_an_account_begins_with_a_code_and_goes_on_with_a_passkey(admin: Worker) -> None:
    clerk = hired(admin, Role.CLERK)
    assert clerk.on_duty.staff.state == StaffState.ACTIVE
    duty.sign_out(clerk.on_duty)
    assert duty.on_duty(clerk.secret, HERE) is None
    assert clerk.signs_in().on_duty.role is Role.CLERK


@pytest.mark.parametrize("mangled", ["AAAA-AAAA-AAAA", "", "0" * 200])
def test_a_wrong_first_time_code_is_refused_like_a_wrong_account(admin: Worker, mangled: str) -> None:
    staff, code = _invited(admin)
    for account, typed in ((duty.called(staff).account, mangled), ("nobody", code)):
        with pytest.raises(Refused) as refusal:
            duty.redeem_code(account, typed, AWAY)
        assert refusal.value.problem is Problem.STAFF_CODE_WRONG


def _invited(admin: Worker) -> tuple[Staff, str]:
    staff = accounts.make(admin.on_duty, accounts.NewStaff("agent.new", "新客服", Role.HOTLINE, None, None))
    return staff, code_for(staff)


def test_a_first_time_code_ends(admin: Worker) -> None:
    staff, code = _invited(admin)
    late = clock.now() + timedelta(hours=config().staff_code_hours, minutes=1)
    with time_machine.travel(late, tick=False), pytest.raises(Refused) as refusal:
        duty.redeem_code(duty.called(staff).account, code, HERE)
    assert refusal.value.problem is Problem.STAFF_CODE_WRONG


def test_a_first_time_code_is_good_once(admin: Worker) -> None:
    staff, code = _invited(admin)
    first, second = (duty.redeem_code(duty.called(staff).account, code, HERE) for _ in range(2))
    _make(first)
    with pytest.raises(Refused) as refusal:
        _make(second)
    assert refusal.value.problem is Problem.STAFF_CODE_WRONG
    assert StaffPasskey.objects.filter(staff=staff).count() == 1


def _make(ticket: str, authenticator: Authenticator | None = None) -> str:
    asked = duty.first_options(ticket)
    made = (authenticator or Authenticator()).create(asked["passkey"], config().site_url)
    return duty.keep_first_passkey(ticket, asked["token"], json.dumps(made), HERE)


def test_guessing_codes_from_one_source_is_stopped(admin: Worker) -> None:
    staff, code = _invited(admin)
    for _ in range(10):
        with pytest.raises(Refused):
            duty.redeem_code(duty.called(staff).account, "0000-0000-0000", AWAY)
    with pytest.raises(Refused) as refusal:
        duty.redeem_code(duty.called(staff).account, code, AWAY)
    assert refusal.value.problem is Problem.LOCKED
    assert duty.redeem_code(duty.called(staff).account, code, HERE), "elsewhere the right code still works"


def test_a_clerk_works_only_from_the_offices_network(admin: Worker) -> None:
    clerk = hired(admin, Role.CLERK)
    with pytest.raises(Refused) as refusal:
        clerk.signs_in(AWAY)
    assert refusal.value.problem is Problem.WRONG_NETWORK
    assert [one["problem"] for one in _payloads(Event.STAFF_REFUSED)] == [Problem.WRONG_NETWORK.value.code]


def test_a_session_holds_only_where_it_began(admin: Worker) -> None:
    assert duty.on_duty(admin.secret, HERE)
    assert duty.on_duty(admin.secret, AWAY) is None


def test_sessions_end_by_themselves(admin: Worker) -> None:
    idle = clock.now() + timedelta(minutes=config().staff_idle_minutes, seconds=5)
    with time_machine.travel(idle, tick=False):
        assert duty.on_duty(admin.secret, HERE) is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [("rawId", Problem.PASSKEY_FAILED), ("signature", Problem.PASSKEY_FAILED), ("stranger", Problem.STAFF_REFUSED)],
)
def test_a_passkey_that_does_not_hold(admin: Worker, change: str, problem: Problem) -> None:
    asked = duty.sign_in_options()
    authenticator = admin.authenticator
    if change == "stranger":
        authenticator = Authenticator()
        authenticator.create(_more(admin)["passkey"], config().site_url)
    answer = authenticator.get(asked["passkey"], config().site_url)
    if change == "rawId":
        answer["rawId"] = 7
    elif change == "signature":
        answer["response"]["signature"] = "AAAA"
    with pytest.raises(Refused) as refusal:
        duty.sign_in(asked["token"], answer, HERE)
    assert refusal.value.problem is problem


def test_an_answer_is_good_once_and_a_counter_that_stands_still_is_refused(admin: Worker) -> None:
    asked = duty.sign_in_options()
    answer = admin.authenticator.get(asked["passkey"], config().site_url)
    assert duty.sign_in(asked["token"], answer, HERE)
    with pytest.raises(Refused) as refusal:
        duty.sign_in(asked["token"], answer, HERE)
    assert refusal.value.problem is Problem.PASSKEY_FAILED


def test_one_more_passkey_and_one_less(admin: Worker) -> None:
    second, asked = Authenticator(), _more(admin)
    duty.keep_passkey(admin.on_duty, asked["token"], json.dumps(second.create(asked["passkey"], config().site_url)))
    old, new = duty.passkeys(admin.on_duty)
    duty.remove_passkey(admin.on_duty, old.pk)
    with pytest.raises(Refused) as refusal:
        duty.remove_passkey(admin.on_duty, new.pk)
    assert refusal.value.problem is Problem.ACT_NOT_POSSIBLE, "the last one stays"
    admin.authenticator = second
    assert admin.signs_in().on_duty


def _more(worker: Worker, using: Authenticator | None = None) -> dict[str, Any]:
    """Ask for one more passkey, with an answer of one's own or another's."""
    asked = duty.sign_in_options()
    answer = (using or worker.authenticator).get(asked["passkey"], config().site_url)
    return duty.more_options(worker.on_duty, asked["token"], answer)


def test_whoever_finds_a_desk_unlocked_cannot_add_a_passkey(admin: Worker) -> None:
    """A colleague's own passkey proves nothing about whose desk it is, and an answer is good once."""
    clerk, colleague = hired(admin, Role.CLERK), hired(admin, Role.CLERK)
    desk = clerk.browser()
    for sent in ({}, {"token": duty.sign_in_options()["token"], "assertion": {}}):
        answer = desk.post("/staff/passkeys/options", json.dumps(sent), content_type="application/json")
        assert answer.status_code >= 400
    with pytest.raises(Refused) as refusal:
        _more(clerk, using=colleague.authenticator)
    assert refusal.value.problem is Problem.PASSKEY_FAILED
    asked = duty.sign_in_options()
    own = clerk.authenticator.get(asked["passkey"], config().site_url)
    duty.more_options(clerk.on_duty, asked["token"], own)
    with pytest.raises(Refused):
        duty.more_options(clerk.on_duty, asked["token"], own)
    assert StaffPasskey.objects.filter(staff=clerk.staff).count() == 1


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(clerk: Worker) -> None:
    at = visit(clerk, "citizen", Purpose.REGISTER)
    begun, limit = clock.now(), config().staff_idle_minutes
    for minute in range(1, limit, 3):
        with time_machine.travel(begun + timedelta(minutes=minute), tick=False):
            assert clerk.browser().get(f"/staff/desk/{at.case.id}/state").status_code == 200
    with time_machine.travel(begun + timedelta(minutes=limit, seconds=5), tick=False):
        asked = clerk.browser().get(f"/staff/desk/{at.case.id}/state", headers={"accept": "application/json"})
        assert asked.status_code == 401
        assert clerk.browser().get("/staff/desk/").headers["location"].startswith("/staff/?next=")


def test_a_touch_begins_the_idle_time_anew(clerk: Worker) -> None:
    begun, limit = clock.now(), config().staff_idle_minutes
    with time_machine.travel(begun + timedelta(minutes=limit - 1), tick=False):
        assert clerk.browser().get("/staff/stay").status_code == 200
    with time_machine.travel(begun + timedelta(minutes=limit + 1), tick=False):
        assert clerk.browser().get("/staff/desk/").status_code == 200


def test_an_office_that_loses_a_network_loses_its_clerks_at_once(admin: Worker) -> None:
    clerk = hired(admin, Role.CLERK)
    Office.objects.update(networks=[f"{AWAY}/32"])
    assert clerk.browser().get("/staff/desk/").status_code == 302
    assert duty.on_duty(clerk.secret, HERE) is None
    assert admin.on_duty, "who works at no office stays"


def test_a_page_leaves_when_its_time_is_over(admin: Worker) -> None:
    """The dialog's script goes to the way in, so that nothing of a person stays on the glass."""
    assert 'data-leave="/staff/"' in admin.browser().get("/staff/").content.decode()


def test_a_closed_account_is_out_at_once(admin: Worker) -> None:
    clerk = hired(admin, Role.CLERK)
    accounts.close(admin.on_duty, clerk.staff.pk)
    assert duty.on_duty(clerk.secret, HERE) is None
    with pytest.raises(Refused) as refusal:
        clerk.signs_in()
    assert refusal.value.problem is Problem.STAFF_REFUSED


def test_nobody_closes_their_own_account_and_no_second_first_administrator(admin: Worker) -> None:
    with pytest.raises(Refused) as refusal:
        accounts.close(admin.on_duty, admin.staff.pk)
    assert refusal.value.problem is Problem.APPROVAL_OWN
    with pytest.raises(Refused):
        accounts.make_first_administrator("second", "另一位")


def test_a_new_code_ends_passkeys_and_sessions(admin: Worker) -> None:
    agent = hired(admin, Role.HOTLINE)
    accounts.new_code(admin.on_duty, agent.staff.pk)
    assert duty.on_duty(agent.secret, HERE) is None, "at once, whoever has their laptop"
    agent.authenticator = Authenticator()
    assert agent.begins(code_for(agent.staff)).on_duty


def test_a_clerk_who_moves_is_signed_out_and_signs_in_at_the_new_office(admin: Worker) -> None:
    clerk = hired(admin, Role.CLERK)
    elsewhere = office("central", networks=(f"{AWAY}/32",))
    accounts.move(admin.on_duty, clerk.staff.pk, elsewhere)
    assert duty.on_duty(clerk.secret, HERE) is None
    with pytest.raises(Refused):
        clerk.signs_in(HERE)
    assert duty.on_duty(clerk.signs_in(AWAY).secret, AWAY)


def test_reaching_too_far_is_refused_and_on_record(admin: Worker) -> None:
    clerk = hired(admin, Role.CLERK)
    answer = clerk.browser().get("/staff/accounts/")
    assert (answer.status_code, "S-03" in answer.content.decode()) == (403, True)
    assert _payloads(Event.STAFF_OVERREACHED)[-1]["staff"] == str(clerk.staff.pk)


def test_strangers_are_led_to_signing_in_and_their_forms_are_refused(db: None) -> None:
    assert Client().get("/staff/accounts/").headers["location"] == "/staff/?next=%2Fstaff%2Faccounts%2F"
    assert Client().post("/staff/accounts/").status_code == 401


def test_the_whole_way_by_browser(admin: Worker) -> None:
    staff, code = _invited(admin)
    browser, authenticator = Client(), Authenticator()
    shown = browser.post(
        "/staff/first/", {"account": duty.called(staff).account.upper(), "code": code.lower()}
    ).content.decode()
    ticket = shown.split('data-ticket="')[1].split('"')[0]
    asked = _post(browser, "/staff/first/options", {"ticket": ticket})
    made = json.dumps(authenticator.create(asked["passkey"], config().site_url))
    _post(browser, "/staff/first/keep", {"ticket": ticket, "token": asked["token"], "passkey": made})
    assert "新客服" in browser.get("/staff/").content.decode()
    assert browser.post("/staff/sign-out").status_code == 302
    asked = _post(browser, "/staff/challenge", {})
    answer = authenticator.get(asked["passkey"], config().site_url)
    told = _post(browser, "/staff/enter", {"token": asked["token"], "assertion": answer, "next": "//evil.example"})
    assert told == {"next": "/staff/"}
    assert browser.get("/staff/passkeys/").status_code == 200


def _post(browser: Client, path: str, data: dict[str, object]) -> dict[str, Any]:
    answer = browser.post(path, json.dumps(data), content_type="application/json")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def _payloads(event: Event) -> list[dict[str, object]]:
    return [entry.payload for entry in Entry.objects.filter(event=event.value).order_by("id")]
