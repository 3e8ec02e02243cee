"""「這不是我」 by the stop code of a notice: whoever reads of an act that was not theirs ends it from anywhere.

A stop code opens nothing and restores nothing; a stranger who gets hold of one can only make a member come to a
counter. It has sixty bits, so none is guessed.
"""

from __future__ import annotations

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import record
from nhi_express.core import outbox, throttle
from nhi_express.core.limits import Limit
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration import flows as accounts
from nhi_express.registration.flows.addresses import about
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason, State


def told_of(code: str, source: str) -> outbox.Told:
    """The notice that a stop code stands in. ``source`` is the network address it is typed at.

    Only misses are counted: others at the same address, which may be a whole office's, do not take a right code away.
    Raises :class:`Refused`: not known, void, too old, or too many wrong ones from there.
    """
    found = outbox.stopped_by(code)
    if found is None:
        decision = throttle.spend(Limit.STOP_CODE_SOURCE, source)
        if not decision.permitted:
            raise Refused(Problem.LOCKED, until=decision.until)
        raise Refused(Problem.STOP_CODE_WRONG)
    return found


def stop(code: str, source: str) -> None:
    """Stop the registration at once, with all its phones. Said twice, it is done once. Raises :class:`Refused`."""
    told = told_of(code, source)
    registration = Registration.objects.filter(pk=told.about).first()
    if registration is None or registration.state == State.CANCELLED:
        raise Refused(Problem.STOP_CODE_WRONG)
    with transaction.atomic():
        if accounts.suspend(registration.pk, Reason.NOT_ME, "member"):
            record(Event.NOT_ME, about(registration), notice=str(told.notice))
