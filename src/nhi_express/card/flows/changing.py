"""What a member changes while signed in: 註冊密碼變更 and 基本資料異動 (e-mail addresses, registered address)."""

from __future__ import annotations

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import record
from nhi_express.card.flows import basis
from nhi_express.card.flows.presenting import PresentedCard, refuse
from nhi_express.card.flows.proving import check_household
from nhi_express.card.flows.signing_in import PortalSignedIn, check_password, end_sessions
from nhi_express.card.rules import Household
from nhi_express.enrolment import flows as gate
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.members.ports import Member
from nhi_express.registration import flows as accounts
from nhi_express.registration.flows.addresses import Kind


def change_password(signed: PortalSignedIn, presented: PresentedCard, old: str, new: str) -> None:
    """Replace the password: by the old one, with the member's own card in the reader again.

    Every other use of the portal ends with it, and the member is told. Raises :class:`Refused`.
    """
    if presented.member.key != signed.registration.member:
        refuse(presented.member, Problem.CARD_SWAPPED)
    presented.require_authenticated()
    check_password(presented, signed.registration, old)
    hashed = accounts.hash_password(new, gate.guessable(presented.member))
    with transaction.atomic():
        accounts.store_password(signed.registration, hashed)
        accounts.tell(signed.registration, "registration/password_set")
        end_sessions(signed.registration, but=signed.session)


def change_address(signed: PortalSignedIn, address: str, kind: Kind = "main") -> None:
    """Mail a code to a new address; until it is typed the old one stays. Raises :class:`Refused`."""
    accounts.send_code(signed.registration, address, kind)


def confirm_address(signed: PortalSignedIn, code: str, kind: Kind = "main") -> None:
    """The code is typed: the new address replaces the old one, and both are told. Raises :class:`Refused`."""
    accounts.confirm_code(signed.registration, code, kind)


def remove_backup(signed: PortalSignedIn) -> None:
    """Forget the second address; it is told so."""
    accounts.remove_address(signed.registration, "backup")


def household_of(signed: PortalSignedIn) -> Household | None:
    """The household on record, or None."""
    return basis.of(signed.registration)


def change_household(signed: PortalSignedIn, household: Household) -> None:
    """The household moved: keep the new one once the register agrees with it.

    Raises :class:`Refused`; a household that does not match costs a try.
    """
    member = _member_of(signed)
    if member.record.foreign:
        raise Refused(Problem.BAD_REQUEST)
    check_household(member, household, str(member.key))
    with transaction.atomic():
        basis.keep(signed.registration, household)
        record(Event.ADDRESS_BASIS_CHANGED, accounts.about(signed.registration))


def _member_of(signed: PortalSignedIn) -> Member:
    member = register().by_key(signed.registration.member)
    if member is None:
        raise Refused(Problem.CARD_DATA_DO_NOT_MATCH)
    return member
