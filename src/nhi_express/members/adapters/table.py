"""The insured register as a sealed table, loaded from the insurer's file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db import connection

from nhi_express.core import rows
from nhi_express.core.vault import vault
from nhi_express.members.models import ImportRun, InsuredMember
from nhi_express.members.ports import Member
from nhi_express.members.rules import IdNumber, unpack

_ROW = rows.Lookup(InsuredMember, "key")
# One question whoever is asked for: the time tells nothing of who changed number.
_UNDER_EITHER = (
    "SELECT * FROM members_insuredmember "
    "WHERE key = %s OR key = (SELECT member FROM members_formernumber WHERE key = %s)"
)
_UNDER_ANY = (
    "SELECT key AS asked, key, sealed, run FROM members_insuredmember WHERE key {0} UNION ALL "
    "SELECT former.key, row.key, row.sealed, row.run FROM members_formernumber AS former "
    "JOIN members_insuredmember AS row ON row.key = former.member WHERE former.key {0}"
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
        members = (_opened(row.key, row.sealed) for row in newest_first)
        return next((member for member in members if id_number in member.known_numbers), None)

    def by_key(self, key: UUID) -> Member | None:
        """The member with this key."""
        row = _ROW.one(key)
        return None if row is None else _opened(row.key, row.sealed)

    def by_keys(self, keys: Iterable[UUID]) -> dict[UUID, Member]:
        """The members known by these indexes, now or formerly; which row tells who it is, as :meth:`find` has it."""
        found: dict[UUID, Member] = {}
        # Newest last, and within one import the number's own row: what is written last into the answer counts.
        for asked, key, sealed, _ in sorted(_under_any(keys), key=lambda row: (row[3], row[0] == row[1])):
            member = _opened(key, sealed)
            if asked == key or _formerly(member, asked):
                found[asked] = member
        return found

    def version(self) -> str:
        """How far the last import came: that is written in one transaction with the rows that it brings."""
        last = ImportRun.objects.order_by("-pk").values_list("pk", "offset").first()
        return "{}:{}".format(*last) if last else ""


def _under_any(keys: Iterable[UUID]) -> Iterator[tuple[UUID, UUID, bytes, int]]:
    native = connection.features.has_native_uuid_field
    given = {key if native else key.hex: key for key in keys}
    sought = rows.many(list(given))
    with connection.cursor() as cursor:
        cursor.execute(_UNDER_ANY.format(rows.ONE_OF[connection.vendor]), [sought, sought])
        told = cursor.fetchall()
    return ((given[asked], given.get(key) or _read(key), sealed, run) for asked, key, sealed, run in told)


def _read(key: UUID | str) -> UUID:
    return key if isinstance(key, UUID) else UUID(key)


def _formerly(member: Member, asked: UUID) -> bool:
    return any(vault().index(number, ID_PURPOSE) == asked for number in member.record.former_id_numbers)


def _opened(key: UUID, sealed: bytes | memoryview) -> Member:
    return Member(key, unpack(vault().open(sealed, context(key))))
