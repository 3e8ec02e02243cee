"""The units' desk: signing in, officers and mandates; a member's own units in the app and on the portal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.site import portal_units, problems
from nhi_express.site.gallery.page import Context, Page
from nhi_express.units.flows.mandates import InForce, Mandates
from nhi_express.units.flows.officers import Listed
from nhi_express.units.forms import AgentForm, OfficerForm, UnitForm
from nhi_express.units.rules import OfficerRole, OfficerState
from nhi_express.units.views import mine

_AT = datetime(2026, 11, 23, 6, 32, 10, tzinfo=UTC)
_COMPANY, _FARM, _FIRM = ("900000001", "900000002", "900000003")
_NAMES = {_COMPANY: "示範沙盒股份有限公司", _FARM: "示範港灣農場", _FIRM: "示範帳房會計師事務所"}
_SIGNED = SimpleNamespace(masked_name="甘○玉")
_NOTHING: Mapping[str, str] = {}


def _desk(at: str, *, responsible: bool = True, agent: bool = False) -> Context:
    desk = SimpleNamespace(unit=SimpleNamespace(code=_COMPANY), responsible=responsible, as_agent=agent)
    return {"desk": desk, "unit_name": _NAMES[_COMPANY], "at": at, "idle": 900}


def _typed(**fields: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(fields)
    return data


def _duty(code: str, *, of: str = "") -> SimpleNamespace:
    unit, agent = SimpleNamespace(code=code), bool(of)
    return SimpleNamespace(unit=unit, officer=SimpleNamespace(unit_id=of or code), as_agent=agent)


def _switch() -> Context:
    duties = [_duty(_COMPANY), _duty(_FARM, of=_COMPANY)]
    return {**_desk("/units/switch/"), "duties": duties, "names": _NAMES}


def _officer(number: int, shown: str, role: OfficerRole, state: OfficerState, *, myself: bool = False) -> Listed:
    return Listed(UUID(int=number), shown, role, state, _AT, myself)


def _officers(*, asked: bool = False, wrong: bool = False, responsible: bool = True, agent: bool = False) -> Context:
    found = [
        _officer(1, "甘○玉", OfficerRole.RESPONSIBLE, OfficerState.ACTIVE, myself=responsible),
        _officer(2, "谷○芹", OfficerRole.OFFICER, OfficerState.ACTIVE, myself=not responsible),
        _officer(3, "A19****288", OfficerRole.OFFICER, OfficerState.INVITED),
    ]
    form = OfficerForm(_typed(id_number="A123456788") if wrong else None)
    held = {"officers": [] if agent else found, "form": form, "asked": asked}
    return {**_desk("/units/officers/", responsible=responsible, agent=agent), **held}


def _mandates(*, none: bool = False, refused: bool = False, responsible: bool = True, agent: bool = False) -> Context:
    given = [InForce(UUID(int=1), _FIRM, _NAMES[_FIRM], _AT)]
    held = [InForce(UUID(int=2), _FARM, _NAMES[_FARM], _AT)]
    found = Mandates([], []) if none or agent else Mandates(given, held)
    form = AgentForm(_typed(code="999999999") if refused else None)
    refusal = Refused(Problem.AGENT_UNKNOWN) if refused else None
    shell = _desk("/units/mandates/", responsible=responsible, agent=agent)
    return {**shell, "mandates": found, "form": form, "refusal": refusal}


def _ask() -> Context:
    words = {"title": _("Let %(name)s act for your unit?") % {"name": _NAMES[_FIRM]}, "act": _("Yes, let it act")}
    body = _(
        "Its officers can then upload and confirm lists for your unit and see the people you have invited, until "
        "you or they end it. Whom it names as its officers is up to that unit."
    )
    path = "/units/mandates/"
    return {**_desk(path), **words, "body": body, "danger": False, "action": path, "back": path}


def _problem(name: str) -> Context:
    return {"problem": problems.shown(Problem[name], {}, "desk"), "shell": problems.SHELLS["desk"]}


def _side(path: str = "", *, portal: bool = False) -> Context:
    if not portal:
        return {"shell": mine.APP.shell, "base": mine.APP.base}
    base = portal_units.PORTAL.base
    return {"shell": portal_units.PORTAL.shell, "base": base, "signed": _SIGNED, "at": base + path, "idle": 900}


def _my(number: int, code: str, role: str = "officer", state: str = "active") -> Context:
    return {"id": UUID(int=number), "code": code, "name": _NAMES[code], "role": role, "state": state, "state_at": _AT}


def _mine(*, asked: bool = False, some: bool = False, portal: bool = False) -> Context:
    questions = [_my(1, _FARM, state="invited")] if asked else []
    return {**_side(portal=portal), "asked": questions, "duties": [_my(2, _COMPANY, "responsible")] if some else []}


def _register(
    typed: Mapping[str, str] | None = None, problem: Problem | None = None, *, portal: bool = False
) -> Context:
    refusal = Refused(problem, until=_AT) if problem else None
    form = UnitForm(_typed(**typed) if typed else None)
    return {**_side("register", portal=portal), "form": form, "refusal": refusal}


def _change(act: str) -> Context:
    return {**_side(), "duty": _my(1, _FARM, state="invited"), "act": act}


_NUMBERS = {"code": _COMPANY, "tax_id": "90000012", "certificate": "1150000017"}
PAGES = (
    Page("desk-sign-in", "units/sign_in.html", {"plain": {"next": ""}}),
    Page("desk-switch", "units/switch.html", {"several": _switch}),
    Page(
        "desk-officers",
        "units/officers.html",
        {
            "responsible": _officers,
            "asked": partial(_officers, asked=True),
            "wrong": partial(_officers, wrong=True),
            "officer": partial(_officers, responsible=False),
            "agent": partial(_officers, responsible=False, agent=True),
        },
    ),
    Page(
        "desk-mandates",
        "units/mandates.html",
        {
            "both": _mandates,
            "none": partial(_mandates, none=True),
            "refused": partial(_mandates, refused=True),
            "officer": partial(_mandates, responsible=False),
            "agent": partial(_mandates, responsible=False, agent=True),
        },
    ),
    Page("desk-grant", "units/ask.html", {"plain": _ask}),
    Page(
        "desk-problem",
        "site/problem.html",
        {
            name: partial(_problem, name.upper().replace("-", "_"))
            for name in ("unit-sign-in-needed", "not-an-officer", "last-responsible")
        },
    ),
    Page(
        "my-units",
        "units/mine.html",
        {
            "none": _mine,
            "asked": partial(_mine, asked=True),
            "some": partial(_mine, asked=True, some=True),
            "portal": partial(_mine, asked=True, some=True, portal=True),
        },
    ),
    Page("my-unit-change", "units/mine_change.html", {act: partial(_change, act) for act in mine.ACTS}),
    Page(
        "my-unit-register",
        "units/register.html",
        {
            "plain": _register,
            "wrong": partial(_register, {**_NUMBERS, "code": "12345"}),
            "refused": partial(_register, _NUMBERS, Problem.UNIT_DATA_DO_NOT_MATCH),
            "locked": partial(_register, _NUMBERS, Problem.LOCKED),
            "portal": partial(_register, portal=True),
        },
    ),
)
