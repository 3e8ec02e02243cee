"""What waits for a second person, and requests about data with their letters."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from types import SimpleNamespace
from uuid import UUID

from nhi_express.counter.flows.requests import Words
from nhi_express.counter.forms import DecisionForm
from nhi_express.counter.rules import Act, RequestKind, Role
from nhi_express.counter.views import desk
from nhi_express.counter.views.duty import office_name
from nhi_express.site.gallery.counter import offices, on_shift, typed
from nhi_express.site.gallery.page import Context, Page

_AT = datetime(2026, 11, 23, 6, 32, 10, tzinfo=UTC)


def _approvals(*, some: bool) -> Context:
    asked = {
        "reason": desk.REASONS[next(iter(desk.REASONS))],
        "by": "林小玉",
        "office": office_name(offices()[0]),
        "at": _AT,
    }
    acts = (Act.RESTORE, Act.RESTORE) if some else ()
    names = ("陳○華", "林○")
    rows = [
        {"id": UUID(int=number), "act": desk.ACT_WORDS[act], "name": name, **asked}
        for number, (act, name) in enumerate(zip(acts, names, strict=False))
    ]
    return {**on_shift(Role.SUPERVISOR, "/staff/approvals/"), "rows": rows}


def _requests(*, some: bool) -> Context:
    told = ((RequestKind.DELETE, -2, True), (RequestKind.COPY, 1, False), (RequestKind.VIEW, 12, False)) if some else ()
    rows = [
        {
            "id": UUID(int=number),
            "kind": desk.KINDS[kind],
            "due": date(2026, 11, 24),
            "left": left,
            "office": office_name(offices()[0]),
            "extended": extended,
            "decided_at": _AT,
        }
        for number, (kind, left, extended) in enumerate(told)
    ]
    return {**on_shift(Role.CLERK, "/staff/requests/"), "rows": rows, "decided": rows[:1]}


def _request(
    state: str = "open", *, extended: bool = False, wrong: bool = False, decides: bool = True, address: str = ""
) -> Context:
    decided_at = None if state == "open" else _AT
    about = {"id": UUID(int=1), "received_at": _AT, "due": date(2026, 12, 8), "decided_at": decided_at}
    found = SimpleNamespace(state=state, extended=extended, **about)
    asked = "我十月搬家了，你們那裡的地址是舊的。"
    words = Words(asked, "已向戶政事務所查詢。" if extended else "", "" if state == "open" else "查證屬實，已更正。")
    form = DecisionForm(typed(decision="", why="") if wrong else None)
    held = {"found": found, "kind": desk.KINDS[RequestKind.CORRECT], "words": words, "form": form, "decides": decides}
    office = offices()[0]
    by = {"office": office_name(office), "office_address": office.address_zh, "office_phone": office.phone}
    to = {"name": "陳怡華", "address": address}
    return {**on_shift(Role.SUPERVISOR, "/staff/requests/"), **held, **by, **to}


PAGES = (
    Page(
        "staff-approvals",
        "counter/approvals.html",
        {"none": partial(_approvals, some=False), "some": partial(_approvals, some=True)},
    ),
    Page(
        "staff-requests",
        "counter/requests.html",
        {"none": partial(_requests, some=False), "some": partial(_requests, some=True)},
    ),
    Page(
        "staff-request",
        "counter/request.html",
        {
            "open": _request,
            "wrong": partial(_request, wrong=True),
            "put-off": partial(_request, extended=True),
            "own": partial(_request, decides=False),
            "own-put-off": partial(_request, extended=True, decides=False),
            "decided": partial(_request, "granted"),
        },
    ),
    Page(
        "staff-letter",
        "counter/letter.html",
        {
            "granted": partial(_request, "granted", address="臺中市西屯區何安里示範路1號"),
            "denied": partial(_request, "denied"),
            "put-off": partial(_request, extended=True, address="臺中市西屯區何安里示範路1號"),
        },
    ),
)
