"""Opening a service behind the bound phone."""

from typing import Literal

from django.db import transaction

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import record
from nhi_express.devices.flows import SignedIn
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.members.ports import Member
from nhi_express.registration.flows import about


def open_service(name: Literal["health_bank", "nhi_counter"], signed: SignedIn) -> Member:
    """The signed-in member's data for a service; that it was opened is on record.

    Raises :class:`Refused` when the insured register no longer knows the member.
    """
    member = register().by_key(signed.registration.member)
    if member is None:
        raise Refused(Problem.NOT_FOUND)
    with transaction.atomic():
        record(Event.SERVICE_OPENED, about(signed.registration), service=name)
    return member
