"""What may be read of the registry: centers and divisions by anybody, onboardings by registrars."""

import uuid
from datetime import date
from typing import Annotated

import strawberry

from schema.connections import DEFAULT_PAGE, After, Connection, First, paginate
from schema.context import Info, require_actor
from schema.registry.types import Center, Division, Level, Onboarding
from tongban.kernel import calendar
from tongban.kernel.context import SharedRole, shared_context
from tongban.registry import errors, queries

Within = Annotated[
    str | None,
    strawberry.argument(
        description="A division's code, 2 to 12 digits: only it and what is below it."
    ),
]
OfLevel = Annotated[Level | None, strawberry.argument(description="Only those of this level.")]


@strawberry.type
class RegistryQuery:
    @strawberry.field(description="The center with this code, or null. Anybody may read it.")
    def center(
        self,
        code: Annotated[str, strawberry.argument(description="Six digits, nine for a township.")],
    ) -> Center | None:
        record = queries.find_center(code)
        return Center.of(record) if record else None

    @strawberry.field(description="Centers by code, those being onboarded too. Anybody may read.")
    def centers(
        self,
        level: OfLevel = None,
        within: Within = None,
        search: Annotated[
            str,
            strawberry.argument(
                description="The beginning of a name (单县), of its pinyin (shanxian), of its "
                "initials (sx) or of the code. Empty finds every center."
            ),
        ] = "",
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Center]:
        return paginate(
            queries.list_centers(level=level, within=within, search=search),
            order=("code",),
            first=first,
            after=after,
            node=Center.of_row,
        )

    @strawberry.field(
        description="Divisions by code, each before what lies in it. Anybody may read."
    )
    def divisions(
        self,
        info: Info,
        within: Within = None,
        level: OfLevel = None,
        as_of: Annotated[
            date | None, strawberry.argument(description="The day to look at; today if not given.")
        ] = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Division]:
        day = as_of or calendar.local_day(info.context.now())
        return paginate(
            queries.list_divisions(within=within, level=level, day=day),
            order=("code",),
            first=first,
            after=after,
            node=Division.of,
        )

    @strawberry.field(
        description="An onboarding, to who asked for it and to registrars over its roots; or null."
    )
    def onboarding(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The onboarding's `id`.")],
    ) -> Onboarding | None:
        actor = require_actor(info)
        try:
            with shared_context(SharedRole.PLATFORM):
                row = queries.access_onboarding(actor=actor, onboarding_id=uuid.UUID(id))
                return Onboarding.of(row)
        except (ValueError, errors.OnboardingNotFoundError):
            return None
