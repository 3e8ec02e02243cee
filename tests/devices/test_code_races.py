"""One code and many phones at the same moment: one of them is bound."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from nhi_express.audit.catalogue import Event
from nhi_express.core.models import Notice
from nhi_express.devices import flows
from nhi_express.devices.models import Device, Session
from nhi_express.devices.rules import DeviceState
from nhi_express.registration.models import Registration
from tests.counting import events
from tests.devices.codes import HERE, another, ending, proof_for, redeemed, registered
from tests.outside import load_personas
from tests.races.racing import race
from tests.visitor import person

pytestmark = pytest.mark.usefixtures("committed")
CITIZEN, MANY = person("citizen"), 20


@pytest.fixture
def registration(committed: None) -> Registration:
    """A member with an active registration and no phone."""
    load_personas()
    return registered(CITIZEN)


def test_one_code_and_twenty_phones(registration: Registration) -> None:
    made = flows.make_code(registration)
    tickets = [flows.claim_by_token(made.token) for _ in range(MANY)]
    proofs = [proof_for(flows.claimed(ticket).id) for ticket in tickets]
    acts = [partial(flows.redeem, ticket, proof, None) for ticket, proof in zip(tickets, proofs, strict=True)]
    told = Counter(race([partial(ending, act) for act in acts]))
    assert told == {"done": 1, "V-03": MANY - 1}
    assert (Device.objects.count(), Session.objects.count(), events(Event.DEVICE_BOUND)) == (1, 1, 1)
    assert Notice.objects.count() == 1


def test_twenty_phones_scan_and_redeem_at_once(registration: Registration) -> None:
    made = flows.make_code(registration)
    acts = [lambda: redeemed(flows.claim_by_token(made.token))] * MANY
    told = Counter(race([partial(ending, act) for act in acts]))
    assert told == {"done": 1, "V-03": MANY - 1}
    assert Device.objects.count() == 1


def test_one_tap_sent_twenty_times(registration: Registration) -> None:
    ticket = flows.claim_by_token(flows.make_code(registration).token)
    act = partial(flows.redeem, ticket, proof_for(flows.claimed(ticket).id), None)
    assert Counter(race([partial(ending, act)] * MANY)) == {"done": 1, "V-03": MANY - 1}
    assert Device.objects.count() == 1


def test_wrong_codes_at_once_are_all_counted(registration: Registration) -> None:
    made = flows.make_code(registration)
    wrong = partial(flows.claim_by_typing, CITIZEN.id_number, another(made.code))
    assert set(race([partial(ending, partial(wrong, f"{HERE}{number}")) for number in range(12)])) == {"V-01"}
    assert ending(partial(flows.claim_by_typing, CITIZEN.id_number, made.code, HERE)) == "V-01"


def test_a_code_replaced_while_it_is_redeemed(registration: Registration) -> None:
    """Whoever is first: a replaced code binds nothing, and a code that bound a phone has bound it whole."""
    ticket = flows.claim_by_token(flows.make_code(registration).token)
    redeem = partial(flows.redeem, ticket, proof_for(flows.claimed(ticket).id), None)
    told = race([partial(ending, redeem), *[partial(ending, partial(flows.make_code, registration))] * 5])
    assert told[1:] == ["done"] * 5
    assert told[0] in {"done", "V-02"}
    assert Device.objects.count() == (told[0] == "done")
    assert flows.code_standing(registration).state in {"waiting", "bound"}


def test_the_fifth_place_is_given_once(registration: Registration) -> None:
    phones = [redeemed(flows.claim_by_token(flows.make_code(registration).token)) for _ in range(5)]
    ticket = flows.claim_by_token(flows.make_code(registration).token)
    proofs = [proof_for(flows.claimed(ticket).id) for _ in phones]
    acts = [partial(flows.redeem, ticket, proof, old.id) for proof, old in zip(proofs, phones, strict=True)]
    assert Counter(race([partial(ending, act) for act in acts])) == {"done": 1, "V-03": 4}
    active = Device.objects.filter(state=DeviceState.ACTIVE).count()
    assert (active, Device.objects.count()) == (5, 6)
