"""News, terms of use and lifetimes in the back office: a form, how it will look, and then the deed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.core import clock
from nhi_express.core.clock import TAIPEI
from nhi_express.core.config import config
from nhi_express.core.lifetimes import LIFETIMES, Lifetime, limits
from nhi_express.counter.content_forms import EditForm, LifetimeForm, NewsForm, TermsForm
from nhi_express.counter.flows import content, editing
from nhi_express.counter.flows.content import Past
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.flows.editing import Wording
from nhi_express.counter.rules import Content, Edit, Power
from nhi_express.counter.views.duty import on_duty, page
from nhi_express.devices.forms import posted
from nhi_express.help import terms
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.help.news import News, Severity, Words

HOME: Final = "/staff/content/"
_NEW: Final = "new"
_KINDS: Final[Mapping[Content, Promise]] = {
    Content.NEWS: _("News"),
    Content.TERMS: _("Terms of use"),
    Content.OPERATOR: _("Mobile operators"),
    Content.LIFETIME: _("Lifetimes of codes"),
    Content.OFFICE: _("Service counters"),
}
_EDITS: Final[Mapping[Edit, Promise]] = {
    Edit.ADDED: _("added"),
    Edit.CHANGED: _("changed"),
    Edit.PLANNED: _("planned"),
    Edit.BEGUN: _("began as planned"),
    Edit.WITHDRAWN: _("withdrawn"),
}
LIFETIME_WORDS: Final[Mapping[Lifetime, Promise]] = {
    "device_code_minutes": _("Device codes and their QR, in minutes"),
    "email_code_hours": _("Codes sent by e-mail, in hours"),
    "staff_code_hours": _("First-time codes of staff accounts, in hours"),
    "activation_days": _("Activation codes sent by post, in days"),
    "invitation_days": _("Invitations of units, in days"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """How one kind of content is edited: the pages of form and preview, where to go once it is done, what ``shown``
    makes of a form that is right, how it is kept, and what else the pages tell."""

    form: str
    preview: str
    done: str
    shown: Callable[[], object]
    keep: Callable[[], None]
    about: Mapping[str, object]


def edited(request: HttpRequest, who: OnDuty, form: Form, way: Way) -> HttpResponse:
    """Show the form; once it is right, what will come of it; and once that was seen, do it."""
    step = request.POST.get("step", "") if form.is_bound and form.is_valid() else ""
    if step == "save":
        way.keep()
        return redirect(way.done)
    told = form.data if form.is_bound else form.initial
    values = {name: told.get(name) or "" for name in form.fields} | {"seen": told.get("seen", "")}
    context = {**way.about, "form": form, "values": values}
    if step == "preview":
        return page(request, who, way.preview, {**context, "shown": way.shown()})
    return page(request, who, way.form, context, 400 if form.errors else 200)


def _way(
    name: str, done: str, shown: Callable[[], object], keep: Callable[[], None], about: Mapping[str, object]
) -> Way:
    """The way of what this room edits itself; its templates are called alike."""
    return Way(
        f"counter/content_{name}.html", f"counter/content_{name}_preview.html", f"{HOME}{done}/", shown, keep, about
    )


def past(kind: Content | None = None, subject: str = "") -> list[dict[str, object]]:
    """Who changed what and when, in words."""
    return [told(one) for one in content.history(kind, subject)]


def told(one: Past) -> dict[str, object]:
    """One change in words."""
    named = "" if one.kind is Content.TERMS else one.subject
    return {"at": one.at, "who": one.who, "kind": _KINDS[one.kind], "subject": named, "edit": _EDITS[one.edit]}


def _local(moment: datetime | None) -> str:
    """A moment as a field for day and time takes it, by Taiwan's clock."""
    return moment.astimezone(TAIPEI).strftime("%Y-%m-%dT%H:%M") if moment else ""


def seen_in(request: HttpRequest) -> int:
    """Which change the sender of a form saw last. Raises :class:`Refused`."""
    form = EditForm(request.POST)
    if not form.is_valid():
        raise Refused(Problem.BAD_REQUEST)
    return int(form.cleaned_data["seen"])


@on_duty(Power.CONTENT)
@require_GET
def overview(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """What can be edited, how it stands, and who changed something lately."""
    now = clock.now()
    context = {
        "told": sum(item.told_at(now) for item in editing.all_news()),
        "terms": terms.current(clock.today()),
        "planned": editing.planned_terms(),
        "past": past(),
    }
    return page(request, who, "counter/content.html", context)


# --- News ---


@on_duty(Power.CONTENT)
@require_GET
def news_list(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """All items, whether they are told now or not."""
    now = clock.now()
    items = [{"item": item, "state": state_of(item, now)} for item in editing.all_news()]
    return page(request, who, "counter/content_news.html", {"items": items, "past": past(Content.NEWS)})


def state_of(item: News, now: datetime) -> str:
    """How an item stands: ``withdrawn``, ``told``, ``planned`` or ``over``."""
    if item.withdrawn:
        return "withdrawn"
    if item.told_at(now):
        return "told"
    return "planned" if item.begins_at > now else "over"


@on_duty(Power.CONTENT)
@require_http_methods(["GET", "POST"])
def news_one(request: HttpRequest, who: OnDuty, key: str) -> HttpResponse:
    """An item, to be changed or added."""
    item = None if key == _NEW else editing.find_news(key)
    form = NewsForm(posted(request), initial=_of_news(item))

    def keep() -> None:
        columns = dict(form.cleaned_data)
        editing.keep_news(who, item.key if item else editing.new_key(), columns.pop("seen"), columns)

    subject = item.key if item else ""
    about = {"item": item, "past": past(Content.NEWS, subject) if item else []}
    way = _way("news_one", "news", lambda: _as_told(form.cleaned_data), keep, about)
    return edited(request, who, form, way)


def _of_news(item: News | None) -> dict[str, object]:
    if item is None:
        return {"seen": 0, "severity": Severity.NEWS.value, "begins_at": _local(clock.now())}
    words = {"title_zh": item.title.zh, "title_en": item.title.en, "text_zh": item.text.zh, "text_en": item.text.en}
    times = {"begins_at": _local(item.begins_at), "ends_at": _local(item.ends_at)}
    return {"seen": content.seen(Content.NEWS, item.key), "severity": item.severity.value, **words, **times}


def _as_told(columns: Mapping[str, object]) -> News:
    """An item as members will read it."""
    words = {name: str(value) for name, value in columns.items()}
    title, text = Words(words["title_zh"], words["title_en"]), Words(words["text_zh"], words["text_en"])
    begins, ends = columns["begins_at"], columns["ends_at"]
    return News("", title, text, begins, ends, Severity(words["severity"]))  # type: ignore[arg-type]  # the form's times


@on_duty(Power.CONTENT)
@require_POST
def news_withdraw(request: HttpRequest, who: OnDuty, key: str) -> HttpResponse:
    """Take an item back at once."""
    editing.withdraw_news(who, key, seen_in(request))
    return redirect(f"{HOME}news/")


# --- Terms ---


@on_duty(Power.CONTENT)
@require_GET
def terms_list(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """The versions that are planned, and all that are or were in force."""
    today = clock.today()
    known = [version for version in reversed(terms.versions()) if version.effective <= today]
    context = {"planned": editing.planned_terms(), "known": known, "past": past(Content.TERMS)}
    return page(request, who, "counter/content_terms.html", context)


@on_duty(Power.CONTENT)
@require_http_methods(["GET", "POST"])
def terms_new(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """Draft a version, beginning with the words in force."""
    words = terms.current(clock.today())
    texts = {"text_zh": words.text("zh-hant"), "text_en": words.text("en")}
    return _terms_edited(request, who, None, {"seen": 0, **texts})


@on_duty(Power.CONTENT)
@require_http_methods(["GET", "POST"])
def terms_one(request: HttpRequest, who: OnDuty, terms_id: UUID) -> HttpResponse:
    """Change a version that is not in force yet."""
    row = editing.find_terms(terms_id)
    texts = {"effective": row.effective.isoformat(), "text_zh": row.text_zh, "text_en": row.text_en}
    return _terms_edited(request, who, terms_id, {"seen": content.seen(Content.TERMS, str(terms_id)), **texts})


def _terms_edited(request: HttpRequest, who: OnDuty, terms_id: UUID | None, initial: dict[str, object]) -> HttpResponse:
    form = TermsForm(posted(request), initial=initial, known=terms_id)

    def keep() -> None:
        columns = dict(form.cleaned_data)
        editing.keep_terms(who, terms_id, columns.pop("seen"), Wording(**columns))

    def preview() -> terms.Written:
        told = form.cleaned_data
        return terms.Written(told["effective"].isoformat(), told["effective"], told["text_zh"], told["text_en"])

    about = {"terms_id": terms_id, "past": past(Content.TERMS, str(terms_id)) if terms_id else []}
    return edited(request, who, form, _way("terms_one", "terms", preview, keep, about))


@on_duty(Power.CONTENT)
@require_POST
def terms_withdraw(request: HttpRequest, who: OnDuty, terms_id: UUID) -> HttpResponse:
    """Take a planned version back."""
    editing.withdraw_terms(who, terms_id, seen_in(request))
    return redirect(f"{HOME}terms/")


# --- Lifetimes ---


@on_duty(Power.CONTENT)
@require_GET
def lifetimes(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """What may be changed while the site runs, how it stands and what is planned."""
    rows = [lifetime_row(name, editing.present_lifetime(name)) for name in LIFETIMES]
    planned = [{**row, "planned": editing.planned_lifetime(name)} for name, row in zip(LIFETIMES, rows, strict=True)]
    return page(request, who, "counter/content_lifetimes.html", {"rows": planned, "past": past(Content.LIFETIME)})


def lifetime_row(name: Lifetime, present: int) -> dict[str, object]:
    """A lifetime in words, with what it may be."""
    low, high = limits(name)
    setting = getattr(config(), name)
    return {
        "name": name,
        "words": LIFETIME_WORDS[name],
        "low": low,
        "high": high,
        "setting": setting,
        "present": present,
        "planned": None,
    }


@on_duty(Power.CONTENT)
@require_http_methods(["GET", "POST"])
def lifetime_one(request: HttpRequest, who: OnDuty, name: str) -> HttpResponse:
    """Plan another value."""
    known = editing.lifetime_of(name)
    present, tomorrow = editing.present_lifetime(known), clock.today() + timedelta(days=1)
    initial = {"seen": content.seen(Content.LIFETIME, known), "value": present, "effective_at": f"{tomorrow}T00:00"}
    form = LifetimeForm(known, posted(request), initial=initial)

    def keep() -> None:
        told = form.cleaned_data
        editing.plan_lifetime(who, known, told["seen"], told["value"], told["effective_at"])

    row = {**lifetime_row(known, present), "planned": editing.planned_lifetime(known)}
    about = {"row": row, "past": past(Content.LIFETIME, known)}
    way = _way("lifetime", "lifetimes", lambda: form.cleaned_data, keep, about)
    return edited(request, who, form, way)


@on_duty(Power.CONTENT)
@require_POST
def lifetime_withdraw(request: HttpRequest, who: OnDuty, name: str) -> HttpResponse:
    """Leave it as it is."""
    editing.withdraw_lifetime(who, editing.lifetime_of(name), seen_in(request))
    return redirect(f"{HOME}lifetimes/")
