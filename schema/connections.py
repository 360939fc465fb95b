"""Relay connections over a QuerySet, paged by key: a page costs the same however deep it lies."""

import base64
import binascii
import contextvars
import json
import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, Protocol, TypeVar

import strawberry
from django.core.exceptions import ValidationError
from django.db.models import Model, Prefetch, QuerySet, prefetch_related_objects

from schema.errors import BadRequestError
from tongban.kernel import crypto, paging

DEFAULT_PAGE = 20
LONGEST_PAGE = 100

_PLACE = ("place",)
_LAST_PLACE = 2**31 - 1

Node = TypeVar("Node")
Entry = TypeVar("Entry")
Row = TypeVar("Row", bound=Model)

First = Annotated[
    int, strawberry.argument(description="How many to return, 1 to 100; 20 when not given.")
]
After = Annotated[
    str | None,
    strawberry.argument(description="The `cursor` or `endCursor` behind which to go on."),
]


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follow.")
    has_previous_page: bool = strawberry.field(
        description="Whether the page has a cursor before it."
    )
    start_cursor: str | None = strawberry.field(description="The cursor of the first edge.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last edge.")


@strawberry.type(description="One entry of a page.")
class Edge(Generic[Node]):
    node: Node = strawberry.field(description="The entry itself.")
    cursor: str = strawberry.field(description="Its place in the list, opaque.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[Node]):
    edges: list[Edge[Node]] = strawberry.field(description="The entries of the page, in order.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")
    count: strawberry.Private[Callable[[], int]]

    @strawberry.field(description="How many the whole list has; counted only when selected.")
    def total_count(self) -> int:
        return self.count()


def paginate(
    rows: QuerySet[Row],
    *,
    order: Sequence[str],
    first: int,
    after: str | None,
    node: Callable[[Row], Node],
) -> Connection[Node]:
    """Return one page of ``rows`` in ``order``.

    ``order`` names columns, ``-`` before a descending one; together they are unique and none is
    null. One query, a second when ``totalCount`` is selected. Raises: BadRequestError for a
    ``first`` out of 1–100 and a cursor that is not of this list.
    """
    _refuse_size(first)
    following = rows
    if after is not None:
        following = rows.filter(paging.behind(order, _place(rows, after, order)))
    found = list(following.order_by(*order)[: first + 1])
    return _connection(
        [_edge(row, order, node) for row in found[:first]],
        has_next=len(found) > first,
        after=after,
        count=rows.order_by().count,
    )


def _place(rows: QuerySet[Row], after: str, order: Sequence[str]) -> list[Any]:
    columns = [name.removeprefix("-") for name in order]
    place = zip(columns, _decoded(after, order), strict=True)
    return [_converted(rows, column, value) for column, value in place]


def _edge(row: Row, order: Sequence[str], node: Callable[[Row], Node]) -> Edge[Node]:
    place = [getattr(row, name.removeprefix("-")) for name in order]
    return Edge(node=node(row), cursor=_encoded(order, place))


class Paged(Protocol[Row]):
    """A list that reads its own pages, in an order as ``paginate`` has it."""

    @property
    def order(self) -> tuple[str, ...]:
        """The columns of its order."""

    @property
    def rows(self) -> QuerySet[Row]:
        """All of it, to be counted."""

    def page(self, *, limit: int, after: Sequence[Any] | None = None) -> list[Row]:
        """Return up to ``limit`` rows behind the values ``after`` of its order."""


def paginate_list(
    found: Paged[Row],
    *,
    below: "Sequence[str | Prefetch[str]]",
    first: int,
    after: str | None,
    node: Callable[[Row], Node],
) -> Connection[Node]:
    """Return one page of a list that reads its own, with the tables ``below`` its rows.

    Raises: as ``paginate``.
    """
    _refuse_size(first)
    place = None if after is None else _place(found.rows, after, found.order)
    rows = found.page(limit=first + 1, after=place)
    prefetch_related_objects(rows, *below)
    return _connection(
        [_edge(row, found.order, node) for row in rows[:first]],
        has_next=len(rows) > first,
        after=after,
        count=lambda: found.rows.count(),  # noqa: PLW0108 # not made unless it is asked for
    )


class Ranked(Protocol[Row]):
    """A search: rows in the order of a rank that the search itself gives them."""

    @property
    def identity(self) -> str:
        """Equal for equal searches: a cursor of another one would skip entries unnoticed."""

    def page(
        self, *, after: tuple[Any, ...] | None, limit: int
    ) -> list[tuple[tuple[Any, ...], Row]]:
        """Return up to ``limit`` rows behind ``after``, each with its place: a rank and codes."""

    def count(self) -> int:
        """Count all that is found."""


def paginate_ranked(
    found: Ranked[Row],
    *,
    codes: int,
    first: int,
    after: str | None,
    node: Callable[[Row], Node],
) -> Connection[Node]:
    """Return one page of what a search found, the best first.

    A place in its order is a rank and so many ``codes``. Raises: as ``paginate``.
    """
    _refuse_size(first)
    order = (f"rank in {found.identity}", *["code"] * codes)
    place = None if after is None else tuple(_decoded(after, order))
    if place is not None and not _is_place(place):
        raise BadRequestError(reason="after", path=("after",))
    rows = found.page(after=place, limit=first + 1)
    edges = [Edge(node=node(row), cursor=_encoded(order, place)) for place, row in rows[:first]]
    return _connection(edges, has_next=len(rows) > first, after=after, count=found.count)


_CODE = re.compile(r"[0-9A-Za-z]{1,64}", re.ASCII)
_HIGHEST_RANK = 2**31 - 1


def _is_place(place: Sequence[Any]) -> bool:
    rank, *codes = place
    is_rank = isinstance(rank, int) and not isinstance(rank, bool) and 0 <= rank <= _HIGHEST_RANK
    return is_rank and all(isinstance(code, str) and _CODE.fullmatch(code) for code in codes)


def _refuse_size(first: int) -> None:
    if not 1 <= first <= LONGEST_PAGE:
        raise BadRequestError(reason=f"first: 1–{LONGEST_PAGE}", path=("first",))


def _connection(
    edges: list[Edge[Node]], *, has_next: bool, after: str | None, count: Callable[[], int]
) -> Connection[Node]:
    here = contextvars.copy_context()
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=has_next,
            has_previous_page=after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        # Counted when its field is resolved, which is after the caller has left its context.
        count=lambda: here.run(count),
    )


def paginate_places(
    read: Callable[[int, int], Sequence[Entry]],
    *,
    count: Callable[[], int],
    first: int,
    after: str | None,
    node: Callable[[Entry], Node],
) -> Connection[Node]:
    """Return one page of a list that is kept whole and in order, such as the entries of a document.

    ``read`` gives what follows the first n entries, up to a number; ``count`` tells how many there
    are, when that is selected. Raises: BadRequestError as ``paginate``.
    """
    if not 1 <= first <= LONGEST_PAGE:
        raise BadRequestError(reason=f"first: 1–{LONGEST_PAGE}", path=("first",))
    start = 0 if after is None else _decoded(after, _PLACE)[0]
    if not isinstance(start, int) or not 0 <= start <= _LAST_PLACE:
        raise BadRequestError(reason="after", path=("after",))
    found = read(start, first + 1)
    edges = [
        Edge(node=node(entry), cursor=_encoded(_PLACE, [start + n]))
        for n, entry in enumerate(found[:first], 1)
    ]
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=len(found) > first,
            has_previous_page=after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        count=count,
    )


def _encoded(order: Sequence[str], values: Sequence[Any]) -> str:
    # The order is part of the cursor: a cursor of another order would skip entries unnoticed.
    text = crypto.canonical_json([",".join(order), *values])
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _decoded(cursor: str, order: Sequence[str]) -> list[Any]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        parts = None
    if (
        not isinstance(parts, list)
        or len(parts) != len(order) + 1
        or parts[0] != ",".join(order)
        or not all(isinstance(part, str | int) for part in parts)
    ):
        raise BadRequestError(reason="after", path=("after",))
    return parts[1:]


def _converted(rows: QuerySet[Row], column: str, value: Any) -> Any:
    annotation = rows.query.annotations.get(column)
    field = rows.model._meta.get_field(column) if annotation is None else annotation.output_field
    try:
        return field.to_python(value)  # type: ignore[union-attr] # columns have it, relations are not ordered by
    except (ValidationError, ValueError, TypeError) as error:
        raise BadRequestError(reason="after", path=("after",)) from error
