"""Kinds of windows, and which matters a window takes in."""

from collections.abc import Collection
from enum import StrEnum


class WindowKind(StrEnum):
    """What a window is for."""

    DEPARTMENT = "department"
    INTEGRATED = "integrated"


def takes_in(*, kind: WindowKind, matters: Collection[str], own: bool, matter_code: str) -> bool:
    """Tell whether a window takes a matter in.

    ``matters`` are those it names; ``own`` says whether the matter is its department's. One that
    names none takes in all of its department's, an integrated one (综合窗口) whatever comes.
    """
    if matters:
        return matter_code in matters
    return own or kind is WindowKind.INTEGRATED
