"""People whom the unit has invited, and how far they are."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Query, Router

from nhi_express.core.encoding import base64url, from_base64url
from nhi_express.core.vault import CannotOpen, vault
from nhi_express.enrolment.rules import InvitationState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.units.flows import people
from nhi_express.units.views.api.shapes import Asked, PeopleOut, PersonOut, refusals

router = Router(tags=["people"])
_PEOPLE_AT_ONCE = 200
_PLACE = "units.api.people.after"


@router.get("/people", response=PeopleOut, operation_id="people", openapi_extra=refusals(Problem.NOT_FOUND))
def index(
    request: Asked,
    status: InvitationState = InvitationState.OPEN,
    list: UUID | None = None,
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> PeopleOut:
    """The people with this status, of all lists or of one, the newest first: at most two hundred, behind `after`.

    The page follows the register: of who is no longer insured through the unit nothing is told but that.
    """
    behind = _place(after) if after else None
    found = people.people(request.auth, status, batch=list, after=behind, most=_PEOPLE_AT_ONCE)
    shown = [_person(one) for one in found]
    return PeopleOut(people=shown, after=_place_behind(found[-1].id) if len(shown) == _PEOPLE_AT_ONCE else None)


def _place_behind(invitation: UUID) -> str:
    """Where to go on. Sealed, for it may be the place of somebody of whom nothing else is told."""
    return base64url(vault().seal(invitation.bytes, _PLACE))


def _place(after: str) -> UUID:
    try:
        return UUID(bytes=vault().open(from_base64url(after), _PLACE))
    except (CannotOpen, ValueError) as error:
        raise Refused(Problem.NOT_FOUND) from error


def _person(one: people.Person) -> PersonOut:
    if one.left:
        return PersonOut(status=one.state, left=True)
    return PersonOut(
        id=one.id,
        status=one.state,
        since=one.since,
        until=one.until,
        left=False,
        list=one.row.batch_id if one.row else None,
        line=one.row.line if one.row else None,
        staff_number=one.cells.staff_number if one.cells else None,
    )
