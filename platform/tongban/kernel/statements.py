"""Lists that are asked for again and again: their statement is compiled once a shape.

A shape is a condition without its values: which columns are compared in which way, and with how
many values. It never holds one: each run binds its own. So what a condition lets through is said
once, by Django's ``Q``, whoever asks and whatever for.
"""

import itertools
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Manager, Model, Q, Value
from django.db.models.sql import Query

Row = TypeVar("Row", bound=Model)

MOST = 1000
"""So many shapes are kept; with more a process begins anew."""


def read(table: Manager[Row], condition: Q, order: Sequence[str], limit: int) -> list[Row]:
    """Return the first ``limit`` rows of a table that fit, in ``order`` (one statement).

    A condition that holds a statement of its own is compiled each time.
    """
    values: list[Any] = []
    shape = _shape(condition, values)
    if shape is None:
        return list(table.filter(condition).order_by(*order)[:limit])
    key = (table.model, tuple(order), limit, shape)
    statement = _statements.get(key)
    if statement is None:
        if len(_statements) >= MOST:
            _statements.clear()
        rows = table.filter(_with_places(condition)).order_by(*order)[:limit]
        statement = _statements[key] = _compiled(rows.query)
    return statement.rows(table.model, values)


class _Place(Value):
    """Where a value stands in a statement: its number among the condition's."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        del compiler, connection
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    """Empty where no row can fit."""
    params: Sequence[Any]
    names: Sequence[str]
    converters: Sequence[tuple[int, Sequence[Any], Any]]

    def rows(self, model: type[Row], values: Sequence[Any]) -> list[Row]:
        if not self.sql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(
                self.sql, [values[p.value] if isinstance(p, _Place) else p for p in self.params]
            )
            found = cursor.fetchall()
        return [model.from_db(DEFAULT_DB_ALIAS, self.names, self._read(row)) for row in found]

    def _read(self, row: Sequence[Any]) -> list[Any]:
        read = list(row)
        for position, converters, column in self.converters:
            for convert in converters:
                read[position] = convert(read[position], column, connection)
        return read


_statements: dict[Hashable, _Statement] = {}


def _compiled(query: Query) -> _Statement:
    compiler: Any = query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return _Statement("", (), (), ())
    columns = [column for column, _sql, _alias in compiler.select]
    return _Statement(
        sql,
        params,
        [column.target.attname for column in columns],
        [(position, *each) for position, each in compiler.get_converters(columns).items()],
    )


def _shape(condition: Q, values: list[Any]) -> Hashable | None:
    """Return the shape of a condition, or None where it has none; its values go to ``values``."""
    parts: list[Hashable] = [condition.connector, condition.negated]
    children: Sequence[Any] = condition.children
    for child in children:
        if isinstance(child, Q):
            part = _shape(child, values)
        elif isinstance(child, tuple):
            part = _shape_of_comparison(child[0], child[1], values)
        else:
            part = None
        if part is None:
            return None
        parts.append(part)
    return tuple(parts)


def _shape_of_comparison(name: str, value: Any, values: list[Any]) -> Hashable | None:
    if hasattr(value, "resolve_expression"):
        return None
    if _is_said(value):
        return name, value
    if not isinstance(value, _MANY):
        values.append(value)
        return name
    values.extend(value)
    return name, len(value)


def _with_places(condition: Q) -> Q:
    """Return the condition with places instead of values, numbered as ``_shape`` collects them."""
    numbers = itertools.count()

    def placed(child: Any) -> Any:
        if isinstance(child, Q):
            children = [placed(each) for each in child.children]
            return Q(*children, _connector=child.connector, _negated=child.negated)
        name, value = child
        if isinstance(value, _MANY):
            return name, [_Place(next(numbers)) for _ in value]
        return name, value if _is_said(value) else _Place(next(numbers))

    whole: Q = placed(condition)
    return whole


_MANY = (list, tuple, set, frozenset)


def _is_said(value: Any) -> bool:
    """Tell whether a value decides what the SQL is, and so belongs to the shape."""
    return value is None or isinstance(value, bool)
