"""What staff send."""

from __future__ import annotations

import re
from ipaddress import ip_network

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from nhi_express.counter.models import Office
from nhi_express.counter.rules import AT_AN_OFFICE, Role
from nhi_express.devices.forms import FIELD_ERRORS, problem, usable_number
from nhi_express.members.rules import IdNumber

_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}", re.ASCII)


class FirstTimeForm(forms.Form):
    """An account's name and the code that its administrator handed over."""

    account = forms.CharField(max_length=64, error_messages=FIELD_ERRORS)
    code = forms.CharField(max_length=64, error_messages=FIELD_ERRORS)

    def clean_account(self) -> str:
        """The name as accounts are kept."""
        return str(self.cleaned_data["account"]).strip().lower()


class StaffForm(forms.Form):
    """A new colleague."""

    account = forms.CharField(max_length=64, error_messages=FIELD_ERRORS)
    name = forms.CharField(max_length=60, error_messages=FIELD_ERRORS)
    role = forms.ChoiceField(choices=[(role.value, role.value) for role in Role], error_messages=FIELD_ERRORS)
    office = forms.ModelChoiceField(queryset=Office.objects.none(), required=False)
    id_number = forms.CharField(max_length=64, required=False, error_messages=FIELD_ERRORS)

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict or None, as any form takes
        self.fields["office"].queryset = Office.objects.filter(closed_at=None)  # type: ignore[attr-defined]

    def clean_account(self) -> str:
        """Small letters, digits, dots, hyphens and underscores."""
        account = str(self.cleaned_data["account"]).strip().lower()
        if not _ACCOUNT.fullmatch(account):
            raise ValidationError(_("Use 3 to 40 small letters, digits, dots or hyphens."))
        return account

    def clean_id_number(self) -> IdNumber | None:
        """The colleague's own ID number, so that their record and their household's are known as such."""
        text = self.cleaned_data["id_number"]
        return usable_number(text) if text else None

    def clean(self) -> dict[str, object]:
        """A clerk works at an office, and nobody else does."""
        told = dict(self.cleaned_data)
        at_an_office = told.get("role") in AT_AN_OFFICE
        if at_an_office and not told.get("office"):
            self.add_error("office", problem("FIELD_REQUIRED"))
        return {**told, "office": told.get("office") if at_an_office else None}


class OfficeForm(forms.Form):
    """An office as its public page shows it, and the networks of its desks."""

    region = forms.CharField(max_length=16, error_messages=FIELD_ERRORS)
    name_zh = forms.CharField(max_length=60, error_messages=FIELD_ERRORS)
    name_en = forms.CharField(max_length=120, error_messages=FIELD_ERRORS)
    address_zh = forms.CharField(max_length=160, error_messages=FIELD_ERRORS)
    address_en = forms.CharField(max_length=200, error_messages=FIELD_ERRORS)
    phone = forms.CharField(max_length=40, error_messages=FIELD_ERRORS)
    hours_zh = forms.CharField(max_length=120, error_messages=FIELD_ERRORS)
    hours_en = forms.CharField(max_length=160, error_messages=FIELD_ERRORS)
    map_url = forms.CharField(max_length=300, required=False, error_messages=FIELD_ERRORS)
    networks = forms.CharField(max_length=1000, required=False, error_messages=FIELD_ERRORS)

    def clean_map_url(self) -> str:
        """An address over TLS, or none."""
        url = str(self.cleaned_data["map_url"])
        if url and not url.startswith("https://"):
            raise ValidationError(_("A map's address begins with https://."))
        return url

    def clean_networks(self) -> list[str]:
        """Networks in CIDR notation, one a line or parted by spaces."""
        try:
            return [str(ip_network(part, strict=False)) for part in str(self.cleaned_data["networks"]).split()]
        except ValueError as error:
            raise ValidationError(_("Write networks as 192.0.2.0/24, one a line.")) from error
