"""HTTP of the gallery. It is registered only where the setting says so, which production refuses."""

from __future__ import annotations

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_GET

from nhi_express.site.gallery.page import find, pages

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
_SELF = ["'self'"]


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The table of all pages."""
    return render(request, "site/gallery.html", {"pages": pages(), "languages": LANGUAGES})


@require_GET
def listing(_request: HttpRequest) -> JsonResponse:
    """The same for scripts: the address of each page, state and language."""
    shown = [
        reverse("gallery:show", args=[language, page.name, state])
        for page in pages()
        for state in page.states
        for language in LANGUAGES
    ]
    return JsonResponse({"pages": shown})


@csp_replace({"frame-ancestors": _SELF})  # type: ignore[arg-type]  # its types forget what a route adds
@require_GET
def show(request: HttpRequest, language: str, page: str, state: str) -> HttpResponse:
    """One page in one state and language, as people would see it."""
    if language not in LANGUAGES:
        raise Http404
    with translation.override(language):
        found = find(page, state)
        if found is None:
            raise Http404
        template, context = found
        response = render(request, template, dict(context))
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@csp_update({"frame-src": _SELF})  # type: ignore[arg-type]
@require_GET
def frames(request: HttpRequest, language: str, page: str, state: str) -> HttpResponse:
    """One page at the widths of a small phone, a phone and a desktop, next to each other."""
    address = reverse("gallery:show", args=[language, page, state])
    return render(request, "site/gallery_frames.html", {"address": address, "widths": (320, 390, 1280)})
