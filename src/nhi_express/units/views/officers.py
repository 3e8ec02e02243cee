"""Officers and mandates at the desk."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from nhi_express.devices.forms import posted
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.units.flows import mandates, officers
from nhi_express.units.flows.desk import Desk
from nhi_express.units.flows.naming import name_of
from nhi_express.units.forms import AgentForm, OfficerForm
from nhi_express.units.rules import OfficerState
from nhi_express.units.views.desk import at_desk, page

OFFICERS: Final = "/units/officers/"
MANDATES: Final = "/units/mandates/"


@at_desk
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The unit's officers; the responsible person asks further ones here."""
    form = OfficerForm(posted(request))
    if form.is_bound and form.is_valid():
        officers.invite(desk, form.cleaned_data["id_number"])
        return redirect("units:officer_asked")
    return _officers(request, desk, form)


@at_desk
@require_GET
def asked(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Somebody was asked. The page says the same whoever it was."""
    return _officers(request, desk, OfficerForm(), asked=True)


def _officers(request: HttpRequest, desk: Desk, form: OfficerForm, *, asked: bool = False) -> HttpResponse:
    context = {"officers": officers.officers(desk), "form": form, "asked": asked}
    return page(request, desk, "units/officers.html", context, status=400 if form.is_bound else 200)


@at_desk
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, desk: Desk, officer_id: UUID) -> HttpResponse:
    """End an officer's duty: a page that asks, and the act."""
    found = next((one for one in officers.officers(desk) if one.id == officer_id), None)
    if found is None:
        raise Refused(Problem.NOT_FOUND)
    if request.method == "POST":
        officers.end(desk, officer_id)
        return redirect("/units/" if found.myself else OFFICERS)
    return page(request, desk, "units/ask.html", {**_end_words(found), "action": request.path, "back": OFFICERS})


def _end_words(officer: officers.Listed) -> dict[str, object]:
    if officer.state == OfficerState.INVITED:
        title, act = _("Take back the question to %(name)s?"), _("Take it back")
        body = _("They can no longer say yes to it. You can ask again at any time.")
    elif officer.myself:
        title, act = _("End your own duty?"), _("End my duty")
        body = _("You are signed out at once, and can act for this unit again only if you are asked anew.")
    else:
        title, act = _("End the duty of %(name)s?"), _("End the duty")
        body = _("They are signed out at once and told of it. What they did for the unit stays as it is.")
    return {"title": title % {"name": officer.shown}, "body": body, "act": act, "danger": True}


@at_desk
@require_http_methods(["GET", "POST"])
def mandate_index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Which units may act for this one, and for which it may act."""
    form, refusal = AgentForm(posted(request)), None
    if form.is_bound and form.is_valid():
        try:
            agent = mandates.agent_of(desk, str(form.cleaned_data["code"]))
            return redirect("units:grant", agent.code)
        except Refused as found:
            if found.problem is not Problem.AGENT_UNKNOWN:
                raise
            refusal = found
    context = {"mandates": mandates.mandates(desk), "form": form, "refusal": refusal}
    return page(request, desk, "units/mandates.html", context, status=400 if form.is_bound else 200)


@at_desk
@require_http_methods(["GET", "POST"])
def grant(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Let another unit act for this one: a page that asks, and the act."""
    if request.method == "POST":
        mandates.grant(desk, code)
        return redirect(MANDATES)
    agent = mandates.agent_of(desk, code)
    words = {
        "title": _("Let %(name)s act for your unit?") % {"name": name_of(agent.code)},
        "body": _(
            "Its officers can then upload and confirm lists for your unit and see the people you have invited, until "
            "you or they end it. Whom it names as its officers is up to that unit."
        ),
        "act": _("Yes, let it act"),
    }
    context = {**words, "danger": False, "action": request.path, "back": MANDATES}
    return page(request, desk, "units/ask.html", context)


@at_desk
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, desk: Desk, mandate_id: UUID) -> HttpResponse:
    """End a mandate: a page that asks, and the act."""
    if request.method == "POST":
        mandates.revoke(desk, mandate_id)
        return redirect(MANDATES)
    found = mandates.find(desk, mandate_id)
    words = {
        "title": _("End the mandate with %(name)s?") % {"name": found.name},
        "body": _("It ends at once: whoever acts by it now is signed out. Lists that were confirmed stay as they are."),
        "act": _("End the mandate"),
    }
    context = {**words, "danger": True, "action": request.path, "back": MANDATES}
    return page(request, desk, "units/ask.html", context)
