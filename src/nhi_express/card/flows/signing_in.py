"""登入: the card and the registration password, whichever channel registered its holder (seed Q1.2, login screen)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.card.flows.presenting import PresentedCard
from nhi_express.card.models import PortalSession
from nhi_express.core import clock, randomness, throttle
from nhi_express.core.config import config
from nhi_express.core.encoding import fingerprint
from nhi_express.core.limits import Limit
from nhi_express.devices import flows as devices
from nhi_express.enrolment.flows.numbers import follow
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import State


@dataclass(frozen=True, slots=True)
class PortalSignedIn:
    """Who uses the portal now."""

    session: bytes
    registration: Registration

    @property
    def masked_name(self) -> str:
        """Their name, as it is shown."""
        member = register().by_key(self.registration.member)
        return member.record.masked_name if member else ""


def sign_in(presented: PresentedCard, password: str) -> str:
    """Sign in with a card that answered its issuer, and the password. Returns the secret for the cookie.

    Who is not registered is answered as for a wrong password, after the same time. A card that was only read is not
    enough under any setting: the password's tries would be a stranger's to burn. Raises :class:`Refused`.
    """
    if presented.authenticated:
        follow(presented.member)
    registration = accounts.living(presented.member.key)
    try:
        presented.require_authenticated()
        accounts.refuse_suspended(registration)
        check_password(presented, registration, password)
        return _open(_usable(registration))
    except Refused as refusal:
        _record_refusal(About(presented.member.key, registration.id if registration else None), refusal.problem)
        raise


def check_password(presented: PresentedCard, registration: Registration | None, password: str) -> None:
    """Compare the password of a card's holder. Raises :class:`Refused`: wrong, or tried too often."""
    subject = str(presented.member.key)
    decision = throttle.spend(Limit.PORTAL_PASSWORD, subject)
    if decision.verdict == "exhausted":
        raise Refused(Problem.PROVE_AGAIN)
    if not decision.permitted:
        raise Refused(Problem.LOCKED, until=decision.until)
    if not accounts.password_matches(registration, password):
        raise Refused(Problem.WRONG_PASSWORD, left=decision.left)
    throttle.clear(Limit.PORTAL_PASSWORD, subject)


def _usable(registration: Registration | None) -> Registration:
    """The registration, if it is active. Whose still waits for its code is told so: the password was right."""
    if registration is None or registration.state != State.ACTIVE:
        raise Refused(Problem.NOT_CONFIRMED)
    return registration


def _open(registration: Registration) -> str:
    secret, now = randomness.token(256), clock.now()
    with transaction.atomic():
        row = {"digest": fingerprint(secret), "registration": registration, "started_at": now, "seen_at": now}
        PortalSession.objects.create(**row)
        record(Event.PORTAL_SIGNED_IN, accounts.about(registration))
    return secret


def _record_refusal(about: About, problem: Problem) -> None:
    with transaction.atomic():
        record(Event.PORTAL_SIGN_IN_REFUSED, about, problem=problem.value.code)


def session(secret: str) -> PortalSignedIn | None:
    """Who is signed in by this secret, or None: unknown, idle, too old, or the registration was stopped."""
    mine = PortalSession.objects.select_related("registration").filter(registration__state=State.ACTIVE)
    # One that was open before a stop does not come back to life when the registration is restored.
    found = mine.filter(digest=fingerprint(secret), started_at__gte=F("registration__state_at")).first()
    limits = {"idle_minutes": config().portal_idle_minutes, "hours": config().portal_session_hours}
    if found is None or devices.is_over(found, **limits):
        return None
    return PortalSignedIn(bytes(found.digest), found.registration)


def sign_out(signed: PortalSignedIn) -> None:
    """End the session, and with it a device code that nobody used: it lies open on a computer that is left."""
    with transaction.atomic():
        devices.forget_code(signed.registration)
        PortalSession.objects.filter(pk=signed.session).delete()
        record(Event.PORTAL_SIGNED_OUT, accounts.about(signed.registration))


def end_sessions(registration: Registration, but: bytes = b"") -> None:
    """End every use of the portal by a registration but one, within the caller's transaction."""
    PortalSession.objects.filter(registration=registration).exclude(pk=but).delete()


def forget_expired() -> int:
    """Remove sessions that are over. Returns how many rows went."""
    oldest = clock.now() - timedelta(hours=config().portal_session_hours)
    return PortalSession.objects.filter(started_at__lt=oldest).delete()[0]
