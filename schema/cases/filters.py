"""What a list of cases is narrowed to."""

from datetime import datetime

import strawberry

from schema.cases.inputs import NUMBER
from tenants.cases import rules
from tenants.cases.states import Custody, Lamp, State


@strawberry.input(description="What a list of cases is narrowed to; null narrows nothing.")
class CaseFilter:
    states: list[State] | None = strawberry.field(
        default=None, description="Only in one of these states."
    )
    matters: list[str] | None = strawberry.field(
        default=None, description="Only of one of these matters, by code."
    )
    custody: Custody | None = strawberry.field(default=None, description="Only with this custody.")
    custodian: str | None = strawberry.field(
        default=None, description="Only those that this center holds, by code."
    )
    channel: rules.Channel | None = strawberry.field(
        default=None, description="Only those that came in this way."
    )
    department: str | None = strawberry.field(
        default=None,
        description="Only those of this liable department, by its name in the offering or by its "
        "code in the center's register.",
    )
    window: str | None = strawberry.field(
        default=None, description="Only those that this window of the center took on, by its code."
    )
    number: str | None = strawberry.field(default=None, description=NUMBER)
    applicant_id_number: str | None = strawberry.field(
        default=None,
        description="Only of the applicant with exactly this identifier; `FORBIDDEN` to staff who "
        "neither take applications in nor may reveal it.",
    )
    submitted_from: datetime | None = strawberry.field(
        default=None, description="Only submitted then or later."
    )
    submitted_before: datetime | None = strawberry.field(
        default=None, description="Only submitted earlier."
    )
    due_from: datetime | None = strawberry.field(
        default=None, description="Only with this promised due date or a later one."
    )
    due_before: datetime | None = strawberry.field(
        default=None, description="Only with an earlier promised due date."
    )
    completed_from: datetime | None = strawberry.field(
        default=None, description="Only completed then or later."
    )
    completed_before: datetime | None = strawberry.field(
        default=None, description="Only completed earlier."
    )
    lamps: list[Lamp] | None = strawberry.field(
        default=None, description="Only with one of these lamps (红黄灯)."
    )
    is_owing: bool | None = strawberry.field(
        default=None, description="Only those that still owe a material (容缺受理), or owe none."
    )
    awaits_verification: bool | None = strawberry.field(
        default=None,
        description="Only those of which a commitment (告知承诺) waits for its verification, or "
        "none does.",
    )
    reviews_open: str | None = strawberry.field(
        default=None,
        description="Only those in review of which a review or verification of this department is "
        "still to be recorded, by its name or its code in the center's register.",
    )
    is_urged: bool | None = strawberry.field(
        default=None, description="Only those of which an urging waits for a reply, or none does."
    )

    def read(self) -> rules.CaseFilter:
        """Return the filter as queries take it."""
        return rules.CaseFilter(
            states=[state.value for state in self.states or ()],
            matter_codes=self.matters or (),
            custody=self.custody.value if self.custody else None,
            custodian_code=self.custodian,
            channel=self.channel.value if self.channel else None,
            department=self.department,
            window=self.window,
            number=self.number,
            applicant_id_number=self.applicant_id_number,
            submitted_from=self.submitted_from,
            submitted_before=self.submitted_before,
            due_from=self.due_from,
            due_before=self.due_before,
            completed_from=self.completed_from,
            completed_before=self.completed_before,
            lamps=[lamp.value for lamp in self.lamps or ()],
            is_owing=self.is_owing,
            awaits_verification=self.awaits_verification,
            reviews_open=self.reviews_open,
            is_urged=self.is_urged,
        )
