"""Activation codes by mail, where the register has no postal address: to the register's own address, without a link.

The worker makes some in a turn, for each costs a slow hash, and goes to the end of the queue for the rest.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django_tasks_db.models import DBTaskResult

from nhi_express.core import clock, outbox
from nhi_express.core.jobs import job
from nhi_express.core.lifetimes import lifetime
from nhi_express.core.outbox import Letter
from nhi_express.devices.rules import code_shown
from nhi_express.enrolment.flows import activation
from nhi_express.enrolment.flows.invitations import attests
from nhi_express.enrolment.models import Invitation
from nhi_express.enrolment.rules import CodeWay
from nhi_express.members.flows import register
from nhi_express.members.ports import Member
from nhi_express.registration import flows as accounts

_A_TURN: Final = 20


@job
def mail_codes() -> None:
    """Mail some of the codes that are due, and have the rest mailed in a turn to come."""
    due = activation.codes_due(CodeWay.MAIL, _A_TURN)
    members = register().by_keys(one.member for one in due)
    for invitation in due:
        _mail(invitation, members.get(invitation.member))
    if len(due) == _A_TURN:
        mail_codes.enqueue()


def begin() -> int:
    """Put a turn into the queue where codes are due and none is there. Returns how many turns that made."""
    waiting = DBTaskResult.objects.ready().filter(task_path=mail_codes.module_path)
    if not activation.codes_due(CodeWay.MAIL, 1) or waiting.exists():
        return 0
    mail_codes.enqueue()
    return 1


def _mail(invitation: Invitation, member: Member | None) -> None:
    """Keep a code and post it, both or neither."""
    if member is None or not attests(invitation, member) or not member.record.email:
        with transaction.atomic():
            activation.pass_by([invitation])
        return
    new, registration = activation.new_code(invitation), accounts.living(member.key)
    until = min(clock.now() + timedelta(hours=lifetime("email_code_hours")), invitation.until)
    told = f"{until.astimezone(clock.TAIPEI):%Y-%m-%d %H:%M}"
    values = {"code": code_shown(new.code), "unit": member.record.unit_name, "until": told}
    letter = Letter("units/invitation_code", member.record.email, registration.language if registration else "", values)
    with transaction.atomic():
        if activation.keep(new, until):
            # Its time runs already: it is not put behind a thousand invitations.
            outbox.post(letter)
