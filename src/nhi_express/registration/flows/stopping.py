"""「這不是我」 by the stop code of a notice: whoever reads of an act that was not theirs ends it from anywhere.

A stop code opens nothing and restores nothing; a stranger who gets hold of one can only make a member come to a
counter. It has sixty bits, so none is guessed.
"""

from __future__ import annotations

from uuid import UUID

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


def told_of(code: str, source: str) -> UUID:
    """The registration that a stop code's notice told of. ``source`` is the network address it is typed at.

    Raises :class:`Refused`: not known, too old, or too many wrong ones from there.
    """
    decision = throttle.spend(Limit.STOP_CODE_SOURCE, source)
    if not decision.permitted:
        raise Refused(Problem.LOCKED, until=decision.until)
    found = outbox.stopped_by(code)
    if found is None:
        raise Refused(Problem.STOP_CODE_WRONG)
    throttle.clear(Limit.STOP_CODE_SOURCE, source)
    return found


def stop(code: str, source: str) -> None:
    """Stop the registration at once, with all its phones. Said twice, it is done once. Raises :class:`Refused`."""
    registration = Registration.objects.filter(pk=told_of(code, source)).first()
    if registration is None or registration.state == State.CANCELLED:
        raise Refused(Problem.STOP_CODE_WRONG)
    with transaction.atomic():
        record(Event.NOT_ME, about(registration))
        accounts.suspend(registration.pk, Reason.NOT_ME, "member")
