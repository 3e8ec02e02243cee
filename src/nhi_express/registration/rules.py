"""What a registration may become, what a password must be. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable
from enum import StrEnum


class State(StrEnum):
    """DESIGN: states of a registration."""

    PENDING_CONFIRMATION = "pending_confirmation"
    PENDING_ACTIVATION = "pending_activation"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why a registration is in its state."""

    PROVEN = "proven"
    STAFF = "staff"
    THEFT = "theft"
    NOT_ME = "not_me"
    OWN_WISH = "own_wish"
    UNIT = "unit"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


_MOVES: dict[State, frozenset[State]] = {
    State.PENDING_CONFIRMATION: frozenset({State.ACTIVE, State.SUSPENDED, State.CANCELLED}),
    # Who was invited by their unit may apply by card all the same, and then waits for the mailed code.
    State.PENDING_ACTIVATION: frozenset({State.PENDING_CONFIRMATION, State.ACTIVE, State.SUSPENDED, State.CANCELLED}),
    State.ACTIVE: frozenset({State.SUSPENDED, State.CANCELLED}),
    # See restored_to(): who never finished registering is not registered by a stop.
    State.SUSPENDED: frozenset({State.PENDING_CONFIRMATION, State.PENDING_ACTIVATION, State.ACTIVE, State.CANCELLED}),
    State.CANCELLED: frozenset(),
}


def may_become(present: State, wanted: State) -> bool:
    """Whether a registration may go from ``present`` to ``wanted``. A cancelled one never comes back."""
    return wanted in _MOVES[present]


# Somebody else had the phone, or acted in the member's name.
_IN_WRONG_HANDS = frozenset({Reason.THEFT, Reason.NOT_ME})


def begins_anew(stopped_for: Reason) -> bool:
    """Whether a registration stopped for this is restored without its phones, password and codes under way: whoever
    had them then must not have them again."""
    return stopped_for in _IN_WRONG_HANDS


def restored_to(before: State, stopped_for: Reason) -> State:
    """Where restoring leads: back to where it was; but what somebody else may have begun and nobody finished, ends."""
    return State.CANCELLED if before is not State.ACTIVE and begins_anew(stopped_for) else before


SHORTEST, LONGEST = 8, 128
# Words of this service that a guesser tries first.
_CONTEXT = ("健保", "健康存摺", "快易通", "nhi", "nhiexpress", "healthbank", "taiwan", "password", "密碼")


def normalise(password: str) -> str:
    """The form that is counted, compared and hashed: NFC (NIST SP 800-63B-4, section 3.1.1.2)."""
    return unicodedata.normalize("NFC", password)


def password_fault(password: str, common: Container[str], about: Iterable[str] = ()) -> str | None:
    """Name of the problem with a wished password, or None: 8 to 128 code points, not common, not about its owner.

    ``common`` is the block list, case-folded; ``about`` holds what a guesser who knows the member would try: ID number,
    birth date, card digits, mobile number.
    There is no rule of composition and no forced change (NIST SP 800-63B-4, section 3.1.1.2).
    """
    text = normalise(password)
    if len(text) < SHORTEST:
        return "PASSWORD_TOO_SHORT"
    if len(text) > LONGEST:
        return "PASSWORD_TOO_LONG"
    folded = text.casefold()
    if folded in common or len(set(folded)) == 1:
        return "PASSWORD_COMMON"
    return "PASSWORD_CONTEXT" if _is_about(folded, about) else None


def _is_about(folded: str, about: Iterable[str]) -> bool:
    """Whether little is left of a password once the guessable words are taken out of it."""
    rest = folded
    for word in (*about, *_CONTEXT):
        # Chinese words of two characters count too.
        if len(word) > 1:
            rest = rest.replace(word.casefold(), "")
    return len(rest) < 4
