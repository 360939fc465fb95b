"""Going through long lists by key: a page costs the same however deep it lies."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q


def behind(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Return the condition of coming after ``values``: (a > x) or (a = x and b > y) …

    ``order`` names columns, ``-`` before a descending one; together they are unique and none is
    null. That the first is not before its value is said by itself, so that its index is read from
    there and not from its end.
    """
    following, equal = Q(pk__in=()), Q()
    for name, value in zip(order, values, strict=True):
        column = name.removeprefix("-")
        following |= equal & Q(**{f"{column}__{_way(name)}": value})
        equal &= Q(**{column: value})
    first = order[0]
    return Q(**{f"{first.removeprefix('-')}__{_way(first)}e": values[0]}) & following


def _way(name: str) -> str:
    return "lt" if name.startswith("-") else "gt"
