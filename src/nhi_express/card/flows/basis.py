"""The household a registration was proven by (基本資料), kept sealed."""

from __future__ import annotations

import json

from nhi_express.card import models
from nhi_express.card.rules import AddressBasis, Household
from nhi_express.core import clock
from nhi_express.core.vault import vault
from nhi_express.members.rules import HouseholdNumber
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import State


def keep(registration: Registration, household: Household) -> None:
    """Keep the household that the register has just agreed with."""
    sealed = vault().seal(json.dumps(packed(household)).encode(), f"card.basis:{registration.pk}")
    columns = {"sealed": sealed, "checked_at": clock.now()}
    models.AddressBasis.objects.update_or_create(registration=registration, defaults=columns)


def of(registration: Registration) -> Household | None:
    """The household on record, or None: foreign members and other channels have none."""
    kept = models.AddressBasis.objects.filter(registration=registration).first()
    return unpacked(json.loads(vault().open(kept.sealed, f"card.basis:{registration.pk}"))) if kept else None


def forget(registration: Registration) -> None:
    """Forget it, within the caller's transaction."""
    models.AddressBasis.objects.filter(registration=registration).delete()


def packed(household: Household) -> list[str]:
    """A household as plain texts."""
    where = household.address
    return [household.number.value, where.county, where.district, where.village, where.neighbourhood]


def unpacked(texts: list[str]) -> Household:
    """Undo :func:`packed`."""
    number, *where = texts
    return Household(HouseholdNumber.parse(number), AddressBasis(*where))


def forget_cancelled() -> int:
    """Remove what was kept for registrations that another room cancelled. Returns how many rows went."""
    return models.AddressBasis.objects.filter(registration__state=State.CANCELLED).delete()[0]
