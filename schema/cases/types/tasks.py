"""待办, as the API shows them to a center's staff."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import strawberry

from schema import enums
from schema.scalars import opaque_id
from tenants.cases import models, states

enums.describe(
    states.TaskKind,
    "待办: what kind of work waits of a case.",
    texts={
        states.TaskKind.INTAKE: "受理审核 / To accept, to refuse or to tell what is missing.",
        states.TaskKind.REVIEW: "审查 / To start the review and to record it.",
        states.TaskKind.VERIFICATION: "审核 / To verify what was reviewed.",
        states.TaskKind.DECISION: "决定 / To decide.",
        states.TaskKind.ISSUE: "出件 / To seal and to issue the result.",
        states.TaskKind.DELIVERY: "送达 / To deliver it.",
    },
)


@strawberry.type(description="Who took a task (认领), and until when it is theirs.")
class TaskClaim:
    name: str = strawberry.field(description="The member's name.")
    staff_number: str = strawberry.field(description="工号 on the member's badge.")
    claimed_at: datetime = strawberry.field(description="Since when.")
    leased_until: datetime = strawberry.field(
        description="When it is free again by itself, unless it is taken anew."
    )


@strawberry.type(description="待办: one piece of work that waits at this center.")
class Task:
    id: strawberry.ID = strawberry.field(description="Opaque.")
    case_number: str = strawberry.field(description="The case's number.")
    matter_name: str = strawberry.field(description="The case's matter.")
    state: states.State = strawberry.field(description="Where the case stands.")
    kind: states.TaskKind = strawberry.field(description="What is to be done.")
    department: str = strawberry.field(description="Whose work it is, as the offering says.")
    window_code: str = strawberry.field(
        description="The window that took the case on; empty for none."
    )
    since: datetime = strawberry.field(description="Since when it waits.")
    due_at: datetime | None = strawberry.field(
        description="Until when it is due; null where no limit runs."
    )
    claim: TaskClaim | None = strawberry.field(
        description="Who took it; null while anybody may whose work it is."
    )

    @classmethod
    def of(cls, row: models.Task, now: datetime) -> Self:
        """Return a task, read with its case and holder, as the API shows it at ``now``."""
        return cls(
            id=opaque_id("Task", row.pk),
            case_number=row.case.number,
            matter_name=row.case.matter_name,
            state=states.State(row.case.state),
            kind=states.TaskKind(row.kind),
            department=row.department,
            window_code=row.window_code,
            since=row.since,
            due_at=row.due_at,
            claim=_claim(row, now),
        )

    @classmethod
    def told(cls, said: Mapping[str, Any], case: models.Case) -> Self:
        """Return a task as an entry of the center's log tells it, with its case as it is now."""
        holder = said["holder"]
        return cls(
            id=opaque_id("Task", said["task"]),
            case_number=case.number,
            matter_name=case.matter_name,
            state=states.State(case.state),
            kind=states.TaskKind(said["kind"]),
            department=said["department"],
            window_code=said["window"],
            since=datetime.fromisoformat(said["since"]),
            due_at=datetime.fromisoformat(said["due_at"]) if said["due_at"] else None,
            claim=TaskClaim(
                name=holder["name"],
                staff_number=holder["staff_number"],
                claimed_at=datetime.fromisoformat(holder["claimed_at"]),
                leased_until=datetime.fromisoformat(holder["leased_until"]),
            )
            if holder
            else None,
        )


def _claim(row: models.Task, now: datetime) -> TaskClaim | None:
    if row.holder is None or row.claimed_at is None or row.leased_until is None:
        return None
    if row.leased_until <= now:
        return None
    return TaskClaim(
        name=row.holder.display_name,
        staff_number=row.holder.staff_number,
        claimed_at=row.claimed_at,
        leased_until=row.leased_until,
    )
