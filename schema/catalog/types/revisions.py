"""Revisions of matters, and what differs between two."""

from datetime import date, datetime
from typing import Any, Self

import strawberry
from strawberry.scalars import JSON

from schema import enums
from schema.scalars import opaque_id
from tongban.catalog import models, states
from tongban.catalog.rules import differences

enums.describe(
    states.RevisionStatus,
    "Where a revision of a matter stands.",
    texts={
        "draft": "草稿 / being written",
        "reviewed": "已审核 / found right, not published yet",
        "published": "已发布 / the last one published",
        "superseded": "已取代 / another took its place, or none did",
    },
)


@strawberry.type(description="One element that is not what it was.")
class ElementDifference:
    field: str = strawberry.field(
        description="Its place: `name`, `fee.charged`, `materials[M01].copies`, `conditions[2]`."
    )
    before: JSON | None = strawberry.field(description="What it was; null: it was not there.")
    after: JSON | None = strawberry.field(description="What it is; null: it is there no more.")

    @classmethod
    def of(cls, difference: differences.Difference) -> Self:
        """Return the difference as the API shows it."""
        return cls(field=difference.field, before=difference.before, after=difference.after)

    @classmethod
    def kept(cls, said: dict[str, Any]) -> Self:
        """Return a difference as a release keeps it."""
        return cls(field=said["field"], before=said["before"], after=said["after"])


@strawberry.type(description="One version of a matter, in work or published.")
class Revision:
    id: strawberry.ID = strawberry.field(description="Opaque.")
    matter_code: str = strawberry.field(description="The matter's 基本编码.")
    issuer_code: str = strawberry.field(description="The division that issues it, 12 digits.")
    local_code: str = strawberry.field(description="The issuer's own code; may be empty.")
    number: int = strawberry.field(description="Which version, from 1.")
    name: str = strawberry.field(description="What the matter is called in it.")
    status: states.RevisionStatus = strawberry.field(description="Where it stands.")
    effective_from: date | None = strawberry.field(description="From when on it is the standard.")
    effective_to: date | None = strawberry.field(
        description="The first day on which it is not any more; null: it has no end yet."
    )
    published_at: datetime | None = strawberry.field(description="When it was published.")
    reviewed_at: datetime | None = strawberry.field(description="When it was found right.")
    returned_for: str = strawberry.field(description="Why it came back last; may be empty.")
    content: JSON = strawberry.field(
        description="What it says, whole, in the form in which `draftRevision` takes it."
    )
    content_digest: str = strawberry.field(
        description="SHA-256 of what it says: the `expectedDigest` of who read it."
    )

    @classmethod
    def of(cls, row: models.MatterRevision) -> Self:
        """Return a revision that was read with its matter."""
        return cls(
            id=opaque_id("Revision", f"{row.matter_id}/{row.number}"),
            matter_code=row.matter.code,
            issuer_code=row.matter.issuer_code,
            local_code=row.matter.local_code,
            number=row.number,
            name=row.content["name"],
            status=states.RevisionStatus(row.status),
            effective_from=row.effective_from,
            effective_to=row.effective_to,
            published_at=row.published_at,
            reviewed_at=row.reviewed_at,
            returned_for=row.returned_for,
            content=row.content,
            content_digest=row.content_hash,
        )
