"""All limits on trying, in one place (DESIGN: lifetimes and limits; NIST SP 800-63B-4, section 3.2.2)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, unique


# Told apart by identity: an enumeration takes members of equal value for one, and limits would share their counters.
@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """``tries`` may be spent until one succeeds; then a pause of ``lock``. After ``streak`` in a row nothing but
    proving one's identity again helps (None: no such end)."""

    tries: int
    lock: timedelta
    streak: int | None = None


@unique
class Limit(Enum):
    """Who may burn tries is part of each limit: a stranger who knows an ID number can lock nobody out."""

    # Counted per member, but only after the operator has said that the caller's line and ID belong together.
    CARD_LAST4 = Rule(5, timedelta(minutes=15), 100)
    # Counted per device; only who holds the phone's key reaches the password.
    DEVICE_PASSWORD = Rule(5, timedelta(minutes=15), 100)
    # Counted per registration; only a signed-in member reaches it.
    EMAIL_CODE = Rule(5, timedelta(hours=24))
    EMAIL_RESEND = Rule(3, timedelta(hours=1))
    # Counted per member, and only once the member's card has answered its issuer's challenge.
    PORTAL_PASSWORD = Rule(5, timedelta(minutes=15), 100)
    CARD_HOUSEHOLD = Rule(5, timedelta(minutes=15), 100)
    # Counted per source address: readings of cards refused one after another, before the issuer is asked.
    CARD_SOURCE = Rule(60, timedelta(minutes=15))
    # Counted per code: it ends with the fifth wrong one, and a fresh one always works.
    DEVICE_CODE = Rule(5, timedelta(minutes=10))
    # Counted per source address, which may be a whole office's.
    DEVICE_CODE_SOURCE = Rule(30, timedelta(minutes=15))
    # Counted per registration; only its signed-in member makes codes.
    DEVICE_CODE_MAKING = Rule(20, timedelta(hours=1))
    # Counted per member, who is signed in: three numbers of a unit that did not belong together.
    UNIT_REGISTERING = Rule(5, timedelta(hours=1))
    # Counted per unit; only its responsible person invites officers. The answer never tells whether somebody exists.
    OFFICER_INVITING = Rule(20, timedelta(hours=1))
    # Counted per activation code together with the source address: sixty bits need no limit of their own, and one would
    # let a stranger who knows an ID number take away a code for which its owner must wait by post.
    ACTIVATION_CODE = Rule(5, timedelta(minutes=15))
    # Counted per source address, which may be a whole office's.
    ACTIVATION_SOURCE = Rule(30, timedelta(minutes=15))
    # Counted per invitation, and only once its right code was given: only who holds the letter or the mail reaches it.
    ACTIVATION_PROOF = Rule(5, timedelta(minutes=15), 100)
    # Counted per invitation; only the officers of its unit reach it.
    INVITATION_REMINDER = Rule(1, timedelta(hours=24))
    # Counted per list: a look through all of it. Each of its people is reminded once a day all the same.
    LIST_REMINDER = Rule(3, timedelta(hours=24))
    # Counted per source address: first-time codes of staff accounts, which an administrator hands over in person.
    STAFF_CODE_SOURCE = Rule(10, timedelta(minutes=15))
    # Counted per source address: requests for tokens with wrong secrets, one after another.
    CLIENT_SECRET_SOURCE = Rule(30, timedelta(minutes=15))
    # Counted per source address, which may be a whole office's: wrong stop codes of notices.
    STOP_CODE_SOURCE = Rule(20, timedelta(minutes=15))
