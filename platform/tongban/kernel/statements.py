"""What is asked for again and again: its statement is compiled once a shape.

A shape is a condition without its values: which columns are compared in which way, and with how
many values. It never holds one: each run binds its own. So what a condition lets through is said
once, by Django's ``Q`` or query set, whoever asks and whatever for.
"""

import itertools
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, TypeVarTuple

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Manager, Model, Q, QuerySet, Value
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)
Values = TypeVarTuple("Values")

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
    statement = _kept(
        (table.model, tuple(order), limit, shape),
        lambda: table.filter(_with_places(condition)).order_by(*order)[:limit],
    )
    return statement.rows(values)


def compiled(build: Callable[[*Values], QuerySet[Row]]) -> Callable[[*Values], list[Row]]:
    """Return a function that reads the rows of a query set, which is built and compiled once.

    ``build`` gets places in the stead of values, so none may decide what the SQL is: it hands them
    on to comparisons. With a list it is called once a length. Raises: TypeError for None, to which
    SQL compares nothing.
    """

    def rows(*values: *Values) -> list[Row]:
        bound = list(_flat(values))
        if None in bound:
            raise TypeError("None can't be bound: ask with isnull in a query set of its own")
        lengths = [len(value) if isinstance(value, _MANY) else None for value in values]
        statement = _kept((build, *lengths), lambda: build(*_places(lengths)))
        return statement.rows(bound)

    return rows


def _places(lengths: Sequence[int | None]) -> list[Any]:
    numbers = itertools.count()
    return [
        _Place(next(numbers)) if length is None else [_Place(next(numbers)) for _ in range(length)]
        for length in lengths
    ]


def _flat(values: Sequence[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, _MANY):
            yield from value
        else:
            yield value


class _Place(Value):
    """Where a value stands in a statement: its number among the condition's."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        del compiler, connection
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class _Statement:
    model: type[Model]
    sql: str
    """Empty where no row can fit."""
    params: Sequence[Any] = ()
    converters: Sequence[tuple[int, Sequence[Any], Any]] = ()
    names: Sequence[str] = ()
    """Of the model's own columns, which stand in a row from the first place on."""
    related: Sequence[Any] = ()
    """What makes the rows that are read along."""
    annotations: Mapping[str, int] = field(default_factory=dict)

    def rows(self, values: Sequence[Any]) -> list[Any]:
        if not self.sql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(
                self.sql, [values[p.value] if isinstance(p, _Place) else p for p in self.params]
            )
            found = cursor.fetchall()
        return [self._made(self._read(row)) for row in found]

    def _read(self, row: Sequence[Any]) -> list[Any]:
        read = list(row)
        for position, converters, column in self.converters:
            for convert in converters:
                read[position] = convert(read[position], column, connection)
        return read

    def _made(self, row: Sequence[Any]) -> Model:
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[: len(self.names)])
        for related in self.related:
            related.populate(row, made)
        for name, position in self.annotations.items():
            setattr(made, name, row[position])
        return made


_statements: dict[Hashable, _Statement] = {}


def _kept(key: Hashable, build: Callable[[], QuerySet[Any]]) -> _Statement:
    statement = _statements.get(key)
    if statement is None:
        if len(_statements) >= MOST:
            _statements.clear()
        statement = _statements[key] = _compiled(build())
    return statement


def _compiled(rows: QuerySet[Any]) -> _Statement:
    compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return _Statement(rows.model, "")
    columns = [column for column, _sql, _alias in compiler.select]
    own = columns[: len(compiler.klass_info["select_fields"])]
    return _Statement(
        model=rows.model,
        sql=sql,
        params=params,
        converters=[
            (position, *each) for position, each in compiler.get_converters(columns).items()
        ],
        names=[column.target.attname for column in own],
        related=get_related_populators(  # type: ignore[call-arg] # the stubs are of Django 6
            compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS
        ),
        annotations=compiler.annotation_col_map,
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
