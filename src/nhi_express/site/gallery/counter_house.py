"""The back office: accounts, service counters, figures, the log; and service counters as everybody finds them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from uuid import UUID

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows.verifying import FAULTS, Finding
from nhi_express.counter.charts import Bar, Chart
from nhi_express.counter.content_forms import NetworksForm, OfficeForm
from nhi_express.counter.flows import log
from nhi_express.counter.flows.figures import Period
from nhi_express.counter.flows.log import Wanted
from nhi_express.counter.forms import LogForm, PeriodForm, StaffForm
from nhi_express.counter.models import Office
from nhi_express.counter.rules import Role
from nhi_express.counter.views.duty import ROLE_WORDS, office_name
from nhi_express.counter.views.figures import CHARTS
from nhi_express.help.catalogue import Problem
from nhi_express.site.gallery.counter import offices, on_shift, typed
from nhi_express.site.gallery.page import Context, Page

_AT = datetime(2026, 11, 23, 6, 32, 10, tzinfo=UTC)
_DAY = date(2026, 11, 23)


def _choices() -> list[dict[str, str]]:
    return [{"value": office.code, "label": office_name(office)} for office in offices()]


def _accounts(*, wrong: bool = False) -> Context:
    told = (
        ("admin", "林管理", Role.ADMINISTRATOR, "", "active"),
        ("clerk.wang", "王小同", Role.CLERK, office_name(offices()[0]), "active"),
        ("agent.new", "新客服", Role.HOTLINE, "", "invited"),
        ("agent.newer", "新同事", Role.HOTLINE, "", "waiting"),
        ("auditor.chen", "陳稽核", Role.AUDITOR, "", "closed"),
    )
    rows = [
        {
            "id": UUID(int=number),
            "account": account,
            "name": name,
            "role": ROLE_WORDS[role],
            "office": office,
            "state": state,
            "own": number == 0,
            "moves": role is Role.CLERK,
        }
        for number, (account, name, role, office, state) in enumerate(told)
    ]
    roles = [{"value": role.value, "label": words} for role, words in ROLE_WORDS.items()]
    form = StaffForm(typed(account="Wang!", role=Role.CLERK.value, id_number="A123456788") if wrong else None)
    held = {"rows": rows, "form": form, "roles": roles, "offices": _choices()}
    return {**on_shift(Role.ADMINISTRATOR, "/staff/accounts/"), **held}


def _account(**held: object) -> Context:
    named = {"account": "clerk.wang", "name": "王小同"}
    return {**on_shift(Role.ADMINISTRATOR, "/staff/accounts/"), **named, **held}


def _every(*, some: bool = True) -> Context:
    found = offices() if some else ()
    return {**on_shift(Role.ADMINISTRATOR, "/staff/offices/"), "offices": found, "past": []}


def _office(*, new: bool = False, wrong: bool = False, planned: bool = False) -> Context:
    office = None if new else offices()[0]
    sent = {"region": "臺北", "effective": "2020-01-01", "map_url": "http://map.example"} if wrong else {}
    form = OfficeForm(typed(**sent) if wrong else None)
    values = {name: getattr(office, name, "") for name in OfficeForm.base_fields} | {"seen": 1} | sent
    plan = SimpleNamespace(effective=_DAY, values=values) if planned else None
    told: Context = {"office": office, "form": form, "values": values, "plan": plan, "past": []}
    return {**on_shift(Role.ADMINISTRATOR, "/staff/offices/"), **told}


def _office_preview() -> Context:
    columns = {name: getattr(offices()[0], name, "") for name in OfficeForm.base_fields}
    return {**_office(), "shown": SimpleNamespace(**{**columns, "effective": _DAY})}


def _networks(*, waits: bool = False, wrong: bool = False) -> Context:
    form = NetworksForm(typed(networks="everywhere") if wrong else None)
    values = {"networks": "everywhere" if wrong else "192.0.2.0/24"}
    wish = SimpleNamespace(networks=["192.0.2.0/24", "198.51.100.0/24"]) if waits else None
    held = {"office": offices()[0], "form": form, "values": values, "waits": wish}
    return {**on_shift(Role.ADMINISTRATOR, "/staff/offices/"), **held}


def _seconding(*, some: bool = True) -> Context:
    told: dict[str, object] = {"by": "林管理", "at": _AT, "office": office_name(offices()[0])}
    code: dict[str, object] = {
        "what": "code",
        "name": "王小同",
        "account": "clerk.wang",
        "role": ROLE_WORDS[Role.CLERK],
    }
    networks: dict[str, object] = {
        "what": "networks",
        "now": ["192.0.2.0/24"],
        "networks": ["192.0.2.0/24", "198.51.100.0/24"],
    }
    rows = [
        {**told, **row, "id": UUID(int=number), "own": own}
        for number, (row, own) in enumerate(((code, False), (networks, False), (code, True)))
    ]
    return {**on_shift(Role.SUPERVISOR, "/staff/seconding/"), "rows": rows if some else []}


def _public(*, some: bool = True) -> Context:
    regions: dict[str, list[Office]] = {}
    for office in offices() if some else ():
        regions.setdefault(office.region, []).append(office)
    return {"regions": list(regions.items())}


def _chart(name: str, bars: tuple[Bar, ...]) -> Chart:
    title, about, head, series, _of = CHARTS[name]
    return Chart(name, title, about, head, tuple(map(str, series)), bars, nested=name == "funnel")


def _figures(*, some: bool = True, wrong: bool = False) -> Context:
    period = Period(_DAY - timedelta(days=13), _DAY)
    days = tuple(Bar(f"{day:%m/%d}", (40 + 7 * day.day % 31, day.day, day.day % 5, 9)) for day in period.days)
    told = ((Problem.PREPAID.value, 93), (Problem.DATA_DO_NOT_MATCH.value, 41))
    causes = tuple(Bar(f"{entry.code} {entry.title}", (times,)) for entry, times in told)
    funnel = tuple(Bar(str(words), (90, 70, 41)) for words in CHARTS["registrations"][3])
    bars = {"registrations": days, "funnel": funnel, "causes": causes} if some else {}
    charts = [_chart(name, bars.get(name, ())) for name in CHARTS]
    form = PeriodForm(typed(since="2026-11-23", until="2026-11-01", office="") if wrong else None)
    held = {"charts": charts, "period": period, "form": form, "offices": _choices()}
    return {**on_shift(Role.SUPERVISOR, "/staff/figures/"), **held}


def _log(*, some: bool = True, wrong: bool = False) -> Context:
    entry = SimpleNamespace(at=_AT, event=Event.LOOKED_UP.value, actor="hotline", payload={})
    entry.payload = {"staff": str(UUID(int=7)), "purpose": "caller_help", "office": "hotline"}
    rows = [{"entry": entry, "payload": log.as_text(entry)}] * 3 if some else []  # type: ignore[arg-type]  # looks like one
    heads = [SimpleNamespace(at=_AT, size=1_204_331)] if some else []
    form = LogForm(typed(since="yesterday", until="") if wrong else None)
    held = {"rows": rows, "wanted": Wanted(_DAY, _DAY), "form": form, "older": 7 if some else None, "heads": heads}
    return {**on_shift(Role.AUDITOR, "/staff/log/"), **held}


def _verified(*faults: str, events: int = 20_000, before: int = 0, heads: int = 31, more: int = 0) -> Context:
    found = Finding(events, 0, heads, faults, before, more)
    recorded, key = Event.LOG_VERIFIED.value, "nhi.example+5d0c7a3e+" + "A" * 44
    return {**on_shift(Role.AUDITOR, "/staff/log/"), "found": found, "recorded": recorded, "key": key}


_FAULTS = tuple(f"{code}:{77_120 + place}" for place, code in enumerate(FAULTS))


PAGES = (
    Page("staff-accounts", "counter/accounts.html", {"some": _accounts, "wrong": partial(_accounts, wrong=True)}),
    Page(
        "staff-account-code", "counter/account_code.html", {"made": partial(_account, code="7K3M-9PXD-2Q4R", until=_AT)}
    ),
    Page("staff-account-close", "counter/account_close.html", {"asked": _account}),
    Page("staff-offices", "counter/offices.html", {"some": _every, "none": partial(_every, some=False)}),
    Page(
        "staff-office",
        "counter/office.html",
        {
            "change": _office,
            "new": partial(_office, new=True),
            "planned": partial(_office, planned=True),
            "wrong": partial(_office, wrong=True),
        },
    ),
    Page("staff-office-preview", "counter/office_preview.html", {"planned": _office_preview}),
    Page(
        "staff-office-networks",
        "counter/office_networks.html",
        {
            "plain": _networks,
            "waiting": partial(_networks, waits=True),
            "wrong": partial(_networks, wrong=True),
        },
    ),
    Page("staff-seconding", "counter/seconding.html", {"some": _seconding, "none": partial(_seconding, some=False)}),
    Page("offices", "counter/offices_public.html", {"some": _public, "none": partial(_public, some=False)}),
    Page(
        "staff-figures",
        "counter/figures.html",
        {"full": _figures, "empty": partial(_figures, some=False), "wrong": partial(_figures, wrong=True)},
    ),
    Page(
        "staff-log",
        "counter/log.html",
        {"some": _log, "none": partial(_log, some=False), "wrong": partial(_log, wrong=True)},
    ),
    Page(
        "staff-log-verified",
        "counter/log_verified.html",
        {
            "whole": _verified,
            "part": partial(_verified, before=1_184_331),
            "unsigned": partial(_verified, events=0, heads=0),
            "overdue": partial(_verified, "head_overdue:1204331"),
            "faults": partial(_verified, *_FAULTS, more=4711),
        },
    ),
)
