"""Limits: counted in one statement, so that tries at the same moment cannot slip by."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from nhi_express.core import clock, throttle
from nhi_express.core.limits import Limit

pytestmark = pytest.mark.django_db
FIVE = Limit.CARD_LAST4


def spend_times(count: int, subject: str = "someone") -> list[str]:
    return [throttle.spend(FIVE, subject).verdict for _ in range(count)]


def test_five_tries_then_a_pause_of_fifteen_minutes() -> None:
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False):
        assert spend_times(6) == ["permitted"] * 5 + ["locked"]
        assert throttle.spend(FIVE, "someone").until == clock.now() + timedelta(minutes=15)


def test_limits_of_the_same_numbers_do_not_share_their_tries() -> None:
    assert len(Limit) == len(Limit.__members__)
    spend_times(5)
    assert throttle.spend(Limit.PORTAL_PASSWORD, "someone").left == 4


def test_how_many_are_left_is_told() -> None:
    assert [throttle.spend(FIVE, "someone").left for _ in range(5)] == [4, 3, 2, 1, 0]


def test_tries_during_the_pause_do_not_lengthen_it() -> None:
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False) as time:
        spend_times(5)
        time.shift(timedelta(minutes=14))
        assert spend_times(3) == ["locked"] * 3
        time.shift(timedelta(minutes=1, seconds=1))
        assert spend_times(6) == ["permitted"] * 5 + ["locked"]


def test_success_wipes_the_count() -> None:
    spend_times(4)
    throttle.clear(FIVE, "someone")
    assert spend_times(5) == ["permitted"] * 5


def test_old_tries_are_forgotten() -> None:
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False) as time:
        spend_times(4)
        time.shift(timedelta(minutes=16))
        assert spend_times(5) == ["permitted"] * 5


def test_a_hundred_in_a_row_need_proof_of_identity() -> None:
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False) as time:
        for _ in range(20):
            assert spend_times(5) == ["permitted"] * 5
            time.shift(timedelta(minutes=16))
        assert throttle.spend(FIVE, "someone").verdict == "exhausted"
        throttle.clear(FIVE, "someone")
        assert throttle.spend(FIVE, "someone").permitted


def test_one_subject_does_not_lock_another() -> None:
    spend_times(6, "one")
    assert throttle.spend(FIVE, "other").permitted


@pytest.mark.django_db(transaction=True)
def test_fifty_tries_at_once_are_fifty_tries() -> None:
    def one(_: int) -> str:
        try:
            return throttle.spend(FIVE, "raced").verdict
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        verdicts = list(pool.map(one, range(50)))
    assert verdicts.count("permitted") == 5
