"""What administrators send to change news, terms, lifetimes and offices."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from nhi_express.core import clock
from nhi_express.core.lifetimes import Lifetime, limits
from nhi_express.counter.flows.editing import day_taken
from nhi_express.counter.rules import network_of
from nhi_express.devices.forms import FIELD_ERRORS
from nhi_express.help.news import Severity

_DAY_ERRORS = {**FIELD_ERRORS, "invalid": _("Write the day as 2026-12-31.")}
_MOMENT_ERRORS = {**FIELD_ERRORS, "invalid": _("Write day and time as 2026-12-31 08:00.")}
_MARKS = {"# ", "- "}


class EditForm(forms.Form):
    """``seen`` tells which change its editor saw last, so that nobody overwrites what they have not seen."""

    seen = forms.IntegerField(min_value=0, error_messages=FIELD_ERRORS)


class PlannedForm(EditForm):
    """What begins at once, or on a day to come."""

    effective = forms.DateField(required=False, error_messages=_DAY_ERRORS)

    def clean_effective(self) -> date | None:
        """Tomorrow at the earliest, or none."""
        day: date | None = self.cleaned_data["effective"]
        if day is not None and day <= clock.today():
            raise ValidationError(_("Choose tomorrow or a later day, or none."))
        return day


class OfficeForm(PlannedForm):
    """An office as its public page shows it."""

    region = forms.CharField(max_length=16, error_messages=FIELD_ERRORS)
    name_zh = forms.CharField(max_length=60, error_messages=FIELD_ERRORS)
    name_en = forms.CharField(max_length=120, error_messages=FIELD_ERRORS)
    address_zh = forms.CharField(max_length=160, error_messages=FIELD_ERRORS)
    address_en = forms.CharField(max_length=200, error_messages=FIELD_ERRORS)
    phone = forms.CharField(max_length=40, error_messages=FIELD_ERRORS)
    hours_zh = forms.CharField(max_length=120, error_messages=FIELD_ERRORS)
    hours_en = forms.CharField(max_length=160, error_messages=FIELD_ERRORS)
    map_url = forms.CharField(max_length=300, required=False, error_messages=FIELD_ERRORS)

    def clean_map_url(self) -> str:
        """An address over TLS, or none."""
        url = str(self.cleaned_data["map_url"])
        if url and not url.startswith("https://"):
            raise ValidationError(_("A map's address begins with https://."))
        return url


class NetworksForm(forms.Form):
    """The networks of an office's desks."""

    networks = forms.CharField(max_length=1000, required=False, error_messages=FIELD_ERRORS)

    def clean_networks(self) -> list[str]:
        """Networks in CIDR notation, one a line or parted by spaces."""
        try:
            return [network_of(part) for part in str(self.cleaned_data["networks"]).split()]
        except ValueError as error:
            message = _("Write networks as 192.0.2.0/24 or 2001:db8::/64, one a line; of IPv6 none narrower than /64.")
            raise ValidationError(message) from error


class WordsField(forms.CharField):
    """A text of several blocks; line ends as everywhere but in browsers."""

    def to_python(self, value: object) -> str:
        """The text, without space around it."""
        return "\n".join(line.rstrip() for line in str(super().to_python(value)).splitlines()).strip()


class NewsForm(EditForm):
    """An item of the news, in both languages."""

    severity = forms.ChoiceField(choices=[(one.value, one.value) for one in Severity], error_messages=FIELD_ERRORS)
    title_zh = forms.CharField(max_length=120, error_messages=FIELD_ERRORS)
    title_en = forms.CharField(max_length=160, error_messages=FIELD_ERRORS)
    text_zh = WordsField(max_length=2000, error_messages=FIELD_ERRORS)
    text_en = WordsField(max_length=4000, error_messages=FIELD_ERRORS)
    begins_at = forms.DateTimeField(error_messages=_MOMENT_ERRORS)
    ends_at = forms.DateTimeField(required=False, error_messages=_MOMENT_ERRORS)

    def clean(self) -> dict[str, object]:
        """An item ends after it has begun, and an outage does end."""
        told = dict(self.cleaned_data)
        begins, ends = told.get("begins_at"), told.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error("ends_at", ValidationError(_("The end comes before the beginning.")))
        if told.get("severity") == Severity.OUTAGE and not ends and "ends_at" not in self.errors:
            self.add_error("ends_at", ValidationError(_("Say when the pause is over; it can be put off later.")))
        return told


class TermsForm(EditForm):
    """A version of the terms in both languages, and its first day."""

    effective = forms.DateField(error_messages=_DAY_ERRORS)
    text_zh = WordsField(max_length=10_000, error_messages=FIELD_ERRORS)
    text_en = WordsField(max_length=12_000, error_messages=FIELD_ERRORS)

    def __init__(
        self, data: object = None, *, initial: dict[str, object] | None = None, known: UUID | None = None
    ) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]  # a QueryDict or None, as any form takes
        self.known = known

    def clean_effective(self) -> date:
        """Tomorrow at the earliest: today's visitors have read today's terms. A day has one version."""
        day: date = self.cleaned_data["effective"]
        if day <= clock.today():
            raise ValidationError(_("Choose tomorrow or a later day."))
        if day_taken(day, self.known):
            raise ValidationError(_("Another version begins on this day."))
        return day

    def clean(self) -> dict[str, object]:
        """Both languages say the same, so they have the same headings, paragraphs and lists."""
        told = dict(self.cleaned_data)
        if "text_zh" in told and "text_en" in told and _shape(told["text_zh"]) != _shape(told["text_en"]):
            words = _("Both languages need the same headings, paragraphs and items of lists, in the same order.")
            self.add_error("text_en", ValidationError(words))
        return told


def _shape(text: str) -> list[str]:
    """The marks of a text's blocks (see :mod:`nhi_express.help.prose`): of a list one for each item."""
    blocks = (block.strip() for block in text.split("\n\n"))
    marks = ([line[:2] for line in block.splitlines() if line[:2] in _MARKS] for block in blocks if block)
    return ["".join(found) for found in marks]


class LifetimeForm(EditForm):
    """A lifetime within its hard limits, and when it begins to hold."""

    value = forms.IntegerField(error_messages={**FIELD_ERRORS, "invalid": _("Write a whole number.")})
    effective_at = forms.DateTimeField(error_messages=_MOMENT_ERRORS)

    def __init__(self, name: Lifetime, data: object = None, *, initial: dict[str, object] | None = None) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]  # a QueryDict or None, as any form takes
        self.name = name

    def clean_value(self) -> int:
        """Not beyond the hard limits."""
        value, (low, high) = int(self.cleaned_data["value"]), limits(self.name)
        if not low <= value <= high:
            raise ValidationError(_("Choose from %(low)s to %(high)s."), params={"low": low, "high": high})
        return value

    def clean_effective_at(self) -> datetime:
        """In the future."""
        moment: datetime = self.cleaned_data["effective_at"]
        if moment <= clock.now():
            raise ValidationError(_("Choose a moment that is still to come."))
        return moment
