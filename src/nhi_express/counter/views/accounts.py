"""Staff accounts, for administrators."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from nhi_express.counter.flows import accounts, duty, offices
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.forms import StaffForm
from nhi_express.counter.rules import AT_AN_OFFICE, Power, Role
from nhi_express.counter.views.duty import ROLE_WORDS, office_name, on_duty, page
from nhi_express.devices.forms import posted
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused

_WAITING: Final = "/staff/seconding/"


@on_duty(Power.ACCOUNTS)
@require_http_methods(["GET", "POST"])
def everybody(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """All accounts, and a form for a new one; its first-time code waits for a second person."""
    form = StaffForm(posted(request))
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        wish = accounts.NewStaff(told["account"], told["name"], Role(told["role"]), told["office"], told["id_number"])
        try:
            accounts.make(who, wish)
            return redirect(_WAITING)
        except Refused as refusal:
            if refusal.problem is not Problem.STAFF_ACCOUNT_TAKEN:
                raise
            form.add_error("account", refusal.problem.value.at_field)
    return page(request, who, "counter/accounts.html", _list(who, form), 400 if form.errors else 200)


def _list(who: OnDuty, form: StaffForm) -> dict[str, object]:
    waiting = accounts.waiting_for_codes()
    rows = [
        {
            "id": staff.id,
            "account": duty.called(staff).account,
            "name": duty.name_of(staff),
            "role": ROLE_WORDS[Role(staff.role)],
            "office": office_name(staff.office),
            "state": "waiting" if staff.pk in waiting else staff.state,
            "own": staff.pk == who.staff.pk,
            "moves": Role(staff.role) in AT_AN_OFFICE,
        }
        for staff in accounts.everybody(who)
    ]
    roles = [{"value": role.value, "label": words} for role, words in ROLE_WORDS.items()]
    open_offices = [{"value": office.code, "label": office_name(office)} for office in offices.public()]
    return {"rows": rows, "form": form, "roles": roles, "offices": open_offices}


@on_duty(Power.ACCOUNTS)
@require_POST
def new_code(_request: HttpRequest, who: OnDuty, staff_id: UUID) -> HttpResponse:
    """Ask for a new first-time code; the person's passkeys and sessions end."""
    accounts.new_code(who, staff_id)
    return redirect(_WAITING)


@on_duty(Power.ACCOUNTS)
@require_POST
def move(request: HttpRequest, who: OnDuty, staff_id: UUID) -> HttpResponse:
    """Let a clerk work at another office."""
    accounts.move(who, staff_id, offices.find(request.POST.get("office", "")))
    return redirect("/staff/accounts/")


@on_duty(Power.ACCOUNTS)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, who: OnDuty, staff_id: UUID) -> HttpResponse:
    """Ask, and close an account for good."""
    if request.method == "POST":
        accounts.close(who, staff_id)
        return redirect("/staff/accounts/")
    staff = accounts.find(who, staff_id)
    return page(
        request, who, "counter/account_close.html", {"account": duty.called(staff).account, "name": duty.name_of(staff)}
    )
