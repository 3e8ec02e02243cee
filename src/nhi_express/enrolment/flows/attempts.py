"""Attempts: one go at proving who one is, kept from step to step."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness, rows
from nhi_express.core.config import config
from nhi_express.core.encoding import fingerprint
from nhi_express.core.vault import vault
from nhi_express.enrolment.models import Attempt
from nhi_express.enrolment.rules import AttemptState, Channel, Evidence
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.members.ports import Member
from nhi_express.registration.flows import AcceptedTerms

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
        expires_at=_expiry(channel, AttemptState.OPEN),
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


def proven_member(attempt: Attempt, needed: AttemptState) -> Member:
    """The member that the attempt has proven. Raises :class:`Refused` when the attempt is not at ``needed``."""
    if attempt.state != needed:
        done = attempt.state == AttemptState.DONE
        raise Refused(Problem.ATTEMPT_DONE if done else Problem.ATTEMPT_OUT_OF_ORDER)
    member = register().by_key(attempt.member) if attempt.member else None
    if member is None:
        raise Refused(Problem.DATA_DO_NOT_MATCH)
    return member


def notes_of(attempt: Attempt) -> dict[str, Any]:
    """What was typed and proven so far."""
    return dict(json.loads(vault().open(attempt.sealed, f"enrolment.attempt:{attempt.id}")))


def terms_of(notes: Mapping[str, Any]) -> AcceptedTerms:
    """The terms accepted when the attempt began."""
    accepted = notes["terms"]
    at = datetime.fromisoformat(notes["accepted_at"])
    return AcceptedTerms(accepted["version"], accepted["language"], accepted["digest"], at)


def claim(attempt: Attempt, allowed: Collection[AttemptState], wanted: AttemptState, **columns: object) -> None:
    """Move an attempt on, once: of two tabs that try together, one wins. Each step renews the expiry.

    Raises :class:`Refused`: done already, or out of order.
    """
    mine = {"id": attempt.id, "state": list(allowed)}
    if not rows.change(Attempt, mine, state=wanted, expires_at=_expiry(attempt.channel, wanted), **columns):
        done = Attempt.objects.filter(pk=attempt.pk, state=AttemptState.DONE).exists()
        raise Refused(Problem.ATTEMPT_DONE if done else Problem.ATTEMPT_OUT_OF_ORDER)


def sealed_notes(attempt: Attempt, notes: Mapping[str, object]) -> bytes:
    """Notes as the attempt's row holds them."""
    return _sealed(attempt.id, notes)


def _sealed(identifier: UUID, notes: Mapping[str, object]) -> bytes:
    return vault().seal(json.dumps(notes).encode(), f"enrolment.attempt:{identifier}")


def _expiry(channel: str, state: AttemptState) -> datetime:
    """Who has to find the household certificate gets as long for the step as a session idles on the portal."""
    searching = channel == Channel.CARD or state == AttemptState.CODE_PROVEN
    minutes = config().portal_idle_minutes if searching else config().attempt_minutes
    return clock.now() + timedelta(minutes=minutes)


def forget_expired() -> int:
    """Remove attempts that ended or expired more than a day ago. Returns how many."""
    return Attempt.objects.filter(expires_at__lt=clock.now() - timedelta(days=1)).delete()[0]
