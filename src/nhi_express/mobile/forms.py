"""What people send in the mobile channel."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from nhi_express.core.config import config
from nhi_express.devices.forms import FIELD_ERRORS, parsed, usable_number
from nhi_express.members.rules import IdNumber, MobileNumber, parse_last4
from nhi_express.mobile.models import Operator

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,23}", re.ASCII)
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
    """An operator of the list. ``known`` is its code when it stands there already: that never changes."""

    code = forms.CharField(max_length=24, error_messages=FIELD_ERRORS)
    name_zh = forms.CharField(max_length=60, error_messages=FIELD_ERRORS)
    name_en = forms.CharField(max_length=60, error_messages=FIELD_ERRORS)
    kind = forms.ChoiceField(choices=[("mno", "mno"), ("mvno", "mvno")], error_messages=FIELD_ERRORS)
    issuer = forms.CharField(max_length=255, error_messages=FIELD_ERRORS)
    token_endpoint = forms.CharField(max_length=255, error_messages=FIELD_ERRORS)
    api_root = forms.CharField(max_length=255, error_messages=FIELD_ERRORS)
    valid_from = forms.DateField(error_messages=_DAY_ERRORS)
    valid_to = forms.DateField(required=False, error_messages=_DAY_ERRORS)
    successor = forms.CharField(max_length=24, required=False, error_messages=FIELD_ERRORS)

    def __init__(self, data: object = None, *, initial: dict[str, object] | None = None, known: str = "") -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]  # a QueryDict or None, as any form takes
        self.known = known

    def clean_code(self) -> str:
        """Small letters, digits and hyphens; of a new one, not in use yet."""
        code = str(self.cleaned_data["code"])
        if self.known:
            return self.known
        if not _CODE.fullmatch(code) or code == "new":
            raise ValidationError(_("Use 2 to 24 small letters, digits or hyphens."))
        if Operator.objects.filter(pk=code).exists():
            raise ValidationError(_("There is an operator of this code already."))
        return code

    def clean_issuer(self) -> str:
        """Tokens are told apart by it, so it belongs to one operator."""
        issuer = _address(self.cleaned_data["issuer"])
        if Operator.objects.filter(issuer=issuer).exclude(pk=self.known).exists():
            raise ValidationError(_("Another operator has this issuer."))
        return issuer

    def clean_token_endpoint(self) -> str:
        """Where codes are exchanged."""
        return _address(self.cleaned_data["token_endpoint"])

    def clean_api_root(self) -> str:
        """Where lines are asked about."""
        return _address(self.cleaned_data["api_root"])

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


def _address(text: str) -> str:
    """An address over TLS; outside production the sandbox has none."""
    parts = urlsplit(text)
    if parts.scheme not in ({"https"} if config().production else {"https", "http"}) or not parts.hostname:
        raise ValidationError(_("Write a whole address that begins with https://."))
    return text
