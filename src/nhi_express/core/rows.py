"""Statements that every request needs, made once: finding a row by its key, adding one, changing one.

Django's query builder takes four fifths of the time of such a statement, each time anew (`script/bench enrol`). What is
found are the models' own objects, converted by the models' own fields; all else is asked through the query builder.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import repeat
from operator import attrgetter
from typing import Any, Generic, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from pydantic_core import to_json

Row = TypeVar("Row", bound=Model)
# A column as Django's fields are typed: by what it holds, which is nothing to this module.
_Column = Any


class Lookup(Generic[Row]):
    """The rows of ``model`` in which ``columns`` equal the values asked for.

    ``beside`` names a foreign key whose row comes along, in the same statement. ``lock`` keeps the rows for the
    transaction, where the engine locks rows at all. ``only`` is a condition besides, as SQL: as a partial index has it,
    so that the index is used.
    """

    def __init__(self, model: type[Row], *columns: str, beside: str = "", lock: bool = False, only: str = "") -> None:
        self._model = model
        self._keys = _columns(model, columns)
        self._beside = model._meta.get_field(beside) if beside else None
        self._lock, self._only = lock, only
        self._readers: WeakKeyDictionary[BaseDatabaseWrapper, _Reader] = WeakKeyDictionary()

    def one(self, *values: object) -> Row | None:
        """The first of the rows, for columns that are unique together."""
        return next(self.all(*values), None)

    def all(self, *values: object) -> Iterator[Row]:
        """All of the rows, in no order."""
        reader = self._reader()
        with connection.cursor() as cursor:
            cursor.execute(reader.sql, _prepared(zip(self._keys, values, strict=True)))
            found = cursor.fetchall()
        return map(reader.read, found)

    def _reader(self) -> _Reader:
        wrapper = connections[connection.alias]
        if wrapper not in self._readers:
            self._readers[wrapper] = _Reader(self._model, self._keys, self._beside, lock=self._lock, only=self._only)
        return self._readers[wrapper]


class _Reader:
    """The statement of a :class:`Lookup` for one connection, and how its rows become objects."""

    def __init__(
        self, model: type[Model], keys: list[_Column], beside: _Column | None, *, lock: bool, only: str
    ) -> None:
        self._model, self._beside = model, beside
        tables = [model, *([beside.related_model] if beside else [])]
        self._fields = [field for table in tables for field in table._meta.concrete_fields]
        self._own = len(model._meta.concrete_fields)
        self._chains = list(_chains(self._fields))
        self._names = [field.attname for field in self._fields]
        condition = " AND ".join([*(f"{_quoted(key)} = %s" for key in keys), *([only] if only else [])])
        columns = ", ".join(map(_quoted, self._fields))
        keep = connection.ops.for_update_sql() if lock and connection.features.has_select_for_update else ""
        self.sql = f"SELECT {columns} FROM {_joined(model, beside)} WHERE {condition} {keep}"  # noqa: S608 - our names

    def read(self, row: Sequence[Any]) -> Any:  # noqa: ANN401 - an object of the model it was made for
        """The object of one row, and the one beside it."""
        values, own = list(row), self._own
        for place, chain, column in self._chains:
            for convert in chain:
                values[place] = convert(values[place], column, connection)
        made = self._model.from_db(connection.alias, self._names[:own], values[:own])
        if self._beside is not None:
            other = self._beside.related_model.from_db(connection.alias, self._names[own:], values[own:])
            setattr(made, self._beside.name, other)
        return made


def _chains(fields: list[_Column]) -> Iterator[tuple[int, list[Callable[..., Any]], Any]]:
    """For each column that needs it: its place, and what makes a value of what the database gives."""
    for place, field in enumerate(fields):
        column = field.get_col(field.model._meta.db_table)
        chain = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
        if chain:
            yield place, chain, column


def _joined(model: type[Model], beside: _Column | None) -> str:
    quote = connection.ops.quote_name
    if beside is None:
        return quote(model._meta.db_table)
    other = beside.related_model._meta
    return f"{quote(model._meta.db_table)} JOIN {quote(other.db_table)} ON {_quoted(beside)} = {_quoted(other.pk)}"


def _quoted(field: _Column) -> str:
    quote = connection.ops.quote_name
    return f"{quote(field.model._meta.db_table)}.{quote(field.column)}"


def add(row: Model) -> None:
    """Insert a new row. A key that the database counts up is not told back."""
    sql, fields = _insertion(type(row), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields])
    row._state.adding, row._state.db = False, connection.alias


@cache
def _insertion(model: type[Model], _vendor: str) -> tuple[str, list[_Column]]:
    quote = connection.ops.quote_name
    fields: list[_Column] = [field for field in model._meta.concrete_fields if not _counted(field)]
    names, marks = ", ".join(quote(field.column) for field in fields), ", ".join("%s" for _ in fields)
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})", fields  # noqa: S608 - names of ours


def _counted(field: _Column) -> bool:
    return field is field.model._meta.auto_field


def add_all(model: type[Model], names: Sequence[str], values: Iterable[Sequence[object]]) -> None:
    """Insert many new rows, the fastest way the engine has: of each the values of ``names``, plain ones (no
    enumerations); other columns get their defaults."""
    given = list(values)
    if not given:
        return
    sql, ready = _many(model, tuple(names), connection.vendor)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.executemany(sql, list(ready(given)))
            return
        with cursor.copy(sql) as copy:
            for row in ready(given):
                copy.write_row(row)


_Ready = Callable[[Sequence[Sequence[Any]]], Iterable[Sequence[Any]]]


@cache
def _many(model: type[Model], names: tuple[str, ...], vendor: str) -> tuple[str, _Ready]:
    quote, given = connection.ops.quote_name, _columns(model, names)
    others = [field for field in model._meta.concrete_fields if field not in given and not _counted(field)]
    into = f"{quote(model._meta.db_table)} ({', '.join(quote(field.column) for field in [*given, *others])})"
    marks = ", ".join("%s" for _ in [*given, *others])
    inserted = f"INSERT INTO {into} VALUES ({marks})"  # noqa: S608 - names of ours
    copied = f"COPY {into} FROM STDIN"
    return copied if vendor == "postgresql" else inserted, _ready(given, others)


def _ready(given: list[_Column], others: list[_Column]) -> _Ready:
    """What makes of rows what the engine's driver takes, with the defaults of the other columns: column by column."""
    writers = [_writer(field) for field in given]
    constants = [field.get_db_prep_save(field.get_default(), connection) for field in others]

    def ready(values: Sequence[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        columns = zip(*values, strict=True)
        written = [map(write, column) if write else column for write, column in zip(writers, columns, strict=True)]
        return zip(*written, *map(repeat, constants), strict=False)

    return ready


def _writer(field: _Column) -> Callable[[Any], object] | None:
    """What makes of a value what the engine's driver takes, where that is not the value itself."""
    kind = _stored(field).get_internal_type()
    if kind == "JSONField":
        return _told
    if connection.vendor == "postgresql":
        return None
    hexed = _hex if field.null else attrgetter("hex")
    writers: dict[str, Callable[[Any], object]] = {"UUIDField": hexed, "DateTimeField": _moment}
    return writers.get(kind)


def _told(value: object) -> str:
    return to_json(value).decode()


def _hex(value: UUID | None) -> str | None:
    return None if value is None else value.hex


# Rows that are made together share their moments.
@lru_cache(maxsize=64)
def _moment(value: datetime | None) -> str | None:
    return connection.ops.adapt_datetimefield_value(value)


def _stored(field: _Column) -> _Column:
    """The field, or for a foreign key the one it points to."""
    return _stored(field.target_field) if field.remote_field else field


def among(
    model: type[Model], column: str, values: Iterable[object], *names: str, only: str = ""
) -> Iterator[tuple[Any, ...]]:
    """``names`` of the rows in which ``column`` is one of ``values``, in no order: one statement, however many.

    ``only`` is a condition besides, as SQL: as a partial index has it, so that the index is used.
    """
    sql, write, reader = _among(model, column, names, only, connection.vendor)
    sought = many([write(value) if write else value for value in values])
    with connection.cursor() as cursor:
        cursor.execute(sql, [sought])
        found = cursor.fetchall()
    return map(reader, found)


def many(values: list[Any]) -> list[Any] | str:
    """Many values as one parameter, which keeps the statement the same whatever their number."""
    return values if connection.vendor == "postgresql" else json.dumps(values)


# What follows a column that is to hold one of ``many()`` values.
ONE_OF = {"postgresql": "= ANY(%s)", "sqlite": "IN (SELECT value FROM json_each(%s))"}


@cache
def _among(
    model: type[Model], column: str, names: tuple[str, ...], only: str, vendor: str
) -> tuple[str, Callable[[Any], object] | None, Callable[[Sequence[Any]], tuple[Any, ...]]]:
    key, fields = model._meta.get_field(column), _columns(model, names)
    told, table = ", ".join(map(_quoted, fields)), connection.ops.quote_name(model._meta.db_table)
    condition = f"{_quoted(key)} {ONE_OF[vendor]}" + (f" AND {only}" if only else "")
    sql = f"SELECT {told} FROM {table} WHERE {condition}"  # noqa: S608 - names of ours
    chains = list(_chains(fields))

    def reader(row: Sequence[Any]) -> tuple[Any, ...]:
        cells = list(row)
        for place, chain, expression in chains:
            for convert in chain:
                cells[place] = convert(cells[place], expression, connection)
        return tuple(cells)

    return sql, _writer(key), reader


def change(model: type[Model], where: Mapping[str, object], **columns: object) -> int:
    """Update the rows in which all of ``where`` hold (a list: one of these), and tell how many there were."""
    shape = tuple((name, len(value) if isinstance(value, list) else 0) for name, value in where.items())
    sql, changed, asked = _updating(model, tuple(columns), shape, connection.vendor)
    sought = [part for value in where.values() for part in (value if isinstance(value, list) else [value])]
    values = [field.get_db_prep_save(value, connection) for field, value in zip(changed, columns.values(), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(sql, values + _prepared(zip(asked, sought, strict=True)))
        return int(cursor.rowcount)


@cache
def _updating(
    model: type[Model], columns: tuple[str, ...], where: tuple[tuple[str, int], ...], _vendor: str
) -> tuple[str, list[_Column], list[_Column]]:
    quote, changed = connection.ops.quote_name, _columns(model, columns)
    sets = ", ".join(f"{quote(field.column)} = %s" for field in changed)
    asked = [(field, count) for field, (_, count) in zip(_columns(model, dict(where)), where, strict=True)]
    holds = " AND ".join(f"{quote(field.column)} {_equals(count)}" for field, count in asked)
    sql = f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {holds}"  # noqa: S608 - names of ours
    return sql, changed, [field for field, count in asked for _ in range(max(count, 1))]


def change_among(
    model: type[Model], column: str, values: Iterable[object], where: Mapping[str, object], **columns: object
) -> int:
    """Update the rows in which ``column`` is one of ``values`` and all of ``where`` hold, and tell how many there were:
    one statement, however many values."""
    [key], changed, asked = _columns(model, [column]), _columns(model, columns), _columns(model, where)
    write, quote = _writer(key), connection.ops.quote_name
    sets = ", ".join(f"{quote(field.column)} = %s" for field in changed)
    holds = " AND ".join([*(f"{quote(field.column)} = %s" for field in asked), f"{quote(key.column)} "])
    sql = f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {holds}{ONE_OF[connection.vendor]}"  # noqa: S608
    given = _prepared([*zip(changed, columns.values(), strict=True), *zip(asked, where.values(), strict=True)])
    with connection.cursor() as cursor:
        cursor.execute(sql, [*given, many([write(value) if write else value for value in values])])
        return int(cursor.rowcount)


def _columns(model: type[Model], names: Iterable[str]) -> list[_Column]:
    return [model._meta.get_field(name) for name in names]


def _equals(count: int) -> str:
    return f"IN ({', '.join('%s' for _ in range(count))})" if count else "= %s"


def _prepared(pairs: Iterable[tuple[_Column, object]]) -> list[Any]:
    return [field.get_db_prep_value(value, connection) for field, value in pairs]
