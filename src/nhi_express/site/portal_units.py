"""A member's units on the portal, where card and password have proven who they are: only this room may know both."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.card.flows.signing_in import PortalSignedIn
from nhi_express.card.views import shell
from nhi_express.units.views import mine

PORTAL: Final = mine.Side("/portal/units/", "site/portal.html", "card", shell.page)


@shell.signed_in_required
@require_GET
def index(request: HttpRequest, signed: PortalSignedIn) -> HttpResponse:
    """The member's units."""
    return mine.index(request, PORTAL, signed.registration)


@shell.signed_in_required
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, signed: PortalSignedIn) -> HttpResponse:
    """Register a unit."""
    return mine.register(request, PORTAL, signed.registration)


@shell.signed_in_required
@require_POST
def open_desk(request: HttpRequest, signed: PortalSignedIn) -> HttpResponse:
    """Go to the unit desk."""
    return mine.open_desk(request, PORTAL, signed.registration)


@shell.signed_in_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, signed: PortalSignedIn, officer_id: UUID, act: str) -> HttpResponse:
    """Accept, decline or leave."""
    return mine.change(request, PORTAL, signed.registration, officer_id, act)
