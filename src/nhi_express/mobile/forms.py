"""What people send in the mobile channel."""

from __future__ import annotations

from django import forms

from nhi_express.devices.forms import FIELD_ERRORS, parsed, usable_number
from nhi_express.members.rules import IdNumber, MobileNumber, parse_last4


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
