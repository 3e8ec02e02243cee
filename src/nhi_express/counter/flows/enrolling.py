"""Registering at the desk: the clerk has seen the documents, the visitor reads the terms and types a password.

No e-mail confirmation: a counter is a place that the insurer designates (regulation, point 4). The phone is bound by
a device code on the visitor's screen, now or another day.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import record
from nhi_express.core import clock
from nhi_express.counter.flows.cases import AtDesk, at_desk, require_documents
from nhi_express.counter.models import Case, Screen
from nhi_express.counter.rules import ACTS, Act, CaseState, Document
from nhi_express.devices import flows as devices
from nhi_express.enrolment import flows as gate
from nhi_express.enrolment.rules import AttemptState, Channel, Evidence
from nhi_express.help import terms
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as accounts
from nhi_express.registration.flows import AcceptedTerms
from nhi_express.registration.models import Registration

_EVIDENCE = {
    Document.NHI_CARD: Evidence.NHI_CARD_SEEN,
    Document.ID_CARD: Evidence.ID_SEEN,
    Document.HOUSEHOLD: Evidence.HOUSEHOLD_SEEN,
    Document.RESIDENCE_PERMIT: Evidence.ARC_SEEN,
}


def may_register(at: AtDesk) -> bool:
    """Whether the visitor's screen may go on to the terms and a password."""
    return Act.REGISTER in ACTS[at.purpose] and not at.lacking


def register_at_desk(case: Case, version: str, language: str, password: str) -> None:
    """The visitor has read the terms and typed a password, on their own screen: they are registered.

    Who was registered before gets the new password (seed Q7). Raises :class:`Refused`; then nothing happened.
    """
    at = at_desk(case)
    _refuse_unless_ready(at)
    shown = terms.current(clock.today())
    if version != shown.version:
        raise Refused(Problem.TERMS_NOT_ACCEPTED)
    accepted = AcceptedTerms(shown.version, language, shown.digest(language), clock.now())
    hashed = accounts.hash_password(password, gate.guessable(at.member))
    attempt, _ = gate.start(Channel.COUNTER, accepted, {})
    held = [Evidence.TERMS, Evidence.CLERK, *(_EVIDENCE[Document(name)] for name in case.seen)]
    with transaction.atomic():
        if not Case.objects.filter(pk=case.pk, state=CaseState.OPEN).update(attempt=attempt.id, touched_at=clock.now()):
            raise Refused(Problem.CASE_OVER)
        names = [item.value for item in held]
        gate.claim(attempt, {AttemptState.OPEN}, AttemptState.CARD_PROVEN, member=at.member.key, evidence=names)
        attempt.evidence = names
        gate.enrol(attempt, at.member, gate.Wish(hashed, None, None, accepted, language))
        facts = {"staff": str(case.clerk_id), "office": case.office_id, "case": str(case.id)}
        record(Event.CASE_REGISTERED, at.about, "clerk", **facts)


def _refuse_unless_ready(at: AtDesk) -> None:
    require_documents(at)
    if not may_register(at):
        raise Refused(Problem.ACT_NOT_POSSIBLE)
    if at.registration is not None and at.registration.member != at.member.key:
        # Registered under a former number: that is changed first, so that nobody ends up with two accounts.
        raise Refused(Problem.FORMER_NUMBER)


def phone_code(case: Case) -> devices.NewCode:
    """A device code for the visitor's screen; it ends with the screen's case.

    Raises :class:`Refused`: not registered, suspended, or the screen was parted meanwhile.
    """
    at = at_desk(case)
    if at.registration is None or not may_register(at):
        raise Refused(Problem.ACT_NOT_POSSIBLE)
    made = devices.make_code(at.registration, Channel.COUNTER)
    with transaction.atomic():
        # Whoever parts the screen removes its row before the code: either they see this code, or it is seen here.
        shown = Screen.objects.select_for_update().filter(case=case).exists()
        if not shown:
            devices.forget_code(at.registration)
    if not shown:
        raise Refused(Problem.SCREEN_PARTED)
    return made


def registration_in(case: Case) -> Registration:
    """The registration of a case's person. Raises :class:`Refused` where there is none."""
    registration = at_desk(case).registration
    if registration is None:
        raise Refused(Problem.ACT_NOT_POSSIBLE)
    return registration


def disown_phone(case: Case, device_id: str) -> None:
    """Take off the phone that the case's code has just bound: it is somebody else's. Raises :class:`Refused`."""
    try:
        wanted = UUID(device_id)
    except ValueError as error:
        raise Refused(Problem.NOT_FOUND) from error
    devices.disown(registration_in(case), wanted)
