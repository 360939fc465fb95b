"""The offering that a case has pinned, as the API shows it."""

from collections.abc import Mapping
from typing import Any, Self

import strawberry

from schema.cases.types.parts import center_of
from schema.catalog.types import LegalBasis, TimeLimit
from schema.registry.types import Center
from tenants.cases import rules
from tongban.catalog.rules import snapshot


@strawberry.type(description="The variant (业务办理项) of the matter that is applied for.")
class CaseVariant:
    serial: str = strawberry.field(description="Its serial of two digits within the matter.")
    name: str = strawberry.field(description="What it is called.")


@strawberry.type(description="What the applicant answered to one of the matter's questions.")
class CaseAnswer:
    question: str = strawberry.field(description="The question's code.")
    question_text: str = strawberry.field(description="What was asked.")
    option: str = strawberry.field(description="The code of the option that was chosen.")
    option_text: str = strawberry.field(description="What was answered.")


@strawberry.type(description="受理条件: a condition of acceptance that applies to a case.")
class CaseCondition:
    code: str = strawberry.field(description="Its code, by its place in the pinned offering.")
    text: str = strawberry.field(description="What it says.")


@strawberry.type(description="The owner's offering of the matter, as pinned at submission.")
class CaseOffering:
    code: str = strawberry.field(description="实施编码: the offering's code.")
    center: Center = strawberry.field(description="The center that offers it.")
    revision_number: int = strawberry.field(description="The revision of the standard it follows.")
    department: str = strawberry.field(description="The implementing department.")
    place: str = strawberry.field(description="Where it is handled; empty where not told.")
    hours: str = strawberry.field(description="When it is handled; empty where not told.")
    contact: str = strawberry.field(description="Whom to ask; empty where not told.")
    is_on_the_spot: bool = strawberry.field(description="Whether it is done while one waits.")
    statutory_limit: TimeLimit | None = strawberry.field(description="法定时限.")
    promised_limit: TimeLimit = strawberry.field(description="承诺时限.")
    variant: CaseVariant | None = strawberry.field(
        description="The variant that is applied for; null where the matter has none."
    )
    answers: list[CaseAnswer] = strawberry.field(
        description="The answers that settled which materials and conditions apply."
    )
    conditions: list[str] = strawberry.field(
        description="受理条件: the conditions of acceptance that apply."
    )
    acceptance_conditions: list[CaseCondition] = strawberry.field(
        description="The same, each with the code by which a notice names it."
    )
    legal_bases: list[LegalBasis] = strawberry.field(description="设定依据.")
    is_charged: bool = strawberry.field(description="Whether a fee is charged.")
    result_name: str | None = strawberry.field(description="What the applicant gets.")

    @classmethod
    def of(cls, pinned: Mapping[str, Any]) -> Self:
        """Return a pinned offering as the API shows it."""
        offering = snapshot.read_snapshot(pinned)
        content, statutory = offering.content, offering.statutory_limit
        return cls(
            code=offering.offering_code,
            center=center_of(offering.center_code),
            revision_number=offering.revision_number,
            department=offering.department,
            place=offering.place,
            hours=offering.hours,
            contact=offering.contact,
            is_on_the_spot=offering.on_the_spot,
            statutory_limit=TimeLimit.of(statutory) if statutory else None,
            promised_limit=TimeLimit.of(offering.promised_limit),
            variant=_variant(offering),
            answers=_answers(offering),
            conditions=[condition.text for condition in offering.conditions],
            acceptance_conditions=[
                CaseCondition(code=code, text=text)
                for code, text in rules.conditions_of(offering).items()
            ],
            legal_bases=[LegalBasis.of(basis) for basis in content.legal_bases],
            is_charged=content.fee.charged,
            result_name=content.result.name if content.result else None,
        )


def _variant(offering: snapshot.OfferingSnapshot) -> CaseVariant | None:
    return next(
        (
            CaseVariant(serial=variant.serial, name=variant.name)
            for variant in offering.content.variants
            if variant.serial == offering.variant
        ),
        None,
    )


def _answers(offering: snapshot.OfferingSnapshot) -> list[CaseAnswer]:
    given = dict(offering.answers)
    return [
        CaseAnswer(
            question=question.code,
            question_text=question.text,
            option=option.code,
            option_text=option.text,
        )
        for question in offering.content.questions
        for option in question.options
        if given.get(question.code) == option.code
    ]
