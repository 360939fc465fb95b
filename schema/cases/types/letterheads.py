"""Letterheads and remedies, as the API shows them."""

import base64
from typing import Self

import strawberry

from schema import enums
from tenants.cases import queries, rules
from tenants.cases.operations import wordings

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


@strawberry.type(description="文书用语: a center's own words on one kind of paper.")
class PaperWording:
    kind: rules.PaperKind = strawberry.field(description="Which paper.")
    opening: str = strawberry.field(
        description="The first sentence; `{text}` is what the law wants said. Empty where the "
        "shipped one holds, and for papers that have none."
    )
    default_opening: str = strawberry.field(
        description="The shipped sentence; empty for papers that have none."
    )
    notes: list[str] = strawberry.field(
        description="The center's own notes, behind those that every center's paper has."
    )
    placeholders: list[str] = strawberry.field(
        description="What the words may name in braces; `text` in the opening only, and there once."
    )
    version: int = strawberry.field(description="Grows with each edit; see `expectedVersion`.")

    @classmethod
    def of(cls, kind: rules.PaperKind, found: rules.Wording) -> Self:
        """Return the words of a kind as the API shows them."""
        has_opening = kind not in rules.WITHOUT_OPENING
        named = sorted(rules.WORDING_PLACEHOLDERS)
        return cls(
            kind=kind,
            opening=found.opening,
            default_opening=rules.DEFAULT_OPENING if has_opening else "",
            notes=list(found.notes),
            placeholders=[*named, rules.RULING] if has_opening else named,
            version=found.version,
        )


@strawberry.type(description="样张: a paper in these words, of a case that is none.")
class PaperSpecimen:
    opening: str = strawberry.field(description="The first sentence with its placeholders filled.")
    notes: list[str] = strawberry.field(description="The notes with theirs.")
    pdf: str = strawberry.field(description="The whole paper: a PDF in Base64.")

    @classmethod
    def of(cls, found: wordings.Specimen) -> Self:
        """Return a specimen as the API shows it."""
        return cls(
            opening=found.opening,
            notes=list(found.notes),
            pdf=base64.b64encode(found.pdf).decode(),
        )
