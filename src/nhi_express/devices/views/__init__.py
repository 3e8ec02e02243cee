"""HTTP for bound phones: who is here, unlock, the list of phones, history, address for notices.

A phone remembers the bindings made on it in a sealed cookie: a hint that lets the page greet its members. It opens
nothing; only the device key and the passkey or password do.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.audit import flows as audit
from nhi_express.audit.models import Entry
from nhi_express.core.config import config
from nhi_express.core.encoding import base64url, from_base64url
from nhi_express.core.guards import guarded_by
from nhi_express.core.vault import CannotOpen, vault
from nhi_express.devices import flows
from nhi_express.devices.forms import AddressForm, CodeForm, NameForm, posted, sent_json, unlock_answer
from nhi_express.devices.models import Device
from nhi_express.devices.rules import DeviceState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members.flows import register
from nhi_express.registration import flows as accounts
from nhi_express.registration.models import Registration
from nhi_express.registration.rules import Reason, State

_PHONE, _SESSION = "phone", "__Host-app" if config().secure else "app"
_REMEMBERED_DAYS, _MOST_HERE = 400, 10
_Rest = ParamSpec("_Rest")
_View = Callable[Concatenate[HttpRequest, flows.SignedIn, _Rest], HttpResponse]


@dataclass(frozen=True, slots=True)
class MemberHere:
    """A member bound on this phone, as the home page greets them."""

    device: UUID
    masked_name: str
    usable: bool
    has_passkey: bool


def remembered(request: HttpRequest) -> list[UUID]:
    """The bindings that this phone remembers; none when its note cannot be opened."""
    try:
        sealed = from_base64url(request.COOKIES.get(_PHONE, ""))
        return [UUID(text) for text in json.loads(vault().open(sealed, "devices.phone"))]
    except (ValueError, CannotOpen):
        return []


def remember(response: HttpResponseBase, ids: list[UUID]) -> None:
    """Let the phone remember its bindings."""
    note = json.dumps([str(identifier) for identifier in ids[:_MOST_HERE]]).encode()
    _set_cookie(response, _PHONE, base64url(vault().seal(note, "devices.phone")), _REMEMBERED_DAYS * 86400)


def begin(response: HttpResponseBase, secret: str) -> None:
    """Give the phone its session."""
    _set_cookie(response, _SESSION, secret, config().app_session_hours * 3600)


def _set_cookie(response: HttpResponseBase, name: str, value: str, age: int) -> None:
    response.set_cookie(name, value, max_age=age, secure=config().secure, httponly=True, samesite="Lax")


def signed_in(request: HttpRequest) -> flows.SignedIn | None:
    """Who is signed in on this phone."""
    secret = request.COOKIES.get(_SESSION)
    return flows.session(secret) if secret else None


def members_here(request: HttpRequest) -> list[MemberHere]:
    """The members bound on this phone, each once: who verified it anew has an older binding here too."""
    newest: dict[UUID, Device] = {}
    for device in flows.phones_here(remembered(request)):
        newest.setdefault(device.registration_id, device)
    return [_member_here(device) for device in newest.values()]


def _member_here(device: Device) -> MemberHere:
    member = register().by_key(device.registration.member)
    usable = device.state == DeviceState.ACTIVE and device.registration.state == State.ACTIVE
    return MemberHere(device.id, member.record.masked_name if member else "", usable, device.credential_id is not None)


def safe_next(request: HttpRequest) -> str:
    """The page to go on to: one of this app's own, or the home page."""
    return safe_path(request.POST.get("next") or request.GET.get("next") or "")


def safe_path(wanted: str) -> str:
    """A page of this app's own as it was wanted, or the home page."""
    inside = wanted.startswith("/app/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if inside and len(wanted) < 200 else "/app/"


def bound_phone_required(view: _View[_Rest]) -> Callable[..., HttpResponse]:
    """Let only signed-in phones through; others are led to unlocking or to binding, and back afterwards (seed Q3)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: _Rest.args, **kwargs: _Rest.kwargs) -> HttpResponse:
        signed = signed_in(request)
        if signed is not None:
            return view(request, signed, *args, **kwargs)
        if request.method != "GET":
            raise Refused(Problem.SIGN_IN_NEEDED)
        way = "/app/unlock/" if flows.phones_here(remembered(request)) else "/app/bind/"
        return redirect(f"{way}?{urlencode({'next': request.path})}")

    return guarded_by("phone", guarded)


@require_GET
def unlock(request: HttpRequest) -> HttpResponse:
    """Choose who unlocks, and unlock."""
    here = members_here(request)
    if not here:
        return redirect(f"/app/bind/?{urlencode({'next': safe_next(request)})}")
    return render(request, "devices/unlock.html", {"members": here, "next": safe_next(request)})


@require_POST
def challenge(request: HttpRequest) -> JsonResponse:
    """Something to sign for one of this phone's bindings. Other phones' bindings are unknown here."""
    device = _device_here(request, str(sent_json(request).get("device", "")))
    return JsonResponse(flows.unlock_options(device))


@require_POST
def enter(request: HttpRequest) -> JsonResponse:
    """Sign in with the signed challenge."""
    data = sent_json(request)
    device = _device_here(request, str(data.get("device", "")))
    _, secret = flows.sign_in(device.id, unlock_answer(data))
    response = JsonResponse({"next": safe_next(request)})
    begin(response, secret)
    remember(response, [device.id, *(other for other in remembered(request) if other != device.id)])
    return response


def _device_here(request: HttpRequest, text: str) -> Device:
    for device in flows.phones_here(remembered(request)):
        if str(device.id) == text:
            return device
    raise Refused(Problem.PHONE_NOT_BOUND)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; the phone stays bound."""
    signed = signed_in(request)
    if signed is not None:
        flows.sign_out(signed)
    response = redirect("/app/")
    response.delete_cookie(_SESSION, samesite="Lax")
    return response


@bound_phone_required
@require_GET
def phones(request: HttpRequest, signed: flows.SignedIn) -> HttpResponse:
    """行動裝置管理: the member's phones."""
    rows = [_row(device, signed) for device in flows.phones(signed.registration)]
    return render(request, "devices/phones.html", {"phones": rows, "most": config().devices_per_member})


def _row(device: Device, signed: flows.SignedIn) -> dict[str, object]:
    return {**flows.described(device), "current": device.pk == signed.device.pk}


@bound_phone_required
@require_http_methods(["GET", "POST"])
def change_phone(request: HttpRequest, signed: flows.SignedIn, device_id: UUID, act: str) -> HttpResponse:
    """Rename, disable, enable or delete a phone: a page that asks, and the act."""
    device, form = change_asked(request, signed.registration, device_id, act)
    if form.is_bound and form.is_valid():
        flows.act_on(signed.registration, device_id, act, form.cleaned_data["name"])
        stays = act in {"rename", "enable"} or device.pk != signed.device.pk
        return redirect("/app/phones/" if stays else "/app/")
    context = {"phone": _row(device, signed), "act": act, "form": form}
    return render(request, "devices/change.html", context, status=400 if form.is_bound else 200)


def change_asked(
    request: HttpRequest, registration: Registration, device_id: UUID, act: str
) -> tuple[Device, NameForm]:
    """The phone that a member wants to change, and what was sent of it. Raises :class:`Refused`."""
    device = flows.phone_of(registration, device_id)
    if act not in flows.ACTS:
        raise Refused(Problem.NOT_FOUND)
    return device, NameForm(posted(request), initial={"name": flows.name_of(device)})


@bound_phone_required
@require_GET
def history(request: HttpRequest, signed: flows.SignedIn) -> HttpResponse:
    """The member's recent activity."""
    entries = audit.history(accounts.about(signed.registration))
    names = {str(device.id): flows.name_of(device) or device.model for device in flows.phones(signed.registration)}
    rows = [_row_of(entry, names) for entry in entries]
    return render(request, "devices/history.html", {"entries": rows})


def _row_of(entry: Entry, names: dict[str, str]) -> dict[str, object]:
    phone, code = names.get(entry.payload.get("device", ""), ""), entry.payload.get("problem", "")
    return {"at": entry.at, "words": audit.told(entry), "phone": phone, "code": code}


@bound_phone_required
@require_GET
def look_ups(request: HttpRequest, signed: flows.SignedIn) -> HttpResponse:
    """誰查過我的資料: each look-up by staff, in what capacity and why."""
    return render(request, "devices/look_ups.html", {"entries": look_ups_of(signed.registration)})


def look_ups_of(registration: Registration) -> list[dict[str, object]]:
    """The look-ups of a member's record, in words."""
    return [{"at": entry.at, "words": audit.told(entry)} for entry in audit.look_ups(accounts.about(registration))]


@bound_phone_required
@require_http_methods(["GET", "POST"])
def freeze(request: HttpRequest, signed: flows.SignedIn) -> HttpResponse:
    """「這不是我」: stop the whole registration at once; a counter restores it (regulation, point 11)."""
    if request.method == "GET":
        return render(request, "devices/freeze.html")
    accounts.suspend(signed.registration.pk, Reason.NOT_ME, "member")
    return redirect("/app/")


@bound_phone_required
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, signed: flows.SignedIn) -> HttpResponse:
    """The address for notices: shown, changed, confirmed by a typed code, removed."""
    address_form, code_form, status = AddressForm(), CodeForm(), 200
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "remove":
            accounts.remove_address(signed.registration)
            return redirect("/app/contact/")
        address_form = AddressForm(request.POST if act == "send" else None)
        code_form = CodeForm(request.POST if act == "confirm" else None)
        if _contact_done(signed, address_form, code_form):
            return redirect("/app/contact/")
        status = 400
    known = accounts.contact(signed.registration)
    context = {"contact": known, "address_form": address_form, "code_form": code_form}
    return render(request, "devices/contact.html", context, status=status)


def _contact_done(signed: flows.SignedIn, address_form: AddressForm, code_form: CodeForm) -> bool:
    """Carry out the one form that was sent; a refusal that belongs to a field is shown there."""
    if address_form.is_bound and address_form.is_valid():
        accounts.send_code(signed.registration, address_form.cleaned_data["email"])
        return True
    if code_form.is_bound and code_form.is_valid():
        try:
            accounts.confirm_code(signed.registration, code_form.cleaned_data["code"])
        except Refused as refusal:
            if refusal.problem not in {Problem.EMAIL_CODE_WRONG, Problem.EMAIL_CODE_EXPIRED}:
                raise
            code_form.add_error("code", refusal.problem.value.at_field)
            return False
        return True
    return False
