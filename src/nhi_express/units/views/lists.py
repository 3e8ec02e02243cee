"""The unit's lists: all of them, one in whatever state it is, and what may be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nhi_express.core.config import config
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.units.flows import lists, people
from nhi_express.units.flows.desk import Desk
from nhi_express.units.flows.naming import names_of_officers
from nhi_express.units.models import Batch
from nhi_express.units.reading import rejects_book
from nhi_express.units.rules import BatchState, RowState
from nhi_express.units.views import showing
from nhi_express.units.views.desk import at_desk, page
from nhi_express.units.views.upload import spreadsheet

MOST: Final = 50
# Somebody in another window, or the register, was faster: the page then shows how the list stands now.
_OVERTAKEN: Final = {Problem.BATCH_CHANGED, Problem.BATCH_NOT_THERE_YET}
_OVER: Final = {BatchState.DONE, BatchState.STOPPED, BatchState.REFUSED}


@at_desk
@require_GET
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All lists of the unit, newest first."""
    found = lists.of_unit(desk, MOST + 1, _before(request))
    older = f"?before={found[MOST - 1].created_at.timestamp()}" if len(found) > MOST else ""
    return page(request, desk, "units/lists.html", {"lists": _listed(found[:MOST]), "older": older})


def _before(request: HttpRequest) -> datetime | None:
    """The moment whose older lists are asked for; None for all, and where the address holds none."""
    try:
        return datetime.fromtimestamp(float(request.GET.get("before", "")), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _listed(batches: Sequence[Batch]) -> list[dict[str, object]]:
    names = names_of_officers(batches)
    return [showing.listed(one, lists.name_of(one), names.get(one.officer_id, "")) for one in batches]


@at_desk
@require_GET
def show(request: HttpRequest, desk: Desk, batch_id: UUID) -> HttpResponse:
    """One list, as it stands now."""
    return _shown(request, desk, lists.find(desk, batch_id))


def _shown(request: HttpRequest, desk: Desk, batch: Batch, refusal: Refused | None = None) -> HttpResponse:
    tab = _tab(request, batch)
    found = lists.rows(batch, tab, _after(request), MOST + 1) if tab else []
    count = people.slips_of(batch) if batch.state == BatchState.DONE else 0
    context = {
        **showing.standing(batch, _listed([batch])[0], lists.progress(batch), lists.first_rows(batch)),
        **showing.lines(batch, tab, found, MOST),
        "slips": showing.slips(batch, count, people.SLIPS_A_PART),
        "refusal": refusal or file_refused(batch),
    }
    return page(request, desk, "units/list.html", context, refusal.problem.value.status if refusal else 200)


def _tab(request: HttpRequest, batch: Batch) -> RowState | None:
    """Which lines to show: those asked for, else those to mend, else the others; none before all are checked."""
    if batch.version == 0:
        return None
    asked, counts = request.GET.get("show", ""), showing.counts(batch)
    held = [state for state in (RowState.REFUSED, *counts) if counts[state]]
    return RowState(asked) if asked in counts else held[0] if held else RowState.REFUSED


def _after(request: HttpRequest) -> int:
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def file_refused(batch: Batch) -> Refused | None:
    """Why the file was refused, if it was."""
    if batch.state != BatchState.REFUSED:
        return None
    return Refused(Problem[batch.problem], rows=f"{config().unit_rows:,}", megabytes=config().unit_file_megabytes)


@at_desk
@require_POST
def confirm(request: HttpRequest, desk: Desk, batch_id: UUID) -> HttpResponse:
    """The officer's yes to the result that they have seen."""
    version = request.POST.get("version", "")
    try:
        lists.confirm(desk, batch_id, int(version) if version.isdecimal() and len(version) < 10 else -1)
    except Refused as refusal:
        return _overtaken(request, desk, batch_id, refusal)
    return redirect("units:list", batch_id)


def _overtaken(request: HttpRequest, desk: Desk, batch_id: UUID, refusal: Refused) -> HttpResponse:
    """The list as it stands now, and why what was asked did not happen."""
    if refusal.problem not in _OVERTAKEN:
        raise refusal
    return _shown(request, desk, lists.find(desk, batch_id), refusal)


@at_desk
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, desk: Desk, batch_id: UUID) -> HttpResponse:
    """Stop a list: a page that asks, and the act."""
    batch = lists.find(desk, batch_id)
    if request.method == "GET":
        over = batch.state in _OVER
        return redirect("units:list", batch_id) if over else page(request, desk, "units/ask.html", stopping(batch))
    try:
        lists.stop(desk, batch_id)
    except Refused as refusal:
        return _overtaken(request, desk, batch_id, refusal)
    return redirect("units:list", batch_id)


def stopping(batch: Batch) -> dict[str, object]:
    """What is asked before a list is stopped."""
    invited = batch.state == BatchState.ENROLLING
    told = _("Who is invited already stays invited; you can withdraw them one by one. The others are not invited.")
    nobody = _("Nobody was invited yet, and nobody will be. You can upload the list again at any time.")
    path = reverse("units:list", args=[batch.id])
    return {
        "title": _("Stop this list?"),
        "body": told if invited else nobody,
        "act": _("Stop this list"),
        "action": reverse("units:stop", args=[batch.id]),
        "danger": True,
        "back": path,
    }


@at_desk
@require_GET
def rejects(_request: HttpRequest, desk: Desk, batch_id: UUID) -> HttpResponse:
    """The refused lines as a list to mend and upload again."""
    language = get_language() or "zh-hant"
    return spreadsheet(rejects_book(lists.rejects(desk, batch_id), language), "nhi-refused-lines.xlsx")


@at_desk
@require_GET
def slips(_request: HttpRequest, desk: Desk, batch_id: UUID, part: int) -> HttpResponse:
    """A part of the slips to hand out, to be printed."""
    headers = {"Content-Disposition": f'attachment; filename="nhi-slips-{part}.pdf"'}
    return HttpResponse(people.slips(desk, batch_id, part), content_type="application/pdf", headers=headers)
