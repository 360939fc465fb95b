"""待办: what waits, at which window and for whom; taking a task, giving it back, passing it on."""

from typing import Annotated

import strawberry

from schema import payloads
from schema.cases.inputs import NUMBER
from schema.cases.mutations import CasesError, acting
from schema.cases.types.tasks import Task
from schema.connections import DEFAULT_PAGE, After, Connection, First, paginate
from schema.context import Info, require_actor, require_center
from tenants.cases import queries, states
from tenants.cases.operations import claims

KIND = "Which of the case's work."
DEPARTMENT = (
    "Whose work, by name or code in the center's register, where several departments have such. "
    "Not needed by whom one of them posts."
)


@strawberry.input(description="The task that is taken.")
class ClaimTaskInput:
    number: str = strawberry.field(description=NUMBER)
    kind: states.TaskKind = strawberry.field(description=KIND)
    department: str = strawberry.field(default="", description=DEPARTMENT)


@strawberry.input(description="The task that is given back.")
class ReleaseTaskInput:
    number: str = strawberry.field(description=NUMBER)
    kind: states.TaskKind = strawberry.field(description=KIND)
    department: str = strawberry.field(default="", description=DEPARTMENT)


@strawberry.input(description="The task that is passed on, and to whom.")
class ReassignTaskInput:
    number: str = strawberry.field(description=NUMBER)
    kind: states.TaskKind = strawberry.field(description=KIND)
    staff_number: str = strawberry.field(description="工号 of the member who is to do it.")
    department: str = strawberry.field(default="", description=DEPARTMENT)


@strawberry.type(description="The task as it stands now, or why nothing was changed.")
class TaskPayload:
    task: Task | None = strawberry.field(default=None, description="The task as it stands now.")
    errors: list[payloads.Fault] = payloads.errors_field(CasesError)


@strawberry.type
class TasksQuery:
    @strawberry.field(
        description="What waits at this center (待办), most pressing first: what is due next, and "
        "what is under no limit as if due when it came. For who works with cases here; any window "
        "of the own center may be looked at."
    )
    def work_queue(
        self,
        info: Info,
        window: Annotated[
            str | None,
            strawberry.argument(
                description="Only what lies at this window, by its code; null: all of the center."
            ),
        ] = None,
        is_mine: Annotated[
            bool, strawberry.argument(description="Only what the caller holds or could take now.")
        ] = False,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Task]:
        require_center(info)
        now = info.context.now()
        rows = queries.find_tasks(
            actor=require_actor(info), window=window, is_mine=is_mine, now=now
        )
        return paginate(
            rows,
            order=("pressing_at", "id"),
            first=first,
            after=after,
            node=lambda row: Task.of(row, now),
        )


@strawberry.type
class TasksMutation:
    @payloads.mutation(
        description="Take a task (认领待办), so that no colleague does it too; taken again it "
        "stays the caller's for longer. Done, given back or left for its lease it is free again."
    )
    def claim_task(self, info: Info, input: ClaimTaskInput) -> TaskPayload:
        now = info.context.now()
        task = claims.claim_task(
            actor=acting(info),
            number=input.number,
            kind=input.kind,
            department=input.department,
            now=now,
        )
        return TaskPayload(task=Task.of(task, now))

    @payloads.mutation(
        description="Give a task back (放回); who may pass it on may also take it from its holder."
    )
    def release_task(self, info: Info, input: ReleaseTaskInput) -> TaskPayload:
        now = info.context.now()
        task = claims.release_task(
            actor=acting(info),
            number=input.number,
            kind=input.kind,
            department=input.department,
            now=now,
        )
        return TaskPayload(task=Task.of(task, now))

    @payloads.mutation(
        description="Pass a task on to another member whose work it is (改派), whoever holds it. "
        "For the management office and the department's chief representative."
    )
    def reassign_task(self, info: Info, input: ReassignTaskInput) -> TaskPayload:
        now = info.context.now()
        task = claims.reassign_task(
            actor=acting(info),
            number=input.number,
            kind=input.kind,
            department=input.department,
            staff_number=input.staff_number,
            now=now,
        )
        return TaskPayload(task=Task.of(task, now))
