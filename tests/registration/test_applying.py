"""A registration that waits for its mailed code; codes to every address on file; cancelling."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.core import clock, outbox
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.members.rules import IdNumber
from nhi_express.registration import flows
from nhi_express.registration.models import Address, ProofCode, Registration
from nhi_express.registration.rules import Reason, State
from tests.counting import events
from tests.outside import Outside, address_of
from tests.visitor import person

CITIZEN = person("citizen")
MAIN, BACKUP = "main@mail.example.tw", "backup@mail.example.tw"


@pytest.fixture
def applied(sandbox: Outside) -> Registration:
    """A registration that waits for the code of its main address."""
    member = register().find(IdNumber.parse(CITIZEN.id_number))
    assert member is not None
    waiting = [flows.waiting_address(MAIN), flows.waiting_address(BACKUP, "backup")]
    with transaction.atomic():
        made = flows.apply(member.key, "ial2-card", "zh-hant")
        for address in waiting:
            flows.await_code(made, address)
    return made


def mailed_to(address: str) -> str:
    """The newest code mailed to an address."""
    outbox.send_due()
    bodies = [str(letter.body) for letter in mail.outbox if letter.to == [address]]
    return str(re.findall(r"\d{4} \d{4}", bodies[-1])[-1]).replace(" ", "")


def state_of(registration: Registration) -> str:
    return str(Registration.objects.get(pk=registration.pk).state)


def refused(problem: Problem) -> AbstractContextManager[object]:
    """Expects to be refused for a reason."""
    return pytest.raises(Refused, check=lambda refusal: refusal.problem is problem)


def test_it_is_active_once_the_code_of_the_main_address_was_typed(applied: Registration) -> None:
    assert state_of(applied) == State.PENDING_CONFIRMATION
    flows.confirm_code(applied, mailed_to(MAIN))
    assert state_of(applied) == State.ACTIVE
    assert (events(Event.REGISTRATION_APPLIED), events(Event.REGISTRATION_ACTIVATED)) == (1, 1)


def test_the_backup_address_has_its_own_code_and_activates_nothing(applied: Registration) -> None:
    flows.confirm_code(applied, mailed_to(BACKUP), "backup")
    assert state_of(applied) == State.PENDING_CONFIRMATION
    assert flows.contact(applied, "backup").confirmed == BACKUP
    assert flows.contact(applied) == flows.contact(applied, "main")
    assert flows.contact(applied).waiting == MAIN


def test_the_code_of_one_address_is_not_the_others(applied: Registration) -> None:
    with refused(Problem.EMAIL_CODE_WRONG):
        flows.confirm_code(applied, mailed_to(BACKUP))
    assert state_of(applied) == State.PENDING_CONFIRMATION


def test_a_late_code_is_refused_and_a_new_one_works(applied: Registration) -> None:
    late = mailed_to(MAIN)
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        with refused(Problem.EMAIL_CODE_EXPIRED):
            flows.confirm_code(applied, late)
        flows.send_code(applied, flows.contact(applied).waiting)
        flows.confirm_code(applied, mailed_to(MAIN))
    assert state_of(applied) == State.ACTIVE


def test_applying_again_takes_up_what_waits_and_an_active_one_is_refused(applied: Registration) -> None:
    with transaction.atomic():
        assert flows.apply(applied.member, "ial1-card", "en").pk == applied.pk
    assert Registration.objects.get().assurance == "ial1-card"
    flows.confirm_code(applied, mailed_to(MAIN))
    with refused(Problem.ALREADY_REGISTERED), transaction.atomic():
        flows.apply(applied.member, "ial2-card", "en")


def test_a_suspended_one_is_refused(applied: Registration) -> None:
    flows.suspend(applied.pk, Reason.THEFT, "system")
    with refused(Problem.REGISTRATION_SUSPENDED), transaction.atomic():
        flows.apply(applied.member, "ial2-card", "en")


def test_a_proof_code_goes_to_every_address_on_file_and_is_good_once(applied: Registration) -> None:
    flows.confirm_code(applied, mailed_to(MAIN))
    flows.send_proof_code(applied)
    code = mailed_to(MAIN)
    assert mailed_to(address_of(CITIZEN)) == code
    with refused(Problem.EMAIL_CODE_WRONG):
        flows.spend_proof_code(applied, "00000000" if code != "00000000" else "11111111")
    flows.spend_proof_code(applied, code)
    with refused(Problem.EMAIL_CODE_EXPIRED):
        flows.spend_proof_code(applied, code)


def test_proof_codes_are_tried_five_times_and_sent_three_times_an_hour(applied: Registration) -> None:
    flows.send_proof_code(applied)
    wrong = "00000000" if mailed_to(address_of(CITIZEN)) != "00000000" else "11111111"
    for _ in range(5):
        with refused(Problem.EMAIL_CODE_WRONG):
            flows.spend_proof_code(applied, wrong)
    with refused(Problem.LOCKED):
        flows.spend_proof_code(applied, wrong)
    flows.send_proof_code(applied)
    flows.send_proof_code(applied)
    with refused(Problem.LOCKED):
        flows.send_proof_code(applied)


def test_cancelling_tells_and_forgets(applied: Registration) -> None:
    flows.confirm_code(applied, mailed_to(MAIN))
    flows.send_proof_code(applied)
    with transaction.atomic():
        flows.cancel(applied, Reason.OWN_WISH, "member")
    outbox.send_due()
    assert state_of(applied) == State.CANCELLED
    assert sorted(letter.to[0] for letter in mail.outbox[-2:]) == sorted([MAIN, address_of(CITIZEN)])
    assert (Address.objects.count(), ProofCode.objects.count()) == (0, 0)
    assert Registration.objects.get().password_hash == ""
    assert flows.living(applied.member) is None
