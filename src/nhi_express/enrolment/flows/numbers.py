"""Members whose ID number changed while something waited for them: under which keys it may stand.

Who changed number may still have a row in the register under the old one, from an older file, which says what was true
then. So nothing that waits is looked up by its key alone: the register is asked whom that key names now.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from nhi_express.members.flows import known_keys, register
from nhi_express.members.ports import Member
from nhi_express.registration import flows as accounts
from nhi_express.registration.rules import State


def named_by(key: UUID) -> Member | None:
    """Whom the keyed index of an ID number, present or former, names now."""
    return register().by_keys([key]).get(key)


def keys_of(member: Member) -> tuple[UUID, ...]:
    """The keys under which something may wait for a member: the present one first.

    Nearly everybody has had one number only, and is not made to wait while it is read anew.
    """
    return known_keys(member) if member.record.former_id_numbers else (member.key,)


def keys_beside(key: UUID) -> tuple[UUID, ...]:
    """The same for whom a key names; of somebody who left the register, that key alone."""
    member = named_by(key)
    return keys_of(member) if member else (key,)


def follow(member: Member) -> None:
    """Let the account that a member has under a former ID number go on under the present one, once they have proven who
    they are: nobody ends up with two. The register itself says that both numbers are theirs.

    What was suspended, or begun and not finished, stays where it is: the gate judges it there.
    """
    for former in keys_of(member)[1:]:
        registration = accounts.living(former)
        if registration is not None and registration.state == State.ACTIVE and accounts.living(member.key) is None:
            with transaction.atomic():
                accounts.follow_number(registration, member.key, "member")
