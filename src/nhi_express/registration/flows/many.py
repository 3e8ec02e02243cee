"""What is asked and begun for many members at once: lists of insured units have up to 200,000."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import QuerySet

from nhi_express.core import clock, randomness, rows
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason, State

# As the index `one_living_registration` has it: without this, each question would read the whole table.
LIVING = "NOT (state = 'cancelled')"


def registered_among(members: Iterable[UUID]) -> set[UUID]:
    """Of many members, those who have finished registering, however their registration stands by now."""
    return {member for member, (_, state) in _living_among(members).items() if state in _FINISHED}


_FINISHED = (State.ACTIVE, State.SUSPENDED)


def finished() -> QuerySet[Registration]:
    """The accounts of members who have finished registering, to be asked within a statement."""
    # The second condition is that of the index `one_living_registration`, which is used only if it is named.
    return Registration.objects.filter(state__in=_FINISHED).exclude(state=State.CANCELLED)


def await_activation(members: Collection[UUID], language: str) -> dict[UUID, UUID]:
    """Begin a registration for each of many members who has none, within the caller's transaction: an officer's act.

    Returns the registration of each; the event of the invitation tells of it. Who has finished registering is left out.
    Raises :class:`django.db.IntegrityError` when one registers at this very moment.
    """
    living = _living_among(members)
    begun = {member: identifier for member, (identifier, state) in living.items() if state not in _FINISHED}
    unknown = [member for member in members if member not in living]
    new = dict(zip(unknown, randomness.identifiers(len(unknown)), strict=True))
    now, state = clock.now(), (State.PENDING_ACTIVATION.value, Reason.UNIT.value)
    made = [(identifier, member, *state, "", language, now, now) for member, identifier in new.items()]
    rows.add_all(Registration, _COLUMNS, made)
    return begun | new


_COLUMNS = ("id", "member", "state", "reason", "assurance", "language", "created_at", "state_at")


def _living_among(members: Iterable[UUID]) -> dict[UUID, tuple[UUID, str]]:
    found = rows.among(Registration, "member", members, "member", "id", "state", only=LIVING)
    return {member: (identifier, state) for member, identifier, state in found}
