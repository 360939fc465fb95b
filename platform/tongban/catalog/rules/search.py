"""Finding Chinese text by any part of it, by how it is read, and in spite of one wrong character.

PostgreSQL's trigram indexes ignore words of two characters, which most Chinese words have. So each
matter keeps its terms in an indexed array: single characters and neighbouring pairs of Chinese
text, pieces of four letters of everything else, pinyin and initials among it. A word's terms narrow
the rows by the index, and a plain comparison of the text makes the answer exact.

Where that finds little, words are taken less exactly (``Nearness``): as they sound, with one
character wrong, missing or too many, or by most of their pairs.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tongban.catalog.rules.content import MatterContent
from tongban.kernel import pinyin

MAX_WORDS = 8
MAX_WORD_LENGTH = 40
MAX_QUERY_LENGTH = 500
LONGEST_TERM = 4

_PAIR = 2
_FEWEST = {True: 3, False: 6}
"""From how many characters or letters on one may be wrong; below, anything would fit."""
_LONGEST = {True: 12, False: 24}
"""Up to how many: so many ways of being wrong are slow to try."""
_LEAST_BY_PIECES = 4
_SHARE_OF_PIECES = 0.6

_COMMON_PAIRS = (
    "许可可证经营变更备案登记审批营许企业申请注销单位建设运输信息保险机构行使"
    "工程场所道路项目服务办理执业食品设立证明核发活动报告查询人员社会营业申领"
    "生产补办资格证书延续异地临时管理核准认定行政公共资质证核证变证延证注"
)
_COMMON = {_COMMON_PAIRS[n : n + _PAIR]: n for n in range(0, len(_COMMON_PAIRS), _PAIR)}
"""Pairs that so many names have that they narrow little, the most common first."""


@dataclass(frozen=True, slots=True)
class Searchable:
    """What a matter is found by: its columns of that name."""

    names: str
    """Names, their pinyin and initials, a line each, the name without spaces first."""
    text: str
    """All of it, no match reaching over two lines."""
    terms: list[str]


def of_matter(content: MatterContent, *, code: str, local_code: str, main_item: str) -> Searchable:
    """Return what a matter of this content is found by."""
    return searchable(
        names=(content.name, content.short_name),
        elements=(
            content.result.name if content.result else "",
            content.theme,
            content.department,
            *content.life_events,
            main_item,
        ),
        codes=(code, local_code),
    )


def searchable(
    *, names: Iterable[str], elements: Iterable[str], codes: Iterable[str]
) -> Searchable:
    """Return what a matter is found by; the first of its ``names`` is its name."""
    found: set[str] = set()
    named = _lines(names, found)
    others = [*_lines(elements, found), *(pinyin.normalize(code) for code in codes)]
    lines = list(dict.fromkeys(line for line in named + others if line))
    for line in lines:
        found.update(terms(line))
    return Searchable(
        names="".join(f"\n{line}" for line in dict.fromkeys(named)) + "\n",
        text="\n".join(lines),
        terms=sorted(found),
    )


def _lines(texts: Iterable[str], found: set[str]) -> list[str]:
    lines: list[str] = []
    for text in map(pinyin.normalize, texts):
        read = pinyin.syllables(text)
        if not read:
            continue
        reading, letters = "".join(read), pinyin.initials(read)
        lines += [text.replace(" ", ""), text, reading, letters]
        # Short pieces are terms where a syllable begins, so `an` does not find what has `shan`.
        begin = 0
        for syllable in read:
            found.update(_beginnings(reading[begin:]))
            begin += len(syllable)
        for place in range(len(letters)):
            found.update(_beginnings(letters[place:]))
    return [line for line in lines if line]


def terms(text: str) -> list[str]:
    """Return the terms of a normalized text, sorted; of what is not Chinese, pieces of four.

    Shorter ones where a run begins.
    """
    found: set[str] = set()
    for run in pinyin.runs(text):
        if pinyin.is_chinese(run):
            found.update(run)
            found.update(_pieces(run, _PAIR))
        else:
            found.update(_beginnings(run))
            found.update(_pieces(run, LONGEST_TERM))
    return sorted(found)


def _pieces(run: str, length: int) -> list[str]:
    return [run[n : n + length] for n in range(len(run) - length + 1)]


def _beginnings(run: str) -> set[str]:
    return {run[:n] for n in range(1, min(len(run), LONGEST_TERM) + 1)}


def words(query: str) -> list[str]:
    """Return what a query asks for, each once: Chinese words, and runs of anything else.

    At most 8 words of 40 characters; what is beyond narrows nothing more.
    """
    asked = pinyin.runs(pinyin.normalize(query[:MAX_QUERY_LENGTH]))
    return list(dict.fromkeys(word[:MAX_WORD_LENGTH] for word in asked))[:MAX_WORDS]


def needed_terms(word: str) -> list[str]:
    """Return the terms of whatever contains ``word``."""
    length = _PAIR if pinyin.is_chinese(word) else LONGEST_TERM
    return sorted(set(_pieces(word, length))) or [word]


@dataclass(frozen=True, slots=True)
class Nearness:
    """In which ways a text may have a word nearly; what is empty is no way for this word."""

    sound: str = ""
    """How the word is read: 身份正 is found as 身份证."""
    starts: tuple[tuple[str, ...], ...] = ()
    """A text that has the word with one character wrong has all terms of one of these."""
    halves: tuple[str, ...] = ()
    """Of which such a text has one as it stands: looked for before the pattern is tried."""
    pattern: str = ""
    """A regular expression of the word with one character wrong, missing or too many, or with two
    letters that have changed places."""
    rests: tuple[str, ...] = ()
    """The word without its first and without its last character: less like it than the others."""
    pieces: tuple[str, ...] = ()
    """The word's pairs, of which a text has most."""
    rarest: tuple[str, ...] = ()
    """So many pieces, those that fewest names have, that a text with most has one of them."""
    least: int = 0
    """How many of the pieces are most."""


def nearness(word: str) -> Nearness:
    """Return how a text may have ``word`` nearly; a code is that one or another one."""
    if any(map(str.isdecimal, word)):
        return Nearness()
    chinese = pinyin.is_chinese(word)
    length = len(word)
    sound = "".join(pinyin.syllables(word)) if chinese and length >= _PAIR else ""
    starts: tuple[tuple[str, ...], ...] = ()
    halves: tuple[str, ...] = ()
    rests: tuple[str, ...] = ()
    pattern = ""
    if _FEWEST[chinese] <= length <= _LONGEST[chinese]:
        starts = tuple(dict.fromkeys(_starts(word, chinese)))
        rests = (word[1:], word[:-1])
        pattern = _one_wrong(word)
        if chinese:
            halves = (word[: length // 2], word[length // 2 :])
        else:
            pattern += "".join(f"|{way}" for way in _two_changed(word))
    if not chinese or length < _LEAST_BY_PIECES:
        return Nearness(sound, starts, halves, pattern, rests)
    pieces = tuple(dict.fromkeys(_pieces(word, _PAIR)))
    least = math.ceil(len(pieces) * _SHARE_OF_PIECES)
    rarest = sorted(pieces, key=lambda pair: -_COMMON.get(pair, len(_COMMON_PAIRS)))
    return Nearness(
        sound,
        starts,
        halves,
        pattern,
        rests,
        pieces,
        tuple(rarest[: len(pieces) - least + 1]),
        least,
    )


def _starts(word: str, chinese: bool) -> Iterator[tuple[str, ...]]:
    """Yield what terms the word keeps when one of its characters is wrong, for each of them.

    Of letters, when two that stand together have changed places.
    """
    for place in range(len(word)):
        if chinese:
            parts = (word[:place], word[place + 1 :])
            kept = {term for part in parts if part for term in needed_terms(part)}
        else:
            kept = _kept_letters(word[:place], word[place + 2 :])
        if kept:
            yield tuple(sorted(kept))


def _kept_letters(before: str, behind: str) -> set[str]:
    """Return the terms of both parts; short ones are terms where a syllable begins, as words do."""
    kept = {term for part in (before, behind) for term in _pieces(part, LONGEST_TERM)}
    if kept:
        return kept
    return {part for part in (before, behind) if len(part) >= _PAIR}


def _one_wrong(word: str) -> str:
    ways = [f"{word[:n]}[^\n]?{word[n + 1 :]}" for n in range(1, len(word) - 1)]
    ways += [f"{word[:n]}[^\n]{word[n:]}" for n in range(1, len(word))]
    return "|".join(ways)


def _two_changed(word: str) -> list[str]:
    pairs = range(len(word) - 1)
    return [f"{word[:n]}{word[n + 1]}{word[n]}{word[n + 2 :]}" for n in pairs]
