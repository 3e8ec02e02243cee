"""What people and phones send to this room, and how every room reads what is sent."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.http import HttpRequest, QueryDict

from nhi_express.core import clock
from nhi_express.devices.rules import PhoneProof, PhoneTraits, UnlockAnswer, code_meant
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.rules import IdentifierError, IdNumber

Parsed = TypeVar("Parsed")


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, were it nothing at all; None when the page is only opened."""
    return request.POST if request.method == "POST" else None


def sent_json(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that a page's script sent. Raises :class:`Refused` for anything else."""
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Refused(Problem.BAD_REQUEST) from error
    if not isinstance(data, dict):
        raise Refused(Problem.BAD_REQUEST)
    return data


def problem(name: str) -> ValidationError:
    """A field's error, worded by the problem catalogue."""
    entry = Problem[name].value
    return ValidationError(entry.at_field, code=entry.code)


def parsed(read: Callable[[str], Parsed], text: str) -> Parsed:
    """Read a field by the rules of ``members``; what is wrong is worded by the problem catalogue."""
    try:
        return read(text)
    except IdentifierError as error:
        raise problem(error.problem_name) from error


def usable_number(text: str) -> IdNumber:
    """A national ID or UI number; of the legacy ones, until the day they end."""
    number = parsed(IdNumber.parse, text)
    if not number.usable(clock.today()):
        raise problem("ID_NUMBER_INVALID")
    return number


# What Django itself finds wrong with a field, worded by the catalogue too.
FIELD_ERRORS = {
    "required": Problem.FIELD_REQUIRED.value.at_field,
    "max_length": Problem.FIELD_TOO_LONG.value.at_field,
    "null_characters_not_allowed": Problem.BAD_REQUEST.value.at_field,
}


class NameForm(forms.Form):
    """A name for a phone; empty takes it away."""

    name = forms.CharField(max_length=40, required=False, strip=True, error_messages=FIELD_ERRORS)


class MailField(forms.CharField):
    """An e-mail address, full-width forgiven."""

    def __init__(self, *, required: bool = True) -> None:
        super().__init__(max_length=254, required=required, error_messages=FIELD_ERRORS)

    def clean(self, value: Any) -> str:  # noqa: ANN401 - as its parent has it
        """The address in its plain form, or an empty string where none is required."""
        address = plain_address(super().clean(value))
        try:
            if address:
                EmailValidator()(address)
        except ValidationError as error:
            raise problem("EMAIL_INVALID") from error
        return address


def plain_address(text: str) -> str:
    """An e-mail address as it is compared and kept."""
    return unicodedata.normalize("NFKC", text).strip()


class AddressForm(forms.Form):
    """An e-mail address."""

    email = MailField()


class CodeForm(forms.Form):
    """The mailed code, spaces and full-width digits forgiven."""

    code = forms.CharField(max_length=20, error_messages=FIELD_ERRORS)

    def clean_code(self) -> str:
        """Eight digits."""
        text = unicodedata.normalize("NFKC", self.cleaned_data["code"]).replace(" ", "").replace("-", "")
        if len(text) != 8 or not text.isdecimal():
            raise problem("EMAIL_CODE_WRONG")
        return text


def unlock_answer(data: dict[str, Any]) -> UnlockAnswer:
    """Read what a phone answers to a sign-in challenge; anything of a wrong type is as good as absent."""
    assertion, password = data.get("assertion"), data.get("password")
    return UnlockAnswer(
        token=str(data.get("token", "")),
        signature=str(data.get("device_signature", "")),
        assertion=assertion if isinstance(assertion, dict) else None,
        password=password if isinstance(password, str) else "",
    )


def phone_proof(data: QueryDict) -> PhoneProof:
    """What the phone itself sends along with the last step of a binding."""
    return PhoneProof(
        token=data.get("token", ""),
        key=data.get("device_key", ""),
        signature=data.get("device_signature", ""),
        passkey=data.get("passkey", ""),
        traits=PhoneTraits.told(data.get("platform", ""), unicodedata.normalize("NFKC", data.get("model", ""))),
    )


class DeviceCodeForm(forms.Form):
    """ID number and device code, as a person types them."""

    id_number = forms.CharField(max_length=64, error_messages=FIELD_ERRORS)
    code = forms.CharField(max_length=64, error_messages=FIELD_ERRORS)

    def clean_id_number(self) -> str:
        """A national ID or UI number in its plain form."""
        return str(usable_number(self.cleaned_data["id_number"]))

    def clean_code(self) -> str:
        """Eight characters; what cannot be a code costs no try."""
        meant = code_meant(self.cleaned_data["code"])
        if not meant:
            raise problem("CODE_WRONG")
        return meant


class RedeemForm(forms.Form):
    """The phone to give up where there are too many. What the phone adds is read apart."""

    remove = forms.UUIDField(required=False, error_messages={"invalid": Problem.NOT_FOUND.value.at_field})
