"""Service counters: the public page, and where administrators keep them."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.counter.flows import offices
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.forms import OfficeForm
from nhi_express.counter.models import Office
from nhi_express.counter.rules import Power
from nhi_express.counter.views.duty import on_duty, page
from nhi_express.devices.forms import posted

_NEW = "new"


@require_GET
def public(request: HttpRequest) -> HttpResponse:
    """各分區業務組服務據點 (seed Q1, note 2)."""
    regions = [(region, list(found)) for region, found in groupby(offices.public(), key=lambda office: office.region)]
    return render(request, "counter/offices_public.html", {"regions": regions})


@on_duty(Power.CONTENT)
@require_GET
def every(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """All offices."""
    return page(request, who, "counter/offices.html", {"offices": offices.public()})


@on_duty(Power.CONTENT)
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, who: OnDuty, code: str) -> HttpResponse:
    """An office, to be changed or added."""
    office = None if code == _NEW else offices.find(code)
    form = OfficeForm(posted(request), initial=_initial(office))
    if form.is_bound and form.is_valid():
        offices.keep(who, office.code if office else offices.new_code(), form.cleaned_data)
        return redirect("/staff/offices/")
    context = {"office": office, "form": form, "values": form.data if form.is_bound else form.initial}
    return page(request, who, "counter/office.html", context, 400 if form.is_bound else 200)


def _initial(office: Office | None) -> dict[str, str]:
    if office is None:
        return dict.fromkeys(OfficeForm.base_fields, "")
    told = {name: str(getattr(office, name)) for name in OfficeForm.base_fields}
    return {**told, "networks": "\n".join(office.networks)}


@on_duty(Power.CONTENT)
@require_POST
def close(_request: HttpRequest, who: OnDuty, code: str) -> HttpResponse:
    """Close an office for good."""
    offices.close(who, offices.find(code))
    return redirect("/staff/offices/")
