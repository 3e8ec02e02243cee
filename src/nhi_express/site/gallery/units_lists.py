"""投保單位 desk, lists and people: every page in every state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from uuid import UUID

from nhi_express.enrolment.rules import InvitationState
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.site.gallery.page import Context, Page, State
from nhi_express.units.flows.lists import LineShown, progress
from nhi_express.units.flows.people import Person
from nhi_express.units.models import Batch, BatchRow
from nhi_express.units.reading import Line
from nhi_express.units.rules import BatchState, RowCells, RowReason, RowState
from nhi_express.units.views import lists, people, showing, upload

_AT = datetime(2026, 11, 23, 6, 32, 10, tzinfo=UTC)
_WHO = "陳○華"
_COLUMNS = {"id_number": 1, "birth_date": 2, "name": 0, "email": 4}
_CELLS = (
    RowCells("A123456789", "79/03/01", "陳小華", "hua@mail.example.tw", "1001"),
    RowCells("F223456785", "1984-07-19", "林美玲", "", "1002"),
    RowCells("AC01234567", "75/12/02", "NGUYEN VAN ANH", "anh@mail.example.tw", "1003"),
)


def _desk(at: str, *, as_agent: bool = False) -> dict[str, object]:
    desk = SimpleNamespace(unit=SimpleNamespace(code="900000001"), as_agent=as_agent)
    return {"desk": desk, "unit_name": "示範沙盒股份有限公司", "at": at, "idle": 900}


def _batch(state: BatchState, **columns: object) -> Batch:
    return Batch(id=UUID(int=5), state=state, source="web", created_at=_AT, **columns)


_CHECKED = {"columns": _COLUMNS, "lines": 312, "checked": 312, "version": 1}
_BATCHES = (
    _batch(BatchState.CHECKING, columns=_COLUMNS, lines=128_400, checked=51_000, ready=48_000, refused=3_000),
    _batch(BatchState.CHECKED, **_CHECKED, ready=270, registered=30, refused=12),
    _batch(BatchState.DONE, **_CHECKED, invited=1204, refused=7),
    _batch(BatchState.REFUSED, problem="LIST_ENCODING"),
    _batch(BatchState.STOPPED, **_CHECKED, ready=4),
)


def _lists(*batches: Batch) -> Context:
    names = ("全體員工 2026-11.xlsx", "新進人員.csv", "總公司.ods", "舊名冊.csv", "試.xlsx")
    shown = [showing.listed(one, name, _WHO) for one, name in zip(batches, names, strict=False)]
    return {**_desk("/units/lists/"), "lists": shown, "older": "?before=1" if shown else ""}


def _upload(problem: Problem | None = None, error: str = "", **details: object) -> Context:
    refusal = Refused(problem, **details) if problem else None
    return {**_desk("/units/lists/upload"), **upload.form_context(), "refusal": refusal, "error": error}


def _list(batch: Batch, tab: RowState | None = None, problem: Problem | None = None, most: int = 50) -> Context:
    head = showing.listed(batch, "新進人員.xlsx", _WHO)
    first = [Line(number, cells) for number, cells in enumerate(_CELLS, 2)]
    standing = showing.standing(batch, head, progress(batch), first)
    return {
        **_desk("/units/lists/"),
        **standing,
        # Nothing answers in the gallery, so the page's script rests.
        "watch": {"events": "", "poll": ""},
        **showing.lines(batch, tab, _rows(tab), most),
        "slips": showing.slips(batch, 612 if batch.file_until else 0, 500),
        "refusal": Refused(problem) if problem else lists.file_refused(batch),
    }


def _rows(tab: RowState | None) -> list[LineShown]:
    if tab is None:
        return []
    if tab != RowState.REFUSED:
        notes = ((), ("full_width", "roc_date"), ("spaces",))
        return [
            LineShown(n, tab, "", note, cells) for n, (note, cells) in enumerate(zip(notes, _CELLS, strict=True), 2)
        ]
    return [LineShown(n, tab, reason, (), _CELLS[n % 3]) for n, reason in enumerate(RowReason, 2)]


def _question(at: str, asked: Context) -> Context:
    return {**_desk(at), **asked}


def _people(
    state: InvitationState = InvitationState.OPEN,
    *,
    of_list: bool = False,
    did: str = "",
    problem: Problem | None = None,
) -> Context:
    counts = {InvitationState.OPEN: 41, InvitationState.FINISHED: 1163}
    counts |= {InvitationState.WITHDRAWN: 2, InvitationState.ENDED: 0}
    batch = UUID(int=5) if of_list else None
    found = [_person(place, state) for place in range(4)] if counts[state] else []
    choice = showing.choice(_BATCHES[2], "新進人員.xlsx")
    refusal = Refused(problem, until=_AT) if problem else None
    shown = showing.people(found, state, counts, batch, 3)
    return {**_desk("/units/people/"), **shown, "lists": [choice], "did": did, "refusal": refusal}


def _person(place: int, state: InvitationState) -> Person:
    times = _AT + timedelta(minutes=place), _AT + timedelta(days=90)
    if place == 2:
        return Person(UUID(int=place), state, *times, True, None, None)
    row = BatchRow(line=place + 2)
    cells = _CELLS[place] if place != 3 else None
    return Person(UUID(int=place), state, *times, False, row, cells)


def _nobody() -> Context:
    counts = dict.fromkeys(InvitationState, 0)
    shown = showing.people([], InvitationState.OPEN, counts, None, 50)
    return {**_desk("/units/people/", as_agent=True), **shown, "lists": [], "did": "", "refusal": None}


def _withdrawing() -> Context:
    return _question("/units/people/", people.withdrawing(_person(0, InvitationState.OPEN)))


_LIST: dict[str, State] = {
    "received": partial(_list, _batch(BatchState.RECEIVED)),
    "reading": partial(_list, _batch(BatchState.READING, columns=_COLUMNS, lines=50_000)),
    "checking": partial(_list, _BATCHES[0]),
    "checked": partial(_list, _BATCHES[1], RowState.REFUSED),
    "ready": partial(_list, _BATCHES[1], RowState.READY),
    "nobody-ready": partial(_list, _batch(BatchState.CHECKED, **_CHECKED, refused=12), RowState.REFUSED),
    "changed": partial(_list, _batch(BatchState.CHECKED, **_CHECKED, ready=5, changed=3), RowState.READY),
    "overtaken": partial(_list, _BATCHES[1], RowState.REFUSED, Problem.BATCH_CHANGED),
    "enrolling": partial(_list, _batch(BatchState.ENROLLING, **_CHECKED, ready=900, invited=304), RowState.INVITED),
    "done": partial(
        _list, _batch(BatchState.DONE, **_CHECKED, invited=1204, refused=7, file_until=_AT), RowState.INVITED
    ),
    "done-file-removed": partial(_list, _BATCHES[2], RowState.INVITED, None, 2),
    "stopped": partial(_list, _BATCHES[4], RowState.READY),
    "refused": partial(_list, _BATCHES[3]),
}
PAGES = (
    Page("unit-lists", "units/lists.html", {"none": _lists, "some": partial(_lists, *_BATCHES)}),
    Page(
        "unit-upload",
        "units/upload.html",
        {
            "empty": _upload,
            "nothing-chosen": partial(_upload, error="…"),
            "too-large": partial(_upload, Problem.LIST_TOO_LARGE, megabytes=32),
            "too-many": partial(_upload, Problem.TOO_MANY_LISTS),
        },
    ),
    Page("unit-list", "units/list.html", _LIST),
    Page("unit-list-stop", "units/ask.html", {"ask": lambda: _question("/units/lists/", lists.stopping(_BATCHES[1]))}),
    Page(
        "unit-people",
        "units/people.html",
        {
            "none": _nobody,
            "waiting": _people,
            "of-a-list": partial(_people, of_list=True, did="list-reminded"),
            "finished": partial(_people, InvitationState.FINISHED),
            "ended": partial(_people, InvitationState.ENDED, of_list=True),
            "reminded-already": partial(_people, problem=Problem.REMINDED_ALREADY),
            "withdrawn": partial(_people, InvitationState.WITHDRAWN, did="withdrawn"),
        },
    ),
    Page("unit-person-withdraw", "units/ask.html", {"ask": _withdrawing}),
)
