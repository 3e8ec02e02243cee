"""Passwords and states."""

import unicodedata
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_express.registration.rules import (
    Reason,
    State,
    begins_anew,
    may_become,
    normalise,
    password_fault,
    restored_to,
)

COMMON = frozenset({"password1", "qwertyuiop", "iloveyou1"})
ABOUT = ("A123456789", "19850312", "0740312", "000012345678", "0912345678")


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("correct horse", None),
        ("今天天氣很好我們去散步", None),
        ("        x", None),
        ("seven77", "PASSWORD_TOO_SHORT"),
        ("短密碼", "PASSWORD_TOO_SHORT"),
        ("x" * 129, "PASSWORD_TOO_LONG"),
        ("PassWord1", "PASSWORD_COMMON"),
        ("aaaaaaaaaaaa", "PASSWORD_COMMON"),
        ("A123456789", "PASSWORD_CONTEXT"),
        ("a123456789!", "PASSWORD_CONTEXT"),
        ("19850312ab", "PASSWORD_CONTEXT"),
        ("0912345678", "PASSWORD_CONTEXT"),
        ("健保快易通nhi1", "PASSWORD_CONTEXT"),
    ],
)
def test_passwords(password: str, fault: str | None) -> None:
    assert password_fault(password, COMMON, ABOUT) == fault


@given(st.text(min_size=8, max_size=128))
def test_any_script_will_do_and_no_composition_is_asked_for(password: str) -> None:
    fault = password_fault(password, frozenset())
    assert fault in {None, "PASSWORD_COMMON", "PASSWORD_CONTEXT", "PASSWORD_TOO_SHORT"}
    if len(unicodedata.normalize("NFC", password)) >= 8 and len(set(password)) > 12:
        assert fault is None


def test_the_same_word_typed_in_two_ways_is_one_password() -> None:
    assert normalise("e\u0301tude de nuit") == normalise("\u00e9tude de nuit")


@pytest.mark.parametrize(("present", "wanted"), list(product(State, State)))
def test_states_move_only_as_designed(present: State, wanted: State) -> None:
    pending = {State.PENDING_ACTIVATION, State.PENDING_CONFIRMATION}
    allowed = (
        (present in pending and wanted in {State.ACTIVE, State.SUSPENDED, State.CANCELLED})
        # Whom a unit invited may apply by card instead, and then waits for the mailed code.
        or (present is State.PENDING_ACTIVATION and wanted is State.PENDING_CONFIRMATION)
        or (present is State.ACTIVE and wanted in {State.SUSPENDED, State.CANCELLED})
        # Restoring leads back to where it was.
        or (present is State.SUSPENDED and wanted is not State.SUSPENDED)
    )
    assert may_become(present, wanted) is allowed


@pytest.mark.parametrize("reason", Reason)
def test_what_was_in_wrong_hands_begins_anew(reason: Reason) -> None:
    assert begins_anew(reason) is (reason in {Reason.THEFT, Reason.NOT_ME})


@pytest.mark.parametrize(("before", "reason"), list(product(State, Reason)))
def test_restoring_leads_back_but_nowhere_what_was_begun_in_wrong_hands(before: State, reason: Reason) -> None:
    ends = begins_anew(reason) and before is not State.ACTIVE
    assert restored_to(before, reason) is (State.CANCELLED if ends else before)
