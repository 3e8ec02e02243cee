"""A refusal for machines: RFC 9457, with our stable code. What the API for payroll systems answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import ceil

from django.http import HttpResponse, JsonResponse

from nhi_express.core import clock
from nhi_express.core.config import config
from nhi_express.help.catalogue import Problem

MEDIA_TYPE = "application/problem+json"


def details_answer(problem: Problem, details: Mapping[str, object] | None = None) -> HttpResponse:
    """The answer to a refused request, in the language in force. ``details`` hold nothing personal."""
    entry, values = problem.value, details or {}
    told = {
        "type": f"{config().site_url.rstrip('/')}/help/codes/{entry.code}/",
        "title": str(entry.title),
        "status": entry.status,
        "detail": entry.told(values),
        "code": entry.code,
    }
    response = JsonResponse(told, status=entry.status, content_type=MEDIA_TYPE)
    until = values.get("until")
    if isinstance(until, datetime):
        response.headers["Retry-After"] = str(max(ceil((until - clock.now()).total_seconds()), 1))
    return response
