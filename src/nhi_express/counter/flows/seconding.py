"""What makes somebody able to act as staff takes a second person: first-time codes, and networks of offices.

Who keeps accounts could be anybody otherwise: make a clerk, take the code that is shown, add a network of their own.
So one asks, and another administrator or a supervisor says yes; the code is shown to that second person alone. Taking
away (passkeys, networks, accounts) never waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness
from nhi_express.core.lifetimes import lifetime
from nhi_express.counter.flows.duty import STAFF_CODE_LENGTH, OnDuty, require
from nhi_express.counter.models import Office, Proposal, Staff
from nhi_express.counter.rules import ApprovalState, Power, StaffState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration.flows.addresses import HASHER, peppered


def ask_code(by: OnDuty, staff: Staff) -> None:
    """Ask for a colleague's first-time code, within the caller's transaction; it takes the place of an earlier wish."""
    lapse(staff=staff)
    _ask(by, Proposal(staff=staff))


def ask_networks(by: OnDuty, office: Office, networks: Sequence[str]) -> None:
    """Ask for an office's networks, within the caller's transaction; it takes the place of an earlier wish."""
    lapse(office=office)
    _ask(by, Proposal(office=office, networks=list(networks)))


def lapse(**of: Staff | Office) -> None:
    """What still waits for this colleague or office, or was asked by this colleague, is asked no longer."""
    waiting = Proposal.objects.filter(state=ApprovalState.ASKED, **of)
    waiting.update(state=ApprovalState.LAPSED, decided_at=clock.now())


def _ask(by: OnDuty, wish: Proposal) -> None:
    wish.id, wish.state = randomness.identifier(), ApprovalState.ASKED
    wish.asked_by, wish.asked_at = by.staff, clock.now()
    wish.save(force_insert=True)
    record(Event.SECOND_ASKED, About(), "staff", staff=by.who, **_named(wish))


def _named(wish: Proposal) -> dict[str, str | list[str]]:
    """What is asked, for events: a colleague by their random id, an office with its networks."""
    if wish.staff is not None:
        return {"what": "code", "of": str(wish.staff.id), "role": wish.staff.role, "office": wish.staff.office_id or ""}
    return {"what": "networks", "office": str(wish.office_id), "networks": wish.networks}


def waiting(by: OnDuty) -> list[Proposal]:
    """What waits for a second person, one's own wishes too."""
    require(by, Power.SECOND)
    asked = Proposal.objects.select_related("staff__office", "office", "asked_by").filter(state=ApprovalState.ASKED)
    return list(asked.order_by("asked_at")[:100])


def of_office(office: Office) -> Proposal | None:
    """The networks that were asked for and wait, if any."""
    return Proposal.objects.filter(state=ApprovalState.ASKED, office=office).first()


def decide(by: OnDuty, wish_id: UUID, *, granted: bool) -> tuple[Staff, str] | None:
    """Say yes or no; a yes is carried out in the same transaction. Returns whose code it made, and the code, if any.

    Whoever asked may only take it back. Raises :class:`Refused`: one's own, decided already, or the account is closed.
    """
    require(by, Power.SECOND)
    with transaction.atomic():
        wish = _held(wish_id)
        if granted and wish.asked_by_id == by.staff.pk:
            raise Refused(Problem.APPROVAL_OWN)
        _decided(by, wish, ApprovalState.GRANTED if granted else ApprovalState.DENIED)
        return _carry_out(wish) if granted else None


def _held(wish_id: UUID) -> Proposal:
    """A wish, kept for this transaction behind its colleague or office: in the order in which those are closed."""
    asked = Proposal.objects.filter(pk=wish_id)
    found = asked.values_list("staff", "office").first()
    if found is None:
        raise Refused(Problem.NOT_FOUND)
    staff, office = found
    if staff:
        Staff.objects.select_for_update().get(pk=staff)
    if office:
        Office.objects.select_for_update().get(pk=office)
    return asked.select_for_update(of=("self",)).select_related("staff__office", "office").get()


def _decided(by: OnDuty, wish: Proposal, state: ApprovalState) -> None:
    open_ = Proposal.objects.filter(pk=wish.pk, state=ApprovalState.ASKED)
    if not open_.update(state=state, decided_by=by.staff, decided_at=clock.now()):
        raise Refused(Problem.APPROVAL_OVER)
    event = Event.SECOND_GRANTED if state is ApprovalState.GRANTED else Event.SECOND_DENIED
    record(event, About(), "staff", staff=by.who, asked_by=str(wish.asked_by_id), **_named(wish))


def _carry_out(wish: Proposal) -> tuple[Staff, str] | None:
    if wish.staff is not None:
        return wish.staff, give_code(wish.staff)
    Office.objects.filter(pk=wish.office_id).update(networks=wish.networks)
    return None


def give_code(staff: Staff) -> str:
    """A first-time code, good once and for some hours, within the caller's transaction. Raises :class:`Refused`."""
    code = randomness.letters(STAFF_CODE_LENGTH)
    staff.code_until = clock.now() + timedelta(hours=lifetime("staff_code_hours"))
    living = Staff.objects.filter(pk=staff.pk).exclude(state=StaffState.CLOSED)
    if not living.update(code_hash=HASHER.hash(peppered(code)), code_until=staff.code_until):
        raise Refused(Problem.APPROVAL_OVER)
    return code
