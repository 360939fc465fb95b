"""The one statement of a search: it ranks the matters and stops when the page is full.

Matters are few thousands, offerings a hundred times as many. So the matters that have the words
are ranked first, and what belongs to them is read matter by matter, in that order, by index.
Django's queries have no such tables within a statement, so this one is written out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from tongban.catalog.queries.ranking import NEARLY, OTHERWISE, Plan, Statement, narrowed_to
from tongban.catalog.queries.standing import MatterFilter, OfferingFilter
from tongban.catalog.states import IN_FORCE_ONCE, OfferingStatus

Place = tuple[Any, ...]
"""Where a find stands in the order: rank, matter, and for an offering its center."""

_STANDARD = """CROSS JOIN LATERAL (
  SELECT s.id, s.content FROM catalog_matterrevision s
   WHERE s.matter_code = {matter} AND s.status = ANY (%s) AND s.effective_from <= %s
     AND (s.effective_to IS NULL OR s.effective_to > %s) LIMIT 1) AS r"""


@dataclass(frozen=True, slots=True)
class MatterPages:
    """The pages of a search over matters: keys of revisions in force, by rank and matter."""

    plans: Sequence[Plan]
    where: MatterFilter
    on: date

    def keys(self, after: Place | None, limit: int) -> list[tuple[int, Place]]:
        """Return the keys behind ``after``, each with its place, up to ``limit`` (two queries)."""

        def parts(plans: Sequence[Plan]) -> list[Statement]:
            return [_page(part, (2, 3), limit) for part in self._parts(plans, after)]

        return _keys(self.plans, self.where, parts, (2, 3), limit)

    def count(self) -> int:
        """Count all of them (one query)."""
        return _count(self.plans, self.where, self._parts(self.plans, None))

    def _parts(self, plans: Sequence[Plan], after: Place | None) -> list[Statement]:
        parts = []
        for plan in plans:
            matters, params = _ranked(plan, "mask = %s", [plan.full], after, ">")
            standard = _STANDARD.format(matter="m.code")
            sql = f"SELECT r.id, m.rank, m.code FROM {matters} {standard}"
            parts.append((sql, [*params, *_in_force(self.on)]))
        return parts


@dataclass(frozen=True, slots=True)
class OfferingPages:
    """The pages of a search over offerings: their keys by rank, matter and center."""

    plans: Sequence[Plan]
    where: OfferingFilter
    on: date
    code: str
    """What may be the beginning of an offering's code, as it was typed; empty for anything else."""

    def keys(self, after: Place | None, limit: int) -> list[tuple[int, Place]]:
        """Return the keys behind ``after``, each with its place, up to ``limit`` (two queries)."""

        def parts(plans: Sequence[Plan]) -> list[Statement]:
            return [_page(part, (2, 3, 4), limit) for part in self._parts(plans, after, limit)]

        return _keys(self.plans, self.where, parts, (2, 3, 4), limit)

    def count(self) -> int:
        """Count all of them (one query)."""
        return _count(self.plans, self.where, self._parts(self.plans, None, None))

    def _parts(
        self, plans: Sequence[Plan], after: Place | None, limit: int | None
    ) -> list[Statement]:
        parts = []
        for plan in plans:
            whole = _ranked(plan, "mask = %s", [plan.full], after and after[:2], ">=")
            parts.append(self._of_matters(whole, None, after, limit))
            for mask, codes in plan.centers_by_words().items():
                own = self._among(codes)
                if own and mask != plan.full:
                    fit, fitting = "mask <> %s AND mask | %s = %s", [plan.full, mask, plan.full]
                    rest = _ranked(plan, fit, fitting, after and after[:2], ">=")
                    parts.append(self._of_matters(rest, own, after, limit))
                elif own:
                    parts.append(self._of_centers(plan, own, after, limit))
        if self.code:
            for column, text in (("code", self.code.upper()), ("local_code", self.code)):
                parts.append(self._of_code(column, text, after))
        return parts

    def _among(self, codes: Sequence[str]) -> list[str]:
        if not self.where.center_codes:
            return sorted(codes)
        return sorted(set(codes) & set(self.where.center_codes))

    def _of_matters(
        self, ranked: Statement, centers: list[str] | None, after: Place | None, limit: int | None
    ) -> Statement:
        """Return the offerings of ranked matters, of some centers only where given."""
        matters, params = ranked
        offered, more = self._offered(centers)
        if after:
            offered += " AND (m.rank, m.code, o.center_code) > (%s, %s, %s)"
            more += after
        sql = (
            f"SELECT f.id, m.rank, m.code, f.center_code FROM {matters}"
            f" {_STANDARD.format(matter='m.code')} CROSS JOIN LATERAL ("
            " SELECT o.id, o.center_code FROM catalog_offering o"
            f" WHERE o.matter_code = m.code AND {offered}{_first(limit, 'o.center_code')}) AS f"
        )
        return sql, [*params, *_in_force(self.on), *more]

    def _of_centers(
        self, plan: Plan, centers: list[str], after: Place | None, limit: int | None
    ) -> Statement:
        """Return what centers offer that all words name, but for what the matters' part has."""
        offered, params = self._offered(None)
        behind, more = self._otherwise(plan, after)
        sql = (
            f"SELECT f.id, {OTHERWISE}, f.matter_code, c.code"
            " FROM unnest(%s::text[]) AS c (code) CROSS JOIN LATERAL ("
            " SELECT o.id, o.matter_code FROM catalog_offering o"
            f" {_STANDARD.format(matter='o.matter_code')}"
            f" WHERE o.center_code = c.code AND {offered}{behind}"
            f"{_first(limit, 'o.matter_code')}) AS f"
        )
        return sql, [centers, *_in_force(self.on), *params, *more]

    def _of_code(self, column: str, text: str, after: Place | None) -> Statement:
        """Return the offerings whose code in ``column`` begins with ``text``."""
        offered, params = self._offered(None)
        behind, more = self._otherwise(self.plans[0], after)
        sql = (
            f"SELECT o.id, {OTHERWISE}, o.matter_code, o.center_code FROM catalog_offering o"
            f" {_STANDARD.format(matter='o.matter_code')}"
            f" WHERE o.{column} >= %s AND o.{column} < %s AND {offered}{behind}"
        )
        return sql, [*_in_force(self.on), text, f"{text}\U0010ffff", *params, *more]

    def _offered(self, centers: list[str] | None) -> Statement:
        """Return the condition of being in use and of the filter's centers and intake."""
        sql = (
            "o.status = %s AND o.effective_from <= %s"
            " AND (o.effective_to IS NULL OR o.effective_to > %s)"
        )
        params: list[Any] = [OfferingStatus.IN_USE.value, self.on, self.on]
        wanted = centers if centers is not None else list(self.where.center_codes)
        if wanted:
            sql += " AND o.center_code = ANY (%s)"
            params.append(wanted)
        if self.where.assisted_intake is not None:
            sql += (
                " AND (o.assisted_intake AND coalesce("
                "(r.content ->> 'assisted_intake')::boolean, false)) = %s"
            )
            params.append(self.where.assisted_intake)
        return sql, params

    def _otherwise(self, plan: Plan, after: Place | None) -> Statement:
        """Return the condition of not being found by the matter, and of the filter's matters."""
        sql = (
            f" AND NOT EXISTS (SELECT FROM {plan.table} AS x"
            " WHERE x.mask = %s AND x.code = o.matter_code)"
        )
        params: list[Any] = [plan.full]
        if plan.near:
            sql += f" AND (SELECT count(*) FROM exact) < {plan.few}"
        narrowed, more = narrowed_to("o.matter_code", self.where)
        sql, params = sql + narrowed, params + more
        if after:
            sql += f" AND ({OTHERWISE}, o.matter_code, o.center_code) > (%s, %s, %s)"
            params += after
        return sql, params


def _ranked(
    plan: Plan, fit: str, params: Sequence[Any], after: Place | None, beyond: str
) -> Statement:
    """Return the plan's matters that fit, in order, as a table ``m``."""
    sql = f"SELECT code, rank FROM {plan.table} WHERE {fit}"
    if after:
        sql += f" AND (rank, code) {beyond} (%s, %s)"
    return f"({sql} ORDER BY rank, code) AS m", [*params, *(after or ())]


def _in_force(on: date) -> list[Any]:
    return [[status.value for status in IN_FORCE_ONCE], on, on]


def _first(limit: int | None, column: str) -> str:
    return "" if limit is None else f" ORDER BY {column} LIMIT {limit:d}"


def _page(part: Statement, columns: Sequence[int], limit: int) -> Statement:
    sql, params = part
    return f"{sql} ORDER BY {', '.join(map(str, columns))} LIMIT {limit:d}", params


def _keys(
    plans: Sequence[Plan],
    where: MatterFilter,
    parts: Callable[[Sequence[Plan]], Sequence[Statement]],
    columns: Sequence[int],
    limit: int,
) -> list[tuple[int, Place]]:
    """Return a page; what comes near is asked for only where exact finds leave room for it."""
    found: list[tuple[int, Place]] = []
    for asked in (plans,) if len(plans) == 1 else (plans[:1], plans):
        some = parts(asked)
        if not some:
            return []
        tables, params = _tables(asked, where)
        body, more = _page(_joined(some), columns, limit) if len(some) > 1 else some[0]
        rows = _rows(f"{tables}{body}", [*params, *more])
        found = [(key, tuple(place)) for key, *place in rows]
        if len(found) == limit and found[-1][1][0] < NEARLY:
            break
    return found


def _count(plans: Sequence[Plan], where: MatterFilter, parts: Sequence[Statement]) -> int:
    if not parts:
        return 0
    tables, params = _tables(plans, where)
    body, more = _joined(parts)
    return int(_rows(f"{tables}SELECT count(*) FROM ({body}) AS found", [*params, *more])[0][0])


def _joined(parts: Sequence[Statement]) -> Statement:
    # Only an offering that has been found by its center and by its code comes twice, alike.
    return (
        "\nUNION\n".join(f"({sql})" for sql, _params in parts),
        [param for _sql, params in parts for param in params],
    )


def _tables(plans: Sequence[Plan], where: MatterFilter) -> Statement:
    """Return the matters that have the words, exactly and nearly, as tables of the statement.

    Near ones cost nothing where the exact ones are not few: their number is asked first.
    """
    sql, params = plans[0].matters(where)
    tables = f"WITH exact (code, rank, mask) AS MATERIALIZED ({sql})"
    for plan in plans[1:]:
        sql, more = plan.matters(where)
        tables += (
            f",\n near (code, rank, mask) AS MATERIALIZED (SELECT n.* FROM ({sql}) AS n"
            f" WHERE (SELECT count(*) FROM exact) < {plan.few}"
            " AND NOT EXISTS (SELECT FROM exact WHERE exact.code = n.code))"
        )
        params = [*params, *more]
    return f"{tables}\n", params


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
