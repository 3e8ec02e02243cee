"""HTTP of the shell: the app's home, what makes it installable, wishes of the reader, faults, health."""

from __future__ import annotations

import hashlib
import json
import sys
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from nhi_express.core import clock
from nhi_express.core.logging import log
from nhi_express.core.vault import vault
from nhi_express.devices import views as phones
from nhi_express.help.catalogue import Problem
from nhi_express.help.news import outages
from nhi_express.members.flows import register
from nhi_express.site import problems
from nhi_express.site.brand import FILES as ICONS
from nhi_express.site.jinja import LARGE, TEXT_COOKIE

_STATIC = Path(__file__).parent / "static"
_BARE_FAULT = "G-04 系統發生錯誤，請稍後再試。 Something went wrong on our side. Please try again later. 0800-030-598"
_UNCHANGED = {"Cache-Control": "no-cache"}


@require_GET
def root(_request: HttpRequest) -> HttpResponse:
    """The bare address leads to the app."""
    return redirect("/app/")


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The app's first page: bind, unlock, or go on."""
    return render(request, "site/home.html", {"news": outages(clock.now()), **_home_state(request)})


def _home_state(request: HttpRequest) -> dict[str, object]:
    signed = phones.signed_in(request)
    if signed is not None:
        member = register().by_key(signed.registration.member)
        return {"state": "signed-in", "name": member.record.masked_name if member else "", "members": ()}
    here = phones.members_here(request)
    return {"state": "locked" if here else "unbound", "name": "", "members": here}


@require_GET
def manifest(_request: HttpRequest) -> JsonResponse:
    """The web app manifest (W3C): makes the app installable."""
    icons = [
        {
            "src": static(f"site/icons/{name}"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "maskable" if maskable else "any",
        }
        for name, (size, maskable) in ICONS.items()
    ]
    body = {
        "id": "/app/",
        "name": _("NHI Express"),
        "short_name": _("NHI Express"),
        "lang": "zh-Hant-TW" if translation.get_language().startswith("zh") else "en",
        "start_url": "/app/",
        "scope": "/app/",
        "display": "standalone",
        "background_color": "#faf8f4",
        "theme_color": "#0e5e57",
        "icons": icons,
    }
    return JsonResponse(body, content_type="application/manifest+json", headers=_UNCHANGED)


@cache
def _shell() -> str:
    """What the service worker keeps, as JSON. The version changes with any byte of any of these files."""
    files = sorted(path for path in (_STATIC / "site").rglob("*") if path.is_file() and path.name != "sw.js")
    content = b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)
    return json.dumps(
        {
            "version": hashlib.sha256(content).hexdigest()[:16],
            "files": [static(path.relative_to(_STATIC).as_posix()) for path in files],
            "offline": {language: f"/app/offline/{language}" for language, _name in settings.LANGUAGES},
        }
    )


@require_GET
def service_worker(_request: HttpRequest) -> HttpResponse:
    """The service worker, with the list of what it keeps in front."""
    source = (_STATIC / "site" / "js" / "sw.js").read_text("utf-8")
    headers = {**_UNCHANGED, "Service-Worker-Allowed": "/app/"}
    return HttpResponse(f"const SHELL = {_shell()};\n{source}", content_type="text/javascript", headers=headers)


@require_GET
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """The page for times without network, in one language. It holds nothing of anybody."""
    spoken = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(spoken):
        response = render(request, "site/offline.html")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Language"] = spoken
    return response


@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """Large type, or not, on this phone."""
    wanted = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=False)
    # Not redirect(): it would take a word for the name of a route.
    response = HttpResponseRedirect(wanted if inside and wanted.startswith("/") else "/app/")
    size = LARGE if request.POST.get("size") == LARGE else "normal"
    secure, age = settings.LANGUAGE_COOKIE_SECURE, settings.LANGUAGE_COOKIE_AGE
    response.set_cookie(TEXT_COOKIE, size, max_age=age, secure=secure, httponly=True, samesite="Lax")
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return problems.answer(request, Problem.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None, **_more: object) -> HttpResponse:
    """403, a missing or stale CSRF token among them."""
    return problems.answer(request, Problem.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return problems.answer(request, Problem.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours, wherever it lies. It is written down without a value, and no detail of it is shown."""
    fault = sys.exception()
    if fault is not None:
        log("site").error("fault", exception=type(fault).__name__, at=_place(fault))
    try:
        return problems.answer(request, Problem.SERVER_ERROR)
    except Exception:  # The fault may lie in what makes the page itself; the answer must come all the same.
        return HttpResponse(_BARE_FAULT, status=500)


def _place(fault: BaseException) -> str:
    """Where it was raised: file and line, never what was in the variables there."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


@require_GET
def live(_request: HttpRequest) -> JsonResponse:
    """Whether the process answers."""
    return JsonResponse({"status": "ok"})


@require_GET
def ready(_request: HttpRequest) -> JsonResponse:
    """Whether the process can work: 503 names the parts that fail, and nothing more."""
    failing = [name for name, works in {"database": _database, "keys": _keys}.items() if not _holds(works)]
    body = {"status": "failing" if failing else "ok", "failing": failing}
    return JsonResponse(body, status=503 if failing else 200)


def _holds(check: Callable[[], object]) -> bool:
    try:
        check()
    except Exception:  # Whatever it is: a part that fails is what this page is there to tell.
        return False
    return True


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _keys() -> None:
    sealed = vault().seal(b"ready", "site.ready")
    vault().open(sealed, "site.ready")
