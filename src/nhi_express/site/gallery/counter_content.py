"""What the back office edits: news, terms, lifetimes, operators; as lists, forms, forms with faults, previews."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from types import SimpleNamespace
from uuid import UUID

from django.forms import Form
from django.utils.translation import gettext as _

from nhi_express.core.config import config
from nhi_express.core.lifetimes import LIFETIMES
from nhi_express.counter.content_forms import LifetimeForm, NewsForm
from nhi_express.counter.flows.content import Past
from nhi_express.counter.rules import Content, Edit, Role
from nhi_express.counter.views import content
from nhi_express.help import news, terms
from nhi_express.help.news import News, Severity, Words
from nhi_express.mobile.models import Operator
from nhi_express.site import operators
from nhi_express.site.gallery.counter import on_shift, typed
from nhi_express.site.gallery.page import Context, Page

_AT, _END = datetime(2026, 12, 5, 18, tzinfo=UTC), datetime(2026, 12, 5, 22, tzinfo=UTC)
_TITLE = Words("12 月 6 日凌晨暫停服務", "Service pause in the night of 6 December")
_TEXT = Words(
    "主機維護期間，註冊和綁定手機都會暫停。\n\n- 已綁定的手機可以照常使用\n- 臨櫃服務不受影響",
    "While machines are serviced, registering and binding pause.\n\n- Bound phones work as always\n- Counters are open",
)
_PAUSE = News("pause", _TITLE, _TEXT, _AT, _END, Severity.OUTAGE)
_PAST = (
    Past(Content.NEWS, "pause", Edit.ADDED, "林管理", _AT),
    Past(Content.TERMS, "1", Edit.WITHDRAWN, "林管理", _AT),
    Past(Content.LIFETIME, "device_code_minutes", Edit.CHANGED, "林管理", _AT),
)
_OPERATOR = {
    "code": "hill",
    "name_zh": "山丘電信",
    "name_en": "Hill Telecom",
    "kind": "mno",
    "issuer": "https://hill.example/",
    "token_endpoint": "https://hill.example/token",
    "api_root": "https://hill.example/api",
    "valid_from": date(2026, 1, 1),
    "valid_to": date(2026, 12, 31),
    "successor": "dale",
}


def _here(path: str, **held: object) -> Context:
    past = [content.told(one) for one in _PAST]
    return {**on_shift(Role.ADMINISTRATOR, f"/staff/content/{path}"), "past": past, **held}


def _form(path: str, form: Form, values: dict[str, object], **held: object) -> Context:
    blank = dict.fromkeys(form.fields, "")
    return _here(path, form=form, values={**blank, "seen": 1, **values}, **held)


def _overview(*, some: bool) -> Context:
    planned = [SimpleNamespace(effective=date(2027, 1, 1))] if some else []
    told = {"told": 3, "planned": planned} if some else {"told": 0, "planned": planned, "past": []}
    return _here("", terms=terms.VERSIONS[-1], **told)


def _news(*, some: bool) -> Context:
    found = [{"item": one, "state": content.state_of(one, _AT)} for one in (_PAUSE, *news.shipped())]
    return _here("news/", items=found) if some else _here("news/", items=[], past=[])


def _item(*, wrong: bool = False) -> Context:
    values: dict[str, object] = {"severity": "outage", "title_zh": _TITLE.zh, "title_en": _TITLE.en}
    values |= {"text_zh": _TEXT.zh, "text_en": _TEXT.en, "begins_at": "2026-12-06T02:00", "ends_at": "2026-12-06T06:00"}
    if not wrong:
        return _form("news/pause", NewsForm(), values, item=_PAUSE)
    values |= {"title_en": "", "ends_at": "2026-12-05T06:00"}
    sent = typed(seen="1", **{name: str(value) for name, value in values.items()})
    return _form("news/pause", NewsForm(sent), values, item=_PAUSE)


def _all_terms(*, some: bool) -> Context:
    planned = [SimpleNamespace(effective=date(2027, 1, 1), id=UUID(int=1))] if some else []
    return _here("terms/", planned=planned, known=list(reversed(terms.VERSIONS)))


def _version() -> terms.Written:
    words = terms.VERSIONS[-1]
    return terms.Written("2027-01-01", date(2027, 1, 1), words.text("zh-hant"), words.text("en"))


def _draft(*, planned: bool) -> Context:
    version = _version()
    values: dict[str, object] = {"effective": version.version, "text_zh": version.zh, "text_en": version.en}
    form = SimpleNamespace(fields={}, errors={})
    held = {"form": form, "values": {"seen": 1, **values}, "terms_id": UUID(int=1) if planned else None}
    return _here("terms/new", **held)


def _lifetimes() -> Context:
    rows = [content.lifetime_row(name, getattr(config(), name)) for name in LIFETIMES]
    rows[0]["planned"] = SimpleNamespace(value=8, effective_at=_AT)
    return _here("lifetimes/", rows=rows)


def _lifetime(*, wrong: bool = False) -> Context:
    row = content.lifetime_row("device_code_minutes", 5) | {"planned": SimpleNamespace(value=8, effective_at=_AT)}
    sent = typed(seen="1", value="99", effective_at="2020-01-01T00:00") if wrong else None
    values: dict[str, object] = {"value": "99" if wrong else 8, "effective_at": "2026-12-06T02:00"}
    return _form("lifetimes/", LifetimeForm("device_code_minutes", sent), values, row=row)


def _lifetime_preview() -> Context:
    return {**_lifetime(), "shown": {"value": 8, "effective_at": _AT}}


def _operators(*, some: bool) -> Context:
    rows = [operators.row_of(Operator(**_OPERATOR))] if some else []
    return _here("operators/", rows=rows) if some else _here("operators/", rows=rows, past=[])


def _operator(*, wrong: bool = False, planned: bool = False) -> Context:
    others = [Operator(**{**_OPERATOR, "code": "dale", "name_zh": "谷地電信", "name_en": "Dale Telecom"})]
    errors = {"successor": [_("Choose another operator of the list.")]} if wrong else {}
    form = SimpleNamespace(fields={"successor": None}, errors=errors)
    values = {"seen": 1, "effective": "", **_OPERATOR}
    plan = SimpleNamespace(effective=date(2027, 1, 1), values={**_OPERATOR, "name_en": "Hills"}) if planned else None
    shown = {**_OPERATOR, "effective": date(2027, 1, 1)}
    held = {"operator": Operator(**_OPERATOR), "others": others, "shown": shown, "plan": plan}
    return _here("operators/hill", form=form, values=values, **held)


PAGES = (
    Page(
        "content",
        "counter/content.html",
        {"some": partial(_overview, some=True), "none": partial(_overview, some=False)},
    ),
    Page(
        "content-news",
        "counter/content_news.html",
        {"some": partial(_news, some=True), "none": partial(_news, some=False)},
    ),
    Page("content-news-one", "counter/content_news_one.html", {"right": _item, "wrong": partial(_item, wrong=True)}),
    Page(
        "content-news-preview",
        "counter/content_news_one_preview.html",
        {"outage": lambda: {**_item(), "shown": _PAUSE}},
    ),
    Page(
        "content-terms",
        "counter/content_terms.html",
        {"planned": partial(_all_terms, some=True), "none": partial(_all_terms, some=False)},
    ),
    Page(
        "content-terms-one",
        "counter/content_terms_one.html",
        {"new": partial(_draft, planned=False), "planned": partial(_draft, planned=True)},
    ),
    Page(
        "content-terms-preview",
        "counter/content_terms_one_preview.html",
        {"new": lambda: {**_draft(planned=False), "shown": _version()}},
    ),
    Page("content-lifetimes", "counter/content_lifetimes.html", {"some": _lifetimes}),
    Page(
        "content-lifetime",
        "counter/content_lifetime.html",
        {"planned": _lifetime, "wrong": partial(_lifetime, wrong=True)},
    ),
    Page("content-lifetime-preview", "counter/content_lifetime_preview.html", {"new": _lifetime_preview}),
    Page(
        "content-operators",
        "site/operators.html",
        {"some": partial(_operators, some=True), "none": partial(_operators, some=False)},
    ),
    Page(
        "content-operator",
        "site/operator.html",
        {"known": _operator, "planned": partial(_operator, planned=True), "wrong": partial(_operator, wrong=True)},
    ),
    Page("content-operator-preview", "site/operator_preview.html", {"known": _operator}),
)
