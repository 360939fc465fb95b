"""What happened to a case's clock, and what went wrong, as the API shows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import strawberry

from schema.cases.types.parts import Party, center_of
from schema.catalog.types import TimeLimit
from schema.context import ENGLISH, Info
from schema.registry.types import Center
from tenants.cases import rules


@strawberry.type(description="特别程序: a stretch for which the clock stands still.")
class CaseStay:
    kind: rules.PauseKind = strawberry.field(description="For what.")
    since: datetime = strawberry.field(description="Since when.")
    until: datetime | None = strawberry.field(description="Until when; null while it lasts.")
    reason: str = strawberry.field(description="Why it was needed.")
    document: str = strawberry.field(description="The document that it rests on.")
    expected_days: int = strawberry.field(description="How many working days it was said to take.")
    outcome: str = strawberry.field(description="What came of it; empty while it lasts.")

    @classmethod
    def of(cls, stay: rules.Stay) -> Self:
        """Return the stay as the API shows it."""
        return cls(
            kind=stay.kind,
            since=stay.since,
            until=stay.until,
            reason=stay.reason,
            document=stay.document,
            expected_days=stay.expected_days,
            outcome=stay.outcome,
        )


@strawberry.type(description="延期: the one extension of a case's limit.")
class CaseExtension:
    limit: TimeLimit = strawberry.field(description="By how much.")
    at: datetime = strawberry.field(description="When it was approved.")
    reason: str = strawberry.field(description="The reasons that the applicant was told.")
    approver: Party = strawberry.field(description="The chief representative who approved it.")

    @classmethod
    def of(cls, extension: rules.Extension) -> Self:
        """Return the extension as the API shows it."""
        return cls(
            limit=TimeLimit.of(extension.limit),
            at=extension.at,
            reason=extension.reason,
            approver=Party.of(extension.approver),
        )


@strawberry.type(description="What went wrong with a case, and which body is liable for it.")
class CaseFinding:
    found: strawberry.Private[Mapping[str, Any]]

    code: str = strawberry.field(description="The stable code, such as `OVERDUE`.")
    at: datetime = strawberry.field(description="When it was found.")
    department: str = strawberry.field(description="The liable department, or empty.")
    window_code: str = strawberry.field(
        description="The window that it is held against; empty for none in particular."
    )
    subjects: list[str] = strawberry.field(
        description="Codes of materials and conditions that it names, `FORM` for the form; of a "
        "`SECOND_NOTICE` those that the first notice could have told."
    )

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Self:
        """Return the finding as the API shows it."""
        return cls(
            found=found,
            code=found["code"],
            at=datetime.fromisoformat(found["at"]),
            department=found["department"],
            window_code=found.get("window_code", ""),
            subjects=found.get("subjects", []),
        )

    @strawberry.field(description="What it says, in the request's language.")
    def text(self, info: Info) -> str:
        kind = rules.FINDINGS[self.code]
        return kind.text_en if info.context.language == ENGLISH else kind.text_zh

    @strawberry.field(description="流程、效率或收费.")
    def dimension(self) -> rules.Dimension:
        return rules.FINDINGS[self.code].dimension

    @strawberry.field(description="The liable center.")
    def center(self) -> Center:
        return center_of(self.found["center_code"])
