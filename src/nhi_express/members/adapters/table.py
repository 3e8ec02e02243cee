"""The insured register as a sealed table, loaded from the insurer's file."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from nhi_express.core import rows
from nhi_express.core.vault import vault
from nhi_express.members.models import InsuredMember
from nhi_express.members.ports import Member
from nhi_express.members.rules import IdNumber, unpack

_ROW = rows.Lookup(InsuredMember, "key")
# One question whoever is asked for: the time tells nothing of who changed number.
_UNDER_EITHER = (
    "SELECT * FROM members_insuredmember "
    "WHERE key = %s OR key = (SELECT member FROM members_formernumber WHERE key = %s)"
)
ID_PURPOSE, CARD_PURPOSE = "members.id", "members.card"


def context(key: UUID) -> str:
    """The context that a row's record is sealed for."""
    return f"members.record:{key}"


class RegisterTable:
    """:class:`nhi_express.members.ports.InsuredRegister` over the table."""

    def find(self, id_number: IdNumber) -> Member | None:
        """The member known by this number, now or formerly.

        Who changed number may still stand in the table under the old one, from an older file; so of a row under the
        number and a row that names it as a former one, the row of the newer import tells who it is now. Within one
        import the number's own row does. A row that no longer names the number is no answer.
        """
        key = vault().index(str(id_number), ID_PURPOSE)
        stored = InsuredMember._meta.pk.get_db_prep_value(key, connection)
        found = InsuredMember.objects.raw(_UNDER_EITHER, [stored, stored])
        newest_first = sorted(found, key=lambda row: (row.run, row.pk == key), reverse=True)
        members = (_opened(row) for row in newest_first)
        return next((member for member in members if id_number in member.known_numbers), None)

    def by_key(self, key: UUID) -> Member | None:
        """The member with this key."""
        row = _ROW.one(key)
        return None if row is None else _opened(row)


def _opened(row: InsuredMember) -> Member:
    return Member(row.key, unpack(vault().open(row.sealed, context(row.key))))
