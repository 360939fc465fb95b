"""Letterheads and remedies, as the API shows them."""

from typing import Self

import strawberry

from schema import enums
from tenants.cases import queries, rules

enums.describe(
    rules.Unnamed,
    "What a letterhead does not name: papers tell the law's rule in its place.",
    texts={
        rules.Unnamed.REVIEW_BODY: "复议机关: who reviews its decisions.",
        rules.Unnamed.COURT: "法院: which court tries them.",
    },
)


@strawberry.type(description="救济途径: before whom a decision is contested, and until when.")
class Remedies:
    review_body: str = strawberry.field(
        description="复议机关; empty where the center named none: then the law's rule is told."
    )
    review_days: int = strawberry.field(
        description="Days from receipt to apply for administrative review (行政复议法 20)."
    )
    court: str = strawberry.field(description="The court; empty where the center named none.")
    suit_months: int = strawberry.field(
        description="Months from receipt to bring a suit (行政诉讼法 46)."
    )
    text: str = strawberry.field(description="The remedies in the words of the paper.")

    @classmethod
    def of(cls, found: rules.Remedies) -> Self:
        """Return remedies as the API shows them."""
        return cls(
            review_body=found.review_body,
            review_days=rules.REVIEW_DAYS,
            court=found.court,
            suit_months=rules.SUIT_MONTHS,
            text=found.text,
        )


@strawberry.type(
    description="文书抬头: under whose name papers go out, and which remedies they tell."
)
class LetterheadElements:
    name: str = strawberry.field(description="The organ as it signs.")
    second_line: str = strawberry.field(description="A second line under the name, or empty.")
    address: str = strawberry.field(description="Where it is found, or empty.")
    phone: str = strawberry.field(description="Its number, or empty.")
    review_body: str = strawberry.field(description="复议机关 of what it decides, or empty.")
    court: str = strawberry.field(description="The court that tries what it decides, or empty.")

    @classmethod
    def of(cls, found: rules.Letterhead) -> Self:
        """Return a letterhead's elements as the API shows them."""
        return cls(
            name=found.name,
            second_line=found.second_line,
            address=found.address,
            phone=found.phone,
            review_body=found.review_body,
            court=found.court,
        )


@strawberry.type(description="The letterhead of the center, or of one of its departments.")
class Letterhead:
    department: str | None = strawberry.field(
        description="The department's code; null for the center itself."
    )
    own: LetterheadElements = strawberry.field(
        description="What was settled for it; what is empty is the center's."
    )
    effective: LetterheadElements = strawberry.field(description="What its papers say.")
    unnamed: list[rules.Unnamed] = strawberry.field(
        description="Which remedies its papers can't name yet; empty is how it should be."
    )
    remedies: Remedies = strawberry.field(description="What its papers say of remedies.")
    version: int = strawberry.field(description="Grows with each change; see `expectedVersion`.")

    @classmethod
    def of(cls, found: queries.StandingLetterhead) -> Self:
        """Return a letterhead as the API shows it."""
        return cls(
            department=found.department_code or None,
            own=LetterheadElements.of(found.own),
            effective=LetterheadElements.of(found.effective),
            unnamed=found.effective.unnamed,
            remedies=Remedies.of(found.effective.remedies),
            version=found.version,
        )
