"""What officers and members type in this room."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django import forms
from django.http import QueryDict

from nhi_express.core import clock
from nhi_express.devices.forms import FIELD_ERRORS, parsed, problem, usable_number
from nhi_express.devices.rules import code_meant
from nhi_express.enrolment.rules import ACTIVATION_LENGTH
from nhi_express.members.rules import LONGEST_INPUT, HouseholdNumber, IdentifierError, IdNumber, parse_last4
from nhi_express.units.proof import Papers
from nhi_express.units.rules import LONGEST_CLIENT_NAME, CertificateNumber, TaxId, UnitCode
from nhi_express.units.typed import read_date

Number = TypeVar("Number")


def _typed() -> forms.CharField:
    return forms.CharField(max_length=LONGEST_INPUT, error_messages=FIELD_ERRORS)


def _number(read: Callable[[str], Number], text: str) -> Number:
    """Read one of a unit's numbers. That it is none tells nothing of any unit, so the field itself says it."""
    try:
        return read(text)
    except IdentifierError as error:
        raise problem("UNIT_NUMBER_INVALID") from error


class UnitForm(forms.Form):
    """The three numbers on the insurance certificate."""

    code, tax_id, certificate = _typed(), _typed(), _typed()

    def clean_code(self) -> UnitCode:
        """A unit code."""
        return _number(UnitCode.parse, self.cleaned_data["code"])

    def clean_tax_id(self) -> TaxId:
        """A tax ID number."""
        return _number(TaxId.parse, self.cleaned_data["tax_id"])

    def clean_certificate(self) -> CertificateNumber:
        """A certificate number."""
        return _number(CertificateNumber.parse, self.cleaned_data["certificate"])


class OfficerForm(forms.Form):
    """Whom to ask to be an officer."""

    id_number = _typed()

    def clean_id_number(self) -> IdNumber:
        """A national ID or UI number."""
        return usable_number(self.cleaned_data["id_number"])


class ClientForm(forms.Form):
    """What to call a payroll system."""

    name = forms.CharField(max_length=LONGEST_CLIENT_NAME, error_messages=FIELD_ERRORS)


class AgentForm(forms.Form):
    """Which unit may act for this one."""

    code = _typed()

    def clean_code(self) -> UnitCode:
        """A unit code."""
        return _number(UnitCode.parse, self.cleaned_data["code"])


class ActivationForm(forms.Form):
    """ID number and activation code, as a person types them from the insurer's letter."""

    id_number, code = _typed(), _typed()

    def clean_id_number(self) -> str:
        """A national ID or UI number in its plain form."""
        return str(usable_number(self.cleaned_data["id_number"]))

    def clean_code(self) -> str:
        """Twelve characters; what cannot be a code costs no try."""
        meant = code_meant(self.cleaned_data["code"], ACTIVATION_LENGTH)
        if not meant:
            raise problem("ACTIVATION_CODE_WRONG")
        return meant


class ProofForm(forms.Form):
    """The card's last four digits, and the household number of a citizen or the permit's date of a foreign member."""

    last4, household, permit_issued = _typed(), _typed(), _typed()

    def __init__(self, data: QueryDict | dict[str, str] | None = None, *, foreign: bool) -> None:
        super().__init__(data)
        self.foreign = foreign
        del self.fields["household" if foreign else "permit_issued"]

    def clean_last4(self) -> str:
        """Four digits."""
        return parsed(parse_last4, self.cleaned_data["last4"])

    def clean_household(self) -> HouseholdNumber:
        """A household number."""
        return parsed(HouseholdNumber.parse, self.cleaned_data["household"])

    def clean_permit_issued(self) -> date:
        """A day that has been, in Gregorian or 民國 years."""
        day = read_date(self.cleaned_data["permit_issued"])
        if day is None or day > clock.today():
            raise problem("PERMIT_DATE_INVALID")
        return day

    def papers(self) -> Papers:
        """What was typed, once the form is valid."""
        told = self.cleaned_data
        return Papers(told["last4"], str(told.get("household", "")), told.get("permit_issued"))
