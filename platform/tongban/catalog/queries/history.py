"""The published history of a matter, read with the row that shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from tongban.catalog import models
from tongban.catalog.states import IN_FORCE_ONCE

HISTORY = "history"
"""The annotation that a revision, or an offering's ``standard_``, carries."""


@dataclass(frozen=True, slots=True)
class Version:
    """One published version of a matter: from when to when it is, was or will be the standard."""

    number: int
    effective_from: date
    effective_to: date | None
    published_at: datetime
    content_digest: str


def history_of(matter: str) -> ArraySubquery:
    """Return the expression for the published versions of the matter in a column, oldest first.

    One expression of the statement that reads the row, so lists need no further ones.
    """
    published = models.MatterRevision.objects.filter(
        matter__code=OuterRef(matter), status__in=IN_FORCE_ONCE
    ).order_by("number")
    return ArraySubquery(
        published.values(
            said=JSONObject(
                number="number",
                effective_from="effective_from",
                effective_to="effective_to",
                published_at="published_at",
                content_digest="content_hash",
            )
        )
    )


def versions_of(revision: models.MatterRevision) -> Sequence[Version]:
    """Return the published versions of a revision's matter (no query where read with it)."""
    read: list[dict[str, Any]] | None = getattr(revision, HISTORY, None)
    if read is None:
        matters = models.StandardMatter.objects.filter(code=revision.matter_id)
        read = matters.values_list(history_of("code"), flat=True)[0]
    return [
        Version(
            number=said["number"],
            effective_from=date.fromisoformat(said["effective_from"]),
            effective_to=said["effective_to"] and date.fromisoformat(said["effective_to"]),
            published_at=datetime.fromisoformat(said["published_at"]),
            content_digest=said["content_digest"],
        )
        for said in read
    ]
