"""What people send in the mobile channel."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from nhi_express.devices.forms import FIELD_ERRORS, parsed, usable_number
from nhi_express.members.rules import IdNumber, MobileNumber, parse_last4
from nhi_express.mobile.models import Operator

_DAY_ERRORS = {**FIELD_ERRORS, "invalid": _("Write the day as 2026-12-31.")}


class LineForm(forms.Form):
    """Mobile number and ID number."""

    number = forms.CharField(max_length=64, error_messages=FIELD_ERRORS)
    id_number = forms.CharField(max_length=64, error_messages=FIELD_ERRORS)

    def clean_number(self) -> MobileNumber:
        """A Taiwanese mobile number."""
        return parsed(MobileNumber.parse, self.cleaned_data["number"])

    def clean_id_number(self) -> IdNumber:
        """A national ID or UI number; of the legacy ones, until the day they end."""
        return usable_number(self.cleaned_data["id_number"])


class CardForm(forms.Form):
    """The last four digits of the card."""

    last4 = forms.CharField(max_length=32, error_messages=FIELD_ERRORS)

    def clean_last4(self) -> str:
        """Four digits."""
        return parsed(parse_last4, self.cleaned_data["last4"])


class OperatorForm(forms.Form):
    """What may be changed of an operator of the list while the site runs; ``known`` is its code."""

    name_zh = forms.CharField(max_length=60, error_messages=FIELD_ERRORS)
    name_en = forms.CharField(max_length=60, error_messages=FIELD_ERRORS)
    valid_from = forms.DateField(error_messages=_DAY_ERRORS)
    valid_to = forms.DateField(required=False, error_messages=_DAY_ERRORS)
    successor = forms.CharField(max_length=24, required=False, error_messages=FIELD_ERRORS)

    def __init__(self, data: object = None, *, initial: dict[str, object] | None = None, known: str = "") -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]  # a QueryDict or None, as any form takes
        self.known = known

    def clean_successor(self) -> str | None:
        """Another operator of the list, or none."""
        code = str(self.cleaned_data["successor"])
        if code and (code == self.known or not Operator.objects.filter(pk=code).exists()):
            raise ValidationError(_("Choose another operator of the list."))
        return code or None

    def clean(self) -> dict[str, object]:
        """The last day does not come before the first."""
        told = dict(self.cleaned_data)
        first, last = told.get("valid_from"), told.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", ValidationError(_("The last day comes before the first.")))
        return told
