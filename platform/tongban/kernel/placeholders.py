"""Texts with placeholders in braces that a center words itself: names only, nothing that runs."""

import re
from string import Formatter

_PLAIN_NAME = re.compile(r"[a-z]+")


class PlaceholderError(ValueError):
    """The text has braces that are none of a placeholder, or names what is none: ``name``."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self.name = name
        """The wrong placeholder; empty where the braces themselves are wrong."""


def named_in(text: str, *, allowed: frozenset[str]) -> list[str]:
    """Return the placeholders of a text, in order, each of them ``allowed``.

    Such a text is safe to ``format``: no attribute, index, conversion or format of a value is
    asked for, and values are not read for placeholders. Raises: PlaceholderError.
    """
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise PlaceholderError from None
    named = []
    for _literal, name, spec, conversion in parts:
        if name is None:
            continue
        if spec or conversion or not _PLAIN_NAME.fullmatch(name) or name not in allowed:
            raise PlaceholderError(name[:20] or "{}")
        named.append(name)
    return named
