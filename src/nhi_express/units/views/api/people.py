"""People whom the unit has invited, and how far they are."""

from __future__ import annotations

from uuid import UUID

from ninja import Router

from nhi_express.enrolment.rules import InvitationState
from nhi_express.help.catalogue import Problem
from nhi_express.units.flows import people
from nhi_express.units.views.api.shapes import Asked, PeopleOut, PersonOut, refusals

router = Router(tags=["people"])
_PEOPLE_AT_ONCE = 200


@router.get("/people", response=PeopleOut, operation_id="people", openapi_extra=refusals(Problem.NOT_FOUND))
def index(
    request: Asked,
    status: InvitationState = InvitationState.OPEN,
    list: UUID | None = None,
    after: UUID | None = None,
) -> PeopleOut:
    """The people with this status, of all lists or of one, the newest first: at most two hundred, behind `after`.

    The page follows the register: of who is no longer insured through the unit nothing is told but that.
    """
    found = people.people(request.auth, status, batch=list, after=after, most=_PEOPLE_AT_ONCE)
    shown = [_person(one) for one in found]
    return PeopleOut(people=shown, after=shown[-1].id if len(shown) == _PEOPLE_AT_ONCE else None)


def _person(one: people.Person) -> PersonOut:
    return PersonOut(
        id=one.id,
        status=one.state,
        since=one.since,
        until=one.until,
        left=one.left,
        list=one.row.batch_id if one.row else None,
        line=one.row.line if one.row else None,
        staff_number=one.cells.staff_number if one.cells else None,
    )
