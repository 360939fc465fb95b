"""How well a matter has the words of a search: as SQL that ranks it.

Written out, since it is computed for each matter of a large catalog, and read with ``paging``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tongban.catalog import models
from tongban.catalog.queries import standing
from tongban.catalog.queries.standing import MatterFilter
from tongban.catalog.rules import search as searching

Part = TypeVar("Part")
Statement = tuple[str, list[Any]]
"""SQL and its parameters."""

FEW = 3

OTHERWISE = 2_000_000
"""The rank of what is found by nothing that its matter says, behind everything else."""

_NAME, _BEGINNING, _IN_NAME, _ELSEWHERE = 0, 1, 2, 4
_SOUND, _WRONG, _REST, _PIECES, _MOST_MISSING = 101, 102, 103, 104, 20
"""What a near word adds, by the way in which it is near: more than eight exact words together."""
_LOOSELY = 100
"""What taking the words nearly adds, so that it comes behind all that has them as they stand."""
_WEIGHT = 1000
NEARLY = _LOOSELY * _WEIGHT
"""From this rank on matters have the words nearly only."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One way of taking the words of a search: as they are written, or nearly."""

    words: tuple[str, ...]
    near: bool
    centers: dict[str, int] = field(default_factory=dict)
    """Which words name which center: the word at place n is bit n."""

    @property
    def table(self) -> str:
        """The name of its matters within the statement."""
        return "near" if self.near else "exact"

    @property
    def few(self) -> int:
        """With fewer matters found exactly, those that have the words nearly follow them.

        Of short words, what is near is too much to follow anything.
        """
        return FEW if all(searching.nearness(word).pattern for word in self.words) else 1

    @property
    def full(self) -> int:
        """All words."""
        return (1 << len(self.words)) - 1

    def centers_by_words(self) -> dict[int, list[str]]:
        """Return the centers by the words that name them."""
        found: dict[int, list[str]] = {}
        for code, mask in self.centers.items():
            found.setdefault(mask, []).append(code)
        return found

    def matters(self, where: MatterFilter) -> Statement:
        """Return the statement of code, rank and words of the matters that fit.

        A matter needs the words that name no center: those that do may be the center's part.
        """
        hits = [_nearly(word) if self.near else _has(word) for word in self.words]
        rank, ranking = _joined(" + ", [_tier(word, near=self.near) for word in self.words])
        mask, masking = self._mask(hits)
        table, taking = self._candidates()
        fits, fitting = _joined(
            " OR ", [_joined(" AND ", _among(hits, need)) for need in self._needs()]
        )
        narrowed, narrowing = narrowed_to("m.code", where)
        base = _LOOSELY if self.near else _NAME
        whole = f"\n{''.join(self.words)}\n"
        sql = (
            f"SELECT m.code, ({base} + CASE WHEN starts_with(m.search_names, %s) THEN {_NAME}"
            f" ELSE {rank} END) * {_WEIGHT} + least(length(m.name), {_WEIGHT - 1}), {mask}"
            f" FROM {table} AS m WHERE {fits}{narrowed}"
        )
        return sql, [whole, *ranking, *masking, *taking, *fitting, *narrowing]

    def _candidates(self) -> Statement:
        """Return the table from which matters are taken.

        Near words have many ways of fitting, each an index scan of its own: as alternatives of one
        condition they would look dearer than reading all matters.
        """
        if not self.near:
            return "catalog_standardmatter", []
        arms = dict.fromkeys(
            terms
            for need in self._needs()
            for terms in _terms(max(_among(self.words, need), key=len))
        )
        part = (
            "SELECT id, code, name, search_names, search_text, search_terms"
            " FROM catalog_standardmatter WHERE search_terms @> %s::varchar[]"
        )
        return (
            f"(SELECT DISTINCT ON (id) * FROM ({' UNION ALL '.join([part] * len(arms))}) AS c"
            " ORDER BY id)"
        ), [list(terms) for terms in arms]

    def _needs(self) -> list[int]:
        """Return the least sets of words of which a matter must have one."""
        needs = {self.full, *(self.full & ~mask for mask in self.centers.values())} - {0}
        return sorted(n for n in needs if not any(m != n and m & n == m for m in needs))

    def _mask(self, hits: Sequence[Statement]) -> Statement:
        if self._needs() == [self.full]:
            return str(self.full), []
        bits = [
            (f"CASE WHEN {sql} THEN {1 << n} ELSE 0 END", params)
            for n, (sql, params) in enumerate(hits)
        ]
        return _joined(" + ", bits)


def _among(parts: Sequence[Part], mask: int) -> list[Part]:
    return [part for n, part in enumerate(parts) if mask >> n & 1]


def narrowed_to(column: str, where: MatterFilter) -> Statement:
    """Return the condition, ``AND`` before it, that a filter sets to the matter's code."""
    condition = standing.narrowed("", where)
    if not condition:
        return "", []
    rows = models.StandardMatter.objects.filter(condition).values("code")
    sql, params = rows.query.sql_with_params()
    return f" AND {column} IN ({sql})", list(params)


def _joined(between: str, parts: Iterable[Statement]) -> Statement:
    parts = list(parts)
    return (
        f"({between.join(sql for sql, _params in parts)})",
        [param for _sql, params in parts for param in params],
    )


def _has(word: str) -> Statement:
    return (
        # The text first: where no index is asked, unpacking the terms is the dearer part.
        "(strpos(m.search_text, %s) > 0 AND m.search_terms @> %s::varchar[])",
        [word, searching.needed_terms(word)],
    )


def _terms(word: str) -> Iterator[tuple[str, ...]]:
    """Yield the lists of terms of which a matter that has ``word`` nearly has one whole."""
    ways = searching.nearness(word)
    yield tuple(searching.needed_terms(word))
    if ways.sound:
        yield tuple(searching.needed_terms(ways.sound))
    yield from ways.starts
    yield from ((piece,) for piece in ways.rarest)


def _nearly(word: str) -> Statement:
    ways = searching.nearness(word)
    arms = [_has(word)]
    if ways.sound:
        arms.append(("strpos(m.search_text, %s) > 0", [ways.sound]))
    if ways.pieces:
        shared, params = _shared(ways.pieces)
        arms.append((f"{shared} >= {ways.least}", params))
    if ways.pattern:
        arms += [_one_wrong(ways), _any_of(ways.rests)]
    return _joined(" OR ", arms)


def _one_wrong(ways: searching.Nearness) -> Statement:
    tried = ("m.search_text ~ %s", [ways.pattern])
    return _joined(" AND ", [_any_of(ways.halves), tried]) if ways.halves else tried


def _any_of(parts: Sequence[str]) -> Statement:
    return _joined(" OR ", [("strpos(m.search_text, %s) > 0", [part]) for part in parts])


def _shared(pieces: Sequence[str]) -> Statement:
    return _joined(" + ", [("(strpos(m.search_text, %s) > 0)::int", [each]) for each in pieces])


def _tier(word: str, *, near: bool) -> Statement:
    cases: list[tuple[str, list[Any], int]] = [
        ("starts_with(m.search_names, %s)", [f"\n{word}\n"], _NAME),
        ("strpos(m.search_names, %s) > 0", [f"\n{word}"], _BEGINNING),
        ("strpos(m.search_names, %s) > 0", [word], _IN_NAME),
    ]
    last: Statement = (str(_ELSEWHERE), [])  # what no matter has names the center
    if near:
        ways = searching.nearness(word)
        cases.append(("strpos(m.search_text, %s) > 0", [word], _ELSEWHERE))
        if ways.sound:
            cases.append(("strpos(m.search_text, %s) > 0", [ways.sound], _SOUND))
        if ways.pattern:
            cases += [(*_one_wrong(ways), _WRONG), (*_any_of(ways.rests), _REST)]
        if ways.pieces:
            shared, params = _shared(ways.pieces)
            most = _PIECES + len(ways.pieces)
            last = (f"least({most} - {shared}, {_PIECES + _MOST_MISSING})", params)
    sql = " ".join(f"WHEN {condition} THEN {tier}" for condition, _params, tier in cases)
    return (
        f"CASE {sql} ELSE {last[0]} END",
        [param for _condition, params, _tier in cases for param in params] + last[1],
    )
