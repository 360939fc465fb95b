"""办公与计时规则: office hours, and what a center settles about its clocks."""

from datetime import time
from typing import Self

import strawberry

from schema import payloads
from schema.context import Info, require_account, require_center
from schema.windows.mutations import WindowsError
from tenants.windows import queries, rules
from tenants.windows.operations import terms


@strawberry.type(description="办公与计时规则: when a center is open, and how its clocks run.")
class OfficeTerms:
    morning_start: time = strawberry.field(description="From when it is open in the morning.")
    morning_end: time = strawberry.field(description="Until when.")
    afternoon_start: time = strawberry.field(description="From when in the afternoon.")
    afternoon_end: time = strawberry.field(
        description="Until when; a limit in days ends then on its last day."
    )
    yellow_percent: int = strawberry.field(
        description="From how much of a limit used the lamp is yellow, in percent."
    )
    consultation_pauses: bool = strawberry.field(
        description="Whether the clock stands still during a consultation (疑难会商)."
    )
    urging_reply_days: int = strawberry.field(
        description="Within how many working days an urging (督办) is to be answered."
    )
    debt_days: int = strawberry.field(
        description="Within how many working days a material that may follow (容缺后补) comes "
        "after acceptance; never later than the promise."
    )
    lease_minutes: int = strawberry.field(
        description="After how many minutes a task (待办) that somebody took is free again, unless "
        "they take it anew."
    )
    commitment_days: int = strawberry.field(
        description="Within how many working days of the acceptance a commitment (告知承诺) is to "
        "be verified."
    )
    version: int = strawberry.field(
        description="Grows with each change, 0 for the defaults; see `expectedVersion`."
    )

    @classmethod
    def of(cls, found: rules.OfficeTerms) -> Self:
        """Return the terms as the API shows them."""
        hours = found.hours
        return cls(
            morning_start=hours.morning_start,
            morning_end=hours.morning_end,
            afternoon_start=hours.afternoon_start,
            afternoon_end=hours.afternoon_end,
            yellow_percent=found.yellow_percent,
            consultation_pauses=found.consultation_pauses,
            urging_reply_days=found.urging_reply_days,
            debt_days=found.debt_days,
            lease_minutes=found.lease_minutes,
            commitment_days=found.commitment_days,
            version=found.version,
        )


@strawberry.input(description="Office hours: morning and afternoon, local times.")
class OfficeHoursInput:
    morning_start: time = strawberry.field(description="From when in the morning.")
    morning_end: time = strawberry.field(description="Until when.")
    afternoon_start: time = strawberry.field(description="From when in the afternoon.")
    afternoon_end: time = strawberry.field(description="Until when.")


@strawberry.input(description="What of the terms changes; null leaves each as it is.")
class SetOfficeTermsInput:
    expected_version: int = strawberry.field(description="The `version` as last read.")
    hours: OfficeHoursInput | None = strawberry.field(default=None, description="Office hours.")
    yellow_percent: int | None = strawberry.field(
        default=None, description="From how much of a limit used the lamp is yellow, 1-100."
    )
    consultation_pauses: bool | None = strawberry.field(
        default=None, description="Whether the clock stands still during a consultation."
    )
    urging_reply_days: int | None = strawberry.field(
        default=None, description="Working days to answer an urging, 1-30."
    )
    debt_days: int | None = strawberry.field(
        default=None,
        description="Working days for a material that may follow, 1-60; those accepted before keep "
        "the date they were told.",
    )
    lease_minutes: int | None = strawberry.field(
        default=None, description="Minutes for which a task is held, 5-480; of those taken later."
    )
    commitment_days: int | None = strawberry.field(
        default=None,
        description="Working days to verify a commitment, 1-120; those of cases accepted before "
        "keep their date.",
    )


@strawberry.type(description="The terms, or why nothing was changed.")
class OfficeTermsPayload:
    terms: OfficeTerms | None = strawberry.field(default=None, description="As they stand now.")
    errors: list[payloads.Fault] = payloads.errors_field(WindowsError)


@strawberry.type
class OfficeTermsQuery:
    @strawberry.field(description="When the center is open, and how its clocks run; for anybody.")
    def office_terms(self, info: Info) -> OfficeTerms:
        require_center(info)
        return OfficeTerms.of(queries.office_terms())


@strawberry.type
class OfficeTermsMutation:
    @payloads.mutation(
        description="Settle office hours and clocks from now on; due dates of open cases follow. "
        "For the management office."
    )
    def set_office_terms(self, info: Info, input: SetOfficeTermsInput) -> OfficeTermsPayload:
        require_center(info)
        hours = input.hours
        changed = terms.set_terms(
            actor=require_account(info),
            expected_version=input.expected_version,
            hours=None
            if hours is None
            else (
                hours.morning_start,
                hours.morning_end,
                hours.afternoon_start,
                hours.afternoon_end,
            ),
            yellow_percent=input.yellow_percent,
            consultation_pauses=input.consultation_pauses,
            urging_reply_days=input.urging_reply_days,
            debt_days=input.debt_days,
            lease_minutes=input.lease_minutes,
            commitment_days=input.commitment_days,
            now=info.context.now(),
        )
        return OfficeTermsPayload(terms=OfficeTerms.of(changed))
