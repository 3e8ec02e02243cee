"""What people send in the last step of every channel."""

from __future__ import annotations

from uuid import UUID

from django import forms

from nhi_express.devices.forms import FIELD_ERRORS
from nhi_express.help.catalogue import Problem


class FinishForm(forms.Form):
    """A password, and the phone to give up where there are too many. What the phone adds is read apart."""

    keep_password = forms.BooleanField(required=False)
    password = forms.CharField(required=False, strip=False, max_length=1024, error_messages=FIELD_ERRORS)
    remove = forms.UUIDField(required=False, error_messages={"invalid": Problem.NOT_FOUND.value.at_field})

    def wished_password(self) -> str | None:
        """The new password, or None to keep the present one."""
        return None if self.cleaned_data["keep_password"] else self.cleaned_data["password"]

    def wished_removal(self) -> UUID | None:
        """The phone to give up."""
        removal: UUID | None = self.cleaned_data["remove"]
        return removal
