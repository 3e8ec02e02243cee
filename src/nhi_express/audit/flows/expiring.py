"""Removing events by age: the first of the log only, and only what a head signed long enough ago covers.

So whoever verifies the log can tell what is gone rightly by the signed heads alone (:mod:`.verifying`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from nhi_express.audit.models import Checkpoint, Entry, Node
from nhi_express.core import clock
from nhi_express.core.config import config


def kept_since() -> datetime:
    """Since when events are kept: so many months of thirty days and a half as the setting says."""
    return clock.now() - timedelta(days=30.5 * config().log_months)


def last_aged_head() -> Checkpoint | None:
    """The newest head that is as old as events are kept. All events under it are older still."""
    return Checkpoint.objects.filter(at__lte=kept_since()).order_by("-size").first()


def expire() -> int:
    """Remove the events under the last head that is old enough. Returns how many.

    The database refuses to remove any younger than six months, whatever the setting says.
    """
    head = last_aged_head()
    last = head and Node.objects.filter(level=0, place=head.size - 1).values_list("entry", flat=True).first()
    if not last:
        return 0
    return Entry.objects.filter(id__lte=last, at__lt=kept_since()).delete()[0]
