"""Fixtures of the units' tests."""

from __future__ import annotations

import pytest

from tests.outside import load_personas


@pytest.fixture
def people(db: None) -> None:
    """The personas in the insured register; no sandbox is needed for acts at the desk."""
    load_personas()
