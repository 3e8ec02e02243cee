"""The insurer's list of units as a table, loaded from its file."""

from __future__ import annotations

from collections.abc import Iterable

from nhi_express.units.models import ListedUnit
from nhi_express.units.ports import ListedAs

_COLUMNS = ("code", "tax_id", "certificate", "name", "kind", "responsible")


class UnitTable:
    """:class:`nhi_express.units.ports.UnitRegister` over the table."""

    def find(self, code: str) -> ListedAs | None:
        """The unit with this code."""
        row = ListedUnit.objects.filter(pk=code).values(*_COLUMNS).first()
        return None if row is None else ListedAs(**row)

    def names(self, codes: Iterable[str]) -> dict[str, str]:
        """The names of units by code; a code that is not listed is missing."""
        return dict(ListedUnit.objects.filter(pk__in=list(codes)).values_list("code", "name"))
