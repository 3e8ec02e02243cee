"""Doing what stands in the queue, as the worker does it, within a test."""

from __future__ import annotations

from django_tasks_db.models import DBTaskResult

from nhi_express.core import jobs


def drain(most: int = 10_000) -> int:
    """Do tasks until none is left, and tell how many there were. One that failed fails the test."""
    done = 0
    while done < most and jobs.run_task():
        done += 1
    failed = DBTaskResult.objects.failed().first()
    assert failed is None, failed.traceback
    return done
