"""Which words of a search name a center: by name, pinyin, initials or code, or nearly so.

A word names a center by the beginning of any of these, so 单县, shanxian and sx do, and 371722.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tongban.kernel import pinyin

SUFFIXES = ("zhengwufuwuzhongxin", "bianminfuwuzhongxin")
"""政务服务中心 and 便民服务中心 as they are read: what follows a place in a center's name."""
_LEAST_REST = 2
_LEAST_CHARACTERS = 2
_LEAST_LETTERS = 3
_LEAST_DIGITS = 6
_LEAST_SPLIT_LETTERS = 8


@dataclass(frozen=True, slots=True)
class Place:
    """How one center is called, normalized."""

    code: str
    name: str
    pinyin: str
    initials: str


def beginning(word: str) -> str | None:
    """Return what a center named by ``word`` begins with, None where the word can name none."""
    if pinyin.is_chinese(word):
        return word if len(word) >= _LEAST_CHARACTERS else None
    if word.isdecimal():
        return word if len(word) >= _LEAST_DIGITS else None
    return word if len(word) >= _LEAST_CHARACTERS else None


def names(place: Place, word: str) -> bool:
    """Tell whether ``word`` names the place."""
    if beginning(word) is None:
        return False
    if word.isdecimal():
        return place.code.startswith(word)
    if place.name.startswith(word) or place.initials.startswith(word):
        return True
    return len(word) >= _LEAST_LETTERS and place.pinyin.startswith(word)


def sounds(word: str) -> str:
    """Return how a Chinese word that may name a place is read, empty for others."""
    if pinyin.is_chinese(word) and len(word) >= _LEAST_CHARACTERS:
        return "".join(pinyin.syllables(word))
    return ""


def sounds_like(place: Place, word: str) -> bool:
    """Tell whether the place begins with characters that are read like ``word`` (善县, 单县)."""
    read = sounds(word)
    return bool(read) and "".join(pinyin.syllables(place.name[: len(word)])) == read


def split_beginning(word: str) -> str | None:
    """Return with what a place begins that ``word`` may begin with: 单县身份证 → 单县."""
    if pinyin.is_chinese(word) and len(word) >= _LEAST_CHARACTERS + _LEAST_REST:
        return word[:_LEAST_CHARACTERS]
    return None


def split_readings(word: str) -> list[str]:
    """Return the readings of centers that ``word``, in pinyin, may begin with."""
    if pinyin.is_chinese(word) or word.isdecimal() or len(word) < _LEAST_SPLIT_LETTERS:
        return []
    ends = range(_LEAST_LETTERS + 1, len(word) - _LEAST_REST)
    return [f"{word[:end]}{suffix}" for end in ends for suffix in SUFFIXES]


def split(word: str, places: Iterable[Place]) -> list[str]:
    """Return ``word`` in two where it begins with the name of a place, the longest such."""
    longest = max((_shared(word, place) for place in places), default=0)
    if longest == 0 or len(word) - longest < _LEAST_REST:
        return [word]
    return [word[:longest], word[longest:]]


def _shared(word: str, place: Place) -> int:
    if pinyin.is_chinese(word):
        if split_beginning(word) is None or not place.name.startswith(word[:_LEAST_CHARACTERS]):
            return 0
        return next(
            (n for n, (a, b) in enumerate(zip(word, place.name, strict=False)) if a != b),
            min(len(word), len(place.name)),
        )
    for suffix in SUFFIXES:
        read = place.pinyin.removesuffix(suffix)
        if read != place.pinyin and len(read) > _LEAST_LETTERS and word.startswith(read):
            return len(read)
    return 0
