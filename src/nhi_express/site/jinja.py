"""The template environment of all rooms: strict, translated, and with the few words that every page needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined, pass_context, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup

from nhi_express.help import hotline
from nhi_express.site import rules

TEXT_COOKIE = "text"
LARGE = "large"
_DRAWINGS = Path(__file__).parent / "drawings" / "icons.svg"
_SYMBOL = Markup('<svg class="icon icon-{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>')
_SVG = "{http://www.w3.org/2000/svg}"


class Strict(StrictUndefined):
    """What a template was not given. Asking for it is an error, but for one thing: whether a mapping has a key.

    So ``form.errors.name`` may be tested although no error is there, while a wrong name of anything is always told.
    """

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]  # its parent always raises
        """False for a key that a mapping lacks. Raises :class:`jinja2.UndefinedError` for anything else."""
        return False if isinstance(self._undefined_obj, Mapping) else super().__bool__()


def environment(**options: Any) -> Environment:  # noqa: ANN401 - whatever Django's backend hands on
    """The environment for Django's Jinja2 backend; ``options`` are the backend's own.

    Any name a template uses without having been given it is an error: a page never shows a silent gap. Mails are plain
    text, in which nothing is escaped: a P&G is no P&amp;G there.
    """
    options["undefined"] = Strict
    options["autoescape"] = _is_markup
    made = Environment(**options, extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)  # noqa: S701
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    made.globals.update({"_": translated, "gettext": translated, "url": url, "static": cache(static), "icon": icon})
    made.globals.update(page_language=page_language, language_tag=language_tag, text_size=text_size, here=here)
    made.globals.update(hotline=hotline_links())
    made.filters.update(day=day, moment=moment, clock=rules.clock_text, phone=rules.grouped_phone)
    made.filters.update(grouped=rules.grouped, masked_id=rules.masked_id)
    return made


def _is_markup(template: str | None) -> bool:
    return template is None or not template.endswith(".txt")


def hotline_links() -> dict[str, Markup]:
    """The hotline's numbers, each a link that dials."""
    link = Markup('<a class="number" href="tel:{}">{}</a>')
    numbers = {"free": hotline.FREE, "local": hotline.LOCAL, "mobile": hotline.MOBILE}
    return {name: link.format(number.dialled, number.shown) for name, number in numbers.items()}


@pass_eval_context
def translated(template: EvalContext, message: str, **values: object) -> str:
    """The message in the page's language, with its values escaped where the template is markup.

    Does what Jinja2's own newstyle gettext does, without its two detours through the template's context and without
    looking a sentence up twice: words were most of what a page cost.
    """
    text = _sentence(get_language(), message) if template.autoescape else gettext(message)
    return text % values if "%" in text else text


@lru_cache(maxsize=4096)
def _sentence(_language: str | None, message: str) -> Markup:
    return Markup(gettext(message))  # noqa: S704 - our own sentences, and those of our translators


def url(name: str, *args: object, **kwargs: object) -> str:
    """The path of a named route. Raises :class:`django.urls.NoReverseMatch`."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def page_language() -> str:
    """The language of this page: ``zh-hant`` or ``en``."""
    return get_language() or "zh-hant"


def language_tag() -> str:
    """The same for the ``lang`` attribute: screen readers choose their voice by it."""
    return "zh-Hant-TW" if page_language().startswith("zh") else "en"


@pass_context
def text_size(context: Context) -> str:
    """``large`` when the reader asked for large type, else an empty string."""
    request = context.get("request")
    return LARGE if request is not None and request.COOKIES.get(TEXT_COOKIE) == LARGE else ""


@pass_context
def here(context: Context) -> str:
    """The path of this page, without its query: a query may hold what must not be sent on."""
    request = context.get("request")
    return "/app/" if request is None else str(request.path)


def day(value: date) -> str:
    """Filter: a day in the page's language."""
    return rules.day_text(value, page_language())


def moment(value: datetime) -> str:
    """Filter: a moment on Taiwan's clock in the page's language."""
    return rules.moment_text(value, page_language())


@cache
def drawings() -> Mapping[str, Markup]:
    """The drawn icons by name, as finished markup."""
    root = ElementTree.parse(_DRAWINGS).getroot()  # noqa: S314 - our own file, part of the package
    return {symbol.attrib["id"]: _markup(symbol) for symbol in root.iter(f"{_SVG}symbol")}


def _markup(symbol: ElementTree.Element) -> Markup:
    paths = Markup("").join(Markup('<path d="{}"/>').format(path.attrib["d"]) for path in symbol.iter(f"{_SVG}path"))
    return _SYMBOL.format(symbol.attrib["id"], paths)


def icon(name: str) -> Markup:
    """A drawn icon, hidden from screen readers: words next to it say the same. Raises :class:`KeyError`."""
    return drawings()[name]
