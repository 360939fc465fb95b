"""文书抬头: under whose name a center's papers go out, and which remedies they tell."""

import strawberry

from schema import payloads
from schema.cases.types.letterheads import Letterhead, PaperSpecimen, PaperWording
from schema.context import Info, require_account, require_center
from tenants.cases import queries, rules
from tenants.cases.errors import wordings as wording_errors
from tenants.cases.operations import letterheads, wordings
from tenants.staff import errors as staff_errors

PapersError = payloads.error_type("Papers", wording_errors, staff_errors)


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


@strawberry.input(description="How a kind of paper is worded from now on.")
class EditPaperWordingInput:
    kind: rules.PaperKind = strawberry.field(description="Which paper.")
    opening: str = strawberry.field(
        default="",
        description="The first sentence, 1-300 characters with placeholders in braces, `{text}` "
        "exactly once; empty takes the shipped one.",
    )
    notes: list[str] = strawberry.field(
        default_factory=list,
        description="At most five notes of 1-200 characters, with placeholders in braces.",
    )
    expected_version: int = strawberry.field(description="The `version` as last read.")
    dry_run: bool = strawberry.field(
        default=False, description="Whether to show a specimen only, and change nothing."
    )


@strawberry.type(description="The words, or why nothing was changed.")
class PaperWordingPayload:
    wording: PaperWording | None = strawberry.field(
        default=None, description="As they stand now; with `dryRun` as they would."
    )
    specimen: PaperSpecimen | None = strawberry.field(
        default=None, description="With `dryRun` a paper in these words; otherwise null."
    )
    errors: list[payloads.Fault] = payloads.errors_field(PapersError)


@strawberry.type
class LetterheadsQuery:
    @strawberry.field(
        description="The center's own words on each kind of paper, for its staff; empty to others."
    )
    def paper_wordings(self, info: Info) -> list[PaperWording]:
        require_center(info)
        found = queries.list_wordings(actor=require_account(info))
        return [PaperWording.of(kind, wording) for kind, wording in found.items()]

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
        description="Word a kind of paper in the center's own way, around what the law wants "
        "said. For the management office."
    )
    def edit_paper_wording(self, info: Info, input: EditPaperWordingInput) -> PaperWordingPayload:
        require_center(info)
        found = wordings.edit_wording(
            actor=require_account(info),
            kind=input.kind,
            opening=input.opening,
            notes=input.notes,
            expected_version=input.expected_version,
            dry_run=input.dry_run,
            now=info.context.now(),
        )
        return PaperWordingPayload(
            wording=PaperWording.of(found.kind, found.wording),
            specimen=PaperSpecimen.of(found.specimen) if found.specimen else None,
        )

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
