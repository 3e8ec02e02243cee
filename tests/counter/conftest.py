"""People for tests of counters."""

from __future__ import annotations

import pytest

from tests.counter.workplace import Worker, administrator


@pytest.fixture
def admin(db: None) -> Worker:
    """The administrator of staff accounts."""
    return administrator()
