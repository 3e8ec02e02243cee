"""The one gate that every channel ends in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import record
from nhi_express.core import clock, rows, throttle
from nhi_express.core.limits import Limit
from nhi_express.devices import flows as devices
from nhi_express.devices.models import Device
from nhi_express.devices.rules import DeviceState
from nhi_express.enrolment.flows import invitations
from nhi_express.enrolment.flows.attempts import claim
from nhi_express.enrolment.flows.numbers import follow, keys_of
from nhi_express.enrolment.models import Attempt, Invitation
from nhi_express.enrolment.rules import CHANNELS, AttemptState, Channel, Evidence, assurance, missing
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.ports import Member
from nhi_express.registration import flows as accounts
from nhi_express.registration.flows import AcceptedTerms
from nhi_express.registration.flows.addresses import Kind
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import State


@dataclass(frozen=True, slots=True)
class Wish:
    """What the member asked for at the gate: a password (hashed; None keeps the old one), a phone, one phone less.

    ``addresses``: e-mail addresses, the main one first, then one as a backup.
    """

    password_hash: str | None
    phone: devices.VerifiedPhone | None
    remove: UUID | None
    terms: AcceptedTerms | None
    language: str
    addresses: tuple[str, ...] = ()


def enrol(attempt: Attempt, member: Member, wish: Wish) -> Device | None:
    """The one gate: register, set the password, bind the phone, keep consent and events, tell the member.

    All of it or none, in one transaction. The attempt is spent in it, so it enrols once however often it is sent.
    Raises :class:`Refused`.
    """
    channel = Channel(attempt.channel)
    if wish.phone is not None and not CHANNELS[channel].binds_phone:
        raise Refused(Problem.FORBIDDEN)
    waiting = [accounts.waiting_address(text, kind) for text, kind in zip(wish.addresses, _KINDS, strict=False)]
    with transaction.atomic():
        claim(attempt, {AttemptState.CARD_PROVEN}, AttemptState.DONE)
        begun = invitations.locked(member)
        evidence = [Evidence(name) for name in attempt.evidence] + _attested(channel, begun, member)
        _require(channel, evidence, member)
        follow(member)
        begin = accounts.apply if CHANNELS[channel].confirms_email else accounts.activate
        registration = begin(member.key, assurance(evidence), wish.language)
        _apply(registration, wish)
        for address in waiting:
            accounts.await_code(registration, address)
        device = _bind(registration, wish, channel)
        # What was typed is not needed any longer.
        rows.change(Attempt, {"id": attempt.id}, sealed=b"", device=device and device.id)
        _record_enrolment(registration, attempt, evidence, wish.terms)
        if begun is not None and registration.state == State.ACTIVE:
            invitations.finish(begun, registration, channel)
        forgive(member.key)
    return device


def forgive(member: UUID) -> None:
    """Identity was proven: wrong tries before it are forgotten, and what they had closed for good (L-02) is open.

    Within the caller's transaction, which is one commit less for each.
    """
    for limit in (Limit.CARD_LAST4, Limit.CARD_HOUSEHOLD, Limit.PORTAL_PASSWORD):
        throttle.clear(limit, str(member))


_KINDS: tuple[Kind, ...] = ("main", "backup")


def _attested(channel: Channel, begun: Invitation | None, member: Member) -> list[Evidence]:
    """What the unit vouches for, and the register confirms: never what a page or an officer sent.

    Raises :class:`Refused` where the member came by way of their unit and it does not vouch for them (any longer).
    """
    if channel is not Channel.UNIT:
        return []
    if begun is None or not invitations.attests(begun, member):
        raise Refused(Problem.NO_INVITATION)
    return [Evidence.UNIT_ATTESTED, Evidence.ROSTER]


def _require(channel: Channel, evidence: Iterable[Evidence], member: Member) -> None:
    """The channel table, and life: nobody is registered with less than it asks for, nor after death, nor past a stop
    of the registration that they had under a former ID number."""
    held = list(evidence)
    if missing(channel, held, foreign=member.record.foreign):
        raise Refused(Problem.ATTEMPT_OUT_OF_ORDER)
    if member.record.deceased:
        raise Refused(Problem.DATA_DO_NOT_MATCH)
    for former in keys_of(member)[1:]:
        accounts.refuse_suspended(accounts.living(former))


def _apply(registration: Registration, wish: Wish) -> None:
    if wish.terms is not None:
        accounts.accept_terms(registration, wish.terms)
    if wish.password_hash is not None:
        accounts.store_password(registration, wish.password_hash)
        applies = registration.state == State.PENDING_CONFIRMATION
        accounts.tell(registration, "registration/applied" if applies else "registration/password_set")
    elif not registration.password_hash:
        raise Refused(Problem.PASSWORD_TOO_SHORT)


def _bind(registration: Registration, wish: Wish, channel: Channel) -> Device | None:
    if wish.remove is not None:
        devices.move(registration, wish.remove, DeviceState.DELETED, "replaced")
    return devices.bind(registration, wish.phone, channel) if wish.phone is not None else None


def _record_enrolment(
    registration: Registration, attempt: Attempt, evidence: list[Evidence], terms: AcceptedTerms | None
) -> None:
    # How long it took, for the figures: from the terms, with which every attempt begins.
    took = {"seconds": int((clock.now() - terms.at).total_seconds())} if terms else {}
    record(
        Event.ENROLLED,
        accounts.about(registration),
        attempt=str(attempt.id),
        channel=attempt.channel,
        evidence=[item.value for item in evidence],
        assurance=assurance(evidence),
        **took,
    )
