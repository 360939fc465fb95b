"""文书抬头: under whose name a center's papers go out, and which remedies they tell."""

import strawberry

from schema import payloads
from schema.cases.types.letterheads import Letterhead
from schema.context import Info, require_account, require_center
from tenants.cases import queries
from tenants.cases.operations import letterheads
from tenants.staff import errors as staff_errors

PapersError = payloads.error_type("Papers", staff_errors)


@strawberry.input(description="What of a letterhead changes; null leaves an element as it is.")
class SetLetterheadInput:
    department: str | None = strawberry.field(
        default=None,
        description="The code of the department whose papers differ; null for the center itself.",
    )
    name: str | None = strawberry.field(
        default=None,
        description="The organ as it signs, at most 50 characters; empty takes the center's.",
    )
    second_line: str | None = strawberry.field(
        default=None, description="A second line under the name, at most 50 characters."
    )
    address: str | None = strawberry.field(
        default=None, description="Where it is found, at most 100 characters."
    )
    phone: str | None = strawberry.field(
        default=None, description="Its number, at most 50 characters."
    )
    review_body: str | None = strawberry.field(
        default=None, description="复议机关 of what it decides, at most 50 characters."
    )
    court: str | None = strawberry.field(
        default=None, description="The court that tries what it decides, at most 50 characters."
    )
    expected_version: int = strawberry.field(description="The `version` as last read.")


@strawberry.type(description="The letterhead, or why nothing was changed.")
class LetterheadPayload:
    letterhead: Letterhead | None = strawberry.field(default=None, description="As it stands now.")
    errors: list[payloads.Fault] = payloads.errors_field(PapersError)


@strawberry.type
class LetterheadsQuery:
    @strawberry.field(
        description="Under whose name papers go out: the center's letterhead, then each "
        "department's at work; for anybody."
    )
    def letterheads(self, info: Info) -> list[Letterhead]:
        require_center(info)
        return [Letterhead.of(found) for found in queries.list_letterheads()]


@strawberry.type
class LetterheadsMutation:
    @payloads.mutation(
        description="Settle under whose name papers go out and which remedies they tell, from "
        "now on. For the management office."
    )
    def set_letterhead(self, info: Info, input: SetLetterheadInput) -> LetterheadPayload:
        require_center(info)
        said = {name: text for name in _ELEMENTS if (text := getattr(input, name)) is not None}
        found = letterheads.set_letterhead(
            actor=require_account(info),
            department_code=input.department or "",
            said=said,
            expected_version=input.expected_version,
            now=info.context.now(),
        )
        return LetterheadPayload(letterhead=Letterhead.of(found))


_ELEMENTS = ("name", "second_line", "address", "phone", "review_body", "court")
