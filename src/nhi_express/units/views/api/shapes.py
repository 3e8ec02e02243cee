"""What the API takes and gives, as the library describes it in openapi.json."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema
from pydantic import ConfigDict

from nhi_express.enrolment.rules import InvitationState
from nhi_express.help.catalogue import Problem
from nhi_express.help.details import MEDIA_TYPE
from nhi_express.units.flows.desk import Desk
from nhi_express.units.rules import BatchState, RowNote, RowReason, RowState, Source

# The largest number that both databases take.
LARGEST = 2**31 - 1
_LONGEST_CELL = 500
Cell = Annotated[
    str,
    Field(max_length=_LONGEST_CELL, pattern="^[^\\x00-\\x1f\\x7f]*$", description="text without control characters"),
]


class Asked(HttpRequest):
    """A request whose token was looked at."""

    auth: Desk


class Person(Schema):
    """One line of a list. The same words as in a spreadsheet will do: 民國 or Gregorian dates, full-width digits."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id_number: Cell = ""
    birth_date: Cell = ""
    name: Cell = ""
    email: Cell = ""
    staff_number: Cell = ""


class Counts(Schema):
    """How many lines: read, checked, and of these ready to be invited, registered already, refused, or invited by now.
    ``changed``: came out otherwise than at the review before."""

    lines: int
    checked: int
    ready: int
    registered: int
    refused: int
    invited: int
    changed: int


class Refusal(Schema):
    """Why a file was refused: the code of our catalogue, and its words."""

    code: str
    title: str


class ListOut(Schema):
    """A list. ``version`` names the result that is confirmed; it is 0 before there is one."""

    id: UUID
    state: BatchState
    version: int
    counts: Counts
    problem: Refusal | None
    source: Source
    created_at: datetime
    state_at: datetime


class ListsOut(Schema):
    """The newest lists of the unit, at most a hundred, the newest first."""

    lists: list[ListOut]


class RowOut(Schema):
    """What became of a line. The first line behind the headings is 2, also where JSON was sent."""

    line: int
    state: RowState
    reason: RowReason | None
    words: str = Field(description="the reason in words, or empty")
    notes: list[RowNote] = Field(description="what was forgiven in the line")


class RowsOut(Schema):
    """Some lines; ask again with ``after`` for the next, until it is null."""

    rows: list[RowOut]
    after: int | None


class VersionIn(Schema):
    """The version of the result that is confirmed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    version: int = Field(ge=1, le=LARGEST)


class PersonOut(Schema):
    """Somebody who was invited. Of who has left the unit only that is told, and all else is null; ``staff_number`` is
    null also once the list was removed."""

    id: UUID | None = None
    status: InvitationState
    since: datetime | None = None
    until: datetime | None = None
    left: bool = Field(description="no longer insured through the unit")
    list: UUID | None = None
    line: int | None = None
    staff_number: str | None = None


class PeopleOut(Schema):
    """Some of the people; ask again with ``after`` for the next, until it is null."""

    people: list[PersonOut]
    after: str | None


_REFUSED: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "pattern": "^[A-Z]-[0-9]{2}$"},
    },
}
_ALWAYS = (Problem.API_CREDENTIALS, Problem.API_SCOPE, Problem.API_REQUEST)


def refusals(*problems: Problem) -> dict[str, Any]:
    """What an operation may refuse with, for its description: the codes by status."""
    codes: dict[int, list[str]] = {}
    for problem in (*_ALWAYS, *problems):
        codes.setdefault(problem.value.status, []).append(problem.value.code)
    content = {MEDIA_TYPE: {"schema": _REFUSED}}
    told = {
        status: {"description": f"Refused: {', '.join(found)}", "content": content} for status, found in codes.items()
    }
    return {"responses": told}


Kind = Literal["multipart/form-data", "application/json"]
LIST_BODY: dict[Kind, Any] = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["file"],
            "properties": {"file": {"type": "string", "format": "binary", "description": ".xlsx, .ods, .xls or .csv"}},
        }
    },
    "application/json": {"schema": {"type": "array", "items": Person.model_json_schema(), "minItems": 1}},
}
