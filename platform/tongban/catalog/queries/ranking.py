"""How well a matter has the words of a search: as expressions that the database computes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Least, Length
from django.db.models.lookups import GreaterThanOrEqual

from tongban.catalog import models
from tongban.catalog.queries import standing
from tongban.catalog.queries.standing import MatterFilter
from tongban.catalog.rules import search as searching

Statement = tuple[str, list[Any]]
"""SQL and its parameters."""

OTHERWISE = 2_000_000
"""The rank of what is found by nothing that its matter says, behind everything else."""

_NAME, _BEGINNING, _IN_NAME, _ELSEWHERE = 0, 1, 2, 4
_SOUND, _WRONG, _PIECES, _MOST_MISSING = 101, 102, 103, 20
"""What a near word adds, by the way in which it is near: more than eight exact words together."""
_LOOSELY = 100
"""What taking the words nearly adds, so that it comes behind all that has them as they stand."""
_WEIGHT = 1000


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
        hits = [_hit(word, near=self.near) for word in self.words]
        needs = {self.full, *(self.full & ~mask for mask in self.centers.values())} - {0}
        condition = Q(pk__in=())
        for need in sorted(needs):
            if not any(other != need and other & need == other for other in needs):
                condition |= _all(hit for n, hit in enumerate(hits) if need >> n & 1)
        mask: Combinable = Value(0)
        tiers: Combinable = Value(_LOOSELY if self.near else 0)
        for n, (word, hit) in enumerate(zip(self.words, hits, strict=True)):
            mask += Case(When(hit, then=Value(1 << n)), default=Value(0))
            tiers += _tier(word, near=self.near)
        whole = Q(search_names__startswith=f"\n{''.join(self.words)}\n")
        first = Value(_LOOSELY if self.near else _NAME)
        rank = Case(When(whole, then=first), default=tiers) * Value(_WEIGHT)
        rows = (
            models.StandardMatter.objects.filter(condition, standing.narrowed("", where))
            .annotate(rank=rank + Least(Length("name"), Value(_WEIGHT - 1)), mask=mask)
            .values_list("code", "rank", "mask")
        )
        sql, params = rows.query.sql_with_params()
        return sql, list(params)


def _all(hits: Any) -> Q:
    condition = Q()
    for hit in hits:
        condition &= hit
    return condition


def _has(word: str) -> Q:
    return Q(search_terms__contains=searching.needed_terms(word), search_text__contains=word)


def _hit(word: str, *, near: bool) -> Q:
    hit = _has(word)
    if not near:
        return hit
    ways = searching.nearness(word)
    if ways.sound:
        hit |= _has(ways.sound)
    if ways.pattern:
        start = Q(pk__in=())
        for needed in ways.starts:
            start |= Q(search_terms__contains=needed)
        hit |= start & Q(search_text__regex=ways.pattern)
    if ways.pieces:
        most = GreaterThanOrEqual(_shared(ways.pieces), ways.least)
        hit |= Q(search_terms__overlap=list(ways.pieces)) & Q(most)
    return hit


def _shared(pieces: Sequence[str]) -> Combinable:
    shared: Combinable = Value(0)
    for piece in pieces:
        shared += Case(When(search_terms__contains=[piece], then=Value(1)), default=Value(0))
    return shared


def _tier(word: str, *, near: bool) -> Case:
    whens = [
        When(search_names__startswith=f"\n{word}\n", then=Value(_NAME)),
        When(search_names__contains=f"\n{word}", then=Value(_BEGINNING)),
        When(search_names__contains=word, then=Value(_IN_NAME)),
        When(search_text__contains=word, then=Value(_ELSEWHERE)),
    ]
    default: Combinable = Value(_ELSEWHERE)  # no matter's word: it names the center
    if near:
        ways = searching.nearness(word)
        if ways.sound:
            whens.append(When(search_text__contains=ways.sound, then=Value(_SOUND)))
        if ways.pattern:
            whens.append(When(search_text__regex=ways.pattern, then=Value(_WRONG)))
        if ways.pieces:
            missing = Value(len(ways.pieces)) - _shared(ways.pieces)
            default = Value(_PIECES) + Least(missing, Value(_MOST_MISSING))
    return Case(*whens, default=default, output_field=IntegerField())
