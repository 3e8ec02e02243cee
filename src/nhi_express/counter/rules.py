"""Who may do what at counters and on the hotline, what a case needs, and when a look-up is unusual. Pure.

Sources: seed Q1.5, Q8, Q10; the regulation on online registration, points 4 and 8 to 11; DESIGN, channel table.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from ipaddress import ip_address, ip_network


class Role(StrEnum):
    """A staff account has one role, so duties stay separate: nobody who changes accounts can touch a member."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    HOTLINE = "hotline"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Power(StrEnum):
    """What a page or an act asks of whoever is signed in."""

    DESK = "desk"
    APPROVE = "approve"
    LOOK_UP = "look_up"
    ALERTS = "alerts"
    FIGURES = "figures"
    ACCOUNTS = "accounts"
    CONTENT = "content"
    SECOND = "second"
    LOG = "log"


POWERS: dict[Role, frozenset[Power]] = {
    Role.CLERK: frozenset({Power.DESK, Power.APPROVE}),
    Role.SUPERVISOR: frozenset({Power.APPROVE, Power.SECOND, Power.ALERTS, Power.FIGURES}),
    Role.HOTLINE: frozenset({Power.LOOK_UP}),
    Role.AUDITOR: frozenset({Power.LOG}),
    Role.ADMINISTRATOR: frozenset({Power.ACCOUNTS, Power.SECOND, Power.CONTENT, Power.FIGURES}),
}
# These work at a counter or beside one: only from the network of their own office.
AT_AN_OFFICE = frozenset({Role.CLERK})


def may(role: Role, power: Power) -> bool:
    """Whether a role holds a power."""
    return power in POWERS[role]


# Where a request comes from is told no finer in IPv6: see :func:`nhi_express.core.source.source_of`.
_FINEST_IPV6 = 64


def network_of(text: str) -> str:
    """A network in CIDR notation, as it is kept. Raises :class:`ValueError`, also where no request could match it."""
    network = ip_network(text, strict=False)
    if network.version == 6 and network.prefixlen > _FINEST_IPV6:
        raise ValueError("narrower than requests are told apart")
    return str(network)


def in_networks(source: str, networks: list[str]) -> bool:
    """Whether an address lies in one of the networks (CIDR)."""
    try:
        address = ip_address(source)
    except ValueError:
        return False
    return any(address in ip_network(network, strict=False) for network in networks)


class StaffState(StrEnum):
    """An account waits for its owner's first passkey, works, or is closed for good."""

    INVITED = "invited"
    ACTIVE = "active"
    CLOSED = "closed"


class Purpose(StrEnum):
    """Why a case is opened. It decides which documents must be seen, and what may be done."""

    REGISTER = "register"
    PHONE = "phone"
    SUSPEND = "suspend"
    RESTORE = "restore"
    CANCEL = "cancel"
    CHANGE_NUMBER = "change_number"
    DATA_REQUEST = "data_request"


class Document(StrEnum):
    """What a clerk has in hand."""

    NHI_CARD = "nhi_card"
    ID_CARD = "id_card"
    HOUSEHOLD = "household"
    RESIDENCE_PERMIT = "residence_permit"


_CITIZEN = frozenset({Document.NHI_CARD, Document.ID_CARD, Document.HOUSEHOLD})
_FOREIGN = frozenset({Document.NHI_CARD, Document.RESIDENCE_PERMIT})
# To stop a service one document is enough: only one factor is asked of who reports a loss (NIST 63B-4, section 4.2).
_CITIZEN_STOP, _FOREIGN_STOP = frozenset({Document.ID_CARD}), frozenset({Document.RESIDENCE_PERMIT})
_STOPPING = frozenset({Purpose.SUSPEND})


def needed(purpose: Purpose, *, foreign: bool) -> frozenset[Document]:
    """The documents that must be seen (seed Q10 for citizens, Q1.5 for foreigners)."""
    if purpose in _STOPPING:
        return _FOREIGN_STOP if foreign else _CITIZEN_STOP
    return _FOREIGN if foreign else _CITIZEN


def lacking(purpose: Purpose, seen: Collection[Document], *, foreign: bool) -> frozenset[Document]:
    """What is still to be shown."""
    return needed(purpose, foreign=foreign) - frozenset(seen)


def permit_good(until: date | None, today: date) -> bool:
    """Whether a residence permit may be taken: its last day is on it, and has not passed."""
    return until is not None and until >= today


class CaseState(StrEnum):
    """A case is open at one desk, and then done, dropped by its clerk, or left lying until its time ran out."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"
    LEFT = "left"


class Act(StrEnum):
    """What a case may do to a registration."""

    REGISTER = "register"
    SUSPEND = "suspend"
    RESTORE = "restore"
    END_PHONES = "end_phones"
    CANCEL = "cancel"
    CHANGE_NUMBER = "change_number"


ACTS: dict[Purpose, frozenset[Act]] = {
    Purpose.REGISTER: frozenset({Act.REGISTER}),
    Purpose.PHONE: frozenset({Act.REGISTER, Act.END_PHONES}),
    Purpose.SUSPEND: frozenset({Act.SUSPEND, Act.END_PHONES}),
    Purpose.RESTORE: frozenset({Act.RESTORE}),
    Purpose.CANCEL: frozenset({Act.CANCEL}),
    Purpose.CHANGE_NUMBER: frozenset({Act.CHANGE_NUMBER}),
    Purpose.DATA_REQUEST: frozenset(),
}
# These make nothing possible, so they never wait: neither for a second person nor for a changed number.
STOPS = frozenset({Act.SUSPEND, Act.END_PHONES})
# What opens an account again or ends it takes a second person's yes.
NEEDS_A_SECOND = frozenset({Act.RESTORE, Act.CANCEL, Act.CHANGE_NUMBER})


class ReasonCode(StrEnum):
    """Why an act was done, as the clerk chose it."""

    MEMBERS_WISH = "members_wish"
    LOST = "lost"
    STOLEN = "stolen"
    MISUSE = "misuse"
    FALSE_DATA = "false_data"
    LENT = "lent"
    NUMBER_CHANGED = "number_changed"
    DECEASED = "deceased"


class ApprovalState(StrEnum):
    """Of an act that waits for a second person."""

    ASKED = "asked"
    GRANTED = "granted"
    DENIED = "denied"
    LAPSED = "lapsed"


class LookUpPurpose(StrEnum):
    """Why a record was opened, or was about to be; shown to the member."""

    CASE = "case"
    DECISION = "decision"
    DATA_REQUEST = "data_request"
    CALLER_HELP = "caller_help"
    CALLER_THEFT = "caller_theft"
    COMPLAINT = "complaint"
    # Somebody called and did not answer rightly: nothing was shown.
    CALLER_UNPROVEN = "caller_unproven"


# What a call may be about.
CALLS = (LookUpPurpose.CALLER_HELP, LookUpPurpose.CALLER_THEFT, LookUpPurpose.COMPLAINT)


class AlertKind(StrEnum):
    """What makes a look-up unusual."""

    MANY = "many"
    OFF_HOURS = "off_hours"
    COLLEAGUE = "colleague"
    OWN = "own"
    RELATIVE = "relative"
    WATCHED = "watched"


# Of one person's look-ups in an hour; counters and hotline differ little in what one call or visit takes.
MANY_AN_HOUR = 30
_OPEN_FROM, _OPEN_UNTIL = 7, 20


def unusual(
    *, in_the_last_hour: int, hour: int, weekend: bool, own: bool, relative: bool, colleague: bool, watched: bool
) -> frozenset[AlertKind]:
    """What is unusual about a look-up. Each raises an alert that the looker cannot see or take back."""
    facts = {
        AlertKind.MANY: in_the_last_hour > MANY_AN_HOUR,
        AlertKind.OFF_HOURS: weekend or not _OPEN_FROM <= hour < _OPEN_UNTIL,
        AlertKind.OWN: own,
        AlertKind.RELATIVE: relative,
        AlertKind.COLLEAGUE: colleague,
        AlertKind.WATCHED: watched,
    }
    return frozenset(kind for kind, holds in facts.items() if holds)


class RequestKind(StrEnum):
    """What a member may ask of their data (Personal Data Protection Act, section 3)."""

    VIEW = "view"
    COPY = "copy"
    CORRECT = "correct"
    DELETE = "delete"


# Days until a decision, and by how many it may be put off once, with the reason in writing (sections 10, 11 and 13).
CLOCKS: dict[RequestKind, int] = {
    RequestKind.VIEW: 15,
    RequestKind.COPY: 15,
    RequestKind.CORRECT: 30,
    RequestKind.DELETE: 30,
}


class RequestState(StrEnum):
    """Where a request on one's data stands."""

    OPEN = "open"
    GRANTED = "granted"
    DENIED = "denied"


class Content(StrEnum):
    """What the back office edits besides accounts and networks."""

    NEWS = "news"
    TERMS = "terms"
    OPERATOR = "operator"
    OFFICE = "office"
    LIFETIME = "lifetime"


class Edit(StrEnum):
    """What was done to it."""

    ADDED = "added"
    CHANGED = "changed"
    PLANNED = "planned"
    BEGUN = "begun"
    WITHDRAWN = "withdrawn"
