"""Without signing in: 重寄認證信, 忘記註冊密碼, 刪除註冊申請 (seed Q1.2, login screen).

Each begins with the proof of registering: the card, and household or permit. What was proven is kept in a sealed
ticket for the browser's cookie, which names nobody and ends by itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction

from nhi_express.card.flows import basis
from nhi_express.card.flows.presenting import PresentedCard
from nhi_express.card.flows.proving import prove_holder
from nhi_express.card.flows.signing_in import end_sessions
from nhi_express.card.rules import Proof
from nhi_express.core import clock
from nhi_express.core.encoding import base64url, from_base64url
from nhi_express.core.vault import CannotOpen, vault
from nhi_express.devices import flows as devices
from nhi_express.enrolment import flows as gate
from nhi_express.enrolment.flows import invitations
from nhi_express.enrolment.flows.numbers import follow
from nhi_express.enrolment.rules import Channel
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason, State

Ceremony = Literal["resend", "forgot", "cancel"]
_PENDING = {State.PENDING_CONFIRMATION, State.PENDING_ACTIVATION}
# A mail takes minutes at times; who comes later proves again.
TICKET_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Proven:
    """A holder proven. ``code_sent``: whether a mailed code is needed next."""

    ticket: str
    code_sent: bool


def prove(ceremony: Ceremony, presented: PresentedCard, proof: Proof) -> Proven:
    """The first step of each: card, and household or permit; then a code is mailed where one is needed.

    Raises :class:`Refused`.
    """
    prove_holder(presented, proof)
    follow(presented.member)
    registration = accounts.living(presented.member.key)
    accounts.refuse_suspended(registration)
    if registration is None:
        raise Refused(Problem.NOTHING_PENDING)
    sent = _send(ceremony, registration)
    until = clock.now() + timedelta(minutes=TICKET_MINUTES)
    note = json.dumps([ceremony, str(registration.id), until.timestamp()]).encode()
    return Proven(base64url(vault().seal(note, "card.recovering")), sent)


def send_again(ticket: str, ceremony: Ceremony) -> None:
    """Mail the code once more. Raises :class:`Refused` when too many were asked for."""
    _send(ceremony, _of_ticket(ticket, ceremony))


def _send(ceremony: Ceremony, registration: Registration) -> bool:
    """Mail the code that the ceremony needs, if it needs one."""
    if ceremony == "resend":
        _resend(registration)
    elif ceremony == "forgot" or registration.state not in _PENDING:
        accounts.send_proof_code(registration)
    else:
        return False
    return True


def _resend(registration: Registration) -> None:
    waiting = accounts.contact(registration).waiting
    if registration.state != State.PENDING_CONFIRMATION or not waiting:
        raise Refused(Problem.NOTHING_PENDING)
    accounts.send_code(registration, waiting)


def confirm(ticket: str, code: str) -> None:
    """重寄認證信: the code that came makes the registration active. Raises :class:`Refused`."""
    registration = _of_ticket(ticket, "resend")
    if registration.state != State.PENDING_CONFIRMATION:
        raise Refused(Problem.NOTHING_PENDING)
    accounts.confirm_code(registration, code)
    invitations.finish_for(registration, Channel.CARD)


def set_password(ticket: str, code: str, password: str) -> None:
    """忘記註冊密碼: with the mailed code, a new password. Every use of the portal ends, and the member is told.

    Raises :class:`Refused`; a password that will not do costs neither code nor try.
    """
    registration = _of_ticket(ticket, "forgot")
    member = register().by_key(registration.member)
    hashed = accounts.hash_password(password, gate.guessable(member) if member else ())
    accounts.spend_proof_code(registration, code)
    with transaction.atomic():
        accounts.refuse_suspended(_locked(registration))
        accounts.store_password(registration, hashed)
        accounts.tell(registration, "registration/password_set")
        end_sessions(registration)
        gate.forgive(registration.member)


def cancel(ticket: str, code: str = "") -> None:
    """刪除註冊申請: one that waits ends at once, an active one with the mailed code; phones and sessions end with it.

    Raises :class:`Refused`.
    """
    registration = _of_ticket(ticket, "cancel")
    if registration.state not in _PENDING:
        accounts.spend_proof_code(registration, code)
    with transaction.atomic():
        if _locked(registration).state != registration.state:
            # It became active, or was stopped, since it was looked at: what was proven no longer suffices.
            raise Refused(Problem.ATTEMPT_OUT_OF_ORDER)
        devices.end_all(registration, "cancelled", "member")
        accounts.cancel(registration, Reason.OWN_WISH, "member")
        end_sessions(registration)
        basis.forget(registration)


def needs_code(ticket: str) -> bool:
    """Whether cancelling asks for a mailed code. Raises :class:`Refused` for a ticket that is over."""
    return _of_ticket(ticket, "cancel").state not in _PENDING


def _of_ticket(ticket: str, ceremony: Ceremony) -> Registration:
    """The registration whose holder was proven. Raises :class:`Refused`: too late, of another ceremony, or ended."""
    try:
        made_for, identifier, until = json.loads(vault().open(from_base64url(ticket), "card.recovering"))
    except (CannotOpen, ValueError) as error:
        raise Refused(Problem.ATTEMPT_MISSING) from error
    if made_for != ceremony:
        raise Refused(Problem.ATTEMPT_MISSING)
    if clock.now().timestamp() > until:
        raise Refused(Problem.ATTEMPT_EXPIRED)
    registration = Registration.objects.filter(pk=UUID(identifier)).exclude(state=State.CANCELLED).first()
    accounts.refuse_suspended(registration)
    if registration is None:
        raise Refused(Problem.NOTHING_PENDING)
    return registration


def _locked(registration: Registration) -> Registration:
    return Registration.objects.select_for_update().get(pk=registration.pk)
