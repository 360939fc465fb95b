"""Clean-up rounds as the API shows them."""

from datetime import date, datetime
from typing import Annotated, Self

import strawberry

from schema import enums
from schema.catalog.types.directories import reading_as
from schema.catalog.types.matter import Matter
from schema.connections import After, Connection, First, paginate
from schema.context import Info
from schema.scalars import opaque_id
from tongban.catalog import models, states
from tongban.catalog.operations import close_round, plan_round
from tongban.catalog.queries import rounds as queries
from tongban.catalog.rules import content as contents

enums.describe(
    states.RoundStatus,
    "Where a clean-up round stands.",
    texts={"open": "进行中 / being decided on", "closed": "已结束 / in force, never changed again"},
)
enums.describe(
    states.RoundDecision,
    "What a clean-up round does with a matter.",
    texts={
        "keep": "保留 / stays, on the named provision",
        "cancel": "取消 / ends",
        "delegate": "下放 / is handled at a lower level, and above it no more",
        "take_over": "承接 / is handled by a further level",
        "merge": "合并 / ends, another matter takes it in",
    },
)


@strawberry.type(description="How often a round took one decision.")
class DecisionCount:
    decision: states.RoundDecision = strawberry.field(description="The decision.")
    count: int = strawberry.field(description="On how many matters.")


@strawberry.type(description="What a clean-up round decided on one matter, as it stood then.")
class CleanupDecision:
    row: strawberry.Private[models.CleanupItem]

    id: strawberry.ID = strawberry.field(description="Opaque.")
    decision: states.RoundDecision = strawberry.field(description="What becomes of the matter.")
    basis: str = strawberry.field(
        description="The provision that keeps it, or the document that orders the change."
    )
    level: contents.MatterLevel | None = strawberry.field(
        description="Delegated or taken over: the level that handles it then."
    )
    target: str | None = strawberry.field(
        description="Merged: the 基本编码 of the matter that takes it in."
    )
    target_name: str | None = strawberry.field(
        description="Merged: the name of the matter that takes it in."
    )
    decided_at: datetime = strawberry.field(description="When it was decided.")

    @classmethod
    def of(cls, row: models.CleanupItem) -> Self:
        """Return a decision that was read with what was judged."""
        decision = states.RoundDecision(row.decision)
        is_merged = decision == states.RoundDecision.MERGE
        return cls(
            row=row,
            id=opaque_id("CleanupDecision", str(row.pk)),
            decision=decision,
            basis=row.basis,
            level=contents.MatterLevel(row.target) if row.target and not is_merged else None,
            target=row.target if is_merged else None,
            target_name=row.target_name if is_merged else None,  # type: ignore[attr-defined]  # read with it
            decided_at=row.decided_at,
        )

    @strawberry.field(description="The matter in the version that was judged.")
    def matter(self) -> Matter:
        return Matter.of(queries.judged_revision(self.row))


@strawberry.type
class _Round:
    row: strawberry.Private[models.CleanupRound]

    id: strawberry.ID = strawberry.field(description="Opaque.")
    issuer_code: str = strawberry.field(description="The division, 12 digits.")
    number: int = strawberry.field(description="Which of the division's rounds, from 1.")
    title: str = strawberry.field(description="What it is called.")
    basis: str = strawberry.field(description="The document that orders it.")
    status: states.RoundStatus = strawberry.field(description="Where it stands.")
    opened_at: datetime = strawberry.field(description="When it was opened.")
    closed_at: datetime | None = strawberry.field(description="When it was closed.")
    release_number: int | None = strawberry.field(
        description="The release by which its decisions came into force; null where there is none."
    )
    effective_from: date | None = strawberry.field(
        description="Since when they are in force; null where nothing was released."
    )
    counts: list[DecisionCount] = strawberry.field(
        description="How often each decision was taken, of those that were."
    )

    @classmethod
    def of(cls, row: models.CleanupRound) -> Self:
        """Return a round that was read with its release and its counts."""
        release = row.release if hasattr(row, "release") else None
        counted = {
            decision: getattr(row, f"count_{decision.value}") for decision in states.RoundDecision
        }
        return cls(
            row=row,
            id=opaque_id("CleanupRound", f"{row.issuer_code}/{row.number}"),
            issuer_code=row.issuer_code,
            number=row.number,
            title=row.title,
            basis=row.basis,
            status=states.RoundStatus(row.status),
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            release_number=release.number if release else None,
            effective_from=release.effective_from if release else None,
            counts=[
                DecisionCount(decision=decision, count=count)
                for decision, count in counted.items()
                if count
            ],
        )


@strawberry.type(description="A clean-up round in a list (清理轮次); `round` tells its decisions.")
class CleanupRoundSummary(_Round):
    pass


@strawberry.type(description="A round in which a division goes through its matters (清理轮次).")
class CleanupRound(_Round):
    @strawberry.field(description="What was decided, by matter.")
    def decisions(
        self,
        info: Info,
        decision: Annotated[
            states.RoundDecision | None, strawberry.argument(description="Only these.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[CleanupDecision]:
        with reading_as(info.context.actor):
            return paginate(
                queries.items_of(self.row, decision=decision),
                order=("matter_id",),
                first=first,
                after=after,
                node=CleanupDecision.of,
            )

    @strawberry.field(
        description="The matters in force that wait for a decision, by code; null once closed."
    )
    def undecided(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[Matter] | None:
        if self.status == states.RoundStatus.CLOSED:
            return None
        with reading_as(info.context.actor):
            return paginate(
                queries.undecided(self.row, on=info.context.today()),
                order=("matter_id",),
                first=first,
                after=after,
                node=Matter.of,
            )


@strawberry.type(description="What closing a round does to one matter, and to what centers offer.")
class RoundConsequence:
    matter_code: str = strawberry.field(description="The matter's 基本编码.")
    matter_name: str = strawberry.field(description="Its name.")
    decision: states.RoundDecision = strawberry.field(description="What was decided.")
    levels_before: list[contents.MatterLevel] = strawberry.field(description="Who handled it.")
    levels_after: list[contents.MatterLevel] = strawberry.field(
        description="Who handles it from the day on; empty where it ends."
    )
    offerings_closed: int = strawberry.field(
        description="How many centers take in no new cases of it from the day on."
    )
    offerings_opened: int = strawberry.field(
        description="How many centers take it in from the day on that didn't."
    )

    @classmethod
    def of(cls, consequence: plan_round.Consequence) -> Self:
        """Return the consequence as the API shows it."""
        return cls(
            matter_code=consequence.matter_code,
            matter_name=consequence.name,
            decision=consequence.decided.decision,
            levels_before=list(consequence.levels_before),
            levels_after=list(consequence.levels_after),
            offerings_closed=consequence.offerings_closed,
            offerings_opened=consequence.offerings_opened,
        )


@strawberry.type(description="What closing a round brought about, or in a dry run would.")
class RoundClosing:
    round: CleanupRound = strawberry.field(description="The round; in a dry run it is still open.")
    effective_from: date = strawberry.field(description="From which day the decisions hold.")
    undecided: int = strawberry.field(
        description="How many matters stay as they are without a decision."
    )
    consequences: list[RoundConsequence] = strawberry.field(
        description="What becomes of each matter that changes."
    )
    approvals_before: int = strawberry.field(
        description="行政审批事项 that the division handles before."
    )
    approvals_after: int = strawberry.field(description="行政审批事项 from the day on.")
    directory_version: int | None = strawberry.field(
        description="The version of the division's 《审批项目目录》 that follows; null for none."
    )

    @classmethod
    def of(cls, closing: close_round.RoundClosing, found: CleanupRound) -> Self:
        """Return the closing as the API shows it, with its round as it was read again."""
        return cls(
            round=found,
            effective_from=closing.effective_from,
            undecided=closing.undecided,
            consequences=[RoundConsequence.of(one) for one in closing.consequences],
            approvals_before=closing.approvals_before,
            approvals_after=closing.approvals_after,
            directory_version=closing.directory_version,
        )
