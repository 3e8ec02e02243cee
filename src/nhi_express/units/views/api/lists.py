"""Lists: sent, looked at, confirmed, stopped."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import get_language
from ninja import Header, Query, Router

from nhi_express.help.catalogue import Problem
from nhi_express.units import words
from nhi_express.units.flows import lists
from nhi_express.units.models import Batch
from nhi_express.units.rules import BatchState, RowNote, RowReason, RowState, Source
from nhi_express.units.views.api.bodies import list_sent
from nhi_express.units.views.api.shapes import (
    LARGEST,
    LIST_BODY,
    Asked,
    Counts,
    ListOut,
    ListsOut,
    Refusal,
    RowOut,
    RowsOut,
    VersionIn,
    refusals,
)

router = Router(tags=["lists"])
_ROWS_AT_ONCE = 1000
_Key = Annotated[str, Header(alias="Idempotency-Key", min_length=16, max_length=64, pattern="^[!-~]+$")]
_BODY = {"requestBody": {"required": True, "content": LIST_BODY}}
_SENDING = refusals(
    Problem.LIST_TOO_LARGE,
    Problem.LIST_TOO_MANY_ROWS,
    Problem.LIST_EMPTY,
    Problem.REQUEST_KEY_TAKEN,
    Problem.TOO_MANY_LISTS,
    Problem.TOO_MANY_LISTS_TODAY,
)


@router.post("/lists", response=ListOut, operation_id="send_list", openapi_extra=_BODY | _SENDING)
def send(request: Asked, response: HttpResponse, key: _Key) -> ListOut:
    """Send a list: a file, or rows. Nothing happens to anybody before it is confirmed.

    The same `Idempotency-Key` with the same content brings the same list, however often it is sent.
    """
    name, chunks = list_sent(request)
    batch = lists.receive(request.auth, name, chunks, request_key=key, language=get_language() or "zh-hant")
    response.headers["Location"] = f"{request.path}/{batch.id}"
    return _shown(batch)


@router.get("/lists", response=ListsOut, operation_id="lists", openapi_extra=refusals())
def index(request: Asked) -> ListsOut:
    """The unit's lists, however they came, the newest first."""
    return ListsOut(lists=[_shown(batch) for batch in lists.of_unit(request.auth)])


@router.get("/lists/{uuid:list_id}", response=ListOut, operation_id="list", openapi_extra=refusals(Problem.NOT_FOUND))
def show(request: Asked, list_id: UUID) -> ListOut:
    """One list as it stands. Ask every few seconds until its state is `checked`, later until it is `done`."""
    return _shown(lists.find(request.auth, list_id))


@router.get(
    "/lists/{uuid:list_id}/rows", response=RowsOut, operation_id="rows", openapi_extra=refusals(Problem.NOT_FOUND)
)
def rows(
    request: Asked,
    list_id: UUID,
    state: RowState | None = None,
    after: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
) -> RowsOut:
    """What became of each line, in their order: at most a thousand, behind the line `after`."""
    found = lists.rows(lists.find(request.auth, list_id), state, after, _ROWS_AT_ONCE)
    shown = [_row(one) for one in found]
    return RowsOut(rows=shown, after=shown[-1].line if len(shown) == _ROWS_AT_ONCE else None)


_DECIDING = (Problem.NOT_FOUND, Problem.BATCH_NOT_THERE_YET)


@router.post(
    "/lists/{uuid:list_id}/confirm",
    response=ListOut,
    operation_id="confirm_list",
    openapi_extra=refusals(*_DECIDING, Problem.BATCH_CHANGED),
)
def confirm(request: Asked, list_id: UUID, body: VersionIn) -> ListOut:
    """Confirm the result that was seen, by its version. All lines are checked once more; if any comes out otherwise,
    the list is `checked` again under a new version, and nothing has happened."""
    return _shown(lists.confirm(request.auth, list_id, body.version))


@router.post(
    "/lists/{uuid:list_id}/stop", response=ListOut, operation_id="stop_list", openapi_extra=refusals(*_DECIDING)
)
def stop(request: Asked, list_id: UUID) -> ListOut:
    """Stop a list that is not done. Who was invited already stays invited."""
    return _shown(lists.stop(request.auth, list_id))


def _shown(batch: Batch) -> ListOut:
    problem = Problem[batch.problem].value if batch.problem else None
    return ListOut(
        id=batch.id,
        state=BatchState(batch.state),
        version=batch.version,
        counts=Counts(**{name: getattr(batch, name) for name in Counts.model_fields}),
        problem=Refusal(code=problem.code, title=str(problem.title)) if problem else None,
        source=Source(batch.source),
        created_at=batch.created_at,
        state_at=batch.state_at,
    )


def _row(one: lists.LineShown) -> RowOut:
    reason = RowReason(one.reason) if one.reason else None
    told = str(words.REASONS[reason]) if reason else ""
    return RowOut(
        line=one.line, state=one.state, reason=reason, words=told, notes=[RowNote(note) for note in one.notes]
    )
