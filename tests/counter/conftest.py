"""People for tests of counters."""

from __future__ import annotations

import pytest

from nhi_express.counter.rules import Role
from tests.counter.workplace import Worker, administrator, hired
from tests.outside import load_personas


@pytest.fixture
def admin(db: None) -> Worker:
    """The administrator of staff accounts."""
    return administrator()


@pytest.fixture
def clerk(admin: Worker) -> Worker:
    """A clerk at an office, and the personas in the register."""
    load_personas()
    return hired(admin, Role.CLERK)


@pytest.fixture
def colleague(admin: Worker, clerk: Worker) -> Worker:
    """Another clerk of the same office."""
    return hired(admin, Role.CLERK)


@pytest.fixture
def supervisor(admin: Worker) -> Worker:
    """A supervisor."""
    return hired(admin, Role.SUPERVISOR)
