"""Signing in to the desk, the unit one acts for, and the way out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.devices import flows as devices
from nhi_express.devices.forms import sent_json
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.units.flows import entering
from nhi_express.units.flows.desk import Desk
from nhi_express.units.flows.naming import unit_register
from nhi_express.units.views.desk import HOME, at_desk, begin, desk_here, forget, page, safe_path, secret_of, way_on


@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """The ways to the desk; who is signed in goes on to the lists."""
    wanted = safe_path(request.GET.get("next", ""))
    if desk_here(request) is not None:
        return redirect(wanted or HOME)
    return render(request, "units/sign_in.html", {"next": wanted})


@require_POST
def challenge(_request: HttpRequest) -> JsonResponse:
    """Something for a passkey to sign."""
    return JsonResponse(devices.passkey_options())


@require_POST
def enter(request: HttpRequest) -> JsonResponse:
    """Sign in with a passkey's answer."""
    data = sent_json(request)
    assertion = data.get("assertion")
    member, secret = entering.enter_by_passkey(
        str(data.get("token", "")), assertion if isinstance(assertion, dict) else {}
    )
    wanted = data.get("next", "")
    response = JsonResponse({"next": way_on(member, wanted if isinstance(wanted, str) else "")})
    begin(request, response, secret)
    return response


@at_desk
@require_http_methods(["GET", "POST"])
def switch(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Choose the unit to act for. Forms that other tabs still show for the former unit are good no longer."""
    if desk.officer is None:
        raise Refused(Problem.NOT_FOUND)
    if request.method == "POST":
        entering.switch_unit(secret_of(request), request.POST.get("unit", ""))
        rotate_token(request)
        return redirect(HOME)
    duties = entering.duties(desk.officer.member)
    names = unit_register().names({code for one in duties for code in (one.unit.code, one.officer.unit_id)})
    return page(request, desk, "units/switch.html", {"duties": duties, "names": names})


@at_desk
@require_GET
def stay(_request: HttpRequest, _desk: Desk) -> JsonResponse:
    """The officer is still there: the session goes on."""
    return JsonResponse({"status": "ok"})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Leave the desk."""
    entering.close_desk(secret_of(request))
    response = redirect("/units/")
    forget(response)
    return response
