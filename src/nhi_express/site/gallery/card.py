"""健保卡網路服務註冊, the portal: every page in every state."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import segno
from django.http import QueryDict
from markupsafe import Markup

from nhi_express.card.component import Released
from nhi_express.card.forms import (
    AccountForm,
    AddressesForm,
    ChangePasswordForm,
    HolderForm,
    HouseholdForm,
    RecoverForm,
    SignInForm,
)
from nhi_express.card.rules import AddressBasis, Household
from nhi_express.card.views.shell import agent_for_scripts
from nhi_express.core import clock
from nhi_express.devices.forms import CodeForm, NameForm
from nhi_express.help import terms
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.help.news import current_news
from nhi_express.members import places
from nhi_express.members.rules import HouseholdNumber
from nhi_express.registration.flows.addresses import Contact
from nhi_express.site import problems
from nhi_express.site.gallery.page import Context, Page, State
from nhi_express.site.jinja import page_language

_SIGNED = SimpleNamespace(masked_name="陳○華")
_ATTEMPT = {"attempt": SimpleNamespace(id=UUID(int=1))}
_AT = datetime(2026, 11, 23, 6, 32, 10, tzinfo=UTC)
_PHONE = {
    "id": UUID(int=3),
    "name": "",
    "platform": "Android 15",
    "model": "Pixel 9",
    "identifier": "9f3c27aa51d04e8b",
    "bound_at": _AT,
    "used_at": None,
    "state": "active",
    "synced": False,
}
_MAIL = "someone@mail.example.tw"


def _shell(at: str, *, signed: bool = False) -> Context:
    return {"signed": _SIGNED if signed else None, "agent": resting_agent(), "at": at, "idle": 900}


def resting_agent() -> dict[str, object]:
    """A component without an address: nothing answers in the gallery, and the page's script rests."""
    return {**agent_for_scripts(), "url": ""}


def _typed(**fields: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(fields)
    return data


def _refusal(problem: Problem | None, **details: object) -> Refused | None:
    return Refused(problem, **details) if problem else None


def _sign_in(problem: Problem | None = None, **details: object) -> Context:
    news = current_news(clock.now())[:3]
    held = {"form": SignInForm(), "refusal": _refusal(problem, **details), "news": news}
    return {**_shell("/portal/"), **held}


def _terms(missing: bool) -> Context:
    shown = terms.current(clock.today())
    held = {"terms": shown, "text": shown.html(page_language()), "missing": missing}
    return {**_shell("/portal/register/terms"), **held}


def _card(name: str = "", *, foreign: bool = False, problem: Problem | None = None, **typed: str) -> Context:
    shown = {"card": bool(name or typed), "name": name, "number": "0000 1234 ○○○○" if name else "", "foreign": foreign}
    form = HolderForm(_typed(holder="household", **typed)) if typed else HolderForm()
    held = {"shown": shown, "form": form, "refusal": _refusal(problem, left=2), "counties": places.counties()}
    return {**_shell("/portal/register/card"), **_ATTEMPT, **held}


def _account(problem: Problem | None = None, **typed: str) -> Context:
    form = AccountForm(_typed(**typed)) if typed else AccountForm()
    held = {"form": form, "refusal": _refusal(problem), "name": "陳○華"}
    return {**_shell("/portal/register/account"), **_ATTEMPT, **held}


def _confirm(problem: Problem | None = None, *, sent: bool = False, **typed: str) -> Context:
    forms = {"code_form": CodeForm(), "address_form": AddressesForm(_typed(**typed)) if typed else AddressesForm()}
    held = {**forms, "refusal": _refusal(problem), "address": _MAIL, "sent": sent}
    return {**_shell("/portal/register/confirm"), **_ATTEMPT, **held}


def _prove(ceremony: str, holder: str = "household", problem: Problem | None = None) -> Context:
    form = HolderForm(_typed(holder=holder, household="A1234567")) if problem else HolderForm()
    held = {"ceremony": ceremony, "form": form, "refusal": _refusal(problem, left=3), "counties": places.counties()}
    return {**_shell(f"/portal/{ceremony}/"), **held}


def _code(ceremony: str, *, needs_code: bool = True, problem: Problem | None = None) -> Context:
    form = RecoverForm(None, needs_code=needs_code, new_password=ceremony == "forgot")
    held = {"form": form, "refusal": _refusal(problem), "sent": False}
    return {**_shell(f"/portal/{ceremony}/code"), **held, "ceremony": ceremony, "needs_code": needs_code}


def _device_code(code: str | None = None) -> Context:
    qr = segno.make("https://nhi.example/app/bind/code/#AAAAAAAAAAAAAAAAAAAAAA", error="m")
    drawn = Markup(qr.svg_inline(scale=8, border=4, dark="#0a4640", light="#fff", omitsize=True))  # noqa: S704 - ours
    held = {"code": code, "until": _AT, "seconds": 252, "qr": drawn, "poll": "", "link": ""}
    return {**_shell("/portal/device-code/", signed=True), **held}


def _download(*files: Released) -> Context:
    return {**_shell("/portal/download/"), "files": list(files), "origin": "https://nhi.example"}


def _phones(*phones: Context) -> Context:
    return {**_shell("/portal/phones/", signed=True), "phones": list(phones), "most": 5}


def _phone(act: str) -> Context:
    form = NameForm(initial={"name": ""})
    return {**_shell("/portal/phones/", signed=True), "phone": {**_PHONE, "current": False}, "act": act, "form": form}


def _password(problem: Problem | None = None) -> Context:
    held = {"form": ChangePasswordForm(), "refusal": _refusal(problem, left=3)}
    return {**_shell("/portal/password/", signed=True), **held}


def _basics(*, known: bool, foreign: bool = False) -> Context:
    household = Household(HouseholdNumber.parse("B1234567"), AddressBasis("臺中市", "西屯區", "何安里", "12"))
    held = {"main": Contact(confirmed=_MAIL if known else ""), "backup": Contact(waiting=_MAIL if known else "")}
    return {
        **_shell("/portal/basics/", signed=True),
        **held,
        "household": household if known else None,
        "foreign": foreign,
    }


def _contact(kind: str, known: Contact, **typed: str) -> Context:
    form = AddressesForm(_typed(**typed)) if typed else AddressesForm()
    held = {"kind": kind, "contact": known, "address_form": form, "code_form": CodeForm(), "refusal": None}
    return {**_shell("/portal/basics/", signed=True), **held}


def _household(problem: Problem | None = None) -> Context:
    held = {"form": HouseholdForm(), "refusal": _refusal(problem, left=4), "counties": places.counties()}
    return {**_shell("/portal/basics/household", signed=True), **held}


def _signed(at: str, **more: object) -> Context:
    return {**_shell(at, signed=True), **more}


def _services() -> Context:
    return _signed("/portal/", news=current_news(clock.now())[:3])


def _problem(name: str) -> Context:
    return {"problem": problems.shown(Problem[name], {}, "portal"), "shell": "site/portal.html"}


_FILE = Released(Path("nhi_card_agent-1.0.0-py3-none-any.whl"), "1.0.0", 24576, "9f3c27aa51d04e8b" * 4)
_CARD: dict[str, State] = {
    "empty": _card,
    "swapped": partial(_card, problem=Problem.CARD_SWAPPED, household="A1234567", county="臺中市"),
    "citizen": partial(_card, "陳○華"),
    "wrong": partial(_card, "陳○華", household="?", county="臺中市", district="西屯區", village=""),
    "refused": partial(_card, "陳○華", problem=Problem.CARD_DATA_DO_NOT_MATCH, household="B1234567"),
    "foreign": partial(_card, "N○○ T○○", foreign=True),
    "permit-refused": partial(_card, "N○○ T○○", foreign=True, problem=Problem.PERMIT_DOES_NOT_MATCH),
}
_ACCOUNT: dict[str, State] = {
    "empty": _account,
    "slip": partial(_account, password="x", main="someone@gmial.com", backup="?"),  # noqa: S106 - nobody's
    "too-short": partial(_account, Problem.PASSWORD_TOO_SHORT),
}
_PROVE: dict[str, State] = {
    "resend": partial(_prove, "resend"),
    "forgot": partial(_prove, "forgot"),
    "cancel": partial(_prove, "cancel"),
    "permit": partial(_prove, "forgot", "permit", Problem.PERMIT_UNREADABLE),
    "refused": partial(_prove, "forgot", "household", Problem.CARD_DATA_DO_NOT_MATCH),
}
_CODE: dict[str, State] = {
    "resend": partial(_code, "resend"),
    "forgot": partial(_code, "forgot", problem=Problem.EMAIL_CODE_WRONG),
    "cancel": partial(_code, "cancel"),
    "cancel-pending": partial(_code, "cancel", needs_code=False),
}
_CONTACT: dict[str, State] = {
    "none": partial(_contact, "main", Contact()),
    "waiting": partial(_contact, "main", Contact(confirmed=_MAIL, waiting="new@mail.example.tw")),
    "backup": partial(_contact, "backup", Contact(confirmed=_MAIL)),
    "slip": partial(_contact, "main", Contact(confirmed=_MAIL), main="someone@gmial.com"),
}

PAGES = (
    Page(
        "portal",
        "card/sign_in.html",
        {
            "empty": _sign_in,
            "wrong": partial(_sign_in, Problem.WRONG_PASSWORD, left=3),
            "not-confirmed": partial(_sign_in, Problem.NOT_CONFIRMED),
        },
    ),
    Page("portal-services", "card/services.html", {"signed-in": _services}),
    Page("portal-check", "card/check.html", {"waiting": partial(_shell, "/portal/check/")}),
    Page("portal-download", "card/download.html", {"files": partial(_download, _FILE), "none": _download}),
    Page("portal-terms", "card/terms.html", {"unread": partial(_terms, False), "not-ticked": partial(_terms, True)}),
    Page("portal-card", "card/card.html", _CARD),
    Page("portal-account", "card/account.html", _ACCOUNT),
    Page(
        "portal-confirm",
        "card/confirm.html",
        {
            "empty": _confirm,
            "wrong": partial(_confirm, Problem.EMAIL_CODE_WRONG),
            "sent": partial(_confirm, sent=True),
            "slip": partial(_confirm, main="someone@gmial.com"),
        },
    ),
    Page("portal-done", "card/done.html", {"done": partial(_shell, "/portal/register/done")}),
    Page("portal-prove", "card/prove.html", _PROVE),
    Page("portal-code", "card/code.html", _CODE),
    Page(
        "portal-recovered",
        "card/recovered.html",
        {name: {**_shell("/portal/"), "ceremony": name} for name in ("resend", "forgot", "cancel")},
    ),
    Page("device-code", "card/device_code.html", {"none": _device_code, "shown": partial(_device_code, "3G4F-10M1")}),
    Page("disowned", "card/disowned.html", {"done": partial(_signed, "/portal/device-code/")}),
    Page("portal-phones", "card/phones.html", {"none": _phones, "one": partial(_phones, _PHONE)}),
    Page("portal-phone", "card/phone.html", {act: partial(_phone, act) for act in ("rename", "disable", "delete")}),
    Page(
        "portal-password",
        "card/password.html",
        {"empty": _password, "wrong": partial(_password, Problem.WRONG_PASSWORD)},
    ),
    Page("portal-changed", "card/changed.html", {"password": partial(_signed, "/portal/password/", what="password")}),
    Page(
        "portal-basics",
        "card/basics.html",
        {
            "known": partial(_basics, known=True),
            "none": partial(_basics, known=False),
            "foreign": partial(_basics, known=True, foreign=True),
        },
    ),
    Page("portal-contact", "card/contact.html", _CONTACT),
    Page(
        "portal-household",
        "card/household.html",
        {"empty": _household, "refused": partial(_household, Problem.CARD_DATA_DO_NOT_MATCH)},
    ),
    Page("portal-health-bank", "card/health_bank.html", {"told": partial(_signed, "/portal/health-bank/")}),
    Page(
        "portal-problem",
        "site/problem.html",
        {name: partial(_problem, name.upper().replace("-", "_")) for name in ("issuer-down", "card-not-valid")},
    ),
)
