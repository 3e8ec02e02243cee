"""One administrator alone can become nobody else: codes and networks wait for a second person."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from nhi_express.audit.catalogue import Event
from nhi_express.counter.flows import accounts, duty, offices, seconding
from nhi_express.counter.models import Office, Proposal, Staff, StaffSession
from nhi_express.counter.rules import ApprovalState, Role
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from tests.counter.workplace import AWAY, HERE, NETWORK, Worker, hired, office, second_administrator
from tests.counting import payloads

CODE = re.compile(r'class="code long">([0-9A-Z-]+)<')
NEW = {"account": "clerk.new", "name": "新同事", "role": "clerk", "office": "taipei", "id_number": ""}
ELSEWHERE = f"{AWAY}/32"


def wish() -> Proposal:
    """The one thing that waits."""
    return Proposal.objects.get(state=ApprovalState.ASKED)


def whose(of: Proposal) -> Staff:
    """The colleague whose code it is about, as they are now."""
    assert of.staff_id
    return Staff.objects.get(pk=of.staff_id)


def decided(by: Worker, decision: str, of: Proposal) -> tuple[int, str]:
    """What somebody is answered who says yes or no."""
    answer = by.browser().post(f"/staff/seconding/{of.id}", {"decision": decision})
    return answer.status_code, answer.content.decode()


@pytest.fixture
def asked(admin: Worker) -> Proposal:
    """An administrator has made an account for a clerk."""
    office()
    assert admin.browser().post("/staff/accounts/", NEW).headers["location"] == "/staff/seconding/"
    return wish()


def test_who_makes_an_account_never_sees_its_code(admin: Worker, asked: Proposal) -> None:
    assert not whose(asked).code_hash, "there is none yet"
    shown = admin.browser().get("/staff/seconding/").content.decode()
    assert "新同事" in shown and "Yes, do it" not in shown
    assert "waits for a second person" in admin.browser().get("/staff/accounts/").content.decode()
    status, page = decided(admin, "grant", asked)
    assert (status, "S-30" in page) == (403, True)
    assert wish() == asked
    assert not whose(asked).code_hash


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_a_second_person_says_yes_and_hands_the_code_over(admin: Worker, asked: Proposal, role: Role) -> None:
    second = hired(admin, role)
    assert "新同事" in second.browser().get("/staff/seconding/").content.decode()
    status, page = decided(second, "grant", asked)
    code = CODE.search(page)
    assert status == 200 and code
    assert Worker(whose(asked)).begins(code.group(1)).on_duty.role is Role.CLERK
    assert decided(second, "grant", asked)[0] == 409, "a code is made once"
    told = payloads(Event.SECOND_GRANTED)[-1]
    assert (told["staff"], told["asked_by"], told["of"]) == (
        str(second.staff.id),
        str(admin.staff.id),
        str(asked.staff_id),
    )


@pytest.mark.parametrize("role", [Role.CLERK, Role.HOTLINE, Role.AUDITOR])
def test_nobody_else_is_a_second_person(admin: Worker, asked: Proposal, role: Role) -> None:
    other = hired(admin, role)
    assert other.browser().get("/staff/seconding/").status_code == 403
    assert decided(other, "grant", asked)[0] == 403
    assert wish() == asked


def test_a_no_or_taking_it_back_makes_no_code_and_it_can_be_asked_anew(admin: Worker, asked: Proposal) -> None:
    assert decided(admin, "deny", asked)[0] == 302, "one's own wish may be taken back"
    accounts.new_code(admin.on_duty, whose(asked).id)
    again = wish()
    seconding.decide(second_administrator(), again.id, granted=False)
    for late in (asked, again):
        with pytest.raises(Refused) as refusal:
            seconding.decide(second_administrator(), late.id, granted=True)
        assert refusal.value.problem is Problem.APPROVAL_OVER
    assert not whose(asked).code_hash


def test_asked_twice_the_first_wish_lapses_and_a_closed_account_gets_no_code(admin: Worker, asked: Proposal) -> None:
    accounts.new_code(admin.on_duty, whose(asked).id)
    latest = wish()
    assert latest != asked
    accounts.close(admin.on_duty, whose(asked).id)
    for late in (asked, latest):
        with pytest.raises(Refused):
            seconding.decide(second_administrator(), late.id, granted=True)
    assert not whose(asked).code_hash


def test_what_somebody_asked_for_ends_with_their_account(admin: Worker, supervisor: Worker) -> None:
    place, bad = office(), hired(admin, Role.ADMINISTRATOR)
    bad.browser().post("/staff/accounts/", NEW)
    offices.keep_networks(bad.on_duty, place, [NETWORK, ELSEWHERE])
    wishes = list(Proposal.objects.filter(asked_by=bad.staff, state=ApprovalState.ASKED))
    assert len(wishes) == 2
    accounts.close(admin.on_duty, bad.staff.id)
    assert [decided(supervisor, "grant", one)[0] for one in wishes] == [409, 409]
    assert Office.objects.get(pk=place.pk).networks == [NETWORK]


def test_a_new_network_waits_and_lets_nobody_in_before(admin: Worker, supervisor: Worker) -> None:
    place, clerk = office(), hired(admin, Role.CLERK)
    path = f"/staff/offices/{place.code}/networks"
    assert admin.browser().post(path, {"networks": f"{NETWORK}\n{ELSEWHERE}"}).status_code == 302
    assert Office.objects.get(pk=place.pk).networks == [NETWORK]
    with pytest.raises(Refused) as refusal:
        clerk.signs_in(AWAY)
    assert refusal.value.problem is Problem.WRONG_NETWORK
    assert ELSEWHERE in admin.browser().get(path).content.decode()
    assert decided(admin, "grant", wish())[0] == 403
    assert ELSEWHERE in supervisor.browser().get("/staff/seconding/").content.decode()
    assert decided(supervisor, "grant", wish())[0] == 302
    assert Office.objects.get(pk=place.pk).networks == [NETWORK, ELSEWHERE]
    clerk.signs_in(AWAY)
    assert duty.on_duty(clerk.secret, AWAY)
    assert payloads(Event.SECOND_GRANTED)[-1]["networks"] == [NETWORK, ELSEWHERE], "on record, what was granted"


def test_taking_a_network_away_needs_nobody(admin: Worker) -> None:
    place = office(networks=(NETWORK, ELSEWHERE))
    clerk = hired(admin, Role.CLERK, place)
    assert not offices.keep_networks(admin.on_duty, place, [ELSEWHERE])
    assert Office.objects.get(pk=place.pk).networks == [ELSEWHERE]
    assert duty.on_duty(clerk.secret, HERE) is None
    assert payloads(Event.OFFICE_CHANGED) == [
        {"staff": str(admin.staff.id), "office": place.code, "what": "networks", "networks": [ELSEWHERE]}
    ]


def test_a_wish_for_networks_ends_with_what_is_decided_meanwhile(admin: Worker) -> None:
    place = office()
    offices.keep_networks(admin.on_duty, place, [NETWORK, ELSEWHERE])
    first = wish()
    offices.keep_networks(admin.on_duty, place, [])
    with pytest.raises(Refused):
        seconding.decide(second_administrator(), first.id, granted=True)
    offices.keep_networks(admin.on_duty, place, [ELSEWHERE])
    offices.close(admin.on_duty, place)
    assert not Proposal.objects.filter(state=ApprovalState.ASKED).exists()
    assert Office.objects.get(pk=place.pk).networks == []


def test_wrong_networks_are_told(admin: Worker) -> None:
    answer = admin.browser().post(f"/staff/offices/{office().code}/networks", {"networks": "everywhere"})
    assert (answer.status_code, "192.0.2.0/24" in answer.content.decode()) == (400, True)
    assert not Proposal.objects.exists()


def test_a_new_code_ends_sign_ins_before_anybody_says_yes(admin: Worker) -> None:
    agent = hired(admin, Role.HOTLINE)
    assert admin.browser().post(f"/staff/accounts/{agent.staff.id}/code").status_code == 302
    assert not StaffSession.objects.filter(staff=agent.staff).exists()
    assert not agent.staff.staffpasskey_set.exists()


def test_no_name_and_no_code_is_on_record(admin: Worker, asked: Proposal) -> None:
    made = seconding.decide(second_administrator(), asked.id, granted=True)
    assert made
    told = str(payloads(Event.SECOND_ASKED, Event.SECOND_GRANTED, Event.STAFF_MADE))
    assert not [secret for secret in ("新同事", "clerk.new", made[1]) if secret in told]


def test_strangers_are_led_to_signing_in(db: None) -> None:
    assert Client().get("/staff/seconding/").headers["location"].startswith("/staff/?next=")
