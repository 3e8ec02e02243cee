"""The auditor's pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_POST

from nhi_express.audit.catalogue import Event
from nhi_express.audit.flows import proving
from nhi_express.core import clock
from nhi_express.counter.flows import log
from nhi_express.counter.flows.duty import OnDuty
from nhi_express.counter.flows.log import Wanted
from nhi_express.counter.forms import LogForm
from nhi_express.counter.rules import Power
from nhi_express.counter.views.duty import on_duty, page

_COLUMNS = ("id", "at", "event", "actor", "member", "registration", "claimed", "payload")


@on_duty(Power.LOG)
@require_GET
def read(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """The log, newest first."""
    form = LogForm(request.GET or None)
    wanted = _wanted(form)
    before = form.cleaned_data.get("before") if form.is_bound and form.is_valid() else None
    entries = log.page(who, wanted, before)
    rows = [{"entry": entry, "payload": log.as_text(entry)} for entry in entries]
    older = entries[-1].pk if len(entries) == log.PAGE else None
    context = {"rows": rows, "wanted": wanted, "form": form, "older": older, "heads": log.heads(who)}
    return page(request, who, "counter/log.html", context, 400 if form.is_bound and not form.is_valid() else 200)


def _wanted(form: LogForm) -> Wanted:
    today = clock.today()
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        return Wanted(told["since"] or today - timedelta(days=6), told["until"] or today, told["event"])
    return Wanted(today - timedelta(days=6), today)


@on_duty(Power.LOG)
@require_GET
def export(request: HttpRequest, who: OnDuty) -> HttpResponseBase:
    """The same as a file: lines of JSON, or CSV."""
    wanted = _wanted(LogForm(request.GET))
    if request.GET.get("form") == "csv":
        return _file(_csv(who, wanted), "log.csv", "text/csv; charset=utf-8")
    return _file(log.export(who, wanted), "log.jsonl", "application/jsonl; charset=utf-8")


def _file(lines: Iterator[str], name: str, kind: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv(who: OnDuty, wanted: Wanted) -> Iterator[str]:
    lines = log.export(who, wanted)
    yield _line(_COLUMNS)
    for line in lines:
        told = log.told_in(line)
        yield _line([told[column] for column in _COLUMNS])


def _line(cells: object) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)  # type: ignore[arg-type]  # any cells of text
    return text.getvalue()


@on_duty(Power.LOG)
@require_POST
def verify(request: HttpRequest, who: OnDuty) -> HttpResponse:
    """Verify the newest part of the log; all of it takes a command."""
    context = {"found": log.verify(who), "recorded": Event.LOG_VERIFIED.value, "key": proving.public_key()}
    return page(request, who, "counter/log_verified.html", context)
