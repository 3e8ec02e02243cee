"""Members whose ID number changed while something waited for them: under which keys it may stand.

Who changed number may still have a row in the register under the old one, from an older file, which says what was true
then. So nothing that waits is looked up by its key alone: the register is asked whom that key names now.
"""

from __future__ import annotations

from uuid import UUID

from nhi_express.members.flows import known_keys, register
from nhi_express.members.ports import Member


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
