"""What the system asks of the insured register."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol
from uuid import UUID

from nhi_express.members.rules import IdNumber, MemberRecord


class Member(NamedTuple):
    """保險對象: a person in the insured register. ``key`` is the keyed index of the present ID number."""

    key: UUID
    record: MemberRecord

    @property
    def known_numbers(self) -> tuple[IdNumber, ...]:
        """The present ID number and the former ones, each once."""
        texts = dict.fromkeys((self.record.id_number, *self.record.former_id_numbers))
        return tuple(IdNumber.parse(text) for text in texts)


class InsuredRegister(Protocol):
    """The insurer's master file."""

    def find(self, id_number: IdNumber) -> Member | None:
        """The member known by this number, now or formerly."""
        ...

    def by_key(self, key: UUID) -> Member | None:
        """The member with this key."""
        ...

    def by_keys(self, keys: Iterable[UUID]) -> dict[UUID, Member]:
        """Of many keyed indexes of ID numbers, present or former, the members known by them: one question for all."""
        ...

    def version(self) -> str:
        """A mark that is another one whenever anything that the register says may be another; empty where unknown."""
        ...
