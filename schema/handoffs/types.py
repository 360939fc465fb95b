"""Handoffs as the API shows them."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry.scalars import JSON

from schema import enums
from schema.registry.types import Center
from tenants.handoffs import models, states
from tongban.exchange.rules import HANDOFF_TEXTS, HandoffKind
from tongban.registry import queries as registry

enums.describe(
    states.HandoffState,
    "Where a handoff stands; the destination decides, the origin follows.",
    texts=states.STATE_TEXTS,
)
enums.describe(
    states.Direction,
    "Which side of a handoff the center is.",
    name="HandoffDirection",
    texts={"outgoing": "移交方 / the origin", "incoming": "承接方 / the destination"},
)
enums.describe(HandoffKind, "Why a case is handed over.", texts=HANDOFF_TEXTS)


@strawberry.type(description="One side of the handing over of a case (移交/转办).")
class Handoff:
    row: strawberry.Private[models.Handoff]

    id: strawberry.ID = strawberry.field(description="The same at both centers.")
    direction: states.Direction = strawberry.field(description="Which side this center is.")
    kind: HandoffKind = strawberry.field(description="Why the case is handed over.")
    state: states.HandoffState = strawberry.field(description="Where it stands.")
    case_number: str = strawberry.field(description="The number of the case.")
    matter_name: str = strawberry.field(description="The matter of the case.")
    applicant_name: str = strawberry.field(description="The applicant's name, masked.")
    reason: str = strawberry.field(description="Why it was offered, where somebody wrote it.")
    offered_at: datetime = strawberry.field(description="When it was offered.")
    due_at: datetime = strawberry.field(
        description="Until when an answer is due; without one the offer counts as accepted."
    )
    settled_at: datetime | None = strawberry.field(description="When it was last settled.")
    settled_reason: str = strawberry.field(description="Why it was declined, recalled or returned.")
    has_lapsed: bool = strawberry.field(description="Whether it was accepted by lapse (缺席默认).")
    offer_receipt: JSON | None = strawberry.field(
        description="Signed by the origin: {statement, key_id, algorithm, signature}."
    )
    decision_receipt: JSON | None = strawberry.field(
        description="Signed by the destination, of the same shape."
    )

    @classmethod
    def of(cls, row: models.Handoff) -> Self:
        """Return the handoff as the API shows it."""
        return cls(
            row=row,
            id=strawberry.ID(str(row.id)),
            direction=states.Direction(row.direction),
            kind=HandoffKind(row.kind),
            state=states.HandoffState(row.state),
            case_number=row.case_number,
            matter_name=row.matter_name,
            applicant_name=row.applicant_name_masked,
            reason=row.reason,
            offered_at=row.offered_at,
            due_at=row.due_at,
            settled_at=row.settled_at,
            settled_reason=row.settled_reason,
            has_lapsed=row.has_lapsed,
            offer_receipt=row.offer_receipt,
            decision_receipt=row.decision_receipt,
        )

    @strawberry.field(description="The center that hands the case over (移交方).")
    def origin(self) -> Center | None:
        record = registry.find_center(self.row.origin_code)
        return Center.of(record) if record else None

    @strawberry.field(description="The center that is to take it up (承接方).")
    def destination(self) -> Center | None:
        record = registry.find_center(self.row.destination_code)
        return Center.of(record) if record else None
