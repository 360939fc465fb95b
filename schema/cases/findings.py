"""电子监察: what went wrong or was attempted, for those who supervise, and the replies."""

import uuid
from datetime import datetime
from typing import Annotated

import strawberry

from schema import payloads
from schema.cases.inputs import NUMBER
from schema.cases.mutations import CasesError, acting
from schema.cases.types.findings import Finding
from schema.connections import DEFAULT_PAGE, After, Connection, First, paginate
from schema.context import Info, require_actor, require_center
from tenants.cases import queries, rules
from tenants.cases.operations import finding_replies


@strawberry.input(description="What a list of findings is narrowed to.")
class FindingFilter:
    codes: list[str] | None = strawberry.field(
        default=None, description="Only these codes, such as `OVERDUE`."
    )
    dimensions: list[rules.Dimension] | None = strawberry.field(
        default=None, description="Only these dimensions (流程、效率、收费)."
    )
    department: str | None = strawberry.field(
        default=None, description="Only those of the department with this code."
    )
    window: str | None = strawberry.field(
        default=None, description="Only those at the window with this code."
    )
    found_from: datetime | None = strawberry.field(
        default=None, description="Only those found then or later."
    )
    found_before: datetime | None = strawberry.field(
        default=None, description="Only those found before."
    )
    is_open: bool | None = strawberry.field(
        default=None, description="Only those that wait for a reply, or don't."
    )
    is_escalated: bool | None = strawberry.field(
        default=None, description="Only those that went to the supervisor, or didn't."
    )
    was_refused: bool | None = strawberry.field(
        default=None, description="Only refused attempts, or only what happened."
    )

    def read(self) -> rules.FindingFilter:
        """Return what the domain narrows by."""
        return rules.FindingFilter(
            codes=tuple(self.codes or ()),
            dimensions=tuple(self.dimensions or ()),
            department=self.department,
            window=self.window,
            found_from=self.found_from,
            found_before=self.found_before,
            is_open=self.is_open,
            is_escalated=self.is_escalated,
            was_refused=self.was_refused,
        )


@strawberry.input(description="The answer to a finding.")
class ReplyFindingInput:
    number: str = strawberry.field(description=NUMBER)
    finding: int = strawberry.field(description="The finding's number within the case.")
    reply: str = strawberry.field(description="How it came about, and what was done.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type(description="The finding as it stands now, or why nothing was changed.")
class FindingPayload:
    finding: Finding | None = strawberry.field(
        default=None, description="The finding as it stands now."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CasesError)


@strawberry.type
class FindingsQuery:
    @strawberry.field(
        description="What went wrong or was attempted at this center (电子监察), latest first: all "
        "of it for supervisors and the management office, that of their department for those who "
        "handle cases, empty to others."
    )
    def findings(
        self,
        info: Info,
        filter: Annotated[
            FindingFilter | None, strawberry.argument(description="What to narrow to.")
        ] = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Finding]:
        require_center(info)
        rows = queries.find_findings(
            actor=require_actor(info), where=filter.read() if filter else None
        )
        return paginate(rows, order=("-id",), first=first, after=after, node=Finding.of)


@strawberry.type
class FindingsMutation:
    @payloads.mutation(
        description="Answer a finding; without an answer in time it goes to the supervisor. For "
        "those who handle cases, and the management office."
    )
    def reply_finding(self, info: Info, input: ReplyFindingInput) -> FindingPayload:
        row = finding_replies.reply_finding(
            actor=acting(info),
            number=input.number,
            finding=input.finding,
            reply=input.reply,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return FindingPayload(finding=Finding.of(row))
