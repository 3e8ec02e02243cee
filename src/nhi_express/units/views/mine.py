"""A member's own units: where they are an officer, where they are asked to be one, and registering a unit.

The same pages stand in the app, on a bound phone, and on the portal, where the site's room puts them: only it may know
both the card's room and this one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.devices import flows as devices
from nhi_express.devices.forms import posted
from nhi_express.devices.models import Device
from nhi_express.devices.views import bound_phone_required
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.registration.models import Registration
from nhi_express.units.flows import entering, officers
from nhi_express.units.flows.naming import unit_register
from nhi_express.units.flows.registering import register_unit
from nhi_express.units.forms import UnitForm
from nhi_express.units.models import Officer
from nhi_express.units.rules import OfficerState
from nhi_express.units.views.desk import begin, way_on

# Renders a template with its context and HTTP status.
_Show = Callable[[HttpRequest, str, Mapping[str, object], int], HttpResponse]


@dataclass(frozen=True, slots=True)
class Side:
    """Where these pages stand: in the app, or on the portal. ``base`` is their address."""

    base: str
    shell: str
    how: entering.How
    show: _Show

    def page(
        self, request: HttpRequest, template: str, context: Mapping[str, object] | None = None, status: int = 200
    ) -> HttpResponse:
        """A page of this side."""
        return self.show(request, template, {"shell": self.shell, "base": self.base, **(context or {})}, status)


def index(request: HttpRequest, side: Side, registration: Registration) -> HttpResponse:
    """The member's units."""
    duties = officers.duties_of(registration)
    names = unit_register().names(one.unit_id for one in duties)
    shown = [_duty(one, names) for one in duties]
    held = {
        "asked": [one for one in shown if one["state"] == OfficerState.INVITED],
        "duties": [one for one in shown if one["state"] == OfficerState.ACTIVE],
    }
    return side.page(request, "units/mine.html", held)


def _duty(officer: Officer, names: dict[str, str]) -> dict[str, object]:
    told = {name: getattr(officer, name) for name in ("id", "role", "state", "state_at")}
    return {**told, "code": officer.unit_id, "name": names.get(officer.unit_id, officer.unit_id)}


def register(request: HttpRequest, side: Side, registration: Registration) -> HttpResponse:
    """Register a unit as its responsible person."""
    form, refusal = UnitForm(posted(request)), None
    if form.is_bound and form.is_valid():
        try:
            register_unit(registration, **form.cleaned_data)
            return redirect(side.base)
        except Refused as found:
            if found.problem not in {Problem.UNIT_DATA_DO_NOT_MATCH, Problem.LOCKED}:
                raise
            refusal = found
    status = refusal.problem.value.status if refusal else 400 if form.is_bound else 200
    return side.page(request, "units/register.html", {"form": form, "refusal": refusal}, status)


def open_desk(
    request: HttpRequest, side: Side, registration: Registration, device: Device | None = None
) -> HttpResponse:
    """Go to the desk, signed in."""
    secret = entering.open_desk(registration.member, side.how, device)
    response = redirect(way_on(registration.member, ""))
    begin(request, response, secret)
    return response


def change(request: HttpRequest, side: Side, registration: Registration, officer_id: UUID, act: str) -> HttpResponse:
    """Say yes to being an officer, say no, or end one's duty: a page that asks, and the act."""
    found = next((one for one in officers.duties_of(registration) if one.id == officer_id), None)
    if found is None or act not in ACTS:
        raise Refused(Problem.NOT_FOUND)
    if request.method == "POST":
        ACTS[act](registration, officer_id)
        return redirect(side.base)
    duty = _duty(found, unit_register().names([found.unit_id]))
    return side.page(request, "units/mine_change.html", {"duty": duty, "act": act})


ACTS: Final[dict[str, Callable[[Registration, UUID], None]]] = {
    "accept": officers.accept,
    "decline": officers.leave,
    "leave": officers.leave,
}


def _in_app(request: HttpRequest, template: str, context: Mapping[str, object], status: int) -> HttpResponse:
    return render(request, template, dict(context), status=status)


APP: Final = Side("/app/units/", "units/app.html", "phone", _in_app)


@bound_phone_required
@require_GET
def app_index(request: HttpRequest, signed: devices.SignedIn) -> HttpResponse:
    """The member's units, in the app."""
    return index(request, APP, signed.registration)


@bound_phone_required
@require_http_methods(["GET", "POST"])
def app_register(request: HttpRequest, signed: devices.SignedIn) -> HttpResponse:
    """Register a unit, in the app."""
    return register(request, APP, signed.registration)


@bound_phone_required
@require_POST
def app_open(request: HttpRequest, signed: devices.SignedIn) -> HttpResponse:
    """Go to the desk from the app."""
    return open_desk(request, APP, signed.registration, signed.device)


@bound_phone_required
@require_http_methods(["GET", "POST"])
def app_change(request: HttpRequest, signed: devices.SignedIn, officer_id: UUID, act: str) -> HttpResponse:
    """Accept, decline or leave, in the app."""
    return change(request, APP, signed.registration, officer_id, act)
