"""How far the work on a list is: told in a stream of events, or answered when asked.

A stream holds one of the server's threads, so few run at once and each for a short while; the browser then asks anew,
and where there is no room for a stream, the page asks every few seconds instead (js/progress.js).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import BoundedSemaphore
from time import monotonic, sleep
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from nhi_express.help.errors import Refused
from nhi_express.units.flows import lists
from nhi_express.units.flows.desk import Desk
from nhi_express.units.flows.working import WORKING
from nhi_express.units.models import Batch
from nhi_express.units.views import showing
from nhi_express.units.views.desk import watching_desk

# Of eight threads a process, as `core.server` starts it, streams leave six to everybody else.
STREAMS: Final = 2
SECONDS: Final = 25.0
_PAUSE: Final = 1.0
_room = BoundedSemaphore(STREAMS)


def _told(batch: Batch) -> dict[str, str | int | None]:
    return showing.told(batch, lists.progress(batch))


@watching_desk
@require_GET
def progress(_request: HttpRequest, desk: Desk, batch_id: UUID) -> HttpResponse:
    """How far a list is, once."""
    return JsonResponse(_told(lists.find(desk, batch_id)))


@watching_desk
@require_GET
def events(_request: HttpRequest, desk: Desk, batch_id: UUID) -> HttpResponseBase:
    """The same whenever it changes, for a while; 204 where no more streams have room: the browser then asks no more."""
    batch = lists.find(desk, batch_id)
    if not _room.acquire(blocking=False):
        return HttpResponse(status=204)
    stream = _Stream(desk, batch)
    # A proxy that collects an answer before it passes it on would make one long wait of it.
    return StreamingHttpResponse(stream, content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


class _Stream:
    """The events of one stream. However it ends, its place is free again: Django closes what it has sent."""

    def __init__(self, desk: Desk, batch: Batch) -> None:
        self._desk, self._id, self._language = desk, batch.id, get_language() or "zh-hant"
        self._pieces = self._tell(batch)
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        """Give the place back, once."""
        if self._open:
            self._open = False
            _room.release()

    def _tell(self, batch: Batch) -> Iterator[bytes]:
        until, last = monotonic() + SECONDS, ""
        yield b"retry: 1000\n\n"
        while monotonic() < until:
            words = self._words(batch)
            # A comment now and then lets the server notice that nobody listens any longer.
            yield f"data: {words}\n\n".encode() if words != last else b": \n\n"
            last = words
            if batch.state not in WORKING:
                return
            sleep(_PAUSE)
            try:
                batch = lists.find(self._desk, self._id)
            except Refused:
                return

    def _words(self, batch: Batch) -> str:
        with translation.override(self._language):
            return json.dumps(_told(batch))
