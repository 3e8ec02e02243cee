"""The body of a request that brings a list: a file as it is, or rows of JSON made into one; bounded either way."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice
from json.decoder import WHITESPACE  # type: ignore[attr-defined]  # left out of the stubs; in the module since 3.0

from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from pydantic import ValidationError

from nhi_express.core.config import config
from nhi_express.help.catalogue import Problem
from nhi_express.help.errors import Refused
from nhi_express.units.views.api.shapes import Person
from nhi_express.units.views.receiving import bound, most_bytes, too_large

_HEADINGS = ("ID number", "Birth date", "Name", "E-mail", "Staff number")
_ROWS_AT_ONCE = 1000
_DECODER = json.JSONDecoder()


def list_sent(request: HttpRequest) -> tuple[str, Iterable[bytes]]:
    """The name and the bytes of the list that a request brings. Raises :class:`Refused`, also while it is read."""
    if request.content_type == "multipart/form-data":
        return _file(request)
    if request.content_type == "application/json":
        return "rows.csv", _as_csv(_people(_text(request)))
    raise _not_expected("header Content-Type")


def _not_expected(where: str) -> Refused:
    return Refused(Problem.API_REQUEST, where=where)


def _file(request: HttpRequest) -> tuple[str, Iterable[bytes]]:
    bound(request)
    try:
        files = request.FILES.getlist("file")
    except (MultiPartParserError, UnreadablePostError) as error:
        raise _not_expected("body") from error
    if len(files) != 1:
        raise _not_expected("body file")
    return files[0].name or "", files[0].chunks()


def _text(request: HttpRequest) -> str:
    """A body of JSON, read only as far as it may be long."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > most_bytes():
        raise too_large()
    try:
        return request.read().decode()
    except (UnicodeDecodeError, UnreadablePostError) as error:
        raise _not_expected("body") from error


def _people(text: str) -> Iterator[Person]:
    """The rows of a JSON array, one after the other: two hundred thousand at once would take too much memory."""
    most = config().unit_rows
    for number, value in enumerate(_elements(text), 1):
        if number > most:
            raise Refused(Problem.LIST_TOO_MANY_ROWS, rows=f"{most:,}")
        try:
            yield Person.model_validate(value)
        except ValidationError as error:
            # The names of fields that we do not know are the sender's, and not repeated.
            known = sorted({str(part) for one in error.errors() for part in one["loc"] if part in Person.model_fields})
            raise _not_expected(" ".join((f"row {number}", *known))) from None


def _elements(text: str) -> Iterator[object]:
    try:
        at = _behind(text, 0, "[")
        if text.startswith("]", at):
            raise Refused(Problem.LIST_EMPTY)
        more = True
        while more:
            value, length = _decoded(text, at)
            yield value
            at += length
            at, more = _next(text, at)
    except (ValueError, RecursionError) as error:
        raise _not_expected("body") from error
    if text[at:].strip():
        raise _not_expected("body")


# Most rows fit into the first piece; all that one may hold fits into the second, as JSON writes it at its longest.
_USUAL, _LONGEST = 1_024, 32_768


def _decoded(text: str, at: int) -> tuple[object, int]:
    """The element that stands at a place, and its length. Raises :class:`ValueError` also for one that is far too long:
    a body that is one element would take twenty times its length in memory."""
    try:
        return _DECODER.raw_decode(text[at : at + _USUAL])
    except ValueError:
        return _DECODER.raw_decode(text[at : at + _LONGEST])


def _next(text: str, at: int) -> tuple[int, bool]:
    """Behind the comma that follows an element, or behind the array's end; and whether another element follows."""
    at = WHITESPACE.match(text, at).end()
    more = not text.startswith("]", at)
    return (_behind(text, at, ",") if more else at + 1), more


def _behind(text: str, at: int, mark: str) -> int:
    at = WHITESPACE.match(text, at).end()
    if not text.startswith(mark, at):
        raise ValueError
    return int(WHITESPACE.match(text, at + 1).end())


def _as_csv(people: Iterator[Person]) -> Iterator[bytes]:
    """Rows as the file that could have been sent in their place, so that there is one way to read a list."""
    yield _lines([_HEADINGS])
    while some := list(islice(people, _ROWS_AT_ONCE)):
        yield _lines([(one.id_number, one.birth_date, one.name, one.email, one.staff_number) for one in some])


def _lines(rows: Iterable[tuple[str, ...]]) -> bytes:
    written = StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()
