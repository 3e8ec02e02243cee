"""The clients of the API at the desk: made, shown, ended."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nhi_express.core.config import config
from nhi_express.devices.forms import posted
from nhi_express.help.errors import Refused
from nhi_express.units.flows import clients
from nhi_express.units.flows.desk import Desk
from nhi_express.units.forms import ClientForm
from nhi_express.units.views.desk import at_desk, page

CLIENTS = "/units/clients/"


@at_desk
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The unit's clients; its responsible person makes further ones, and is shown the secret in this answer alone."""
    form, refusal = ClientForm(posted(request)), None
    if form.is_bound and form.is_valid():
        try:
            client, secret = clients.make_client(desk, form.cleaned_data["name"])
            made = {"name": client.name, "client_id": client.client_id, "secret": secret, **addresses()}
            return page(request, desk, "units/client_made.html", made)
        except Refused as found:
            refusal = found
    context = {"clients": clients.clients(desk), "form": form, "refusal": refusal, **addresses()}
    status = refusal.problem.value.status if refusal else 400
    return page(request, desk, "units/clients.html", context, status=status if form.is_bound else 200)


def addresses() -> dict[str, str]:
    """Where the API stands."""
    root = config().site_url.rstrip("/")
    return {"token_url": f"{root}/api/oauth/token", "api_url": f"{root}/api/units/v1/"}


@at_desk
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, desk: Desk, client_id: str) -> HttpResponse:
    """End a client: a page that asks, and the act."""
    if request.method == "POST":
        clients.end_client(desk, client_id)
        return redirect(CLIENTS)
    found = clients.find(desk, client_id)
    context = {
        "title": _("End the client “%(name)s”?") % {"name": found.name},
        "body": _("The payroll system can do nothing more from this moment on. What it sent before stays as it is."),
        "act": _("End the client"),
        "danger": True,
        "action": request.path,
        "back": CLIENTS,
    }
    return page(request, desk, "units/ask.html", context)
