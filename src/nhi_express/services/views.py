"""健康存摺 and 健保櫃檯: the two services that need a bound phone (seed Q3)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from nhi_express.devices.flows import SignedIn
from nhi_express.devices.views import bound_phone_required
from nhi_express.services import flows


@bound_phone_required
@require_GET
def health_bank(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """健康存摺: nothing is connected yet, and the page says so."""
    member = flows.open_service("health_bank", signed)
    return render(request, "services/health_bank.html", {"member": member.record})


@bound_phone_required
@require_GET
def nhi_counter(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    """健保櫃檯: what the insured register holds about the member."""
    member = flows.open_service("nhi_counter", signed)
    return render(request, "services/nhi_counter.html", {"member": member.record})
