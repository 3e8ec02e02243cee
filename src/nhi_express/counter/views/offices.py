"""Service counters: the public page, and where administrators keep them."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.counter.content_forms import NetworksForm, OfficeForm
from nhi_express.counter.flows import content, offices, seconding
from nhi_express.counter.flows.content import Target
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.models import Office
from nhi_express.counter.rules import Content, Power
from nhi_express.counter.views.content import Way, edited, past, seen_in
from nhi_express.counter.views.duty import on_duty, page
from nhi_express.devices.forms import posted

_LIST: Final = "/staff/offices/"
_NEW: Final = "new"


@require_GET
def public(request: HttpRequest) -> HttpResponse:
    """各分區業務組服務據點 (seed Q1, note 2)."""
    regions = [(region, list(found)) for region, found in groupby(offices.public(), key=lambda office: office.region)]
    return render(request, "counter/offices_public.html", {"regions": regions})


@on_duty(Power.CONTENT)
@require_GET
def every(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """All offices."""
    return page(request, who, "counter/offices.html", {"offices": offices.public(), "past": past(Content.OFFICE)})


@on_duty(Power.CONTENT)
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, who: OnDuty, code: str) -> HttpResponse:
    """What members read of an office, to be changed or added."""
    office = None if code == _NEW else offices.find(code)
    form = OfficeForm(posted(request), initial=_initial(office))

    def keep() -> None:
        columns = dict(form.cleaned_data)
        seen, effective = columns.pop("seen"), columns.pop("effective")
        target = Target(Content.OFFICE, office.code if office else offices.new_code(), seen)
        offices.keep(who, target, columns, effective if office else None)

    told = {"plan": content.planned(Content.OFFICE, code), "past": past(Content.OFFICE, code)} if office else {}
    about = {"office": office, "plan": None, "past": [], **told}
    way = Way("counter/office.html", "counter/office_preview.html", _LIST, lambda: form.cleaned_data, keep, about)
    return edited(request, who, form, way)


def _initial(office: Office | None) -> dict[str, object]:
    if office is None:
        return {"seen": 0}
    columns = [name for name in OfficeForm.base_fields if name not in {"seen", "effective"}]
    told = {name: getattr(office, name) for name in columns}
    return {**told, "seen": content.seen(Content.OFFICE, office.code)}


@on_duty(Power.CONTENT)
@require_POST
def withdraw(request: HttpRequest, who: OnDuty, code: str) -> HttpResponse:
    """Take back what is planned for an office."""
    content.withdraw(who, Target(Content.OFFICE, offices.find(code).code, seen_in(request)))
    return redirect(f"{_LIST}{code}")


@on_duty(Power.CONTENT)
@require_http_methods(["GET", "POST"])
def networks(request: HttpRequest, who: OnDuty, code: str) -> HttpResponse:
    """The networks of an office's desks; new ones wait for a second person."""
    office = offices.find(code)
    form = NetworksForm(posted(request), initial={"networks": "\n".join(office.networks)})
    if form.is_bound and form.is_valid():
        offices.keep_networks(who, office, form.cleaned_data["networks"])
        return redirect(f"{_LIST}{code}/networks")
    values = form.data if form.is_bound else form.initial
    context = {"office": office, "form": form, "values": values, "waits": seconding.of_office(office)}
    return page(request, who, "counter/office_networks.html", context, 400 if form.is_bound else 200)


@on_duty(Power.CONTENT)
@require_POST
def close(_request: HttpRequest, who: OnDuty, code: str) -> HttpResponse:
    """Close an office for good."""
    offices.close(who, offices.find(code))
    return redirect(_LIST)
