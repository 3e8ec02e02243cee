"""Device codes: who gets in with one and who does not, and that nobody is locked out by a stranger."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock, outbox
from nhi_express.core.encoding import base64url
from nhi_express.core.vault import vault
from nhi_express.devices import flows, jobs
from nhi_express.devices.flows import NewCode
from nhi_express.devices.models import Device, DeviceCode, Session
from nhi_express.devices.rules import DeviceState, code_meant
from nhi_express.help.catalogue import Problem
from nhi_express.members.rules import masked_name
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason, State
from tests.counting import events, lasting_rows
from tests.devices.codes import HERE, another, ending, proof_for, redeemed, refused, registered
from tests.outside import load_personas
from tests.visitor import person

CITIZEN, MOTHER = person("citizen"), person("family_mother")
Way = Callable[[NewCode], str]


@pytest.fixture
def registration(db: None) -> Registration:
    """A member with an active registration and no phone."""
    load_personas()
    return registered(CITIZEN)


def by_typing(made: NewCode) -> str:
    """The code typed on a phone."""
    return flows.claim_by_typing(CITIZEN.id_number, made.code, HERE)


def by_scanning(made: NewCode) -> str:
    """The QR code scanned with a phone."""
    return flows.claim_by_token(made.token)


WAYS = pytest.mark.parametrize("claim", [by_typing, by_scanning])


def test_a_code_is_read_in_two_groups_and_its_link_keeps_the_token_from_servers(registration: Registration) -> None:
    made = flows.make_code(registration)
    assert (len(made.code), made.code[4], len(made.token)) == (9, "-", 22)
    assert made.link.endswith(f"/app/bind/code/#{made.token}")
    assert timedelta(minutes=4, seconds=50) < made.until - clock.now() <= timedelta(minutes=5)
    stored = DeviceCode.objects.get()
    kept = bytes(stored.token).hex() + stored.code_hash
    assert made.code.replace("-", "") not in kept and made.token not in kept
    assert events(Event.DEVICE_CODE_MADE) == 1


@WAYS
def test_a_code_binds_one_phone_once_and_tells_the_member(registration: Registration, claim: Way) -> None:
    made = flows.make_code(registration)
    assert flows.code_standing(registration).state == "waiting"
    ticket = claim(made)
    assert flows.code_standing(registration).state == "claimed"
    shown = flows.claimed(ticket)
    assert (shown.registration, shown.masked_name) == (registration, masked_name(CITIZEN.name))
    device, secret = flows.redeem(ticket, proof_for(shown.id), None)
    signed = flows.session(secret)
    assert signed and signed.device == device
    standing = flows.code_standing(registration)
    assert (standing.state, standing.device, device.channel) == ("bound", device, "card")
    assert flows.bound_by(ticket) == device
    for late in (lambda: by_scanning(made), lambda: by_typing(made), lambda: redeemed(ticket)):
        with refused(Problem.CODE_USED):
            late()
    assert (Device.objects.count(), events(Event.DEVICE_BOUND)) == (1, 1)
    outbox.send_due()
    assert len(mail.outbox) == 1


@WAYS
def test_claiming_changes_nothing(registration: Registration, claim: Way) -> None:
    made = flows.make_code(registration)
    before = lasting_rows()
    tickets = [claim(made) for _ in range(6)]
    assert lasting_rows() == before
    first = redeemed(tickets[3])
    assert flows.bound_by(tickets[3]) == first
    assert [flows.bound_by(other) for other in tickets[:3]] == [None] * 3
    assert ending(lambda: redeemed(tickets[0])) == "V-03"


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: f" {code[:2]} {code[2:]} ",
        lambda code: code.replace("0", "o").replace("1", "l"),
        lambda code: code.replace("-", "－").translate({ord("0"): "O", ord("1"): "I"}),
    ],
)
def test_what_people_mistype_is_forgiven(registration: Registration, typed: Callable[[str], str]) -> None:
    made = flows.make_code(registration)
    assert redeemed(flows.claim_by_typing(CITIZEN.id_number.lower(), typed(made.code), HERE))


def test_wrong_number_wrong_code_and_no_code_are_answered_alike(registration: Registration) -> None:
    made = flows.make_code(registration)
    tries = [
        (CITIZEN.id_number, another(made.code)),
        (MOTHER.id_number, made.code),
        ("A100000001", made.code),
        ("nobody", made.code),
        (CITIZEN.id_number, ""),
        (CITIZEN.id_number, made.token),
    ]
    before = lasting_rows()
    for id_number, code in tries:
        with refused(Problem.CODE_WRONG) as told:
            flows.claim_by_typing(id_number, code, HERE)
        assert told.value.details == {}
    assert lasting_rows() == before
    assert events(Event.DEVICE_CODE_REFUSED) == len(tries)
    assert by_typing(made)


def test_a_token_that_there_is_none_of(registration: Registration) -> None:
    made = flows.make_code(registration)
    for token in ("", made.token[:-1], f"{made.token}=", "A" * 22, made.code):
        with refused(Problem.CODE_WRONG):
            flows.claim_by_token(token)


@WAYS
def test_a_late_code(registration: Registration, claim: Way) -> None:
    made = flows.make_code(registration)
    ticket = claim(made)
    with time_machine.travel(made.until + timedelta(seconds=1)):
        assert flows.code_standing(registration).state == "expired"
        for late in (lambda: claim(made), lambda: flows.claimed(ticket), lambda: redeemed(ticket)):
            with refused(Problem.CODE_EXPIRED):
                late()
        assert redeemed(claim(flows.make_code(registration)))


@WAYS
@pytest.mark.parametrize("end", [flows.make_code, flows.forget_code])
def test_a_code_replaced_or_refused_on_the_portal(
    registration: Registration, claim: Way, end: Callable[[Registration], object]
) -> None:
    made = flows.make_code(registration)
    ticket = claim(made)
    end(registration)
    with refused(Problem.CODE_WRONG):
        claim(made)
    with refused(Problem.CODE_EXPIRED):
        redeemed(ticket)
    assert Device.objects.count() == 0


def test_a_used_code_is_not_forgotten(registration: Registration) -> None:
    device = redeemed(by_scanning(flows.make_code(registration)))
    flows.forget_code(registration)
    assert flows.code_standing(registration).device == device


@WAYS
def test_a_suspended_registration_is_refused_everywhere(registration: Registration, claim: Way) -> None:
    made = flows.make_code(registration)
    ticket, proof = claim(made), proof_for(DeviceCode.objects.get().id)
    accounts.suspend(registration.pk, Reason.THEFT, "hotline")
    registration.refresh_from_db()
    acts = (
        lambda: flows.make_code(registration),
        lambda: claim(made),
        lambda: flows.claimed(ticket),
        lambda: flows.redeem(ticket, proof, None),
    )
    assert [ending(act) for act in acts] == ["R-01"] * 4
    assert Device.objects.count() == 0


def test_a_registration_that_waits_or_ended_has_no_codes(registration: Registration) -> None:
    made = flows.make_code(registration)
    with transaction.atomic():
        flows.end_all(registration, "cancelled", "member")
        accounts.cancel(registration, Reason.OWN_WISH, "member")
    registration.refresh_from_db()
    assert [ending(lambda: by_typing(made)), ending(lambda: by_scanning(made))] == ["V-01", "V-01"]
    with refused(Problem.NOT_CONFIRMED):
        flows.make_code(registration)
    waiting = Registration(id=uuid4(), member=uuid4(), state=State.PENDING_CONFIRMATION)
    with refused(Problem.NOT_CONFIRMED):
        flows.make_code(waiting)


def test_five_wrong_tries_end_a_typed_code_and_a_fresh_one_works(registration: Registration) -> None:
    made = flows.make_code(registration)
    for _ in range(5):
        with refused(Problem.CODE_WRONG):
            flows.claim_by_typing(CITIZEN.id_number, another(made.code), HERE)
    with refused(Problem.CODE_WRONG):
        by_typing(made)
    assert redeemed(by_typing(flows.make_code(registration)))


def test_tries_on_a_code_leave_its_qr_alone(registration: Registration) -> None:
    """A stranger who knows the ID number burns the typed code's tries, and the member scans all the same."""
    made = flows.make_code(registration)
    for number in range(9):
        ending(partial(flows.claim_by_typing, CITIZEN.id_number, "00000000", f"198.51.100.{number}"))
    assert redeemed(by_scanning(made))


def test_a_thousand_guesses_find_nothing_and_lock_nobody_out(registration: Registration) -> None:
    made = flows.make_code(registration)
    wrong = [code for code in (f"{number:08d}" for number in range(1001)) if code != code_meant(made.code)]
    guesses = [
        partial(flows.claim_by_typing, CITIZEN.id_number, code, f"198.51.100.{number % 10}")
        for number, code in enumerate(wrong[:1000])
    ]
    told = Counter(map(ending, guesses))
    assert told == {"V-01": 300, "L-01": 700}
    assert redeemed(by_typing(flows.make_code(registration)))


def test_one_source_is_stopped_and_the_others_go_on(registration: Registration) -> None:
    made = flows.make_code(registration)
    for _ in range(30):
        with refused(Problem.CODE_WRONG):
            flows.claim_by_typing(MOTHER.id_number, made.code, "198.51.100.1")
    with refused(Problem.LOCKED) as told:
        flows.claim_by_typing(CITIZEN.id_number, made.code, "198.51.100.1")
    assert told.value.details["until"]
    assert by_typing(made)


def test_who_is_right_gives_the_tries_of_a_shared_address_back(registration: Registration) -> None:
    for _ in range(2):
        for _ in range(29):
            with refused(Problem.CODE_WRONG):
                flows.claim_by_typing(MOTHER.id_number, "00000000", HERE)
        assert by_typing(flows.make_code(registration))


def test_only_so_many_codes_are_made(registration: Registration) -> None:
    for _ in range(20):
        made = flows.make_code(registration)
    with refused(Problem.TOO_MANY_ATTEMPTS):
        flows.make_code(registration)
    assert by_scanning(made), "the last one is still good"
    flows.make_code(registered(MOTHER))


def test_a_proof_belongs_to_its_code(registration: Registration) -> None:
    ticket = by_scanning(flows.make_code(registration))
    other = by_scanning(flows.make_code(registered(MOTHER)))
    for subject, problem in (
        (flows.claimed(other).id, Problem.CHALLENGE_EXPIRED),
        (uuid4(), Problem.CHALLENGE_EXPIRED),
    ):
        with refused(problem):
            flows.redeem(ticket, proof_for(subject), None)
    assert redeemed(ticket), "what was refused did not use it up"


@pytest.mark.parametrize("ticket", ["", "x", "AAAA", "é", base64url(b"x" * 80)])
def test_a_ticket_that_is_none(registration: Registration, ticket: str) -> None:
    for act in (lambda: flows.claimed(ticket), lambda: flows.redeem(ticket, proof_for(uuid4()), None)):
        with refused(Problem.CODE_EXPIRED):
            act()
    assert flows.bound_by(ticket) is None


def test_a_note_sealed_for_something_else_is_no_ticket(registration: Registration) -> None:
    flows.make_code(registration)
    note = json.dumps([str(DeviceCode.objects.get().id), "x"]).encode()
    with refused(Problem.CODE_EXPIRED):
        flows.claimed(base64url(vault().seal(note, "devices.phone")))


def test_a_sixth_phone_takes_the_place_of_one(registration: Registration) -> None:
    phones = [redeemed(by_scanning(flows.make_code(registration))) for _ in range(5)]
    ticket = by_scanning(flows.make_code(registration))
    with refused(Problem.TOO_MANY_DEVICES):
        redeemed(ticket)
    with refused(Problem.NOT_FOUND):
        redeemed(ticket, uuid4())
    assert flows.code_standing(registration).state == "claimed"
    assert redeemed(ticket, phones[1].id)
    phones[1].refresh_from_db()
    assert (phones[1].state, flows.active_phones(registration).count()) == (DeviceState.DELETED, 5)


def test_a_phone_that_is_not_mine_goes_at_once(registration: Registration) -> None:
    device, secret = flows.redeem(
        ticket := by_scanning(flows.make_code(registration)), proof_for(flows.claimed(ticket).id), None
    )
    flows.disown(registration, device.id)
    device.refresh_from_db()
    assert (device.state, device.reason, flows.session(secret)) == (DeviceState.DELETED, "not_mine", None)
    assert events(Event.DEVICE_DELETED) == 1
    outbox.send_due()
    assert len(mail.outbox) == 2
    # Pressed twice, or the page loaded again: no fault, and nobody is told twice.
    flows.disown(registration, device.id)
    assert (events(Event.DEVICE_DELETED), outbox.send_due()) == (1, 0)


def test_only_the_phone_of_the_newest_code_is_disowned(registration: Registration) -> None:
    old = redeemed(by_scanning(flows.make_code(registration)))
    theirs = registered(MOTHER)
    other = redeemed(by_scanning(flows.make_code(theirs)))
    redeemed(by_scanning(flows.make_code(registration)))
    for device in (old, other):
        with refused(Problem.NOT_FOUND):
            flows.disown(registration, device.id)
    assert Session.objects.count() == 3


def test_old_codes_go(registration: Registration) -> None:
    made = flows.make_code(registration)
    with time_machine.travel(made.until + timedelta(minutes=59)):
        jobs.tidy()
        assert flows.code_standing(registration).state == "expired"
    with time_machine.travel(made.until + timedelta(minutes=61)):
        assert jobs.tidy() == 1
        assert flows.code_standing(registration).state == "none"
