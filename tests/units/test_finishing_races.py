"""One code, many phones, one binding; and what ends a registration at the moment in which it is finished."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from pypdf import PdfReader

from nhi_express.audit.catalogue import Event
from nhi_express.devices.models import Device
from nhi_express.enrolment.flows import invitations
from nhi_express.enrolment.models import Invitation
from nhi_express.registration.models import Registration
from nhi_express.units.flows import finishing
from nhi_express.units.flows.letters import print_due
from tests.counting import events
from tests.devices.codes import ending
from tests.outside import load_personas
from tests.races.racing import race
from tests.units.duties import number_of
from tests.units.invited import HERE, UNIT, finished, invited, papers_of, proven, sent

pytestmark = pytest.mark.usefixtures("committed")
WHO = "staff_code"
AT_ONCE = 6


@pytest.fixture(autouse=True)
def people(committed: None) -> None:
    """The personas in the register."""
    load_personas()


def test_one_code_on_many_phones_at_once_binds_one() -> None:
    code = sent(WHO)
    attempts = [proven(code) for _ in range(AT_ONCE)]
    told = Counter(race([partial(ending, partial(finished, attempt)) for attempt in attempts]))
    assert told == {"done": 1, "U-30": AT_ONCE - 1}
    assert (Device.objects.count(), Registration.objects.count()) == (1, 1)
    counted = [events(event) for event in (Event.INVITATION_FINISHED, Event.ENROLLED, Event.REGISTRATION_ACTIVATED)]
    assert counted == [1, 1, 1]


def test_one_attempt_sent_many_times_at_once_binds_one() -> None:
    attempt = proven(sent(WHO))
    told = Counter(race([partial(ending, partial(finished, attempt)) for _ in range(AT_ONCE)]))
    assert told == {"done": 1, "A-05": AT_ONCE - 1}
    assert Device.objects.count() == 1


def test_papers_guessed_at_once_are_counted_each() -> None:
    code = sent(WHO)
    attempts, wrong = [code.begun() for _ in range(10)], papers_of(WHO, last4="0000")
    told = Counter(race([partial(ending, partial(finishing.prove, attempt, wrong)) for attempt in attempts]))
    assert told == {"M-09": 5, "L-01": 5}


@pytest.mark.parametrize("turn", range(3))
def test_withdrawn_or_finished_but_never_both(turn: int) -> None:
    code = sent(WHO)
    attempt = proven(code)
    withdraw = partial(invitations.withdraw, code.invitation.id, UNIT, "示範", "somebody")
    acts = [partial(ending, partial(finished, attempt)), partial(ending, withdraw)]
    told = race(acts if turn % 2 else acts[::-1])
    assert Counter(told) == {"done": 1, "U-30": 1}
    states = (Invitation.objects.get().state, Registration.objects.get().state, Device.objects.count())
    assert states in {("finished", "active", 1), ("withdrawn", "cancelled", 0)}
    assert events(Event.INVITATION_FINISHED) + events(Event.INVITATION_WITHDRAWN) == 1


def test_two_print_runs_at_once_print_each_letter_that_counts_once(tmp_path: Path) -> None:
    staff = ("staff_target", "staff_mobile", "staff_code", "staff_foreign")
    for who in staff:
        invited(who)
    folders = [tmp_path / "one", tmp_path / "two"]
    printed = race([partial(print_due, folder) for folder in folders])
    assert sum(run.letters for run in printed) == len(staff)
    assert events(Event.ACTIVATION_CODE_MADE) == len(staff)
    files = [file for folder in folders for file in folder.glob("*.pdf")]
    codes = [
        re.findall(r"\w{4}-\w{4}-\w{4}", page.extract_text())[0] for file in files for page in PdfReader(file).pages
    ]
    leads = [
        ending(partial(finishing.claim_by_typing, str(number_of(who)), code, HERE)) for who in staff for code in codes
    ]
    assert Counter(leads)["done"] == len(staff)
