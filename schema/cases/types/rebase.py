"""What the rebase of a case changes, as the API shows it."""

from datetime import datetime
from typing import Self

import strawberry

from schema.catalog.types import FeeItem, LegalBasis, TimeLimit
from tenants.cases import rules
from tongban.catalog.rules import content as contents
from tongban.catalog.rules import repinning
from tongban.catalog.rules.snapshot import OfferingSnapshot


@strawberry.type(description="A material that is asked for in another way than before.")
class MaterialChange:
    kind: repinning.Change = strawberry.field(description="What became of it.")
    code: str = strawberry.field(description="Its code within the matter.")
    former_name: str | None = strawberry.field(description="What it was called; null if new.")
    name: str | None = strawberry.field(description="What it is called; null if dropped.")
    former_necessity: contents.Necessity | None = strawberry.field(
        description="Whether it had to be there; null if new."
    )
    necessity: contents.Necessity | None = strawberry.field(
        description="Whether it must be there; null if dropped."
    )
    is_missing: bool = strawberry.field(
        description="Whether it must be handed in before an approval."
    )

    @classmethod
    def of(cls, change: repinning.MaterialChange, *, missing: bool) -> Self:
        """Return the change as the API shows it."""
        former, material = change.former, change.material
        return cls(
            kind=change.change,
            code=change.code,
            former_name=former.name if former else None,
            name=material.name if material else None,
            former_necessity=former.necessity if former else None,
            necessity=material.necessity if material else None,
            is_missing=missing,
        )


@strawberry.type(description="A limit and the due date that follows from it, before and after.")
class LimitChange:
    former_limit: TimeLimit | None = strawberry.field(description="The limit before.")
    limit: TimeLimit | None = strawberry.field(description="The limit now.")
    former_due_at: datetime | None = strawberry.field(description="The due date before.")
    due_at: datetime | None = strawberry.field(
        description="The due date now, from the same start; null before acceptance."
    )

    @classmethod
    def of(
        cls, former: contents.Limit | None, limit: contents.Limit | None, due: rules.DueChange
    ) -> Self:
        """Return the change as the API shows it."""
        return cls(
            former_limit=TimeLimit.of(former) if former else None,
            limit=TimeLimit.of(limit) if limit else None,
            former_due_at=due.former,
            due_at=due.due_at,
        )


@strawberry.type(description="What is charged under an offering.")
class CaseFee:
    is_charged: bool = strawberry.field(description="Whether a fee is charged.")
    items: list[FeeItem] = strawberry.field(description="By which items.")

    @classmethod
    def of(cls, offering: OfferingSnapshot) -> Self:
        """Return the fee of an offering as the API shows it."""
        bases = offering.content.legal_bases
        return cls(
            is_charged=offering.fee.charged,
            items=[
                FeeItem(
                    name=item.name,
                    standard=item.standard,
                    amount=item.amount,
                    legal_basis=None if item.basis is None else LegalBasis.of(bases[item.basis]),
                )
                for item in offering.fee.items
            ],
        )


@strawberry.type(description="Everything that moving a case to the present offering changes.")
class CaseRebase:
    former_revision_number: int = strawberry.field(description="The standard's revision before.")
    revision_number: int = strawberry.field(description="The standard's revision now.")
    materials: list[MaterialChange] = strawberry.field(
        description="Materials that were added, dropped or changed."
    )
    missing_materials: list[str] = strawberry.field(
        description="Codes of all materials that must be handed in before an approval."
    )
    conditions_added: list[str] = strawberry.field(description="Conditions that hold from now on.")
    conditions_dropped: list[str] = strawberry.field(description="Conditions that hold no more.")
    statutory: LimitChange = strawberry.field(description="法定时限.")
    promised: LimitChange = strawberry.field(description="承诺时限.")
    keeps_promise: bool = strawberry.field(
        description="Whether the promise made to the applicant stays, the present one being longer."
    )
    former_fee: CaseFee = strawberry.field(description="What was charged.")
    fee: CaseFee = strawberry.field(description="What is charged.")
    changed_elements: list[str] = strawberry.field(
        description="Names of all elements that differ, such as `materials`, `statutory_limit`."
    )
    reopens_review: bool = strawberry.field(
        description="Whether recorded reviews are to be recorded anew, under what is asked now."
    )

    @classmethod
    def of(cls, rebase: rules.Rebase) -> Self:
        """Return the rebase as the API shows it."""
        found = rebase.differences
        return cls(
            former_revision_number=rebase.former.revision_number,
            revision_number=rebase.offering.revision_number,
            materials=[
                MaterialChange.of(change, missing=change.code in rebase.missing)
                for change in found.materials
            ],
            missing_materials=list(rebase.missing),
            conditions_added=list(found.conditions_added),
            conditions_dropped=list(found.conditions_dropped),
            statutory=LimitChange.of(found.former_statutory, found.statutory, rebase.statutory),
            promised=LimitChange.of(found.former_promised, found.promised, rebase.promised),
            keeps_promise=rebase.keeps_promise,
            former_fee=CaseFee.of(rebase.former),
            fee=CaseFee.of(rebase.offering),
            changed_elements=list(found.elements),
            reopens_review=rebase.reopens_review,
        )
