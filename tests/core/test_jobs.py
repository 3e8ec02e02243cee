"""The worker: it sends what is due, tidies up by every room's own job, and stops when asked."""

from datetime import timedelta

import pytest
import time_machine

from nhi_express.core import clock, jobs, outbox
from nhi_express.devices.models import SpentChallenge
from tests.core.test_outbox import LETTER

pytestmark = pytest.mark.django_db


class OneTurn(jobs.Stop):
    """Stops after one turn, without waiting."""

    def waited(self, seconds: float) -> bool:
        stop = super().waited(0)
        self.ask()
        return stop


@pytest.mark.django_db(transaction=True)
def test_one_turn_sends_and_tidies() -> None:
    SpentChallenge.objects.create(digest=b"d" * 32, until=clock.now() - timedelta(seconds=1))
    outbox.post(LETTER)
    jobs.run(OneTurn())
    assert outbox.waiting() == 0
    assert SpentChallenge.objects.count() == 0


def test_every_room_with_something_to_forget_is_asked() -> None:
    with time_machine.travel("2026-11-23T00:00:00+00:00"):
        SpentChallenge.objects.create(digest=b"e" * 32, until=clock.now() - timedelta(seconds=1))
        assert jobs.tidy_rooms() == 1
        assert jobs.tidy_rooms() == 0
