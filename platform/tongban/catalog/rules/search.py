"""Finding Chinese text by any part of it, two characters or one included.

PostgreSQL's trigram indexes ignore words of two characters, which most Chinese words have. So each
matter keeps the single characters and the pairs of its text in an indexed array: a query's
pairs narrow the rows by the index, and a plain comparison of the text makes the answer exact.
"""

import re
import unicodedata

_APART = re.compile(r"[^\w]+")
MAX_WORDS = 8
MAX_WORD_LENGTH = 40


def normalize(text: str) -> str:
    """Return text in the one form in which it is kept and sought: NFKC, lower case, no marks.

    What stands between words becomes one space.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _APART.sub(" ", plain).strip()


def searchable(*parts: str) -> str:
    """Return the text by which a matter is found; no match reaches over two parts."""
    return "\n".join(part for part in dict.fromkeys(map(normalize, parts)) if part)


def terms(text: str) -> list[str]:
    """Return the characters and neighbouring pairs of a normalized text, sorted."""
    found: set[str] = set()
    for word in text.split():
        found.update(word)
        found.update(word[n : n + 2] for n in range(len(word) - 1))
    return sorted(found)


def words(query: str) -> list[str]:
    """Return what a query asks for: each word must occur somewhere in the text.

    At most 8 words of 40 characters; what is beyond narrows nothing more.
    """
    return [word[:MAX_WORD_LENGTH] for word in normalize(query).split()][:MAX_WORDS]


def needed_terms(word: str) -> list[str]:
    """Return the terms of a text that contains ``word``: its pairs, or its one character."""
    if len(word) == 1:
        return [word]
    return sorted({word[n : n + 2] for n in range(len(word) - 1)})
