"""Centers, divisions and onboardings as the API shows them."""

from datetime import date, datetime
from enum import Enum
from typing import Self, TypeAlias

import strawberry

from schema import enums
from schema.scalars import opaque_id
from tongban.registry import models, queries, rules
from tongban.registry.queries import CenterProgress, CenterRecord

Level: TypeAlias = models.Level

enums.describe(
    models.Level,
    "A level of the administrative tree; centers exist at city, county and township.",
)
enums.describe(models.CenterStatus, "What a center does at present.")


@strawberry.type(description="A government service center (政务服务中心).")
class Center:
    parent_code: strawberry.Private[str | None]

    id: strawberry.ID = strawberry.field(description="Opaque.")
    code: str = strawberry.field(
        description="Its division code: six digits for a city or county, nine for a township."
    )
    name: str = strawberry.field(description="Its Chinese name.")
    level: models.Level = strawberry.field(description="Of which level it is.")
    status: models.CenterStatus = strawberry.field(
        description="What it does at present; only an ACTIVE center takes in cases."
    )
    division_code: str = strawberry.field(description="The 12-digit code of its division.")
    founded_on: date | None = strawberry.field(description="The day it was founded, where known.")
    onboarded_at: datetime | None = strawberry.field(
        description="When it became ready here; null while it is being onboarded."
    )

    @classmethod
    def of(cls, record: CenterRecord) -> Self:
        """Return the center as the API shows it."""
        return cls(
            parent_code=record.parent_code,
            id=opaque_id("Center", record.code),
            code=record.code,
            name=record.name,
            level=models.Level(record.level),
            status=models.CenterStatus(record.status),
            division_code=record.division_code,
            founded_on=record.founded_on,
            onboarded_at=record.onboarded_at,
        )

    @classmethod
    def of_row(cls, row: models.Center) -> Self:
        """Return the center of a stored row."""
        return cls.of(queries.record_of(row))

    @strawberry.field(description="The center above it, where there is one.")
    def parent(self) -> "Center | None":
        record = queries.find_center(self.parent_code or "")
        return Center.of(record) if record else None

    @strawberry.field(description="The centers directly below it, by code.")
    def children(self) -> list["Center"]:
        return [Center.of(record) for record in queries.children(self.code)]


@strawberry.type(description="A center as onboarding makes it, or would make it.")
class PlannedCenter:
    code: str = strawberry.field(description="Its code.")
    name: str = strawberry.field(description="Its Chinese name.")
    level: models.Level = strawberry.field(description="Of which level it is.")
    parent_code: str | None = strawberry.field(description="The code of the center above it.")
    division_code: str = strawberry.field(description="The 12-digit code of its division.")

    @classmethod
    def of(cls, planned: rules.PlannedCenter) -> Self:
        """Return the planned center as the API shows it."""
        return cls(
            code=planned.code,
            name=planned.name,
            level=models.Level(planned.level),
            parent_code=planned.parent_code,
            division_code=planned.division_code,
        )


@strawberry.type(description="An administrative division (行政区划), as it stood for a time.")
class Division:
    id: strawberry.ID = strawberry.field(description="Opaque; another one for each of its forms.")
    code: str = strawberry.field(description="Its code, 12 digits; codes are used again later.")
    name: str = strawberry.field(description="Its Chinese name.")
    level: models.Level = strawberry.field(description="Of which level it is.")
    parent_code: str | None = strawberry.field(description="The code of the division above it.")
    valid_from: date = strawberry.field(description="The first day on which it stood like this.")
    valid_to: date | None = strawberry.field(
        description="The first day on which it no longer did; null while it still does."
    )

    @classmethod
    def of(cls, row: models.Division) -> Self:
        """Return the division as the API shows it."""
        return cls(
            id=opaque_id("Division", f"{row.code}:{row.valid_from}"),
            code=row.code,
            name=row.name,
            level=models.Level(row.level),
            parent_code=row.parent_code or None,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )

    @strawberry.field(description="The center that goes by its code, where there is one.")
    def center(self) -> Center | None:
        try:
            code = rules.center_code(self.code)
        except ValueError:
            return None
        record = queries.find_center(code)
        return Center.of(record) if record else None


@strawberry.enum(description="How far an onboarding has come.")
class OnboardingState(Enum):
    QUEUED = strawberry.enum_value("QUEUED", description="No step is finished yet.")
    RUNNING = strawberry.enum_value("RUNNING", description="Some steps are finished.")
    FAILED = strawberry.enum_value(
        "FAILED", description="A step failed; it goes on from there after `retryOnboarding`."
    )
    FINISHED = strawberry.enum_value("FINISHED", description="All its centers are ready.")


@strawberry.type(description="How far one center of an onboarding has come.")
class OnboardingCenter:
    center: Center = strawberry.field(description="The center.")
    steps_done: int = strawberry.field(description="How many of its steps are finished.")
    steps_total: int = strawberry.field(description="How many steps it takes.")
    failure: str | None = strawberry.field(description="Why a step failed, for the operator.")

    @classmethod
    def of(cls, progress: CenterProgress, row: models.Center) -> Self:
        """Return the center's progress as the API shows it."""
        return cls(
            center=Center.of_row(row),
            steps_done=progress.done,
            steps_total=progress.total,
            failure=progress.failure or None,
        )


@strawberry.type(description="One request to make centers ready (接入); a few hundred at most.")
class Onboarding:
    id: strawberry.ID = strawberry.field(description="By which `onboarding(id)` finds it again.")
    state: OnboardingState = strawberry.field(description="How far it has come.")
    roots: list[str] = strawberry.field(description="The codes that were asked for.")
    as_of: date = strawberry.field(description="The day whose divisions it follows.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    finished_at: datetime | None = strawberry.field(description="When the last center was ready.")
    steps_done: int = strawberry.field(description="How many steps of all centers are finished.")
    steps_total: int = strawberry.field(description="How many steps all its centers take.")
    centers: list[OnboardingCenter] = strawberry.field(
        description="Its centers in the order they become ready, at most 500."
    )

    @classmethod
    def of(cls, row: models.Onboarding) -> Self:
        """Return an onboarding with its progress; runs in the platform context."""
        progress = queries.progress_of(row)
        rows = {center.code: center for center in queries.centers_of(row)}
        done = sum(center.done for center in progress)
        if row.finished_at is not None:
            state = OnboardingState.FINISHED
        elif any(center.failure for center in progress):
            state = OnboardingState.FAILED
        else:
            state = OnboardingState.RUNNING if done else OnboardingState.QUEUED
        return cls(
            id=strawberry.ID(str(row.id)),
            state=state,
            roots=row.roots,
            as_of=row.as_of,
            requested_at=row.requested_at,
            finished_at=row.finished_at,
            steps_done=done,
            steps_total=sum(center.total for center in progress),
            centers=[OnboardingCenter.of(center, rows[center.code]) for center in progress],
        )
