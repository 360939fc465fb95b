"""Standards of work (工作标准): what one must say, and how its versions follow each other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tongban.catalog.rules.search import MAX_QUERY_LENGTH, MAX_WORDS

_NUMBER = re.compile(r"[^\s\x00]{1,40}")


@dataclass(frozen=True, slots=True)
class StandardText:
    """One version of a standard of work as it is put in."""

    number: str
    """标准编号, unique within the division: DZZW-BZ-001 …"""
    title: str
    category: str
    """The group that it belongs to: 服务提供, 服务保障, 岗位工作 …"""
    text: str


_LONGEST = {"title": 200, "category": 40, "text": 100_000}


def faults(standard: StandardText) -> Iterator[str]:
    """Yield the names of the fields that can't be kept: empty, too long, or not printable."""
    if _NUMBER.fullmatch(standard.number) is None:
        yield "number"
    for name, longest in _LONGEST.items():
        text: str = getattr(standard, name)
        if not text.strip() or len(text) > longest or "\0" in text:
            yield name


def words(search: str) -> list[str]:
    """Return the words of a search, each once, and no more than a search of the catalog takes.

    Whoever asks doesn't say how much there is to compare: each word is three more for each row.
    """
    return list(dict.fromkeys(search[:MAX_QUERY_LENGTH].split()))[:MAX_WORDS]


def follows(day: date, former: date | None) -> bool:
    """Tell whether a version may begin on ``day``: each holds for one day at least."""
    return former is None or day > former
