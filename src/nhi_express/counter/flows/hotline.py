"""The hotline: a caller is identified as the procedure says, then the agent sees why something failed, and no more.

Agents can stop a registration, and do nothing else to it (DESIGN, section 1; seed Q8).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from nhi_express.audit import flows as audit
from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import record
from nhi_express.audit.models import Entry
from nhi_express.core import clock
from nhi_express.core.encoding import base64url, from_base64url
from nhi_express.core.vault import CannotOpen, same, vault
from nhi_express.counter.flows import reading
from nhi_express.counter.flows.duty import OnDuty, require
from nhi_express.counter.rules import Act, LookUpPurpose, Power
from nhi_express.devices import flows as devices
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import known_keys, register
from nhi_express.members.ports import Member
from nhi_express.members.rules import IdNumber, forgiven
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason

# A call; then the caller is asked once more.
_CALL = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Caller:
    """What a caller answers. ``proof`` is the card's last four digits or the household number; to report a theft, ID
    number and birth date are enough, for nothing can be done then but to stop."""

    id_number: IdNumber
    birth_date: date
    proof: str
    purpose: LookUpPurpose


def identify(on_duty: OnDuty, caller: Caller) -> str:
    """Compare a caller's answers with the register. Returns a sealed ticket for this call.

    The look-up is on record whatever comes of it, and says whether the caller was known. Raises :class:`Refused`, alike
    for an unknown number and for wrong answers: an agent learns nothing about who is insured; and for one's own or a
    relative's record.
    """
    require(on_duty, Power.LOOK_UP)
    member = register().find(caller.id_number)
    proven = member is not None and _answers(member, caller)
    with transaction.atomic():
        reading.note(on_duty, member, caller.purpose if proven else LookUpPurpose.CALLER_UNPROVEN)
    if member is None or not proven:
        raise Refused(Problem.CALLER_NOT_IDENTIFIED)
    reading.refuse_own(on_duty, member)
    until = clock.now() + _CALL
    note = json.dumps([on_duty.who, str(member.key), caller.purpose.value, until.timestamp()]).encode()
    return base64url(vault().seal(note, "counter.call"))


def _answers(member: Member, caller: Caller) -> bool:
    held, said = member.record, forgiven(caller.proof, "CALLER_NOT_IDENTIFIED")
    known = [held.card_number[-4:], held.household_number]
    proven = any(same(one, said) for one in known if one) or caller.purpose is LookUpPurpose.CALLER_THEFT
    return held.birth_date == caller.birth_date and proven


@dataclass(frozen=True, slots=True)
class Call:
    """An identified caller's record, as far as an agent may see it. ``entries`` are none where a theft is reported."""

    ticket: str
    purpose: LookUpPurpose
    member: Member
    registration: Registration | None
    phones: int
    entries: list[Entry]

    @property
    def sees_history(self) -> bool:
        """Whether the caller proved enough for the agent to see what happened."""
        return self.purpose is not LookUpPurpose.CALLER_THEFT


def call(on_duty: OnDuty, ticket: str) -> Call:
    """What the agent sees during a call. Raises :class:`Refused` when it is over, or was another agent's."""
    require(on_duty, Power.LOOK_UP)
    member, purpose = _of_ticket(on_duty, ticket)
    registration = reading.registration_of(member)
    phones = devices.active_phones(registration).count() if registration else 0
    found = Call(ticket, purpose, member, registration, phones, [])
    if not found.sees_history:
        return found
    ids: list[UUID] = [registration.id] if registration else []
    return Call(ticket, purpose, member, registration, phones, audit.timeline(known_keys(member), ids))


def _of_ticket(on_duty: OnDuty, ticket: str) -> tuple[Member, LookUpPurpose]:
    try:
        agent, key, purpose, until = json.loads(vault().open(from_base64url(ticket), "counter.call"))
    except (CannotOpen, ValueError) as error:
        raise Refused(Problem.CALLER_NOT_IDENTIFIED) from error
    member = register().by_key(UUID(key))
    if agent != on_duty.who or member is None or clock.now().timestamp() > until:
        raise Refused(Problem.CALLER_NOT_IDENTIFIED)
    return member, LookUpPurpose(purpose)


def freeze(on_duty: OnDuty, ticket: str) -> None:
    """Stop the caller's registration at once, with all its phones (regulation, point 11).

    Said twice, it is done once. Raises :class:`Refused` where there is none.
    """
    require(on_duty, Power.LOOK_UP)
    member, purpose = _of_ticket(on_duty, ticket)
    registration = reading.registration_of(member)
    if registration is None:
        raise Refused(Problem.ACT_NOT_POSSIBLE)
    with transaction.atomic():
        if accounts.suspend(registration.pk, Reason.THEFT, on_duty.actor):
            facts = {"act": Act.SUSPEND.value, "reason": purpose.value}
            record(Event.ACT_DONE, accounts.about(registration), on_duty.actor, staff=on_duty.who, **facts)
