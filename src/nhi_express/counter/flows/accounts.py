"""Staff accounts: made, changed and closed by administrators, who can touch no member."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import About, Actor, record
from nhi_express.core import clock, randomness
from nhi_express.core.vault import vault
from nhi_express.counter.flows import seconding
from nhi_express.counter.flows.duty import Called, OnDuty, account_key, called, require, sealed_names
from nhi_express.counter.models import Office, Proposal, Staff, StaffSession
from nhi_express.counter.rules import AT_AN_OFFICE, ApprovalState, Power, Role, StaffState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.members.rules import IdNumber


@dataclass(frozen=True, slots=True)
class NewStaff:
    """What an administrator tells of a new colleague. By the ID number, one's own record and a relative's are known
    as such; it is kept as an index only."""

    account: str
    name: str
    role: Role
    office: Office | None
    id_number: IdNumber | None


def make(by: OnDuty, wish: NewStaff) -> Staff:
    """Make an account. Nobody can begin to use it before a second person says yes to its first-time code.

    Raises :class:`Refused`.
    """
    require(by, Power.ACCOUNTS)
    with transaction.atomic():
        staff = _make(wish, by.staff)
        seconding.ask_code(by, staff)
    return staff


def make_first_administrator(account: str, name: str) -> tuple[Staff, str]:
    """Make the first account of an installation, from its command line. Raises :class:`Refused` when one exists."""
    if Staff.objects.filter(role=Role.ADMINISTRATOR).exclude(state=StaffState.CLOSED).exists():
        raise Refused(Problem.STAFF_ACCOUNT_TAKEN)
    return make_by_operator(NewStaff(account, name, Role.ADMINISTRATOR, None, None))


def make_by_operator(wish: NewStaff) -> tuple[Staff, str]:
    """Make an account from the installation's command line, as when the last administrator has lost their passkeys.

    It is on record as the system's own act, and whoever runs the machine sees the code. Raises :class:`Refused`.
    """
    with transaction.atomic():
        staff = _make(wish, None)
        return staff, seconding.give_code(staff)


def _make(wish: NewStaff, by: Staff | None) -> Staff:
    if (wish.role in AT_AN_OFFICE) != (wish.office is not None):
        raise Refused(Problem.BAD_REQUEST)
    now, identifier = clock.now(), randomness.identifier()
    member, household = _person(wish.id_number)
    staff = Staff(
        id=identifier,
        account_key=account_key(wish.account),
        sealed=sealed_names(identifier, Called(wish.account, wish.name)),
        role=wish.role,
        office=wish.office,
        member=member,
        household=household,
        state=StaffState.INVITED,
        made_by=by,
        made_at=now,
        state_at=now,
    )
    try:
        with transaction.atomic():
            staff.save(force_insert=True)
            about = {"role": wish.role.value, "office": wish.office.code if wish.office else ""}
            actor: Actor = "staff" if by else "system"
            record(Event.STAFF_MADE, About(), actor, staff=str(identifier), by=str(by.id) if by else "", **about)
    except IntegrityError as error:
        raise Refused(Problem.STAFF_ACCOUNT_TAKEN) from error
    return staff


def _person(id_number: IdNumber | None) -> tuple[UUID | None, UUID | None]:
    """The employee as a member, and their household, as far as the insured register knows them."""
    member = register().find(id_number) if id_number else None
    return (member.key, household_index(member.record.household_number)) if member else (None, None)


def household_index(number: str) -> UUID | None:
    """The keyed index of a household number, by which relatives are noticed; None without a number."""
    return vault().index(number, "counter.household") if number else None


def new_code(by: OnDuty, staff_id: UUID) -> None:
    """Ask for a new first-time code for somebody who lost theirs or all their passkeys; a second person sees it.

    Their passkeys and sessions end at once, and so a stolen laptop with them. Raises :class:`Refused`.
    """
    require(by, Power.ACCOUNTS)
    with transaction.atomic():
        staff = _other(by, staff_id)
        Staff.objects.filter(pk=staff.pk).update(code_hash="", code_until=None)
        _end_sign_ins(staff)
        seconding.ask_code(by, staff)
        record(Event.STAFF_CHANGED, About(), "staff", staff=str(staff.id), by=by.who, what="code")


def _end_sign_ins(staff: Staff) -> None:
    staff.staffpasskey_set.all().delete()
    StaffSession.objects.filter(staff=staff).delete()


def move(by: OnDuty, staff_id: UUID, office: Office) -> None:
    """Let a clerk work at another office from now on. Raises :class:`Refused`."""
    require(by, Power.ACCOUNTS)
    with transaction.atomic():
        staff = _other(by, staff_id)
        if Role(staff.role) not in AT_AN_OFFICE:
            raise Refused(Problem.BAD_REQUEST)
        Staff.objects.filter(pk=staff.pk).update(office=office)
        StaffSession.objects.filter(staff=staff).delete()
        record(Event.STAFF_CHANGED, About(), "staff", staff=str(staff.id), by=by.who, what="office", office=office.code)


def close(by: OnDuty, staff_id: UUID) -> None:
    """Close an account for good: passkeys and sessions end at once, and what its owner has asked for waits no longer.

    Raises :class:`Refused` for one's own.
    """
    require(by, Power.ACCOUNTS)
    with transaction.atomic():
        staff = _other(by, staff_id)
        Staff.objects.filter(pk=staff.pk).update(
            state=StaffState.CLOSED, state_at=clock.now(), code_hash="", code_until=None
        )
        _end_sign_ins(staff)
        seconding.lapse(staff=staff)
        seconding.lapse(asked_by=staff)
        record(Event.STAFF_CLOSED, About(), "staff", staff=str(staff.id), by=by.who)


def _other(by: OnDuty, staff_id: UUID) -> Staff:
    """Somebody else's living account, kept for this transaction. Raises :class:`Refused`."""
    staff = Staff.objects.select_for_update().filter(pk=staff_id).exclude(state=StaffState.CLOSED).first()
    if staff is None:
        raise Refused(Problem.NOT_FOUND)
    if staff.pk == by.staff.pk:
        raise Refused(Problem.APPROVAL_OWN)
    return staff


def find(by: OnDuty, staff_id: UUID) -> Staff:
    """Somebody else's living account. Raises :class:`Refused`."""
    require(by, Power.ACCOUNTS)
    with transaction.atomic():
        return _other(by, staff_id)


def waiting_for_codes() -> set[UUID]:
    """Whose first-time code waits for a second person."""
    asked = Proposal.objects.filter(state=ApprovalState.ASKED).exclude(staff=None)
    return set(asked.values_list("staff_id", flat=True))


def everybody(by: OnDuty) -> list[Staff]:
    """All accounts, those at work first."""
    require(by, Power.ACCOUNTS)
    found = Staff.objects.select_related("office")
    return sorted(found, key=lambda staff: (staff.state, staff.role, called(staff).account))
