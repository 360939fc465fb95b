"""Reading cases, and the progress that anybody with number and query code may ask for."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from django.conf import settings

from schema import rates
from schema.cases import filters
from schema.cases.types import selection
from schema.cases.types.case import Case, Viewer
from schema.cases.types.due import DueExplanation
from schema.cases.types.parts import center_of
from schema.connections import After, Connection, First, paginate_list
from schema.context import ENGLISH, Info, require_actor, require_center
from schema.rates import Rate
from schema.registry.types import Center
from tenants.cases import errors, queries, rules, states
from tongban.kernel import numbers
from tongban.kernel.context import center_context
from tongban.kernel.errors import CenterUnknownError
from tongban.registry import queries as registry

Number = Annotated[
    str,
    strawberry.argument(
        description="The case number, or the provisional one, in any form that people type."
    ),
]
QueryCode = Annotated[
    str, strawberry.argument(description="The code that stands on the intake receipt.")
]


@strawberry.type(description="How far a case has come: no personal data.")
class CaseProgress:
    number: str = strawberry.field(description="The number, canonical.")
    display_number: str = strawberry.field(description="The number in groups.")
    matter_name: str = strawberry.field(description="The matter's name.")
    state: states.State = strawberry.field(description="Where it stands.")
    state_text: str = strawberry.field(description="The same in the request's language.")
    custodian: Center = strawberry.field(description="The center that handles it now.")
    submitted_at: datetime | None = strawberry.field(description="When it was submitted.")
    accepted_at: datetime | None = strawberry.field(description="When it was accepted.")
    promised_due_at: datetime | None = strawberry.field(description="Until when it is promised.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    issued_at: datetime | None = strawberry.field(description="When the result was issued.")
    completed_at: datetime | None = strawberry.field(description="When it was delivered.")

    @classmethod
    def of(cls, progress: rules.Progress, *, language: str) -> Self:
        """Return the progress as the API shows it."""
        state = states.State(progress.state)
        return cls(
            number=progress.number,
            display_number=numbers.display(progress.number),
            matter_name=progress.matter_name,
            state=state,
            state_text=state.value.replace("_", " ")
            if language == ENGLISH
            else states.STATE_TEXTS[state],
            custodian=center_of(progress.custodian_code),
            submitted_at=progress.submitted_at,
            accepted_at=progress.accepted_at,
            promised_due_at=progress.promised_due_at,
            decided_at=progress.decided_at,
            issued_at=progress.issued_at,
            completed_at=progress.completed_at,
        )


@strawberry.type
class CasesQuery:
    @strawberry.field(description="The case with this number, to who may see it, or null.")
    def case(self, info: Info, number: Number) -> Case | None:
        require_center(info)
        viewer = Viewer.of(require_actor(info))
        try:
            row = queries.access_as(viewer.actor, viewer.membership, number)
        except errors.CaseNotFoundError:
            return None
        return Case.of(selection.with_children(info, row), viewer)

    @strawberry.field(description="The cases of this center that the caller may see.")
    def cases(
        self,
        info: Info,
        filter: Annotated[
            filters.CaseFilter | None, strawberry.argument(description="What to narrow to.")
        ] = None,
        order: Annotated[
            rules.Order,
            strawberry.argument(
                description="In which order. Latest and oldest follow the time whose range the "
                "filter names: completed, submitted, due. Due first follows completion where the "
                "filter names a range of it: what was completed is due no more.",
            ),
        ] = rules.Order.LATEST,
        first: First = 20,
        after: After = None,
    ) -> Connection[Case]:
        require_center(info)
        viewer = Viewer.of(require_actor(info))
        where = filter.read() if filter else rules.CaseFilter()
        found = queries.find_cases(
            actor=viewer.actor, membership=viewer.membership, where=where, order=order
        )
        return paginate_list(
            found,
            below=selection.children(info, "edges", "node"),
            first=first,
            after=after,
            node=lambda row: Case.of(row, viewer),
        )

    @strawberry.field(
        description="How far a case has come, for whoever has its number and query code, or null."
    )
    def case_progress(
        self, info: Info, number: Number, query_code: QueryCode
    ) -> CaseProgress | None:
        rates.admit_sensitive(info.context, "caseProgress")
        try:
            canonical = numbers.canonical_of_either(number)
            home = registry.resolve_center(numbers.home_of_either(canonical))
        except (numbers.CaseNumberError, CenterUnknownError):
            return None
        # A code has 28 bits: whoever asks from many addresses is slowed by the number as well.
        rates.buckets.take(f"caseProgress:{canonical}", Rate.parse(settings.RATE_SENSITIVE))
        with center_context(home.code):
            try:
                progress = queries.progress(canonical, query_code)
            except errors.CaseNotFoundError:
                return None
        return CaseProgress.of(progress, language=info.context.language)

    @strawberry.field(
        description="How each due date of a case came about, to who may see it, or null."
    )
    def explain_due(self, info: Info, number: Number) -> list[DueExplanation] | None:
        require_center(info)
        try:
            row = queries.access_case(actor=require_actor(info), number=number)
        except errors.CaseNotFoundError:
            return None
        return [DueExplanation.of(reason) for reason in queries.explain_due(row)]
