"""Service areas, windows and who sits at them: the management office's register."""

import uuid

import strawberry

from schema import payloads
from schema.context import Info, require_account, require_center
from schema.windows.types import ServiceArea, Window
from tenants.staff import errors as staff_errors
from tenants.windows import errors, queries
from tenants.windows.operations import areas, windows
from tenants.windows.rules import WindowKind

WindowsError = payloads.error_type("Windows", errors, staff_errors)

_VERSION = "The `version` as last read."


@strawberry.input(description="Which service area the hall gains.")
class OpenServiceAreaInput:
    code: str = strawberry.field(description="A code for it: 1-20 letters, digits or hyphens.")
    name: str = strawberry.field(description="Its name.")
    floor: str = strawberry.field(default="", description="On which floor, or empty.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="What of a service area changes; null leaves a term as it is.")
class EditServiceAreaInput:
    code: str = strawberry.field(description="Its code.")
    expected_version: int = strawberry.field(description=_VERSION)
    name: str | None = strawberry.field(default=None, description="Its name.")
    floor: str | None = strawberry.field(default=None, description="On which floor, or empty.")


@strawberry.input(description="Which service area the hall loses.")
class CloseServiceAreaInput:
    code: str = strawberry.field(description="Its code.")
    expected_version: int = strawberry.field(description=_VERSION)


@strawberry.input(description="Which window is opened.")
class OpenWindowInput:
    code: str = strawberry.field(description="A code for it: 1-20 letters, digits or hyphens.")
    name: str = strawberry.field(description="What its sign says.")
    kind: WindowKind = strawberry.field(description="For one department, or for all.")
    area: str = strawberry.field(description="The area's code.")
    department: str = strawberry.field(
        default="", description="The department's code; empty for an integrated window."
    )
    matters: list[str] = strawberry.field(
        default_factory=list, description="基本编码 of what it takes in; empty: no limit."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="What of a window changes; null leaves a term as it is.")
class EditWindowInput:
    code: str = strawberry.field(description="Its code.")
    expected_version: int = strawberry.field(description=_VERSION)
    name: str | None = strawberry.field(default=None, description="What its sign says.")
    kind: WindowKind | None = strawberry.field(
        default=None, description="For one department, or for all."
    )
    area: str | None = strawberry.field(default=None, description="The area's code.")
    department: str | None = strawberry.field(
        default=None, description="The department's code; empty for an integrated window."
    )
    matters: list[str] | None = strawberry.field(
        default=None, description="基本编码 of what it takes in; empty: no limit."
    )


@strawberry.input(description="Which window is closed.")
class CloseWindowInput:
    code: str = strawberry.field(description="Its code.")
    expected_version: int = strawberry.field(description=_VERSION)


@strawberry.input(description="Who sits at which window from now on.")
class SeatMemberInput:
    window: str = strawberry.field(description="The window's code.")
    staff_number: str = strawberry.field(description="工号 of the member.")


@strawberry.input(description="Who gets up from their window.")
class UnseatMemberInput:
    staff_number: str = strawberry.field(description="工号 of the member.")


@strawberry.type(description="The area, or why nothing was changed.")
class ServiceAreaPayload:
    area: ServiceArea | None = strawberry.field(default=None, description="As it stands now.")
    errors: list[payloads.Fault] = payloads.errors_field(WindowsError)


@strawberry.type(description="The window, or why nothing was changed.")
class WindowPayload:
    window: Window | None = strawberry.field(default=None, description="As it stands now.")
    errors: list[payloads.Fault] = payloads.errors_field(WindowsError)


@strawberry.type
class WindowsMutation:
    @payloads.mutation(description="Enter a service area of the hall. For the management office.")
    def open_service_area(self, info: Info, input: OpenServiceAreaInput) -> ServiceAreaPayload:
        require_center(info)
        row = areas.open_area(
            actor=require_account(info),
            code=input.code,
            name=input.name,
            floor=input.floor,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return ServiceAreaPayload(area=ServiceArea.of(row))

    @payloads.mutation(description="Change an area's name or floor. For the management office.")
    def edit_service_area(self, info: Info, input: EditServiceAreaInput) -> ServiceAreaPayload:
        require_center(info)
        row = areas.edit_area(
            actor=require_account(info),
            code=input.code,
            expected_version=input.expected_version,
            name=input.name,
            floor=input.floor,
            now=info.context.now(),
        )
        return ServiceAreaPayload(area=ServiceArea.of(row))

    @payloads.mutation(
        description="Take an area without open windows out of the hall. For the management office."
    )
    def close_service_area(self, info: Info, input: CloseServiceAreaInput) -> ServiceAreaPayload:
        require_center(info)
        row = areas.close_area(
            actor=require_account(info),
            code=input.code,
            expected_version=input.expected_version,
            now=info.context.now(),
        )
        return ServiceAreaPayload(area=ServiceArea.of(row))

    @payloads.mutation(description="Open a window. For the management office.")
    def open_window(self, info: Info, input: OpenWindowInput) -> WindowPayload:
        require_center(info)
        row = windows.open_window(
            actor=require_account(info),
            code=input.code,
            terms=windows.WindowTerms(
                name=input.name,
                kind=input.kind,
                area=input.area,
                department=input.department,
                matters=input.matters,
            ),
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return _shown(row.code)

    @payloads.mutation(
        description="Move or rename a window, or change for whom it is. For the management office."
    )
    def edit_window(self, info: Info, input: EditWindowInput) -> WindowPayload:
        require_center(info)
        row = windows.edit_window(
            actor=require_account(info),
            code=input.code,
            expected_version=input.expected_version,
            terms=windows.WindowTerms(
                name=input.name,
                kind=input.kind,
                area=input.area,
                department=input.department,
                matters=input.matters,
            ),
            now=info.context.now(),
        )
        return _shown(row.code)

    @payloads.mutation(description="Close a window for good. For the management office.")
    def close_window(self, info: Info, input: CloseWindowInput) -> WindowPayload:
        require_center(info)
        row = windows.close_window(
            actor=require_account(info),
            code=input.code,
            expected_version=input.expected_version,
            now=info.context.now(),
        )
        return _shown(row.code)

    @payloads.mutation(description="Let a member sit at a window. For the management office.")
    def seat_member(self, info: Info, input: SeatMemberInput) -> WindowPayload:
        require_center(info)
        row = windows.seat_member(
            actor=require_account(info),
            code=input.window,
            staff_number=input.staff_number,
            now=info.context.now(),
        )
        return _shown(row.code)

    @payloads.mutation(description="Let a member get up from their window. For the same office.")
    def unseat_member(self, info: Info, input: UnseatMemberInput) -> WindowPayload:
        require_center(info)
        row = windows.unseat_member(
            actor=require_account(info),
            staff_number=input.staff_number,
            now=info.context.now(),
        )
        return _shown(row.code)


def _shown(code: str) -> WindowPayload:
    row = queries.window(code=code)
    return WindowPayload(window=Window.of(row) if row else None)
