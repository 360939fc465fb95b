"""How centers are called, and which are called so."""

import heapq
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from tongban.kernel import pinyin
from tongban.registry import models


@dataclass(frozen=True, slots=True)
class CenterName:
    """How a center is called, in the forms in which people write it, normalized."""

    code: str
    name: str
    pinyin: str
    initials: str


class CenterNames:
    """The names of all centers in all their forms, in alphabetical order."""

    def __init__(self, centers: Iterable[models.Center]) -> None:
        names = [
            CenterName(each.code, pinyin.normalize(each.name), each.name_pinyin, each.name_initials)
            for each in centers
        ]
        forms = sorted(
            ((form, each) for each in names for form in _forms(each)),
            key=lambda named: (named[0], named[1].code),
        )
        self._forms = [form for form, _name in forms]
        self._names = [name for _form, name in forms]

    def called(
        self, beginnings: Collection[str], *, readings: Collection[str], limit: int
    ) -> list[CenterName]:
        """Return what one of the ``beginnings`` begins or is read as one of ``readings``."""
        found = {name for beginning in beginnings if beginning for name in self._from(beginning)}
        for reading in readings:
            found.update(name for name in self._from(reading) if name.pinyin == reading)
        return heapq.nsmallest(limit, found, key=lambda name: (len(name.name), name.code))

    def _from(self, beginning: str) -> Iterator[CenterName]:
        for place in range(bisect_left(self._forms, beginning), len(self._forms)):
            if not self._forms[place].startswith(beginning):
                return
            yield self._names[place]


def _forms(name: CenterName) -> set[str]:
    return {name.code, name.name, name.pinyin, name.initials} - {""}
