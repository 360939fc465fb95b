"""Proposals as the API shows them: to the center that asks and to the issuer that answers."""

from datetime import date, datetime
from typing import Self

import strawberry
from strawberry.scalars import JSON

from schema import enums
from schema.catalog.types.revisions import ElementDifference
from tongban.catalog import models, states
from tongban.catalog.queries import proposals as queries
from tongban.registry import queries as registry

enums.describe(
    states.ProposalStatus,
    "What became of a change that a center proposed.",
    texts={
        "open": "待答复 / not answered yet",
        "accepted": "已采纳 / taken up into a draft",
        "declined": "不采纳 / declined, with the reason",
        "withdrawn": "已撤回 / taken back by the center",
        "published": "已发布 / the version that takes it up is published",
    },
)


@strawberry.type(description="A change of the standard that a center asks its issuer for.")
class ChangeProposal:
    row: strawberry.Private[models.ChangeProposal]

    id: strawberry.ID = strawberry.field(description="What it is withdrawn and answered by.")
    center_code: str = strawberry.field(description="The center that asks.")
    center_name: str = strawberry.field(description="What the center is called.")
    matter_code: str = strawberry.field(description="The matter's 基本编码.")
    matter_name: str = strawberry.field(description="What the matter is called at present.")
    issuer_code: str = strawberry.field(description="The division that answers, 12 digits.")
    elements: JSON = strawberry.field(
        description="The elements as they should be, in the form of a content."
    )
    reason: str = strawberry.field(description="Why.")
    basis: str = strawberry.field(description="On which document; may be empty.")
    status: states.ProposalStatus = strawberry.field(description="What became of it.")
    proposed_at: datetime = strawberry.field(description="When it was proposed.")
    proposer_name: str = strawberry.field(description="By whom.")
    answer: str = strawberry.field(description="What the issuer says to it; may be empty.")
    answered_at: datetime | None = strawberry.field(description="When it was answered.")
    revision_number: int | None = strawberry.field(
        description="The version of the matter that takes it up; null before it is accepted."
    )
    effective_from: date | None = strawberry.field(
        description="From when on that version is the standard; null before it is published."
    )

    @classmethod
    def of(cls, row: models.ChangeProposal) -> Self:
        """Return a proposal that was read with its matter."""
        return cls(
            row=row,
            id=strawberry.ID(str(row.pk)),
            center_code=row.center_code,
            center_name=registry.name_of(row.center_code),
            matter_code=row.matter_id,
            matter_name=row.matter.name,
            issuer_code=row.issuer_code,
            elements=row.elements,
            reason=row.reason,
            basis=row.basis,
            status=states.ProposalStatus(row.status),
            proposed_at=row.proposed_at,
            proposer_name=row.proposer_name,
            answer=row.answer,
            answered_at=row.answered_at,
            revision_number=row.revision_number,
            effective_from=row.effective_from,  # type: ignore[attr-defined]  # read with it
        )

    @strawberry.field(
        description="What it would change of the standard as it is today; empty where that says so "
        "already."
    )
    def differences(self) -> list[ElementDifference]:
        return [ElementDifference.of(one) for one in queries.proposed_differences(self.row)]
