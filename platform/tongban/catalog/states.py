"""The lives of a revision and of an offering, as plain data."""

from collections.abc import Mapping
from enum import StrEnum


class RevisionStatus(StrEnum):
    """Where a revision of a matter stands."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class RevisionAction(StrEnum):
    """What can be done to a revision."""

    REVIEW = "review"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"


TRANSITIONS: Mapping[RevisionAction, tuple[frozenset[RevisionStatus], RevisionStatus]] = {
    RevisionAction.REVIEW: (frozenset({RevisionStatus.DRAFT}), RevisionStatus.REVIEWED),
    RevisionAction.PUBLISH: (
        frozenset({RevisionStatus.DRAFT, RevisionStatus.REVIEWED}),
        RevisionStatus.PUBLISHED,
    ),
    RevisionAction.SUPERSEDE: (
        frozenset({RevisionStatus.PUBLISHED}),
        RevisionStatus.SUPERSEDED,
    ),
}
"""Action → (states it is allowed in, state it leads to)."""

IN_FORCE_ONCE = (RevisionStatus.PUBLISHED, RevisionStatus.SUPERSEDED)
"""States of a revision that is, or was, the matter's standard for some days."""


class OfferingStatus(StrEnum):
    """事项状态 of an offering, by the national code."""

    IN_USE = "1"
    PAUSED = "2"
    CANCELLED = "3"
