"""What officers read for states, reasons and notes: on the pages, and in the spreadsheet of refused lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nhi_express.units.rules import BatchState, RowNote, RowReason, Source

# The words, and the kind of badge in the design system.
STATES: Final[Mapping[BatchState, tuple[Promise, str]]] = {
    BatchState.RECEIVED: (_("waiting for its turn"), "soft"),
    BatchState.READING: (_("being read"), "soft"),
    BatchState.CHECKING: (_("being checked"), "soft"),
    BatchState.CHECKED: (_("waits for your confirmation"), "first"),
    BatchState.ENROLLING: (_("people are being invited"), "soft"),
    BatchState.DONE: (_("confirmed and done"), "done"),
    BatchState.STOPPED: (_("stopped"), "soft"),
    BatchState.REFUSED: (_("file refused"), "refused"),
}
REASONS: Final[Mapping[RowReason, Promise]] = {
    RowReason.ID_MISSING: _("The ID number is missing."),
    RowReason.ID_INVALID: _(
        "This is not an ID number: a letter and nine digits, or for some foreigners two letters and eight."
    ),
    RowReason.ID_CHECKSUM: _("The ID number holds a slip: its last digit does not fit the others."),
    RowReason.ID_IS_PERMIT_NUMBER: _(
        "These 12 digits are the number of the residence permit. The UI number, beginning with a letter, is needed."
    ),
    RowReason.BIRTH_DATE_INVALID: _(
        "The birth date is missing, or is no date that we understand. Write 79/03/01 or 1990-03-01."
    ),
    RowReason.EMAIL_INVALID: _("The e-mail address is not one. Mend it, or leave it empty."),
    RowReason.EMAIL_SHARED: _(
        "More than three people in the list have this e-mail address. Give each person their own, or leave it empty."
    ),
    RowReason.FIELD_TOO_LONG: _("A cell of this line is far too long."),
    RowReason.NOT_OF_THIS_UNIT: _(
        "ID number and birth date do not belong to anybody whom we have as insured through your unit. "
        "Check both, and whether the person is enrolled with you."
    ),
    RowReason.CHILD: _("Children under 15 are not registered by a unit. A parent can do it at a counter."),
    RowReason.TWICE_IN_THE_LIST: _("This person stands further up in the list already."),
    RowReason.IN_ANOTHER_LIST: _("This person stands in another list of yours that is still open."),
    RowReason.INVITED_ALREADY: _("This person has been invited already and has not finished yet. You can remind them."),
}
NOTES: Final[Mapping[RowNote, Promise]] = {
    RowNote.FULL_WIDTH: _("full-width characters made plain"),
    RowNote.SPACES: _("stray spaces taken out"),
    RowNote.LOWER_CASE: _("small letters made capital"),
    RowNote.ROC_DATE: _("date read as a 民國 year"),
}
SOURCES: Final[Mapping[Source, Promise]] = {
    Source.WEB: _("uploaded here"),
    Source.API: _("sent by your payroll program"),
    Source.CLI: _("loaded by the insurer"),
}
FIELDS: Final[Mapping[str, Promise]] = {
    "id_number": _("ID number"),
    "birth_date": _("Birth date"),
    "name": _("Name"),
    "email": _("E-mail"),
    "staff_number": _("Staff number"),
}
