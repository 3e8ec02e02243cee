"""檢測環境 and 元件下載及電腦環境設定, and what the page's script asks while it reads a card."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from nhi_express.card import component
from nhi_express.card.flows import presenting
from nhi_express.card.forms import Reading
from nhi_express.card.views.shell import VISIT, new_visit, page, present, reads_cards, set_cookie, visit_of
from nhi_express.core.config import config
from nhi_express.devices.forms import sent_json
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.members import places


@reads_cards
@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """檢測環境: step by step and live, from the component to the card's own answer."""
    return page(request, "card/check.html")


@require_GET
def download(request: HttpRequest) -> HttpResponse:
    """元件下載及電腦環境設定: the component for each system, with version and SHA-256."""
    files = component.released(config().card_agent_files)
    return page(request, "card/download.html", {"files": files, "origin": config().site_url})


@require_GET
def download_file(_request: HttpRequest, name: str) -> HttpResponseBase:
    """One file of the component."""
    found = next((file for file in component.released(config().card_agent_files) if file.name == name), None)
    if found is None:
        raise Refused(Problem.NOT_FOUND)
    return FileResponse(found.path.open("rb"), as_attachment=True, filename=found.name)


@require_POST
def challenge(request: HttpRequest) -> JsonResponse:
    """Something for the card to answer, good for this browser and for once."""
    known = visit_of(request)
    visit = known or new_visit()
    fresh = presenting.challenge(visit)
    response = JsonResponse({"token": fresh.token, "challenge": fresh.challenge})
    if known is None:
        set_cookie(response, VISIT, str(visit))
    return response


@require_POST
def card(request: HttpRequest) -> JsonResponse:
    """The last step of 檢測環境: whether the card in the reader is one of ours, and answers for itself."""
    presented = present(request, Reading.of(sent_json(request)))
    return JsonResponse({"authenticated": presented.authenticated, "name": presented.masked_name})


@require_GET
def areas(_request: HttpRequest) -> JsonResponse:
    """Counties, districts and villages, for choosing the registered address."""
    return JsonResponse(places.as_tree(), headers={"Cache-Control": "public, max-age=86400"})
