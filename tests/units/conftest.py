"""Fixtures of the units' tests."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.outside import load_personas
from tests.units.hearing import Heard


@pytest.fixture
def people(db: None) -> None:
    """The personas in the insured register; no sandbox is needed for acts at the desk."""
    load_personas()


@pytest.fixture
def heard() -> Iterator[Heard]:
    """What all loggers say during the test, at every level that a setting could let through."""
    handler = Heard()
    logging.root.addHandler(handler)
    yield handler
    logging.root.removeHandler(handler)
