"""Attempts, and the one gate that every channel ends in."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness, rows, throttle
from nhi_express.core.config import config
from nhi_express.core.encoding import fingerprint
from nhi_express.core.limits import Limit
from nhi_express.core.vault import vault
from nhi_express.devices import flows as devices
from nhi_express.devices.models import Device
from nhi_express.devices.rules import DeviceState
from nhi_express.enrolment.models import Attempt
from nhi_express.enrolment.rules import CHANNELS, AttemptState, Channel, Evidence, assurance, missing
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.ports import Member
from nhi_express.registration import flows as accounts
from nhi_express.registration.flows import AcceptedTerms
from nhi_express.registration.flows.addresses import Kind
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import State

_OF_BROWSER = rows.Lookup(Attempt, "browser")


def start(channel: Channel, terms: AcceptedTerms, notes: Mapping[str, object]) -> tuple[Attempt, str]:
    """Begin an attempt with the terms accepted. Returns it and the secret for the browser's cookie."""
    secret, identifier = randomness.token(256), randomness.identifier()
    accepted = {"version": terms.version, "language": terms.language, "digest": terms.digest}
    attempt = Attempt(
        id=identifier,
        browser=fingerprint(secret),
        channel=channel,
        state=AttemptState.OPEN,
        expires_at=_expiry(channel),
        sealed=_sealed(identifier, {**notes, "terms": accepted, "accepted_at": terms.at.isoformat()}),
        evidence=[Evidence.TERMS],
    )
    with transaction.atomic():
        rows.add(attempt)
        record(Event.ATTEMPT_STARTED, About(), attempt=str(identifier), channel=channel)
    return attempt, secret


def current(secret: str | None, page_attempt: str | None = None) -> Attempt:
    """The attempt of this browser.

    ``page_attempt`` is the id that the submitted page was made for: another one means another tab began anew.
    Raises :class:`Refused` when there is none, when it is another, or when it expired.
    """
    attempt = _OF_BROWSER.one(fingerprint(secret)) if secret else None
    if attempt is None or page_attempt not in {None, str(attempt.id)}:
        raise Refused(Problem.ATTEMPT_MISSING)
    if attempt.state != AttemptState.DONE and attempt.expires_at < clock.now():
        raise Refused(Problem.ATTEMPT_EXPIRED)
    return attempt


def notes_of(attempt: Attempt) -> dict[str, str]:
    """What was typed and proven so far."""
    return dict(json.loads(vault().open(attempt.sealed, f"enrolment.attempt:{attempt.id}")))


def claim(attempt: Attempt, allowed: Collection[AttemptState], wanted: AttemptState, **columns: object) -> None:
    """Move an attempt on, once: of two tabs that try together, one wins. Each step renews the expiry.

    Raises :class:`Refused`: done already, or out of order.
    """
    mine = {"id": attempt.id, "state": list(allowed)}
    if not rows.change(Attempt, mine, state=wanted, expires_at=_expiry(attempt.channel), **columns):
        done = Attempt.objects.filter(pk=attempt.pk, state=AttemptState.DONE).exists()
        raise Refused(Problem.ATTEMPT_DONE if done else Problem.ATTEMPT_OUT_OF_ORDER)


def sealed_notes(attempt: Attempt, notes: Mapping[str, object]) -> bytes:
    """Notes as the attempt's row holds them."""
    return _sealed(attempt.id, notes)


def _sealed(identifier: UUID, notes: Mapping[str, object]) -> bytes:
    return vault().seal(json.dumps(notes).encode(), f"enrolment.attempt:{identifier}")


def _expiry(channel: str) -> datetime:
    """Who sits at a computer has to find the household certificate: there, a step lasts as long as a session idles."""
    minutes = config().portal_idle_minutes if channel == Channel.CARD else config().attempt_minutes
    return clock.now() + timedelta(minutes=minutes)


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
    evidence = [Evidence(name) for name in attempt.evidence]
    _require(channel, evidence, member)
    if wish.phone is not None and not CHANNELS[channel].binds_phone:
        raise Refused(Problem.FORBIDDEN)
    waiting = [accounts.waiting_address(text, kind) for text, kind in zip(wish.addresses, _KINDS, strict=False)]
    with transaction.atomic():
        claim(attempt, {_LAST_STEP[channel]}, AttemptState.DONE)
        begin = accounts.apply if CHANNELS[channel].confirms_email else accounts.activate
        registration = begin(member.key, assurance(evidence), wish.language)
        _apply(registration, wish)
        for address in waiting:
            accounts.await_code(registration, address)
        device = _bind(registration, wish, channel)
        # What was typed is not needed any longer.
        rows.change(Attempt, {"id": attempt.id}, sealed=b"", device=device and device.id)
        _record_enrolment(registration, attempt, evidence)
        forgive(member.key)
    return device


def forgive(member: UUID) -> None:
    """Identity was proven: wrong tries before it are forgotten, and what they had closed for good (L-02) is open.

    Within the caller's transaction, which is one commit less for each.
    """
    for limit in (Limit.CARD_LAST4, Limit.CARD_HOUSEHOLD, Limit.PORTAL_PASSWORD):
        throttle.clear(limit, str(member))


_LAST_STEP = {Channel.MOBILE: AttemptState.CARD_PROVEN, Channel.CARD: AttemptState.CARD_PROVEN}
_KINDS: tuple[Kind, ...] = ("main", "backup")


def _require(channel: Channel, evidence: Iterable[Evidence], member: Member) -> None:
    """The channel table, and life: nobody is registered with less than it asks for, nor after death."""
    held = list(evidence)
    if missing(channel, held, foreign=member.record.foreign):
        raise Refused(Problem.ATTEMPT_OUT_OF_ORDER)
    if member.record.deceased:
        raise Refused(Problem.DATA_DO_NOT_MATCH)


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


def _record_enrolment(registration: Registration, attempt: Attempt, evidence: list[Evidence]) -> None:
    record(
        Event.ENROLLED,
        accounts.about(registration),
        attempt=str(attempt.id),
        channel=attempt.channel,
        evidence=[item.value for item in evidence],
        assurance=assurance(evidence),
    )


def forget_expired() -> int:
    """Remove attempts that ended or expired more than a day ago. Returns how many."""
    return Attempt.objects.filter(expires_at__lt=clock.now() - timedelta(days=1)).delete()[0]
