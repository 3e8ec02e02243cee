"""The last step of every channel that binds a phone: a password, the phone's unlock, and one is registered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from nhi_express.core.config import config
from nhi_express.devices import flows as devices
from nhi_express.devices.adapters.webauthn import creation_options
from nhi_express.devices.models import Device
from nhi_express.devices.rules import PhoneProof
from nhi_express.enrolment.flows.attempts import notes_of, proven_member, terms_of
from nhi_express.enrolment.flows.gate import Wish, enrol
from nhi_express.enrolment.models import Attempt
from nhi_express.enrolment.rules import AttemptState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.ports import Member
from nhi_express.registration import flows as accounts


@dataclass(frozen=True, slots=True)
class LastStep:
    """What the last page needs: has the member a password already, and the phones when there are too many."""

    masked_name: str
    has_password: bool
    too_many: list[Device]
    options: dict[str, Any]


def last_step(attempt: Attempt) -> LastStep:
    """The last step, shown: a fresh challenge for the phone. Raises :class:`Refused`."""
    member = proven_member(attempt, AttemptState.CARD_PROVEN)
    registration = accounts.living(member.key)
    active = list(devices.active_phones(registration)) if registration else []
    fresh = devices.new_challenge("bind", attempt.id)
    # The passkey's user handle names this binding: two members on one phone keep two passkeys.
    options = creation_options(fresh.challenge, attempt.id.bytes, member.record.masked_name)
    return LastStep(
        masked_name=member.record.masked_name,
        has_password=bool(registration and registration.password_hash),
        too_many=active if len(active) >= config().devices_per_member else [],
        options={"token": fresh.token, "challenge": fresh.challenge, "passkey": options},
    )


@dataclass(frozen=True, slots=True)
class Finish:
    """What the last page sends. ``password`` None keeps the present one; ``remove`` names the phone to give up."""

    proof: PhoneProof
    password: str | None
    remove: UUID | None
    language: str


def finish(attempt: Attempt, wish: Finish) -> tuple[Device, str]:
    """Registered and bound, and signed in, in one transaction. Returns the device and the session's secret.

    Raises :class:`Refused`; then nothing happened, and the step can be tried again.
    """
    member = proven_member(attempt, AttemptState.CARD_PROVEN)
    notes = notes_of(attempt)
    phone = devices.verify_phone(wish.proof, attempt.id)
    hashed = None if wish.password is None else accounts.hash_password(wish.password, _guessable(member, notes))
    enrolment = Wish(hashed, phone, wish.remove, terms_of(notes), wish.language)
    with transaction.atomic():
        device = enrol(attempt, member, enrolment)
        if device is None:
            raise Refused(Problem.BAD_REQUEST)
        return device, devices.open_session(device)


def guessable(member: Member) -> tuple[str, ...]:
    """What somebody who knows the member would try as a password."""
    held, born = member.record, member.record.birth_date
    roc = f"{born.year - 1911:03d}{born:%m%d}"
    words = (held.id_number, *held.former_id_numbers, f"{born:%Y%m%d}", roc, held.card_number)
    return (*words, *filter(None, (held.household_number, held.mobile)))


def _guessable(member: Member, notes: Mapping[str, Any]) -> tuple[str, ...]:
    """The same, with the numbers that were typed on the way here."""
    number = str(notes.get("number", ""))
    local = "0" + number.removeprefix("+886") if number else ""
    return (*guessable(member), *filter(None, (number, local, str(notes.get("id_number", "")))))


def bound_identifier(attempt: Attempt) -> str:
    """The identifier (裝置識別碼) of the phone that the attempt ended in; by it the phone finds the key it made."""
    here = devices.phones_here([attempt.device]) if attempt.device else []
    return here[0].identifier if here else ""


def next_page(attempt: Attempt) -> str:
    """What the member had tapped before they were led here."""
    return str(notes_of(attempt).get("next", "")) if attempt.sealed else ""
