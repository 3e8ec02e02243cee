"""How lists and their lines are put before officers: words and figures for the templates, nothing decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nhi_express.enrolment.flows.inviting import last_day_before
from nhi_express.enrolment.rules import InvitationState
from nhi_express.units import words
from nhi_express.units.flows.lists import LineShown, Progress
from nhi_express.units.flows.people import Person
from nhi_express.units.flows.working import WORKING
from nhi_express.units.models import Batch
from nhi_express.units.reading import Line
from nhi_express.units.rules import BatchState, RowCells, RowNote, RowReason, RowState, Source

# Of an ID number so much is shown that its officer finds it in their own list.
_SHOWN_OF_ID: Final = 6
_LONGEST_SHOWN: Final = 40
Context = dict[str, object]


def masked(given: str) -> str:
    """An ID number, or what stood in its place, as its officer recognises it: A12345****."""
    text = given[:_LONGEST_SHOWN]
    return text[:_SHOWN_OF_ID] + "*" * len(text[_SHOWN_OF_ID:])


def listed(batch: Batch, name: str, who: str) -> Context:
    """A list among others, and the head of its own page."""
    state, kind = words.STATES[BatchState(batch.state)]
    by = str(words.SOURCES[Source(batch.source)])
    return {
        "id": batch.id,
        "url": reverse("units:list", args=[batch.id]),
        "name": name or _("List whose file was removed"),
        "state": batch.state,
        "words": state,
        "kind": kind,
        "counts": list(_counted(batch)),
        "at": batch.created_at,
        "who": f"{who} ({by})" if who else by,
    }


def counts(batch: Batch) -> dict[RowState, int]:
    """How many lines have each result."""
    return {
        RowState.READY: batch.ready,
        RowState.INVITED: batch.invited,
        RowState.REGISTERED: batch.registered,
        RowState.REFUSED: batch.refused,
    }


def _counted(batch: Batch) -> Iterator[str]:
    told = {
        RowState.READY: ngettext("%(num)s ready", "%(num)s ready", batch.ready),
        RowState.INVITED: ngettext("%(num)s invited", "%(num)s invited", batch.invited),
        RowState.REGISTERED: ngettext("%(num)s registered already", "%(num)s registered already", batch.registered),
        RowState.REFUSED: ngettext("%(num)s refused", "%(num)s refused", batch.refused),
    }
    return (told[state] % {"num": f"{count:,}"} for state, count in counts(batch).items() if count)


def standing(batch: Batch, head: Context, progress: Progress, first: Iterable[Line]) -> Context:
    """A list as it stands: its head, how far the work is, the columns and first lines, and what came of it."""
    working = batch.state in WORKING
    path = reverse("units:list", args=[batch.id])
    return {
        "list": head,
        "told": told(batch, progress) if working else None,
        "watch": {"events": f"{path}events", "poll": f"{path}progress"},
        "columns": _columns(batch) if batch.version == 0 else [],
        "first": [_first_line(line) for line in first] if batch.version == 0 else [],
        "result": batch,
    }


def told(batch: Batch, progress: Progress) -> dict[str, str | int | None]:
    """How far the work is: words, hundredths where the end is known, and a mark that changes when the page must."""
    percent = min(progress.done * 100 // progress.whole, 100) if progress.whole else None
    stage = f"{batch.state}:{batch.version}:{bool(batch.columns):d}"
    return {"stage": stage, "percent": percent, "text": _step(progress)}


def _step(progress: Progress) -> str:
    figures = {"done": f"{progress.done:,}", "whole": f"{progress.whole:,}"}
    if progress.state == BatchState.CHECKING:
        return _("%(done)s of %(whole)s lines checked") % figures
    if progress.state == BatchState.ENROLLING:
        return _("%(done)s of %(whole)s people invited") % figures
    if progress.done:
        return _("%(done)s lines read so far") % figures
    return _("The list is here and waits for its turn.")


def _columns(batch: Batch) -> list[tuple[str, str]]:
    """Which column of the sheet holds what, of the fields that we look for."""
    places = batch.columns
    return [(str(told), _place(places.get(field))) for field, told in words.FIELDS.items()] if places else []


def _place(place: int | None) -> str:
    if place is None:
        return _("not in this list")
    return _("column %(letter)s") % {"letter": _letter(place)}


def _letter(place: int) -> str:
    """The name of a column as spreadsheet programs show it: 0 is A, 26 is AA."""
    before, last = divmod(place, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)


def _first_line(line: Line) -> tuple[object, ...]:
    """Whether the columns were understood shows here."""
    cells = line.cells
    return (line.number, masked(cells.id_number), cells.birth_date, cells.name, cells.email, cells.staff_number)


def lines(batch: Batch, tab: RowState | None, found: Sequence[LineShown], most: int) -> Context:
    """Lines with one result as a table, and the ways to the others. ``found`` may hold one more than is shown."""
    if tab is None:
        return {"tabs_shown": [], "showing": "", "headings": (), "lines": [], "following": ""}
    path = reverse("units:list", args=[batch.id])
    last = found[most - 1].line if len(found) > most else 0
    return {
        "tabs_shown": list(_tabs(batch, tab, path)),
        "showing": tab.value,
        "headings": _headings(tab),
        "lines": [_line(row) for row in found[:most]],
        "following": f"{path}?show={tab}&after={last}#lines" if last else "",
    }


def _tabs(batch: Batch, tab: RowState, path: str) -> Iterator[Context]:
    names = {
        RowState.READY: _("Ready"),
        RowState.INVITED: _("Invited"),
        RowState.REGISTERED: _("Registered already"),
        RowState.REFUSED: _("Refused"),
    }
    for state, count in counts(batch).items():
        if count or state == tab:
            address = f"{path}?show={state}#lines"
            yield {"url": address, "words": names[state], "count": f"{count:,}", "current": state == tab}


def _headings(tab: RowState) -> tuple[str, ...]:
    last = _("What to mend") if tab == RowState.REFUSED else _("What we tidied up")
    return (_("Line"), _("ID number"), _("Name"), _("Staff number"), last)


def _line(row: LineShown) -> tuple[object, ...]:
    said = [str(words.REASONS[RowReason(row.reason)])] if row.reason else []
    forgiven = _(", ").join(str(words.NOTES[RowNote(code)]) for code in row.notes)
    return (row.line, masked(row.cells.id_number), row.cells.name, row.cells.staff_number, *(said or [forgiven]))


def slips(batch: Batch, count: int, a_part: int) -> list[Context]:
    """The parts of so many slips, each with its address."""
    return [
        {
            "url": reverse("units:slips", args=[batch.id, first // a_part + 1]),
            "words": _("Slips %(first)s to %(last)s (PDF)")
            % {"first": f"{first + 1:,}", "last": f"{min(first + a_part, count):,}"},
        }
        for first in range(0, count, a_part)
    ]


_PEOPLE: Final = {
    InvitationState.OPEN: (gettext_lazy("waiting"), "first"),
    InvitationState.FINISHED: (gettext_lazy("finished"), "done"),
    InvitationState.WITHDRAWN: (gettext_lazy("withdrawn"), "soft"),
    InvitationState.ENDED: (gettext_lazy("time ran out"), "soft"),
}


def person(one: Person) -> Context:
    """Somebody invited, by what their list held; of who is no longer with the unit nothing."""
    if one.left:
        return {"left": True}
    words_of_state, kind = _PEOPLE[one.state]
    cells = one.cells or RowCells()
    line = one.row.line if one.row else 0
    return {
        "id": one.id,
        "left": False,
        "name": cells.name or _("Line %(line)s of the list") % {"line": line},
        "words": words_of_state,
        "kind": kind,
        "id_number": masked(cells.id_number),
        "staff_number": cells.staff_number,
        "line": line,
        "since": one.since,
        "until": last_day_before(one.until),
        "waiting": one.state == InvitationState.OPEN,
    }


def people(
    found: Sequence[Person], state: InvitationState, counts: dict[InvitationState, int], batch: UUID | None, most: int
) -> Context:
    """People in one state, and the ways to the others. ``found`` may hold one more than is shown."""
    chosen = {"list": str(batch)} if batch else {}
    further = {**chosen, "status": state.value, "after": str(found[most - 1].id)} if len(found) > most else {}
    return {
        "people": [person(one) for one in found[:most]],
        "showing": state.value,
        "list_id": str(batch or ""),
        "tabs_shown": [_people_tab(one, counts[one], chosen, one == state) for one in _PEOPLE],
        "following": f"?{urlencode(further)}" if further else "",
    }


def _people_tab(state: InvitationState, count: int, chosen: dict[str, str], current: bool) -> Context:
    query = urlencode({**chosen, "status": state.value})
    return {"url": f"?{query}", "words": _PEOPLE[state][0], "count": f"{count:,}", "current": current}


def choice(batch: Batch, name: str) -> Context:
    """A list to choose from: its name and when it came."""
    return {"id": str(batch.id), "name": name, "at": batch.created_at}
