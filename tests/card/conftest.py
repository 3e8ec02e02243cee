"""The portal's surroundings: an issuer, people in the register, and settings that a test may change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from nhi_express.card.adapters import issuer as issuer_adapter
from nhi_express.card.flows import presenting, signing_in
from nhi_express.core.config import config
from tests.card.cards import Browser
from tests.card.issuer import TOKEN, Issuer, running
from tests.outside import load_personas

Change = Callable[..., None]


@pytest.fixture(scope="session")
def started_issuer() -> Iterator[Issuer]:
    """The issuer, started once."""
    with running() as issuer:
        yield issuer


@pytest.fixture
def issuer(started_issuer: Issuer) -> Issuer:
    """The issuer as new."""
    started_issuer.reset()
    return started_issuer


@pytest.fixture
def change(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Change:
    """Change settings of the card room, which has this issuer."""

    def to(**settings: Any) -> None:
        changed = replace(config(), **({"card_issuer_url": issuer.url, "card_issuer_token": TOKEN} | settings))
        for module in (issuer_adapter, presenting, signing_in):
            monkeypatch.setattr(module, "config", lambda: changed)

    to()
    return to


@pytest.fixture
def browser(change: Change, db: None) -> Browser:
    """A browser with a reader, before a portal whose register knows the personas."""
    load_personas()
    return Browser()
