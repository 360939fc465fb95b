"""告知承诺: what was committed to instead of proving it, as the API shows it."""

from datetime import datetime
from typing import Self

import strawberry

from schema.cases.types.parts import Party
from tenants.cases import rules, states


@strawberry.type(description="告知承诺: that an applicant committed in writing instead of proving.")
class CaseCommitment:
    material_code: str = strawberry.field(description="The code of the material it stands for.")
    name: str = strawberry.field(description="What the material is called.")
    notice: str = strawberry.field(
        description="告知: what the applicant was told before committing: what is to be proven and "
        "on what basis, and what an untrue commitment leads to."
    )
    paper_number: str = strawberry.field(description="The number of its paper (告知承诺书).")
    made_at: datetime = strawberry.field(description="When it was made.")
    made_by: Party = strawberry.field(description="The applicant, masked.")
    entered_by: Party | None = strawberry.field(
        description="Who entered it for the applicant; null where the applicant did."
    )
    state: rules.CommitmentState = strawberry.field(description="What its verification found.")
    verify_until: datetime | None = strawberry.field(
        description="Until when the center that decides verifies it; null before the acceptance."
    )
    lamp: states.Lamp = strawberry.field(
        description="红黄灯 of the verification: how much of its time was used at its last change."
    )
    verified_at: datetime | None = strawberry.field(description="When it was verified.")
    verified_by: Party | None = strawberry.field(description="Who verified it.")
    reason: str | None = strawberry.field(description="By what it was found kept or not.")
    cured_at: datetime | None = strawberry.field(
        description="Since when the proof itself is there, where it was found not kept."
    )
    dropped_at: datetime | None = strawberry.field(
        description="Since when nobody has to verify it: the case has ended, or its offering lets "
        "no commitment stand any more."
    )

    @classmethod
    def of(cls, made: rules.Commitment) -> Self:
        """Return the commitment as the API shows it."""
        return cls(
            material_code=made.code,
            name=made.name,
            notice=made.notice,
            paper_number=made.paper,
            made_at=made.made_at,
            made_by=Party.of(made.made_by),
            entered_by=Party.of(made.entered_by) if made.entered_by else None,
            state=made.state,
            verify_until=made.due_at,
            lamp=made.lamp,
            verified_at=made.verified_at,
            verified_by=Party.of(made.verified_by) if made.verified_by else None,
            reason=made.reason or None,
            cured_at=made.cured_at,
            dropped_at=made.dropped_at,
        )
