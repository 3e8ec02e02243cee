"""The dashboard: each chart with its table beside it, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from nhi_express.core import clock
from nhi_express.counter.charts import Bar, Chart
from nhi_express.counter.flows import figures, offices
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.flows.figures import Line, Period
from nhi_express.counter.forms import PeriodForm
from nhi_express.counter.rules import Power
from nhi_express.counter.views.duty import office_name, on_duty, page
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused

_CHANNELS: Final = (_("Mobile number"), _("NHI card and reader"), _("Insured unit"), _("Service counter"))
_CHANNEL_NAMES: Final = dict(zip(figures.CHANNELS, _CHANNELS, strict=True))
_COUNTED: Final = (_("Times"),)
# Each of their numbers is a part of the one before it, and is drawn within it.
_NESTED: Final = {"funnel", "counters"}
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
Of = Callable[[Period], list[Line]]
# Name: title, what it tells, head of its first column, names of its numbers, where they come from.
CHARTS: Final[dict[str, tuple[Promise, Promise, Promise, tuple[Promise, ...], Of]]] = {
    "registrations": (
        _("Registrations by channel and day"),
        _("Everybody who finished, by the way they came."),
        _("Day"),
        _CHANNELS,
        figures.by_channel_and_day,
    ),
    "funnel": (
        _("From beginning to end, by channel"),
        _("How many began, proved who they are, and finished."),
        _("Channel"),
        (_("Began"), _("Proven"), _("Finished")),
        figures.funnel,
    ),
    "causes": (
        _("Refusals by cause"),
        _("The most frequent first; each code has a page that says what helps."),
        _("Cause"),
        _COUNTED,
        figures.causes,
    ),
    "time": (
        _("Time to finish"),
        _("Minutes from the terms to the end."),
        _("Minutes"),
        _COUNTED,
        figures.time_to_finish,
    ),
    "platforms": (_("Phones bound, by platform"), _("Without versions."), _("Platform"), _COUNTED, figures.by_platform),
    "operators": (
        _("Health of the operators"),
        _("How often each one answered, and how often it did not."),
        _("Operator"),
        (_("Answered"), _("Did not answer")),
        figures.operators,
    ),
    "counters": (
        _("Service counters"),
        _("Cases opened, and registrations made at the desk."),
        _("Office"),
        (_("Cases"), _("Registrations")),
        figures.at_counters,
    ),
}


@on_duty(Power.FIGURES)
@require_GET
def dashboard(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """All charts of a period."""
    form = PeriodForm(request.GET or None)
    period = _period(form)
    charts = [_chart(name, period) for name in CHARTS]
    choices = [{"value": office.code, "label": office_name(office)} for office in offices.public()]
    context = {"charts": charts, "period": period, "form": form, "offices": choices}
    return page(request, who, "counter/figures.html", context, 200 if not form.is_bound or form.is_valid() else 400)


@on_duty(Power.FIGURES)
@require_GET
def as_csv(request: HttpRequest, _who: OnDuty, name: str) -> HttpResponse:
    """One chart's numbers, for a spreadsheet."""
    if name not in CHARTS:
        raise Refused(Problem.NOT_FOUND)
    chart = _chart(name, _period(PeriodForm(request.GET or None)))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([_cell(cell) for cell in row] for row in ([chart.head, *chart.series], *chart.rows()))
    # The mark at its beginning tells spreadsheet programs that it is UTF-8.
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _cell(value: object) -> str:
    """A cell that no spreadsheet program takes for a formula, whatever a name begins with."""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _period(form: PeriodForm) -> Period:
    """What was asked for, or the last thirty days."""
    today = clock.today()
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        return Period(told["since"], told["until"], told["office"])
    return Period(today - timedelta(days=29), today)


def _chart(name: str, period: Period) -> Chart:
    title, about, head, series, of = CHARTS[name]
    names = {**_CHANNEL_NAMES, **_office_names()} if name in _NESTED else {}
    bars = tuple(Bar(str(names.get(label, label)), values) for label, values in of(period))
    return Chart(name, title, about, head, tuple(map(str, series)), bars, nested=name in _NESTED)


def _office_names() -> dict[str, str]:
    return {office.code: office_name(office) for office in offices.public()}
