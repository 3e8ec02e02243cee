"""Activation codes: made by the insurer when it prints or sends them, and never seen by the unit.

A code has sixty bits, so nobody guesses it however long they try. It is therefore never locked by wrong tries: a
stranger who knows an ID number could else take away a code for which its owner must wait by post (see units.flows).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, record
from nhi_express.core import clock, randomness, rows
from nhi_express.core.encoding import fingerprint
from nhi_express.enrolment.flows.invitations import attests
from nhi_express.enrolment.flows.numbers import keys_of
from nhi_express.enrolment.models import Invitation
from nhi_express.enrolment.rules import ACTIVATION_LENGTH, CodeWay, InvitationState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.ports import Member
from nhi_express.registration import flows as accounts
from nhi_express.registration.flows.addresses import HASHER, matches, peppered


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code just made for an invitation: to be typed, and as the token of a QR code. Only its hashes are kept."""

    invitation: Invitation
    code: str
    token: str
    hashed: str


def codes_due(way: CodeWay, most: int) -> list[Invitation]:
    """The open invitations whose code is still to be made, the oldest first."""
    due = Invitation.objects.filter(code_due=True, code_way=way, state=InvitationState.OPEN, until__gt=clock.now())
    return list(due.order_by("created_at", "id")[:most])


def pass_by(invitations: Iterable[Invitation]) -> None:
    """Make no code for these, within the caller's transaction: nobody vouches for them, or there is no address."""
    Invitation.objects.filter(pk__in=[one.pk for one in invitations]).update(code_due=False)


def new_code(invitation: Invitation) -> NewCode:
    """Make a code. Slow by design, so call it before the transaction opens."""
    code, token = randomness.letters(ACTIVATION_LENGTH), randomness.token(128)
    return NewCode(invitation, code, token, HASHER.hash(peppered(code)))


def keep(new: NewCode, until: datetime) -> bool:
    """Put a code in the place of any earlier one, within the caller's transaction that sends it.

    False: meanwhile the invitation was finished, withdrawn or ended, or its code was made by somebody else.
    """
    due = {"id": new.invitation.id, "state": InvitationState.OPEN, "code_due": True}
    held = {"code_hash": new.hashed, "token": fingerprint(new.token), "code_until": until, "code_due": False}
    if not rows.change(Invitation, due, **held):
        return False
    codes = {"invitation": str(new.invitation.id), "way": new.invitation.code_way}
    record(Event.ACTIVATION_CODE_MADE, About(member=new.invitation.member), "system", **codes)
    return True


def was_kept(token_print: bytes) -> bool:
    """Whether the code whose token has this fingerprint was kept: what was sent with it counts."""
    return Invitation.objects.filter(token=token_print).exists()


def by_token(token: str) -> Invitation | None:
    """The invitation to which the token of a QR code belongs."""
    return Invitation.objects.filter(token=fingerprint(token)).first()


def by_code(member: Member | None, code: str) -> Invitation | None:
    """The member's invitation, if this is its code. It takes the same time where there is none."""
    found = _newest(member) if member is not None else None
    right = matches(found.code_hash if found else _nobodys(), code)
    return found if right else None


def _newest(member: Member) -> Invitation | None:
    mine = Invitation.objects.filter(member__in=keys_of(member))
    return mine.exclude(code_hash="").order_by("-created_at").first()


@cache
def _nobodys() -> str:
    return HASHER.hash(peppered(randomness.token()))


def refuse_over(invitation: Invitation, member: Member | None) -> None:
    """Raise :class:`Refused` where a right code leads nowhere any longer; only who holds one learns why."""
    if invitation.state != InvitationState.OPEN or member is None or not attests(invitation, member):
        raise Refused(Problem.NO_INVITATION)
    if invitation.code_until is None or invitation.code_until <= clock.now():
        raise Refused(Problem.ACTIVATION_CODE_EXPIRED)
    for key in {member.key, invitation.member}:
        accounts.refuse_suspended(accounts.living(key))
