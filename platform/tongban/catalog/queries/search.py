"""Searching matters and offerings, as people in China expect of a search: ranked, and forgiving."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

from tongban.catalog import models
from tongban.catalog.queries import standing
from tongban.catalog.queries.paging import MatterPages, OfferingPages, Place
from tongban.catalog.queries.ranking import Plan
from tongban.catalog.queries.standing import MatterFilter, OfferingFilter
from tongban.catalog.rules import places
from tongban.catalog.rules import search as searching
from tongban.registry import queries as registry

_MOST_CENTERS = 100
_LONGEST_CODE = 100
_LEAST_DIGITS = 6

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """What a search found, in the order of its rank; nothing is read before it is asked for."""

    identity: str
    """Of the search and its order: a place in the order is one of the same search only."""
    pages: MatterPages | OfferingPages
    load: Callable[[list[int]], dict[int, Row]]

    def page(self, *, after: Place | None, limit: int) -> list[tuple[Place, Row]]:
        """Return up to ``limit`` rows behind ``after``, each with its place.

        Two queries, three where near finds fill the page.
        """
        found = self.pages.keys(after, limit)
        rows = self.load([key for key, _place in found])
        return [(place, rows[key]) for key, place in found if key in rows]

    def count(self) -> int:
        """Count all that the search finds (one query)."""
        return self.pages.count()


def search_matters(
    *, on: date, search: str, where: MatterFilter | None = None
) -> Found[models.MatterRevision]:
    """Return the matters in force on ``on`` that have every word of ``search``, as revisions.

    Words are any part of a name, result, theme, department, life event or code, or of how these
    are read, in full or by initials. First comes the matter of that name, then names that begin
    with the words, names that have them, and the rest; among equals the shorter name, then the
    code. A search without a single word finds nothing.
    """
    words = tuple(searching.words(search))
    plans = [Plan(words, near=False), Plan(words, near=True)] if words else []
    return Found(
        identity=_identity("matters", words),
        pages=MatterPages(plans, where or MatterFilter(), on),
        load=lambda keys: standing.with_names(standing.in_force(on)).in_bulk(keys),
    )


def search_offerings(
    *, on: date, search: str, where: OfferingFilter | None = None
) -> Found[models.Offering]:
    """Return the offerings in use on ``on`` that have every word of ``search``.

    Words are sought as ``search_matters`` does, or name the center (by the beginning of its name,
    as it is written or read, or of its code); a single one may be the beginning of an offering's
    code. The map of centers tells which ones the words name.
    """
    words = tuple(searching.words(search))
    plans = _plans(words) if words else []
    return Found(
        identity=_identity("offerings", words),
        pages=OfferingPages(plans, where or OfferingFilter(), on, _code(search)),
        load=lambda keys: _with_standard(on).in_bulk(keys),
    )


@lru_cache(maxsize=4)
def _with_standard(on: date) -> QuerySet[models.Offering]:
    """Return the unread offerings of a day: putting the query together costs what a page does."""
    return standing.with_standard(models.Offering.objects.all(), on)


def _identity(kind: str, words: Sequence[str]) -> str:
    return hashlib.sha256(" ".join((kind, *words)).encode("utf-8", "replace")).hexdigest()[:12]


def _code(search: str) -> str:
    """Return the search itself where it may be the beginning of a code."""
    text = search.strip()
    fits = text.isascii() and text.replace("-", "").isalnum() and len(text) <= _LONGEST_CODE
    return text if fits and sum(map(str.isdecimal, text)) >= _LEAST_DIGITS else ""


def _plans(words: tuple[str, ...]) -> list[Plan]:
    named = _places(words)
    exact = Plan(words, near=False, centers=_masks(words, named, places.names))
    if exact.full in exact.centers.values():
        return [exact]
    parts = (part for word in words for part in places.split(word, named))
    looser = tuple(dict.fromkeys(parts))[: searching.MAX_WORDS]
    near = Plan(
        looser,
        near=True,
        centers=_masks(
            looser, named, lambda p, word: places.names(p, word) or places.sounds_like(p, word)
        ),
    )
    return [exact, near]


def _places(words: Sequence[str]) -> list[places.Place]:
    beginnings = {
        beginning
        for word in words
        for beginning in (places.beginning(word), places.split_beginning(word), places.sounds(word))
        if beginning
    }
    readings = {reading for word in words for reading in places.split_readings(word)}
    found = registry.centers_named(
        sorted(beginnings), readings=sorted(readings), limit=_MOST_CENTERS
    )
    return [places.Place(each.code, each.name, each.pinyin, each.initials) for each in found]


def _masks(
    words: Sequence[str],
    named: Sequence[places.Place],
    fits: Callable[[places.Place, str], bool],
) -> dict[str, int]:
    masks = {
        place.code: sum(1 << n for n, word in enumerate(words) if fits(place, word))
        for place in named
    }
    return {code: mask for code, mask in masks.items() if mask}
