"""People whom their unit has invited, and the codes that the insurer has sent them, without letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from nhi_express.core import clock
from nhi_express.core.config import config
from nhi_express.core.encoding import fingerprint
from nhi_express.devices import flows as devices
from nhi_express.devices.models import Device
from nhi_express.enrolment import flows as gate
from nhi_express.enrolment.flows import activation
from nhi_express.enrolment.flows.inviting import Invitee, invite
from nhi_express.enrolment.models import Attempt, Invitation
from nhi_express.help import terms
from nhi_express.members.adapters import loading
from nhi_express.members.flows import register, sealed_row
from nhi_express.members.ports import Member
from nhi_express.units.flows import finishing
from nhi_express.units.proof import Papers
from nhi_sandbox.member_phone import PASSWORD
from tests.devices.codes import proof_for
from tests.outside import address_of
from tests.units.duties import number_of
from tests.visitor import person

UNIT, HERE = "900000001", "203.0.113.7"


def member_of(who: str) -> Member:
    """A persona in the insured register."""
    member = register().find(number_of(who))
    assert member
    return member


def invited(who: str, *, unit: str = UNIT, way: str = "letter") -> Invitation:
    """What a unit's confirmed list makes for a persona."""
    key = member_of(who).key
    with transaction.atomic():
        made = invite(unit, [Invitee(key, way)])
    return Invitation.objects.get(pk=made.made[key])


def rewrite(who: str, **changes: str) -> None:
    """The register says something else of a persona from now on."""
    row = person(who).row()._replace(email=address_of(person(who)), **changes)
    loading.upsert([sealed_row(list(row), 2)])


@dataclass(frozen=True, slots=True)
class Sent:
    """A code that the insurer has sent to somebody."""

    who: str
    invitation: Invitation
    code: str
    token: str

    def typed(self, source: str = HERE) -> str:
        """The ticket for who types it beside their ID number."""
        return finishing.claim_by_typing(str(number_of(self.who)), self.code, source)

    def scanned(self) -> str:
        """The ticket for who scans it."""
        return finishing.claim_by_token(self.token)

    def begun(self) -> Attempt:
        """The attempt of who scanned it and accepted the terms."""
        return attempt_with(self.scanned())


def sent(who: str, *, way: str = "letter", days: int | None = None, again: bool = False) -> Sent:
    """An invitation with its code on the way; ``again``: a newer code for the invitation there is."""
    invitation = Invitation.objects.get(member=member_of(who).key) if again else invited(who, way=way)
    Invitation.objects.filter(pk=invitation.pk).update(code_due=True)
    new = activation.new_code(invitation)
    until = clock.now() + timedelta(days=config().activation_days if days is None else days)
    with transaction.atomic():
        assert activation.keep(new, until)
    invitation.refresh_from_db()
    assert bytes(invitation.token or b"") == fingerprint(new.token)
    return Sent(who, invitation, new.code, new.token)


def attempt_with(ticket: str) -> Attempt:
    """Terms accepted."""
    begun, _ = finishing.begin(ticket, terms.current(clock.today()).version, "zh-hant", "/app/")
    return Attempt.objects.get(pk=begun.pk)


def papers_of(who: str, **changes: str | date | None) -> Papers:
    """Card and household certificate or residence permit of a persona, with some of it wrong."""
    record = member_of(who).record
    right = {
        "last4": record.card_number[-4:],
        "household": record.household_number,
        "permit_issued": record.permit_issued,
    }
    return Papers(**{**right, **changes})  # type: ignore[arg-type]


def proven(sent_code: Sent) -> Attempt:
    """Card and household or permit proven."""
    attempt = sent_code.begun()
    finishing.prove(attempt, papers_of(sent_code.who))
    attempt.refresh_from_db()
    return attempt


def finished(attempt: Attempt) -> Device:
    """The last step on a phone of its own."""
    device, secret = gate.finish(attempt, gate.Finish(proof_for(attempt.id), PASSWORD, None, "zh-hant"))
    assert devices.session(secret)
    return device
