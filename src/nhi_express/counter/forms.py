"""What staff send."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from nhi_express.counter.flows.hotline import Caller
from nhi_express.counter.models import Office
from nhi_express.counter.rules import (
    AT_AN_OFFICE,
    CALLS,
    Act,
    Document,
    LookUpPurpose,
    Purpose,
    ReasonCode,
    RequestKind,
    Role,
)
from nhi_express.devices.forms import FIELD_ERRORS, parsed, problem, usable_number
from nhi_express.members.rules import IdNumber, forgiven

DAYS = ["%Y-%m-%d", "%Y/%m/%d"]
DAY_ERRORS = {**FIELD_ERRORS, "invalid": _("Write the day as 1986-04-12.")}
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


class PurposeForm(forms.Form):
    """Why somebody stands at the desk."""

    purpose = forms.ChoiceField(choices=[(one.value, one.value) for one in Purpose], error_messages=FIELD_ERRORS)

    def clean_purpose(self) -> Purpose:
        """Why."""
        return Purpose(self.cleaned_data["purpose"])


class CaseForm(PurposeForm):
    """Who stands at the desk, and why."""

    id_number = forms.CharField(max_length=64, error_messages=FIELD_ERRORS)

    def clean_id_number(self) -> IdNumber:
        """A national ID or UI number; old ones too, for who comes to change theirs."""
        return parsed(IdNumber.parse, self.cleaned_data["id_number"])


class DocumentsForm(forms.Form):
    """The documents that a clerk ticks, and the last day of a residence permit."""

    documents = forms.MultipleChoiceField(choices=[(one.value, one.value) for one in Document], required=False)
    permit_until = forms.DateField(required=False, input_formats=DAYS)

    def seen(self) -> frozenset[Document]:
        """What was ticked."""
        return frozenset(Document(name) for name in self.cleaned_data["documents"])


class ScreenForm(forms.Form):
    """The number that a visitor's screen shows."""

    number = forms.CharField(max_length=20)

    def clean_number(self) -> str:
        """Digits alone, full-width forgiven."""
        return forgiven(self.cleaned_data["number"], "BAD_REQUEST")


class ActForm(forms.Form):
    """An act and its reason."""

    act = forms.ChoiceField(choices=[(one.value, one.value) for one in Act])
    reason = forms.ChoiceField(choices=[(one.value, one.value) for one in ReasonCode])


class RequestForm(forms.Form):
    """A request about personal data."""

    kind = forms.ChoiceField(choices=[(one.value, one.value) for one in RequestKind])
    asked = forms.CharField(max_length=2000)


class DecisionForm(forms.Form):
    """What is decided on a request about data, and why, in writing."""

    decision = forms.ChoiceField(
        choices=[(one, one) for one in ("grant", "deny", "put_off")], error_messages=FIELD_ERRORS
    )
    why = forms.CharField(max_length=2000, error_messages=FIELD_ERRORS)


class OwnPasswordForm(forms.Form):
    """A password that a visitor types twice: nobody helps them to recover a slip at home."""

    password = forms.CharField(strip=False, max_length=1024, error_messages=FIELD_ERRORS)
    again = forms.CharField(strip=False, max_length=1024, error_messages=FIELD_ERRORS)

    def clean(self) -> dict[str, object]:
        """Both must be the same."""
        told = dict(self.cleaned_data)
        if "password" in told and "again" in told and told["password"] != told["again"]:
            self.add_error("again", ValidationError(_("The two are not the same. Please type it once more.")))
        return told


class CallerForm(forms.Form):
    """What a caller answers."""

    id_number = forms.CharField(max_length=64, error_messages=FIELD_ERRORS)
    birth_date = forms.DateField(input_formats=DAYS, error_messages=DAY_ERRORS)
    proof = forms.CharField(max_length=32, required=False, error_messages=FIELD_ERRORS)
    purpose = forms.ChoiceField(choices=[(one.value, one.value) for one in CALLS], error_messages=FIELD_ERRORS)

    def clean_id_number(self) -> IdNumber:
        """A national ID or UI number."""
        return parsed(IdNumber.parse, self.cleaned_data["id_number"])

    def clean(self) -> dict[str, object]:
        """Only who reports a theft may do without the second answer."""
        told = dict(self.cleaned_data)
        if told.get("purpose") not in {None, LookUpPurpose.CALLER_THEFT} and not told.get("proof"):
            self.add_error("proof", problem("FIELD_REQUIRED"))
        return told

    def caller(self) -> Caller:
        """The answers, once they are valid."""
        told = self.cleaned_data
        return Caller(told["id_number"], told["birth_date"], told["proof"], LookUpPurpose(told["purpose"]))


class FindingForm(forms.Form):
    """What an alert turned out to be."""

    alert = forms.IntegerField(min_value=1)
    finding = forms.ChoiceField(choices=[(one, one) for one in ("in_order", "talked_to", "reported")])


class PeriodForm(forms.Form):
    """The days and the office that figures are asked for."""

    since = forms.DateField(input_formats=DAYS, error_messages=DAY_ERRORS)
    until = forms.DateField(input_formats=DAYS, error_messages=DAY_ERRORS)
    office = forms.SlugField(max_length=16, required=False)

    def clean(self) -> dict[str, object]:
        """The first day comes first, and a year is enough."""
        told = dict(self.cleaned_data)
        since, until = told.get("since"), told.get("until")
        if since and until and not 0 <= (until - since).days <= 366:
            self.add_error("until", ValidationError(_("Choose a period of at most a year.")))
        return told


class LogForm(forms.Form):
    """Which part of the log is wanted."""

    since = forms.DateField(required=False, input_formats=DAYS, error_messages=DAY_ERRORS)
    until = forms.DateField(required=False, input_formats=DAYS, error_messages=DAY_ERRORS)
    event = forms.RegexField(r"^[a-z:_]*$", max_length=48, required=False)
    before = forms.IntegerField(required=False, min_value=1)
