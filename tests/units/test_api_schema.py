"""The API against its own description (openapi.json): whatever is sent, the answer is one that was described.

Schemathesis makes requests that fit the description and such that just don't; no answer may be a fault of ours, and
each has a status, a type and a shape of those described. The requests are the same in every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS

from nhi_express.units.models import Batch
from nhi_express.units.rules import BatchState
from tests.units.payroll import API, payroll_of
from tests.units.staff import UNIT, checked, desk_of, employ, line, staff

pytestmark = pytest.mark.django_db
EXAMPLES = settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Lists come in states, so a request that fits may be refused too: 404, 409 and 429 are described, and tested by hand.
CHECKED_BY: list[Any] = [CHECKS.get_one(name) for name in CHECKS.get_all_names() if name != "positive_data_acceptance"]

# It takes nothing that could be wrong.
CANNOT_BE_WRONG = {f"GET {API}/lists"}
PATHS = {"/lists", "/lists/{list_id}", *(f"/lists/{{list_id}}/{act}" for act in ("rows", "confirm", "stop")), "/people"}


@pytest.fixture
def known(db: None) -> UUID:
    """A list that is there and waits for a yes."""
    return checked(desk_of(UNIT), [line(row) for row in employ(staff(3))]).id


@pytest.fixture
def headers(known: UUID) -> dict[str, str]:
    return {"Authorization": f"Bearer {payroll_of(desk_of(UNIT)).enter().token}"}


@pytest.fixture
def described(headers: dict[str, str]) -> Iterator[Any]:
    """The description, as the site serves it; requests stay within the test's transaction, as with Django's client."""
    for moment in (request_started, request_finished):
        moment.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi(f"{API}/openapi.json", get_wsgi_application())
    for moment in (request_started, request_finished):
        moment.connect(close_old_connections)


def tried(described: Any, mode: GenerationMode, headers: dict[str, str], known: UUID, *, there: bool) -> set[str]:
    """Send examples of all operations, and check each answer. Returns which operations had any."""
    seen: set[str] = set()

    def send(case: Case[Any]) -> None:
        # Lists that examples brought do not pile up, and the one that is there stands as it did.
        Batch.objects.exclude(pk=known).update(state=BatchState.STOPPED)
        Batch.objects.filter(pk=known).update(state=BatchState.CHECKED, version=1)
        if there and "list_id" in case.path_parameters:
            case.path_parameters["list_id"] = str(known)
        case.call_and_validate(headers=headers, checks=CHECKED_BY)
        seen.add(case.operation.label.removeprefix(f"{case.method} {API}"))

    for found in described.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.POSITIVE or operation.label not in CANNOT_BE_WRONG:
            EXAMPLES(given(case=operation.as_strategy(generation_mode=mode))(send))()
    return seen


@pytest.mark.parametrize("there", [True, False], ids=["the-list-that-is-there", "any-list"])
def test_what_fits_the_description_is_answered_as_described(
    described: Any, headers: dict[str, str], known: UUID, there: bool
) -> None:
    assert tried(described, GenerationMode.POSITIVE, headers, known, there=there) == PATHS


def test_what_does_not_fit_is_refused_as_described(described: Any, headers: dict[str, str], known: UUID) -> None:
    assert tried(described, GenerationMode.NEGATIVE, headers, known, there=False) == PATHS
