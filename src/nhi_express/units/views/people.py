"""People that the unit has invited: who has finished, reminding, withdrawing."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.enrolment.rules import InvitationState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.units.flows import lists, people
from nhi_express.units.flows.desk import Desk
from nhi_express.units.views import showing
from nhi_express.units.views.desk import at_desk, page

MOST: Final = 50
_TOLD: Final = {"reminded", "list-reminded", "withdrawn"}
_MENDABLE: Final = {Problem.PERSON_NOT_WAITING, Problem.REMINDED_ALREADY}


@at_desk
@require_GET
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The unit's people by how far they are, of all its lists or of one."""
    return _shown(request, desk)


def _shown(request: HttpRequest, desk: Desk, refusal: Refused | None = None) -> HttpResponse:
    state = _state(request.GET.get("status", ""))
    batch, after = _identifier(request.GET.get("list", "")), _identifier(request.GET.get("after", ""))
    found = people.people(desk, state, batch=batch, after=after, most=MOST + 1)
    context = {
        **showing.people(found, state, people.counts(desk, batch), batch, MOST),
        "lists": [showing.choice(one, lists.name_of(one)) for one in people.lists_with_people(desk)],
        "did": request.GET.get("did", "") if request.GET.get("did") in _TOLD else "",
        "refusal": refusal,
    }
    return page(request, desk, "units/people.html", context, refusal.problem.value.status if refusal else 200)


def _state(text: str) -> InvitationState:
    return InvitationState(text) if text in set(InvitationState) else InvitationState.OPEN


def _identifier(text: str) -> UUID | None:
    """An identifier of the address; None where there is none. Raises :class:`Refused` for what is not one."""
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Refused(Problem.NOT_FOUND) from error


def _back(did: str, batch: UUID | None = None) -> HttpResponse:
    told = {"did": did, **({"list": str(batch)} if batch else {})}
    return redirect(f"{reverse('units:people')}?{urlencode(told)}")


@at_desk
@require_POST
def remind(request: HttpRequest, desk: Desk, invitation_id: UUID) -> HttpResponse:
    """Remind one person."""
    try:
        people.remind(desk, invitation_id)
    except Refused as refusal:
        return _refused(request, desk, refusal)
    return _back("reminded")


def _refused(request: HttpRequest, desk: Desk, refusal: Refused) -> HttpResponse:
    if refusal.problem not in _MENDABLE:
        raise refusal
    return _shown(request, desk, refusal)


@at_desk
@require_POST
def remind_list(request: HttpRequest, desk: Desk, batch_id: UUID) -> HttpResponse:
    """Remind all who wait of a list."""
    try:
        people.begin_reminding(desk, batch_id)
    except Refused as refusal:
        return _refused(request, desk, refusal)
    return _back("list-reminded", batch_id)


@at_desk
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, desk: Desk, invitation_id: UUID) -> HttpResponse:
    """Withdraw an invitation: a page that says what it means, and the act."""
    if request.method == "GET":
        return page(request, desk, "units/ask.html", withdrawing(people.person(desk, invitation_id)))
    try:
        people.withdraw(desk, invitation_id)
    except Refused as refusal:
        return _refused(request, desk, refusal)
    return _back("withdrawn")


def withdrawing(person: people.Person) -> dict[str, object]:
    """What is asked before an invitation is withdrawn."""
    shown = showing.person(person)
    return {
        "title": _("Withdraw the invitation of %(name)s?") % {"name": shown["name"]},
        "body": _(
            "The registration that you began ends at once, and a code that was sent is good no longer. We tell the "
            "person. This cannot be undone; to begin again, put the person on a new list."
        ),
        "act": _("Withdraw"),
        "action": reverse("units:withdraw", args=[person.id]),
        "danger": True,
        "back": reverse("units:people"),
    }
