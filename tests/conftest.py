"""Fixtures that every room's tests may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from hypothesis import settings

from nhi_express.audit.models import Entry
from nhi_express.core import remembered
from nhi_express.core.vault import Vault, vault
from tests.outside import Outside, load_personas, running_sandbox
from tests.visitor import Visitor

# How long an example takes depends on what else the machine does: time is measured by benches, never by tests.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what touches a database: the rest is the same there, and runs with SQLite."""
    if os.environ.get("NHI_TEST_ENGINE") != "postgresql":
        return
    others = [item for item in items if not _touches_a_database(item)]
    items[:] = [item for item in items if _touches_a_database(item)]
    config.hook.pytest_deselected(items=others)


def _touches_a_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & _DATABASE_FIXTURES) or item.get_closest_marker("django_db") is not None


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """No test sees what another wrote into a database that is gone."""
    remembered.forget_all()


@pytest.fixture
def the_vault() -> Iterator[Vault]:
    """The vault of this test run."""
    yield vault()


@pytest.fixture(scope="session")
def outside() -> Iterator[Outside]:
    """The sandbox, started once; a test that needs it as new takes ``sandbox``."""
    with running_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(outside: Outside, db: None) -> Outside:
    """The sandbox as new, its operators on the site's list and its people in the register."""
    outside.reset()
    load_personas()
    return outside


@pytest.fixture
def visitor(sandbox: Outside) -> Iterator[Callable[..., Visitor]]:
    """Makes phones (see :class:`tests.visitor.Visitor`), and puts them away after the test."""
    made: list[Visitor] = []

    def make(**options: object) -> Visitor:
        made.append(Visitor(**options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.phone.browser.close()


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """A test whose transactions are real ones, for threads; the audit log, which refuses it, is emptied afterwards."""
    yield
    if connection.vendor != "sqlite":
        # PostgreSQL's own emptying between tests (TRUNCATE) passes the triggers of single rows by.
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        Entry.objects.all().delete()
        for _, sql in triggers:
            cursor.execute(sql)
