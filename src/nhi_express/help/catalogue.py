"""Every reason for which this house refuses anything. Codes are stable; each has a page of its own."""

from __future__ import annotations

from enum import Enum

from nhi_express.help.entries import account, attempt, card, general, line, typed
from nhi_express.help.entry import Entry, Severity

__all__ = ["Entry", "Problem", "Severity"]


class Problem(Enum):
    """The catalogue. The first letter of a code tells its family."""

    # M: the mobile number (DESIGN 4.2; seed Q4, Q5, Q9)
    NOT_ON_MOBILE_NETWORK = line.NOT_ON_MOBILE_NETWORK
    PREPAID = line.PREPAID
    PARENT_CHILD = line.PARENT_CHILD
    COMPANY = line.COMPANY
    MVNO = line.MVNO
    SUSPENDED_LINE = line.SUSPENDED_LINE
    OPERATOR_UNLISTED = line.OPERATOR_UNLISTED
    NUMBER_MISMATCH = line.NUMBER_MISMATCH
    DATA_DO_NOT_MATCH = line.DATA_DO_NOT_MATCH
    LINE_UNKNOWN = line.LINE_UNKNOWN
    SIM_CHANGED = line.SIM_CHANGED
    OPERATOR_DOWN = line.OPERATOR_DOWN
    # A: the attempt
    ATTEMPT_MISSING = attempt.ATTEMPT_MISSING
    ATTEMPT_EXPIRED = attempt.ATTEMPT_EXPIRED
    ATTEMPT_OUT_OF_ORDER = attempt.ATTEMPT_OUT_OF_ORDER
    CALLBACK_MISMATCH = attempt.CALLBACK_MISMATCH
    ATTEMPT_DONE = attempt.ATTEMPT_DONE
    TERMS_NOT_ACCEPTED = attempt.TERMS_NOT_ACCEPTED
    # C: the NHI card, its reader and component (seed Q1, Q13, Q14)
    AGENT_MISSING = card.AGENT_MISSING
    AGENT_TOO_OLD = card.AGENT_TOO_OLD
    PCSC_MISSING = card.PCSC_MISSING
    NO_READER = card.NO_READER
    NO_CARD = card.NO_CARD
    NOT_NHI_CARD = card.NOT_NHI_CARD
    CARD_UNREADABLE = card.CARD_UNREADABLE
    CARD_PULLED = card.CARD_PULLED
    READER_BUSY = card.READER_BUSY
    AGENT_REFUSED = card.AGENT_REFUSED
    TWO_CARDS = card.TWO_CARDS
    CARD_SWAPPED = card.CARD_SWAPPED
    CARD_NOT_VALID = card.CARD_NOT_VALID
    CARD_NOT_AUTHENTIC = card.CARD_NOT_AUTHENTIC
    ISSUER_DOWN = card.ISSUER_DOWN
    CARD_DATA_DO_NOT_MATCH = card.CARD_DATA_DO_NOT_MATCH
    PERMIT_UNREADABLE = card.PERMIT_UNREADABLE
    PERMIT_DOES_NOT_MATCH = card.PERMIT_DOES_NOT_MATCH
    CARD_CHALLENGE_EXPIRED = card.CARD_CHALLENGE_EXPIRED
    CARD_CHANNEL_CLOSED = card.CARD_CHANNEL_CLOSED
    OTHER_PROOF_NEEDED = card.OTHER_PROOF_NEEDED
    # V: device codes (seed Q12)
    CODE_WRONG = card.CODE_WRONG
    CODE_EXPIRED = card.CODE_EXPIRED
    CODE_USED = card.CODE_USED
    QR_FOREIGN = card.QR_FOREIGN
    CODE_ON_COMPUTER = card.CODE_ON_COMPUTER
    # R, D: the registration and its phones
    REGISTRATION_SUSPENDED = account.REGISTRATION_SUSPENDED
    ALREADY_REGISTERED = account.ALREADY_REGISTERED
    NOTHING_PENDING = account.NOTHING_PENDING
    PORTAL_SIGN_IN_NEEDED = account.PORTAL_SIGN_IN_NEEDED
    NO_ADDRESS_ON_FILE = account.NO_ADDRESS_ON_FILE
    NOT_CONFIRMED = account.NOT_CONFIRMED
    DEVICE_DISABLED = account.DEVICE_DISABLED
    DEVICE_GONE = account.DEVICE_GONE
    TOO_MANY_DEVICES = account.TOO_MANY_DEVICES
    KEY_ALREADY_BOUND = account.KEY_ALREADY_BOUND
    DEVICE_PROOF_FAILED = account.DEVICE_PROOF_FAILED
    PASSKEY_FAILED = account.PASSKEY_FAILED
    CHALLENGE_EXPIRED = account.CHALLENGE_EXPIRED
    WRONG_PASSWORD = account.WRONG_PASSWORD
    PHONE_NOT_BOUND = account.PHONE_NOT_BOUND
    SIGN_IN_NEEDED = account.SIGN_IN_NEEDED
    # L: limits
    LOCKED = account.LOCKED
    PROVE_AGAIN = account.PROVE_AGAIN
    TOO_MANY_ATTEMPTS = account.TOO_MANY_ATTEMPTS
    # P: the wished password
    PASSWORD_TOO_SHORT = typed.PASSWORD_TOO_SHORT
    PASSWORD_TOO_LONG = typed.PASSWORD_TOO_LONG
    PASSWORD_COMMON = typed.PASSWORD_COMMON
    PASSWORD_CONTEXT = typed.PASSWORD_CONTEXT
    # I: what was typed
    ID_NUMBER_INVALID = typed.ID_NUMBER_INVALID
    ID_NUMBER_IS_PERMIT_NUMBER = typed.ID_NUMBER_IS_PERMIT_NUMBER
    PHONE_NUMBER_INVALID = typed.PHONE_NUMBER_INVALID
    CARD_LAST4_INVALID = typed.CARD_LAST4_INVALID
    EMAIL_INVALID = typed.EMAIL_INVALID
    EMAIL_CODE_WRONG = typed.EMAIL_CODE_WRONG
    EMAIL_CODE_EXPIRED = typed.EMAIL_CODE_EXPIRED
    FIELD_TOO_LONG = typed.FIELD_TOO_LONG
    ID_NUMBER_CHECKSUM = typed.ID_NUMBER_CHECKSUM
    FIELD_REQUIRED = typed.FIELD_REQUIRED
    HOUSEHOLD_NUMBER_INVALID = typed.HOUSEHOLD_NUMBER_INVALID
    # G: anything else
    NOT_FOUND = general.NOT_FOUND
    FORBIDDEN = general.FORBIDDEN
    BAD_REQUEST = general.BAD_REQUEST
    SERVER_ERROR = general.SERVER_ERROR
    MAINTENANCE = general.MAINTENANCE

    @classmethod
    def by_code(cls, code: str) -> Problem:
        """The problem of a code, as people type it (``m-02`` too). Raises :class:`KeyError`."""
        return _BY_CODE[code.strip().upper()]


_BY_CODE = {problem.value.code: problem for problem in Problem}
