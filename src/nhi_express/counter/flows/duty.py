"""Who is on duty: staff sign in with a passkey, and only with one; clerks only from their office's network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, NoReturn
from uuid import UUID

from django.db import IntegrityError, transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness, throttle
from nhi_express.core.config import config
from nhi_express.core.encoding import base64url, fingerprint, from_base64url
from nhi_express.core.limits import Limit
from nhi_express.core.vault import CannotOpen, vault
from nhi_express.counter.models import Office, Staff, StaffPasskey, StaffSession
from nhi_express.counter.rules import AT_AN_OFFICE, Power, Role, StaffState, in_networks, may
from nhi_express.devices import flows as devices
from nhi_express.devices.adapters import webauthn
from nhi_express.devices.rules import code_meant
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as accounts
from nhi_express.registration.flows.addresses import matches

STAFF_CODE_LENGTH = 12
# A passkey says itself whose it is, so a challenge to sign in is made for nobody yet.
_ANYBODY = UUID(int=0)
_NOBODYS = About()


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A member of staff who is signed in."""

    staff: Staff
    session: bytes

    @property
    def role(self) -> Role:
        """Their one role."""
        return Role(self.staff.role)

    @property
    def who(self) -> str:
        """Their random id, for events."""
        return str(self.staff.id)

    @property
    def actor(self) -> Literal["clerk", "hotline", "staff"]:
        """How the log names what they are."""
        return {Role.CLERK: "clerk", Role.HOTLINE: "hotline"}.get(self.role, "staff")  # type: ignore[return-value]

    @property
    def office(self) -> Office:
        """The office of a clerk. Raises :class:`Refused` for staff without one."""
        if self.staff.office is None:
            raise Refused(Problem.ROLE_REFUSED)
        return self.staff.office

    def may(self, power: Power) -> bool:
        """Whether their role holds a power."""
        return may(self.role, power)


def require(on_duty: OnDuty, power: Power) -> None:
    """Raise :class:`Refused`, on record, for whoever tries what their role does not include."""
    if on_duty.may(power):
        return
    with transaction.atomic():
        code = Problem.ROLE_REFUSED.value.code
        record(Event.STAFF_OVERREACHED, _NOBODYS, on_duty.actor, staff=on_duty.who, power=power.value, problem=code)
    raise Refused(Problem.ROLE_REFUSED)


@dataclass(frozen=True, slots=True)
class Called:
    """What a member of staff is called: by their account, and as a person."""

    account: str
    name: str


def sealed_names(staff_id: UUID, called: Called) -> bytes:
    """Both names as an account's row holds them."""
    return vault().seal(json.dumps([called.account, called.name]).encode(), f"counter.staff:{staff_id}")


def called(staff: Staff) -> Called:
    """Both names of a member of staff."""
    return Called(*json.loads(vault().open(staff.sealed, f"counter.staff:{staff.id}")))


def name_of(staff: Staff) -> str:
    """The employee's name."""
    return called(staff).name


def account_key(account: str) -> UUID:
    """The keyed index by which an account is found."""
    return vault().index(account, "counter.account")


# --- The first time: account and code, then a passkey ---


def redeem_code(account: str, code: str, source: str) -> str:
    """Take the code that an administrator handed over. Returns a sealed ticket for making the first passkey.

    Raises :class:`Refused`; wrong account and wrong code are answered alike, after the same work.
    """
    decision = throttle.spend(Limit.STAFF_CODE_SOURCE, source)
    if not decision.permitted:
        raise Refused(Problem.LOCKED, until=decision.until)
    staff = Staff.objects.filter(account_key=account_key(account)).exclude(state=StaffState.CLOSED).first()
    held = staff.code_hash if staff and staff.code_until and staff.code_until > clock.now() else ""
    meant = code_meant(code, STAFF_CODE_LENGTH)
    # Where there is nothing to compare with, it takes as long to say no.
    right = matches(held, meant) if held else accounts.password_matches(None, meant)
    if staff is None or not right:
        raise Refused(Problem.STAFF_CODE_WRONG)
    throttle.clear(Limit.STAFF_CODE_SOURCE, source)
    until = clock.now() + timedelta(seconds=config().challenge_seconds)
    note = json.dumps([str(staff.id), fingerprint(held).hex(), until.timestamp()]).encode()
    return base64url(vault().seal(note, "counter.ticket"))


def _of_ticket(ticket: str) -> Staff:
    try:
        staff_id, held, until = json.loads(vault().open(from_base64url(ticket), "counter.ticket"))
    except (CannotOpen, ValueError) as error:
        raise Refused(Problem.STAFF_CODE_WRONG) from error
    staff = Staff.objects.filter(pk=staff_id).exclude(state=StaffState.CLOSED).first()
    same = staff is not None and staff.code_hash and fingerprint(staff.code_hash).hex() == held
    if staff is None or not same or clock.now().timestamp() > until:
        raise Refused(Problem.STAFF_CODE_WRONG)
    return staff


def first_options(ticket: str) -> dict[str, Any]:
    """What the browser needs to make the first passkey. Raises :class:`Refused`."""
    return _creation(_of_ticket(ticket))


def more_options(on_duty: OnDuty, token: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The same for one more passkey of somebody who is signed in and answers with one that they have: whoever finds
    their desk unlocked cannot add their own, and be two people from then on.

    Raises :class:`Refused`.
    """
    challenge = devices.challenge_of(token, "staff", _ANYBODY)
    passkey = _known(answer)
    if passkey.staff_id != on_duty.staff.pk:
        raise Refused(Problem.PASSKEY_FAILED)
    counter = _verified(challenge, passkey, answer)
    with transaction.atomic():
        _spend(challenge, passkey, counter)
    return _creation(on_duty.staff)


def _creation(staff: Staff) -> dict[str, Any]:
    fresh = devices.new_challenge("staff", staff.id)
    options = webauthn.staff_creation_options(fresh.challenge, staff.id.bytes, called(staff).account)
    return {"token": fresh.token, "passkey": options}


def keep_first_passkey(ticket: str, token: str, answer: str, source: str) -> str:
    """Keep the first passkey: the account works from now on, and its code is spent. Returns the session's secret.

    Raises :class:`Refused`.
    """
    staff = _of_ticket(ticket)
    _check_network(staff, source)
    with transaction.atomic():
        spent = Staff.objects.filter(pk=staff.pk, code_hash=staff.code_hash)
        if not spent.update(state=StaffState.ACTIVE, state_at=clock.now(), code_hash="", code_until=None):
            raise Refused(Problem.STAFF_CODE_WRONG)
        staff.state = StaffState.ACTIVE
        _keep(staff, token, answer)
        return _open(staff, source)


def keep_passkey(on_duty: OnDuty, token: str, answer: str) -> None:
    """Keep one more passkey. Raises :class:`Refused`."""
    with transaction.atomic():
        _keep(on_duty.staff, token, answer)


def _keep(staff: Staff, token: str, answer: str) -> None:
    challenge = devices.challenge_of(token, "staff", staff.id)
    try:
        passkey, _ = webauthn.verify_creation(challenge, answer)
    except webauthn.PasskeyFault as error:
        raise Refused(Problem.PASSKEY_FAILED) from error
    devices.spend_challenge(challenge)
    try:
        with transaction.atomic():
            StaffPasskey.objects.create(
                id=randomness.identifier(),
                staff=staff,
                credential_id=passkey.credential_id,
                credential=passkey.credential,
                sign_count=passkey.sign_count,
                synced=passkey.synced,
                aaguid=passkey.aaguid,
                made_at=clock.now(),
            )
    except IntegrityError as error:
        raise Refused(Problem.KEY_ALREADY_BOUND) from error
    record(Event.STAFF_PASSKEY_ADDED, _NOBODYS, "staff", staff=str(staff.id))


def passkeys(on_duty: OnDuty) -> list[StaffPasskey]:
    """One's own passkeys, the oldest first."""
    return list(StaffPasskey.objects.filter(staff=on_duty.staff).order_by("made_at"))


def remove_passkey(on_duty: OnDuty, passkey_id: UUID) -> None:
    """Remove a passkey; the last one stays. Raises :class:`Refused`."""
    with transaction.atomic():
        mine = StaffPasskey.objects.select_for_update().filter(staff=on_duty.staff)
        if mine.count() < 2 or not mine.filter(pk=passkey_id).delete()[0]:
            raise Refused(Problem.ACT_NOT_POSSIBLE)
        record(Event.STAFF_PASSKEY_REMOVED, _NOBODYS, "staff", staff=on_duty.who)


# --- Every day: the passkey alone ---


def sign_in_options() -> dict[str, Any]:
    """A challenge for whichever passkey the browser offers."""
    fresh = devices.new_challenge("staff", _ANYBODY)
    return {"token": fresh.token, "passkey": webauthn.discovery_options(fresh.challenge)}


def sign_in(token: str, answer: dict[str, Any], source: str) -> str:
    """Sign in with a passkey. Returns the session's secret.

    Raises :class:`Refused`: unknown, closed, or away from the office's network.
    """
    challenge = devices.challenge_of(token, "staff", _ANYBODY)
    passkey = _known(answer)
    try:
        counter = _verified(challenge, passkey, answer)
        _check_network(passkey.staff, source)
    except Refused as refusal:
        _record_refusal(passkey.staff, refusal.problem)
        raise
    with transaction.atomic():
        _spend(challenge, passkey, counter)
        return _open(passkey.staff, source)


def _spend(challenge: str, passkey: StaffPasskey, counter: int) -> None:
    devices.spend_challenge(challenge)
    StaffPasskey.objects.filter(pk=passkey.pk).update(used_at=clock.now(), sign_count=counter)


def _known(answer: dict[str, Any]) -> StaffPasskey:
    try:
        credential_id = webauthn.credential_id_of(answer)
    except webauthn.PasskeyFault as error:
        raise Refused(Problem.PASSKEY_FAILED) from error
    found = StaffPasskey.objects.select_related("staff__office").filter(credential_id=credential_id).first()
    if found is None or found.staff.state != StaffState.ACTIVE:
        raise Refused(Problem.STAFF_REFUSED)
    return found


def _verified(challenge: str, passkey: StaffPasskey, answer: dict[str, Any]) -> int:
    stored = webauthn.Passkey(
        bytes(passkey.credential_id), bytes(passkey.credential), passkey.sign_count, passkey.synced, passkey.aaguid
    )
    try:
        counter = webauthn.verify_assertion(challenge, stored, answer).sign_count
    except webauthn.PasskeyFault as error:
        raise Refused(Problem.PASSKEY_FAILED) from error
    if counter <= passkey.sign_count and (counter or passkey.sign_count):
        # A copy may exist (WebAuthn L3, section 6.1.1). Members are let in and the sign is kept; staff are not.
        raise Refused(Problem.PASSKEY_FAILED)
    return counter


def _check_network(staff: Staff, source: str) -> None:
    if not _in_place(staff, source):
        raise Refused(Problem.WRONG_NETWORK)


def _in_place(staff: Staff, source: str) -> bool:
    """Whether somebody is where their role works."""
    return Role(staff.role) not in AT_AN_OFFICE or bool(staff.office and in_networks(source, staff.office.networks))


def _open(staff: Staff, source: str) -> str:
    secret, now = randomness.token(256), clock.now()
    StaffSession.objects.create(
        digest=fingerprint(secret), staff=staff, source=_index(source), started_at=now, seen_at=now
    )
    record(Event.STAFF_SIGNED_IN, _NOBODYS, "staff", staff=str(staff.id), office=staff.office_id or "")
    return secret


def _index(source: str) -> UUID:
    return vault().index(source, "counter.source")


def _record_refusal(staff: Staff, problem: Problem) -> None:
    with transaction.atomic():
        record(Event.STAFF_REFUSED, _NOBODYS, "staff", staff=str(staff.id), problem=problem.value.code)


def on_duty(secret: str, source: str, *, touch: bool = True) -> OnDuty | None:
    """Who is signed in by this secret, or None: unknown, idle, too old, closed, seen at another address, or away from
    their office's networks as they are now.

    ``touch`` begins the idle time anew; what a page's script asks by itself does not.
    """
    mine = StaffSession.objects.select_related("staff__office")
    found = mine.filter(digest=fingerprint(secret), staff__state=StaffState.ACTIVE).first()
    limits = {"idle_minutes": config().staff_idle_minutes, "hours": config().staff_session_hours}
    if found is None or found.source != _index(source) or not _in_place(found.staff, source):
        return None
    over = devices.is_over if touch else devices.timed_out
    if over(found, **limits):
        return None
    return OnDuty(found.staff, bytes(found.digest))


def refuse_as_visitor(on_duty: OnDuty) -> NoReturn:
    """A browser with staff signed in is no visitor's screen. Raises :class:`Refused`, on record."""
    _record_refusal(on_duty.staff, Problem.SCREEN_IS_STAFFS)
    raise Refused(Problem.SCREEN_IS_STAFFS)


def sign_out(on_duty: OnDuty) -> None:
    """End the session."""
    with transaction.atomic():
        StaffSession.objects.filter(pk=on_duty.session).delete()
        record(Event.STAFF_SIGNED_OUT, _NOBODYS, "staff", staff=on_duty.who)


def forget_expired() -> int:
    """Remove sessions that are over. Returns how many rows went."""
    oldest = clock.now() - timedelta(hours=config().staff_session_hours)
    return StaffSession.objects.filter(started_at__lt=oldest).delete()[0]
