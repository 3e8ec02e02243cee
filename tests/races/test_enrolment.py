"""One attempt registers once and binds once, however many tabs finish it at one moment; the limit of phones holds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import httpx2
import pytest

from nhi_express.audit.catalogue import Event
from nhi_express.devices.models import Device
from nhi_express.enrolment.models import Attempt
from nhi_express.registration.models import Consent, Registration
from tests.counting import events, lasting_rows
from tests.outside import Outside
from tests.races.racing import race
from tests.visitor import BACK, CARD, DONE, FINISH, REFUSED, Visitor, code_of, path_of, person

pytestmark = pytest.mark.usefixtures("committed")
CITIZEN = person("citizen")
AT_ONCE = 8


def finishing(phone: Visitor, **changes: str) -> Callable[[], httpx2.Response]:
    """The last step of the page that a phone shows, ready to be sent from a tab of its own."""
    tab = phone.twin()
    return partial(tab.submit, FINISH, **tab.proof(**changes))


def told(answer: httpx2.Response) -> str:
    """The code of a refusal, or where it led."""
    return code_of(answer) or path_of(answer)


def test_one_attempt_finished_by_many_tabs_registers_once_and_binds_once(visitor: Callable[..., Visitor]) -> None:
    phone = visitor().walk(CITIZEN, "card_proven")
    answers = race([finishing(phone) for _ in range(AT_ONCE)])
    winners = [answer for answer in answers if "app" in answer.cookies]
    assert len(winners) == 1
    assert {told(answer) for answer in answers} <= {DONE, "A-05", "A-03"}
    assert {answer.status_code for answer in answers if answer not in winners} <= {302, 409}
    # Two notices: the password was set, a phone was bound; one address is on file.
    once = {"Registration": 1, "Device": 1, "Consent": 1, "Session": 1, "Notice": 2, "enrolled": 1}
    assert lasting_rows() == once
    counted = [events(event) for event in (Event.DEVICE_BOUND, Event.PASSWORD_SET, Event.REGISTRATION_ACTIVATED)]
    assert counted == [1, 1, 1]
    assert Attempt.objects.get().device == Device.objects.get().id


def test_the_very_same_request_sent_many_times_at_once_counts_once(visitor: Callable[..., Visitor]) -> None:
    phone = visitor().walk(CITIZEN, "card_proven")
    fields = phone.proof()
    answers = race([partial(phone.twin().submit, FINISH, **fields) for _ in range(AT_ONCE)])
    assert {told(answer) for answer in answers} <= {DONE, "A-05", "A-03"}
    assert lasting_rows()["Device"] == lasting_rows()["Session"] == 1


def test_two_first_attempts_of_one_member_at_once_share_one_registration(visitor: Callable[..., Visitor]) -> None:
    phones = [visitor().walk(CITIZEN, "card_proven") for _ in range(4)]
    answers = race([finishing(phone) for phone in phones])
    assert {told(answer) for answer in answers} == {DONE}
    assert (Registration.objects.count(), Device.objects.count(), Consent.objects.count()) == (1, 4, 4)
    assert events(Event.REGISTRATION_ACTIVATED) == 1


def test_two_attempts_at_once_cannot_pass_the_limit_of_five(visitor: Callable[..., Visitor]) -> None:
    for _ in range(4):
        visitor().walk(CITIZEN, "done")
    phones = [visitor().walk(CITIZEN, "card_proven") for _ in range(3)]
    answers = race([finishing(phone) for phone in phones])
    assert sorted(told(answer) for answer in answers) == [DONE, "D-03", "D-03"]
    assert Device.objects.filter(state="active").count() == 5
    assert sorted(Attempt.objects.values_list("state", flat=True)) == ["card_proven"] * 2 + ["done"] * 5


def test_enabling_and_binding_at_once_cannot_pass_the_limit(visitor: Callable[..., Visitor]) -> None:
    phones = [visitor().walk(CITIZEN, "done") for _ in range(5)]
    spare = next(iter(phones[0].keys))
    phones[1].open(f"/app/phones/{spare}/disable").send(f"/app/phones/{spare}/disable")
    enabling = phones[1].open(f"/app/phones/{spare}/enable").twin()
    sixth = visitor().walk(CITIZEN, "card_proven")
    enable: Callable[[], httpx2.Response] = partial(enabling.submit, f"/app/phones/{spare}/enable")
    race([finishing(sixth), enable])
    assert Device.objects.filter(state="active").count() == 5


def test_one_phone_given_up_twice_at_once_makes_room_for_one(visitor: Callable[..., Visitor]) -> None:
    phones = [visitor().walk(CITIZEN, "done") for _ in range(5)]
    old = next(iter(phones[0].keys))
    sixth, seventh = (visitor().walk(CITIZEN, "card_proven") for _ in range(2))
    answers = race([finishing(sixth, remove=old), finishing(seventh, remove=old)])
    assert sorted(told(answer) for answer in answers) == [DONE, "G-01"]
    assert Device.objects.filter(state="active").count() == 5
    assert events(Event.DEVICE_DELETED) == 1


def test_one_key_bound_by_two_members_at_once_is_bound_to_one(visitor: Callable[..., Visitor]) -> None:
    mother, daughter = person("family_mother"), person("family_daughter")
    phones = [visitor().walk(one, "card_proven") for one in (mother, daughter)]
    key = phones[0].phone.new_device_key()
    acts: list[Callable[[], httpx2.Response]] = []
    for phone in phones:
        fields = {**phone.proof(), **phone._proof(key, phone._bind_options())}
        acts.append(partial(phone.twin().submit, FINISH, **fields))
    assert sorted(told(answer) for answer in race(acts)) == [DONE, "D-04"]
    assert lasting_rows()["Device"] == lasting_rows()["Registration"] == 1


def test_a_callback_loaded_many_times_at_once_uses_the_operator_once(
    visitor: Callable[..., Visitor], sandbox: Outside
) -> None:
    phone = visitor()
    address = phone.depart(CITIZEN)
    codes = sandbox.world.codes
    answers = race([partial(phone.twin().ask, address) for _ in range(AT_ONCE)])
    assert {told(answer) for answer in answers} <= {CARD, "A-03"}
    assert told(phone.ask(BACK)) == CARD
    assert events(Event.EVIDENCE_GATHERED) == 1
    # Had a code come twice, the operator would have taken back what it gave (RFC 6749, section 4.1.2).
    assert [code.token for _, code in codes._values.values()] != [""]
    assert Attempt.objects.get().state == "line_proven"


def test_a_refused_callback_loaded_many_times_at_once_is_on_record_once(visitor: Callable[..., Visitor]) -> None:
    phone = visitor()
    address = phone.depart(person("prepaid"))
    answers = race([partial(phone.twin().ask, address) for _ in range(AT_ONCE)])
    assert {told(answer) for answer in answers} <= {REFUSED, "A-03", "A-04"}
    assert [told(answer) for answer in answers].count(REFUSED) == 1
    assert events(Event.ATTEMPT_REFUSED) == 1


def test_wrong_digits_tried_at_once_are_all_counted(visitor: Callable[..., Visitor]) -> None:
    phone = visitor().walk(CITIZEN, "line_proven")
    attempt = phone.hidden("attempt")
    answers = race([partial(phone.twin().submit, CARD, attempt=attempt, last4="0000") for _ in range(20)])
    codes = [code_of(answer) for answer in answers]
    assert (codes.count("M-09"), codes.count("L-01")) == (5, 15)
    right = phone.submit(CARD, attempt=attempt, last4=CITIZEN.card_number[-4:])
    assert (right.status_code, code_of(right)) == (429, "L-01")
    assert Attempt.objects.get().state == "line_proven"
