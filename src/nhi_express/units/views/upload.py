"""Bringing a list: the page that says what is needed, and the form's way in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from nhi_express.core import randomness
from nhi_express.core.config import config
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.units import reading
from nhi_express.units.flows import lists
from nhi_express.units.flows.desk import Desk
from nhi_express.units.models import Batch
from nhi_express.units.views.desk import at_desk, page
from nhi_express.units.views.receiving import bound, most_bytes, too_large

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PIECE = 1024 * 1024
_LONGEST_KEY = 64
# Told on the page itself, with the form still there.
_MENDABLE = {Problem.LIST_TOO_LARGE, Problem.LIST_UNREADABLE, Problem.TOO_MANY_LISTS}


@csrf_exempt
@at_desk
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """The page for a new list, and its form. How much may come is settled before the form is read, as Django asks:
    reading it is the first thing that the check of its token does."""
    if request.method == "GET":
        return _form(request, desk)
    bound(request)
    try:
        return _taken(request, desk)
    except RequestDataTooBig:
        refusal = too_large()
    except Refused as told:
        refusal = told
    if _by_script(request) or refusal.problem not in _MENDABLE:
        raise refusal
    return _form(request, desk, refusal)


def _by_script(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


@csrf_protect
def _taken(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take the list of the form. Raises :class:`Refused`."""
    if request.POST.get("end") != "yes":
        # The form's last field. Where it is missing, the connection was lost on the way, and the file may be cut short.
        raise Refused(Problem.BAD_REQUEST)
    name, content = _list_of(request)
    if content is None:
        return _form(request, desk, error=_("Choose a file first, or paste the rows."))
    batch = lists.receive(
        desk, name, _pieces(content), request_key=_key_of(request, content), language=get_language() or "zh-hant"
    )
    return _led_to(request, batch)


def _list_of(request: HttpRequest) -> tuple[str, IO[bytes] | None]:
    """Name and content of what was brought: a file, or pasted rows; None where there is neither."""
    file, pasted = request.FILES.get("file"), request.POST.get("pasted", "")
    if file is not None:
        return file.name or "", file.file
    return (_("Pasted rows") + ".csv", BytesIO(pasted.encode("utf-8", "replace"))) if pasted.strip() else ("", None)


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    """The whole content from its beginning, whoever has read it before the first piece is asked for."""
    content.seek(0)
    yield from iter(lambda: content.read(_PIECE), b"")


def _key_of(request: HttpRequest, content: IO[bytes]) -> str:
    """What tells that a form was sent twice: the page it came from and what was in it.

    So a second press, a second tab and a try after a lost answer find the list that is there, while another file from
    the same page is another list.
    """
    content.seek(0)
    digest = hashlib.sha256(request.POST.get("key", "")[:_LONGEST_KEY].encode("utf-8", "replace"))
    for piece in _pieces(content):
        digest.update(piece)
    return digest.hexdigest()


def _led_to(request: HttpRequest, batch: Batch) -> HttpResponse:
    path = reverse("units:list", args=[batch.id])
    return JsonResponse({"next": path}) if _by_script(request) else redirect(path)


def _form(request: HttpRequest, desk: Desk, refusal: Refused | None = None, error: str = "") -> HttpResponse:
    status = refusal.problem.value.status if refusal else 400 if error else 200
    return page(request, desk, "units/upload.html", {**form_context(), "refusal": refusal, "error": error}, status)


def form_context() -> dict[str, object]:
    """What the page tells before anybody chooses a file, and a key that makes its form count once."""
    told = {
        "megabytes": config().unit_file_megabytes,
        "rows": f"{config().unit_rows:,}",
        "days": config().unit_file_days,
    }
    return {**told, "most": most_bytes(), "key": randomness.token()}


@at_desk
@require_GET
def template(_request: HttpRequest, _desk: Desk) -> HttpResponse:
    """A spreadsheet with the right headings."""
    return spreadsheet(reading.template(get_language() or "zh-hant"), "nhi-list.xlsx")


def spreadsheet(content: bytes, name: str) -> HttpResponse:
    """A spreadsheet to be saved."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=SPREADSHEET, headers=headers)
