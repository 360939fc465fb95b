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

    EDIT = "edit"
    DISCARD = "discard"
    REVIEW = "review"
    RETURN = "return"
    PUBLISH = "publish"
    IMPORT = "import"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"


IN_WORK = (RevisionStatus.DRAFT, RevisionStatus.REVIEWED)
"""States of the revision of a matter that is being worked on; there is one at most."""

TRANSITIONS: Mapping[RevisionAction, tuple[frozenset[RevisionStatus], RevisionStatus | None]] = {
    RevisionAction.EDIT: (frozenset({RevisionStatus.DRAFT}), RevisionStatus.DRAFT),
    RevisionAction.DISCARD: (frozenset({RevisionStatus.DRAFT}), None),
    RevisionAction.REVIEW: (frozenset({RevisionStatus.DRAFT}), RevisionStatus.REVIEWED),
    RevisionAction.RETURN: (frozenset(IN_WORK), RevisionStatus.DRAFT),
    RevisionAction.PUBLISH: (frozenset({RevisionStatus.REVIEWED}), RevisionStatus.PUBLISHED),
    RevisionAction.IMPORT: (frozenset({RevisionStatus.DRAFT}), RevisionStatus.PUBLISHED),
    RevisionAction.SUPERSEDE: (
        frozenset({RevisionStatus.PUBLISHED}),
        RevisionStatus.SUPERSEDED,
    ),
    RevisionAction.WITHDRAW: (frozenset({RevisionStatus.PUBLISHED}), RevisionStatus.REVIEWED),
}
"""Action → (states it is allowed in, state it leads to; None: it is gone).

People publish what another has reviewed. Only the server's operator brings a whole catalog in and
publishes it in one step (``import``). Published says that it was put out, superseded that another
(or none) takes its place: from when to when each holds, its days tell. So a release may be
published ahead, and be withdrawn until its day has come; then what nobody reviewed is a draft
again.
"""

IN_FORCE_ONCE = (RevisionStatus.PUBLISHED, RevisionStatus.SUPERSEDED)
"""States of a revision that is, was or will be the matter's standard for some days."""


class OfferingStatus(StrEnum):
    """事项状态 of an offering, by the national code."""

    IN_USE = "1"
    PAUSED = "2"
    CANCELLED = "3"


class ReleaseKind(StrEnum):
    """What brought a release about."""

    REVISIONS = "revisions"
    ROUND = "round"
    IMPORT = "import"


class ReleaseStatus(StrEnum):
    """How far a release has reached the centers of its tree."""

    REACHING = "reaching"
    REACHED = "reached"
    WITHDRAWN = "withdrawn"


class MatterChange(StrEnum):
    """What a release does to a matter."""

    ADDED = "added"
    REVISED = "revised"
    CANCELLED = "cancelled"
    DELEGATED = "delegated"
    TAKEN_OVER = "taken_over"
    MERGED = "merged"


class RoundStatus(StrEnum):
    """Where a clean-up round (清理轮次) stands."""

    OPEN = "open"
    CLOSED = "closed"


class RoundDecision(StrEnum):
    """What a clean-up round does with a matter: 保留、取消、下放、承接、合并."""

    KEEP = "keep"
    CANCEL = "cancel"
    DELEGATE = "delegate"
    TAKE_OVER = "take_over"
    MERGE = "merge"


class ProposalStatus(StrEnum):
    """What became of a change that a center proposed."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    PUBLISHED = "published"


class DirectoryStatus(StrEnum):
    """Where a version of a published directory stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
