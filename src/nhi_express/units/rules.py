"""Units' identifiers, the states of lists and lines, and what a line must hold. Pure.

Sources: seed Q1.4; the regulation on online registration, points 2 and 4; DESIGN, channel table.
"""

from __future__ import annotations

from enum import StrEnum


class OfficerRole(StrEnum):
    """What an officer may do: the responsible person also invites officers and grants mandates."""

    RESPONSIBLE = "responsible"
    OFFICER = "officer"


class OfficerState(StrEnum):
    """Invited officers have not yet said yes on their own phone."""

    INVITED = "invited"
    ACTIVE = "active"
    ENDED = "ended"


class Source(StrEnum):
    """How a list came."""

    WEB = "web"
    API = "api"
    CLI = "cli"


class BatchState(StrEnum):
    """Where a list stands. ``checked`` waits for the officer; ``refused`` and ``stopped`` and ``done`` are ends."""

    RECEIVED = "received"
    READING = "reading"
    CHECKING = "checking"
    CHECKED = "checked"
    ENROLLING = "enrolling"
    DONE = "done"
    STOPPED = "stopped"
    REFUSED = "refused"


class RowState(StrEnum):
    """What became of a line."""

    READ = "read"
    READY = "ready"
    REGISTERED = "registered"
    REFUSED = "refused"
    INVITED = "invited"


class RowReason(StrEnum):
    """Why a line was refused. One reason covers all that would tell an officer of people who are not theirs."""

    ID_MISSING = "id_missing"
    ID_INVALID = "id_invalid"
    ID_CHECKSUM = "id_checksum"
    ID_IS_PERMIT_NUMBER = "id_is_permit_number"
    BIRTH_DATE_INVALID = "birth_date_invalid"
    EMAIL_INVALID = "email_invalid"
    EMAIL_SHARED = "email_shared"
    FIELD_TOO_LONG = "field_too_long"
    NOT_OF_THIS_UNIT = "not_of_this_unit"
    CHILD = "child"
    TWICE_IN_THE_LIST = "twice_in_the_list"
    IN_ANOTHER_LIST = "in_another_list"
    INVITED_ALREADY = "invited_already"


class RowNote(StrEnum):
    """What was forgiven in a line, and is reported."""

    FULL_WIDTH = "full_width"
    SPACES = "spaces"
    LOWER_CASE = "lower_case"
    ROC_DATE = "roc_date"
