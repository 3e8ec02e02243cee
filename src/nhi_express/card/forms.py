"""What people and the card component send to the portal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from nhi_express.card.rules import AddressBasis, Household, Permit, Proof
from nhi_express.core.encoding import from_base64url
from nhi_express.devices.forms import FIELD_ERRORS, CodeForm, MailField, parsed, plain_address
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.rules import HouseholdNumber

# A provider with some hundred mail domains, each of them like the others: ms12.hinet.net is no slip of msa.hinet.net.
_MANY_OF: Final = "hinet.net"
# Where most people of the country have their mail; a domain one slip away from these is asked about.
_DOMAINS: Final = (
    "gmail.com",
    "yahoo.com.tw",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "msa.hinet.net",
    "livemail.tw",
    "pchome.com.tw",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the component read, as a form brings it: base64url texts, empty where nothing was read."""

    token: str
    block: bytes
    state: int | None
    response: bytes | None
    permit: bytes

    @classmethod
    def of(cls, data: QueryDict | dict[str, Any]) -> Reading:
        """Take a reading from what was sent. Raises :class:`Refused` when it is no reading at all."""
        try:
            octets = {name: _octets(data.get(f"card_{name}", "")) for name in ("block", "state", "response", "permit")}
        except ValueError as error:
            raise Refused(Problem.CARD_UNREADABLE) from error
        state, response = octets["state"], octets["response"]
        token = str(data.get("card_token", ""))
        return cls(token, octets["block"], state[0] if state else None, response or None, octets["permit"])


def _octets(text: object) -> bytes:
    if not isinstance(text, str) or len(text) > 4096:
        raise ValueError("no text, or too long")
    return from_base64url(text)


def _text(required: bool = True, length: int = 40) -> forms.CharField:
    return forms.CharField(max_length=length, required=required, error_messages=FIELD_ERRORS)


class HouseholdForm(forms.Form):
    """戶號 and the registered address (seed Q13)."""

    household = _text(length=64)
    county = _text()
    district = _text()
    village = _text()
    neighbourhood = _text(required=False, length=8)

    def clean_household(self) -> HouseholdNumber:
        """A household number; an unusual one is not refused."""
        return parsed(HouseholdNumber.parse, self.cleaned_data["household"])

    def told(self) -> Household:
        """The household, once the form is valid."""
        names = ("county", "district", "village", "neighbourhood")
        return Household(self.cleaned_data["household"], AddressBasis(*(self.cleaned_data[name] for name in names)))


class HolderForm(HouseholdForm):
    """What proves the holder of a card: a household, or a residence permit, which the component reads."""

    holder = forms.ChoiceField(choices=[("household", ""), ("permit", "")], error_messages=FIELD_ERRORS)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        if data is not None and data.get("holder") == "permit":
            for name in ("household", "county", "district", "village"):
                self.fields[name].required = False

    def clean_household(self) -> HouseholdNumber | None:  # type: ignore[override]  # none where a permit proves
        """The household number, where it is what proves."""
        typed = self.cleaned_data["household"]
        return super().clean_household() if typed and self.data.get("holder") != "permit" else None

    def proof(self, reading: Reading) -> Proof:
        """What was given."""
        return Permit(reading.permit) if self.cleaned_data["holder"] == "permit" else self.told()


def likely_address(address: str) -> str:
    """The address that was probably meant, when its domain is a slip away from a common one; else empty."""
    name, _at, domain = address.rpartition("@")
    wanted = domain.lower()
    near = get_close_matches(wanted, _DOMAINS, n=1, cutoff=0.8)
    return f"{name}@{near[0]}" if near and near[0] != wanted and not wanted.endswith(_MANY_OF) else ""


class AddressesForm(forms.Form):
    """The e-mail address that codes and notices go to, and a second one as a backup.

    A likely slip is asked about once; who sends the same address again means it (``sure`` holds what was asked about).
    """

    main = MailField()
    backup = MailField(required=False)
    sure = forms.CharField(required=False, max_length=600)

    def __init__(self, data: Mapping[str, Any] | None = None, other: str = "") -> None:
        """``other`` is the member's confirmed address of the other kind, where only one is asked for."""
        super().__init__(data)
        self._other = other

    def clean(self) -> dict[str, Any]:
        """Ask about likely slips; the backup must be another address."""
        cleaned = dict(super().clean() or {})
        for name in ("main", "backup"):
            self._ask(name, cleaned.get(name, ""), plain_address(cleaned.get("sure", "")).split())
        # Providers take capital and small letters for the same, so a backup that differs by them alone is none.
        main, backup, other = (
            text.casefold() for text in (cleaned.get("main", ""), cleaned.get("backup", ""), self._other)
        )
        if backup and backup == main:
            self.add_error("backup", ValidationError(_("Leave this empty, or give another address.")))
        if other and other == main:
            self.add_error("main", ValidationError(_("This is your other address already. Please give another one.")))
        return cleaned

    def _ask(self, name: str, address: str, asked: list[str]) -> None:
        likely = likely_address(address)
        if likely and address not in asked:
            words = _("Did you mean {address}? If yours is right as it is, press the button once more.")
            self.add_error(name, ValidationError(format_lazy(words, address=likely), code="likely"))

    @property
    def asked_about(self) -> str:
        """What the page sends back as ``sure``."""
        return " ".join(str(self.data.get(name, "")).strip() for name in ("main", "backup"))


class AccountForm(AddressesForm):
    """Password and addresses of a registration."""

    password = forms.CharField(strip=False, max_length=1024, error_messages=FIELD_ERRORS)


class SignInForm(forms.Form):
    """The registration password."""

    password = forms.CharField(strip=False, max_length=1024, error_messages=FIELD_ERRORS)


class ChangePasswordForm(forms.Form):
    """The old password and the new one."""

    old = forms.CharField(strip=False, max_length=1024, error_messages=FIELD_ERRORS)
    password = forms.CharField(strip=False, max_length=1024, error_messages=FIELD_ERRORS)


class RecoverForm(CodeForm):
    """The mailed code where one is needed, and a new password where the old one was forgotten."""

    password = forms.CharField(strip=False, max_length=1024, error_messages=FIELD_ERRORS)

    def __init__(self, data: QueryDict | None, *, needs_code: bool, new_password: bool) -> None:
        super().__init__(data)
        for name, needed in {"code": needs_code, "password": new_password}.items():
            if not needed:
                del self.fields[name]
