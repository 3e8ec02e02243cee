"""News, terms and lifetimes as administrators edit them. Each act is on record with its editor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from nhi_express.core import clock, randomness, remembered
from nhi_express.core.lifetimes import LIFETIMES, Lifetime, lifetime, limits
from nhi_express.core.models import Override
from nhi_express.counter.flows import content
from nhi_express.counter.flows.content import Deed, Target
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.rules import Content, Edit
from nhi_express.help import news, terms
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.help.models import Notice, TermsVersion
from nhi_express.help.news import News

# --- News ---


def all_news() -> list[News]:
    """Every item, the newest first; withdrawn ones and those that are over too."""
    return sorted(_present_news().values(), key=lambda item: item.begins_at, reverse=True)


def _present_news() -> dict[str, News]:
    """As it stands this moment, whichever process changed it last."""
    news.all_news.forget()
    return news.all_news()


def find_news(key: str) -> News:
    """An item. Raises :class:`Refused`."""
    found = _present_news().get(key)
    if found is None:
        raise Refused(Problem.NOT_FOUND)
    return found


def new_key() -> str:
    """A short name for a new item, which nobody has to think up."""
    return "news-" + randomness.digits(8)


def keep_news(by: OnDuty, key: str, seen: int, columns: Mapping[str, object]) -> None:
    """Add an item or change one. Raises :class:`Refused`."""
    present = _present_news().get(key)
    values = {**columns, "withdrawn": False}
    deed = Deed(Edit.CHANGED, _columns(present), values) if present else Deed(Edit.ADDED, {}, values)
    target = Target(Content.NEWS, key, seen)
    content.change(by, target, deed, lambda: Notice.objects.update_or_create(key=key, defaults=values))


def withdraw_news(by: OnDuty, key: str, seen: int) -> None:
    """Take an item back, a shipped one too. Raises :class:`Refused`."""
    before = _columns(find_news(key))
    values = {**before, "withdrawn": True}
    target, deed = Target(Content.NEWS, key, seen), Deed(Edit.WITHDRAWN, before, values)
    content.change(by, target, deed, lambda: Notice.objects.update_or_create(key=key, defaults=values))


def _columns(item: News) -> dict[str, object]:
    """An item as its row holds it."""
    return {
        "severity": item.severity.value,
        "title_zh": item.title.zh,
        "title_en": item.title.en,
        "text_zh": item.text.zh,
        "text_en": item.text.en,
        "begins_at": item.begins_at,
        "ends_at": item.ends_at,
        "withdrawn": item.withdrawn,
    }


# --- Terms ---


@dataclass(frozen=True, slots=True)
class Wording:
    """A version of the terms as it is to be: its first day, and its words in both languages."""

    effective: date
    text_zh: str
    text_en: str


def planned_terms() -> list[TermsVersion]:
    """The versions that are not in force yet, the next one first."""
    return list(TermsVersion.objects.filter(effective__gt=clock.today()).order_by("effective"))


def find_terms(terms_id: UUID) -> TermsVersion:
    """A version that is not in force yet. Raises :class:`Refused`."""
    found = TermsVersion.objects.filter(pk=terms_id).first()
    if found is None:
        raise Refused(Problem.NOT_FOUND)
    if found.effective <= clock.today():
        raise Refused(Problem.CONTENT_IN_FORCE)
    return found


def day_taken(day: date, but: UUID | None) -> bool:
    """Whether another version begins on a day."""
    shipped = any(version.effective == day for version in terms.VERSIONS)
    others = TermsVersion.objects.filter(effective=day)
    return shipped or (others.exclude(pk=but) if but else others).exists()


def keep_terms(by: OnDuty, terms_id: UUID | None, seen: int, wording: Wording) -> None:
    """Plan a version, or change one that is planned. Raises :class:`Refused`: too late, or its day is taken."""
    version = terms_id or randomness.identifier()
    values = {"effective": wording.effective, "text_zh": wording.text_zh, "text_en": wording.text_en}

    def act() -> None:
        if wording.effective <= clock.today() or day_taken(wording.effective, version):
            raise Refused(Problem.CONTENT_IN_FORCE)
        written = {**values, "written_on": clock.today()}
        if terms_id is None:
            TermsVersion.objects.create(id=version, **written)
        else:
            TermsVersion.objects.filter(pk=find_terms(version).pk).update(**written)

    deed = Deed(Edit.CHANGED, _wording(terms_id), values) if terms_id else Deed(Edit.ADDED, {}, values)
    content.change(by, Target(Content.TERMS, str(version), seen), deed, act)


def _wording(terms_id: UUID) -> dict[str, object]:
    row = find_terms(terms_id)
    return {"effective": row.effective, "text_zh": row.text_zh, "text_en": row.text_en}


def withdraw_terms(by: OnDuty, terms_id: UUID, seen: int) -> None:
    """Take a planned version back before it is in force. Raises :class:`Refused`."""
    target = Target(Content.TERMS, str(terms_id), seen)
    content.change(by, target, Deed(Edit.WITHDRAWN), lambda: find_terms(terms_id).delete())


# --- Lifetimes ---


def lifetime_of(name: str) -> Lifetime:
    """A lifetime by its name. Raises :class:`Refused`."""
    for known in LIFETIMES:
        if known == name:
            return known
    raise Refused(Problem.NOT_FOUND)


def present_lifetime(name: Lifetime) -> int:
    """A lifetime as it is this moment, whichever process changed it last."""
    remembered.forget_all()
    return lifetime(name)


def planned_lifetime(name: Lifetime) -> Override | None:
    """What a lifetime is to be later on, if anything is planned."""
    return Override.objects.filter(name=name, effective_at__gt=clock.now()).first()


def plan_lifetime(by: OnDuty, name: Lifetime, seen: int, value: int, effective_at: datetime) -> None:
    """Let a lifetime be ``value`` from a moment on, instead of what was planned. Raises :class:`Refused`."""
    low, high = limits(name)
    if not low <= value <= high or effective_at <= clock.now():
        raise Refused(Problem.BAD_REQUEST)

    def act() -> None:
        Override.objects.filter(name=name, effective_at__gt=clock.now()).delete()
        Override.objects.create(name=name, value=value, effective_at=effective_at)

    after = {"value": value, "effective_at": effective_at}
    deed = Deed(Edit.CHANGED, {"value": present_lifetime(name)}, after)
    content.change(by, Target(Content.LIFETIME, name, seen), deed, act)


def withdraw_lifetime(by: OnDuty, name: Lifetime, seen: int) -> None:
    """Leave a lifetime as it is. Raises :class:`Refused` when nothing is planned any longer."""

    def act() -> None:
        if not Override.objects.filter(name=name, effective_at__gt=clock.now()).delete()[0]:
            raise Refused(Problem.CONTENT_IN_FORCE)

    content.change(by, Target(Content.LIFETIME, name, seen), Deed(Edit.WITHDRAWN), act)
