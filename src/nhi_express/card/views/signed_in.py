"""What a signed-in member does: codes for phones, phones, password, addresses, household."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.card.flows import changing
from nhi_express.card.flows.signing_in import PortalSignedIn
from nhi_express.card.forms import AddressesForm, ChangePasswordForm, HouseholdForm, Reading
from nhi_express.card.views.shell import act_of, form_page, page, present, reads_cards, signed_in_required
from nhi_express.core.config import config
from nhi_express.devices import flows as devices
from nhi_express.devices.forms import CodeForm, posted
from nhi_express.devices.views import change_asked, look_ups_of
from nhi_express.devices.views.showing import shown_code, told_standing
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members import places
from nhi_express.members.flows import register
from nhi_express.registration import flows as accounts
from nhi_express.registration.flows.addresses import Kind


@signed_in_required
@require_http_methods(["GET", "POST"])
def device_code(request: HttpRequest, signed: PortalSignedIn) -> HttpResponse:
    """行動裝置認證: make a code and its QR, and show them once (seed Q12)."""
    if request.method == "GET":
        return page(request, "card/device_code.html", {"code": None})
    shown = shown_code(devices.make_code(signed.registration), "/portal/device-code/state")
    return page(request, "card/device_code.html", shown)


@signed_in_required
@require_GET
def code_state(_request: HttpRequest, signed: PortalSignedIn) -> JsonResponse:
    """What became of the code, asked every second while it is shown."""
    return told_standing(signed.registration)


@signed_in_required
@require_POST
def disown(request: HttpRequest, signed: PortalSignedIn) -> HttpResponse:
    """「不是我的手機」: undo the binding that the code has just made."""
    devices.disown(signed.registration, _identifier(request.POST.get("device", "")))
    return page(request, "card/disowned.html")


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Refused(Problem.NOT_FOUND) from error


@signed_in_required
@require_GET
def phones(request: HttpRequest, signed: PortalSignedIn) -> HttpResponse:
    """行動裝置管理作業: the member's phones."""
    rows = [devices.described(device) for device in devices.phones(signed.registration)]
    return page(request, "card/phones.html", {"phones": rows, "most": config().devices_per_member})


@signed_in_required
@require_http_methods(["GET", "POST"])
def change_phone(request: HttpRequest, signed: PortalSignedIn, device_id: UUID, act: str) -> HttpResponse:
    """Rename, disable, enable or delete a phone: a page that asks, and the act."""
    device, form = change_asked(request, signed.registration, device_id, act)
    if form.is_bound and form.is_valid():
        devices.act_on(signed.registration, device_id, act, form.cleaned_data["name"])
        return redirect("/portal/phones/")
    context = {"phone": {**devices.described(device), "current": False}, "act": act, "form": form}
    return page(request, "card/phone.html", context, status=400 if form.is_bound else 200)


@reads_cards
@signed_in_required
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest, signed: PortalSignedIn) -> HttpResponse:
    """註冊密碼變更: the old password, the card, the new password."""
    form = ChangePasswordForm(posted(request))
    return form_page(request, "card/password.html", form, lambda: _password_changed(request, signed, form))


def _password_changed(request: HttpRequest, signed: PortalSignedIn, form: ChangePasswordForm) -> HttpResponse:
    presented = present(request, Reading.of(request.POST))
    changing.change_password(signed, presented, form.cleaned_data["old"], form.cleaned_data["password"])
    return redirect("/portal/password/done")


@signed_in_required
@require_GET
def password_done(request: HttpRequest, _signed: PortalSignedIn) -> HttpResponse:
    """It is set. A page of its own: loaded again it changes nothing, and does not look as if it had failed."""
    return page(request, "card/changed.html")


@signed_in_required
@require_GET
def basics(request: HttpRequest, signed: PortalSignedIn) -> HttpResponse:
    """基本資料異動: the addresses for notices, and the household."""
    member = register().by_key(signed.registration.member)
    context = {
        "main": accounts.contact(signed.registration),
        "backup": accounts.contact(signed.registration, "backup"),
        "household": changing.household_of(signed),
        "foreign": bool(member and member.record.foreign),
    }
    return page(request, "card/basics.html", context)


@signed_in_required
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, signed: PortalSignedIn, kind: str) -> HttpResponse:
    """A new address for notices: it counts once its code is typed."""
    which: Kind = "backup" if kind == "backup" else "main"
    act = act_of(request, "send", "confirm", *(["remove"] if which == "backup" else []))
    if act == "remove":
        changing.remove_backup(signed)
        return redirect("/portal/basics/")
    other = accounts.contact(signed.registration, "main" if which == "backup" else "backup").confirmed
    form = AddressesForm({**request.POST.dict(), "backup": ""} if act == "send" else None, other)
    code_form = CodeForm(request.POST if act == "confirm" else None)
    known = accounts.contact(signed.registration, which)
    context = {"kind": which, "contact": known, "address_form": form, "code_form": code_form}
    if code_form.is_bound:
        return form_page(request, "card/contact.html", code_form, lambda: _kept(signed, which, code_form), context)
    return form_page(request, "card/contact.html", form, lambda: _mailed(signed, which, form), context)


def _mailed(signed: PortalSignedIn, kind: Kind, form: AddressesForm) -> HttpResponse:
    changing.change_address(signed, form.cleaned_data["main"], kind)
    return redirect(f"/portal/basics/mail/{kind}")


def _kept(signed: PortalSignedIn, kind: Kind, code_form: CodeForm) -> HttpResponse:
    changing.confirm_address(signed, code_form.cleaned_data["code"], kind)
    return redirect("/portal/basics/")


@signed_in_required
@require_http_methods(["GET", "POST"])
def household(request: HttpRequest, signed: PortalSignedIn) -> HttpResponse:
    """The household moved: number and address, as the register has them now."""
    form = HouseholdForm(posted(request))
    context = {"counties": places.counties()}
    return form_page(request, "card/household.html", form, lambda: _moved(signed, form), context)


def _moved(signed: PortalSignedIn, form: HouseholdForm) -> HttpResponse:
    changing.change_household(signed, form.told())
    return redirect("/portal/basics/")


@signed_in_required
@require_GET
def health_bank(request: HttpRequest, _signed: PortalSignedIn) -> HttpResponse:
    """健康存摺 opens on a bound phone; the page tells how to get there."""
    return page(request, "card/health_bank.html")


@signed_in_required
@require_GET
def look_ups(request: HttpRequest, signed: PortalSignedIn) -> HttpResponse:
    """誰查過我的資料: each look-up by staff, in what capacity and why."""
    return page(request, "card/look_ups.html", {"entries": look_ups_of(signed.registration)})
