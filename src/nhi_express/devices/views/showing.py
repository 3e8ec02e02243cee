"""A device code as a computer shows it to its owner: on the portal, and on a visitor's screen at a counter."""

from __future__ import annotations

import segno
from django.http import JsonResponse
from markupsafe import Markup

from nhi_express.core import clock
from nhi_express.devices import flows
from nhi_express.registration.models import Registration


def shown_code(made: flows.NewCode, poll: str) -> dict[str, object]:
    """What a page shows of a code just made, once; its script asks ``poll`` each second what became of it."""
    qr = segno.make(made.link, error="m").svg_inline(scale=8, border=4, dark="#0a4640", light="#fff", omitsize=True)
    seconds = max(0, int((made.until - clock.now()).total_seconds()))
    shown = {"code": made.code, "until": made.until, "seconds": seconds, "qr": Markup(qr)}  # noqa: S704 - drawn here
    return {**shown, "link": made.link, "poll": poll}


def told_standing(registration: Registration) -> JsonResponse:
    """What became of a registration's newest code."""
    standing = flows.code_standing(registration)
    phone = standing.device
    told = phone and {"id": str(phone.id), "model": phone.model or phone.platform, "identifier": phone.identifier}
    return JsonResponse({"state": standing.state, "phone": told})
