"""The elements of a matter as the API shows them, one type each."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Self

import strawberry

from schema.catalog.types.files import CatalogFile
from tongban.catalog.rules import content as contents
from tongban.kernel.calendar import LimitUnit


@strawberry.type(description="A time limit.")
class TimeLimit:
    amount: int = strawberry.field(description="How many units.")
    unit: LimitUnit = strawberry.field(description="Of which unit.")

    @classmethod
    def of(cls, limit: contents.Limit) -> Self:
        """Return the limit as the API shows it."""
        return cls(amount=limit.amount, unit=limit.unit)

    @classmethod
    def of_any(cls, limit: contents.Limit | None) -> Self | None:
        """Return the limit as the API shows it, None for none."""
        return None if limit is None else cls.of(limit)


@strawberry.type(description="设定依据: one article of one statute.")
class LegalBasis:
    statute: str = strawberry.field(description="The statute's full name.")
    article: str = strawberry.field(description="The article.")
    issuer: str = strawberry.field(description="Who issued the statute.")
    level: contents.BasisLevel | None = strawberry.field(description="Its rank.")

    @classmethod
    def of(cls, basis: contents.LegalBasis) -> Self:
        """Return the basis as the API shows it."""
        return cls(
            statute=basis.statute, article=basis.article, issuer=basis.issuer, level=basis.level
        )


@strawberry.type(description="That a question has one of the given answers.")
class AnswerCondition:
    question: str = strawberry.field(description="The question's code.")
    options: list[str] = strawberry.field(description="Codes of its options, any of which will do.")

    @classmethod
    def each(cls, when: Iterable[contents.Answered]) -> list[Self]:
        """Return the conditions as the API shows them."""
        return [cls(question=item.question, options=list(item.options)) for item in when]


@strawberry.type(description="One of the answers that a question offers.")
class QuestionOption:
    code: str = strawberry.field(description="Its code within the question.")
    text: str = strawberry.field(description="What it says.")


@strawberry.type(
    description="What an applicant is asked, so that exactly what applies can be told (情形引导)."
)
class GuideQuestion:
    code: str = strawberry.field(description="Its code within the matter.")
    text: str = strawberry.field(description="What is asked.")
    options: list[QuestionOption] = strawberry.field(description="The answers to choose from.")
    variants: list[str] = strawberry.field(
        description="Serials of the variants in which it is asked; empty: in all."
    )
    when: list[AnswerCondition] = strawberry.field(
        description="Asked only after all of these; empty: always."
    )

    @classmethod
    def of(cls, question: contents.Question) -> Self:
        """Return the question as the API shows it."""
        return cls(
            code=question.code,
            text=question.text,
            options=[QuestionOption(code=o.code, text=o.text) for o in question.options],
            variants=list(question.variants),
            when=AnswerCondition.each(question.when),
        )


@strawberry.type(description="业务办理项 (情形): one of the ways in which a matter is applied for.")
class MatterVariant:
    serial: str = strawberry.field(description="Its serial within the matter, two digits.")
    name: str = strawberry.field(description="What it is called.")
    note: str = strawberry.field(description="Whom it is for; may be empty.")
    promised_limit: TimeLimit | None = strawberry.field(
        description="承诺时限 where it is quicker than the matter's; null where it is the same."
    )

    @classmethod
    def of(cls, variant: contents.Variant) -> Self:
        """Return the variant as the API shows it."""
        return cls(
            serial=variant.serial,
            name=variant.name,
            note=variant.note,
            promised_limit=TimeLimit.of_any(variant.promised_limit),
        )


@strawberry.type(description="受理条件.")
class MatterCondition:
    text: str = strawberry.field(description="What must be so.")
    legal_basis: LegalBasis | None = strawberry.field(description="By which article.")
    variants: list[str] = strawberry.field(
        description="Serials of the variants that it concerns; empty: all."
    )
    when: list[AnswerCondition] = strawberry.field(
        description="It concerns only who answers all of these so; empty: everybody."
    )


@strawberry.type(description="申报材料.")
class RequiredMaterial:
    code: str = strawberry.field(description="Unique within the matter; files are sent under it.")
    name: str = strawberry.field(description="What it is.")
    kind: contents.MaterialKind = strawberry.field(description="In which form it is handed in.")
    necessity: contents.Necessity = strawberry.field(description="Whether it must be there.")
    source: contents.MaterialSource = strawberry.field(description="Who issues it.")
    issued_by: str = strawberry.field(
        description="来源渠道: the department that issues it, where government does; or empty."
    )
    copies: int = strawberry.field(description="How many copies; 0 for electronic ones.")
    size: str = strawberry.field(description="规格, such as A4; may be empty.")
    note: str = strawberry.field(description="填报须知: when it is needed, what is to be heeded.")
    acceptance: str = strawberry.field(
        description="受理标准: what makes it good enough; may be empty."
    )
    commitment: bool = strawberry.field(
        description="Whether a written commitment (告知承诺) may stand for it."
    )
    commitment_notice: str | None = strawberry.field(
        description="告知: what an applicant is told who commits instead, to be sent along with "
        "the commitment; null where none may stand for it."
    )
    blank_form: CatalogFile | None = strawberry.field(description="空白表, to be filled in.")
    sample: CatalogFile | None = strawberry.field(description="样表: one that is right.")
    legal_basis: LegalBasis | None = strawberry.field(description="By which article.")
    variants: list[str] = strawberry.field(
        description="Serials of the variants that ask for it; empty: all."
    )
    when: list[AnswerCondition] = strawberry.field(
        description="Asked for only of who answers all of these so; empty: of everybody."
    )


@strawberry.type(description="收费项目.")
class FeeItem:
    name: str = strawberry.field(description="What is charged for.")
    standard: str = strawberry.field(description="Per what (每件 …).")
    amount: Decimal | None = strawberry.field(
        description="In yuan; null where the locality or a formula sets it."
    )
    legal_basis: LegalBasis | None = strawberry.field(description="By which article.")


@strawberry.type(description="减免: who pays less, or nothing.")
class FeeWaiver:
    text: str = strawberry.field(description="For whom, and how much.")
    legal_basis: LegalBasis | None = strawberry.field(description="By which article.")


@strawberry.type(description="One step of the procedure (办理流程).")
class MatterStep:
    name: str = strawberry.field(description="What it is called.")
    kind: contents.StepKind = strawberry.field(description="What it does.")
    limit: TimeLimit | None = strawberry.field(description="Its own time; null where it has none.")
    standard: str = strawberry.field(description="审查标准: what is looked at; may be empty.")
    outcome: str = strawberry.field(description="What comes of it; may be empty.")

    @classmethod
    def of(cls, step: contents.Step) -> Self:
        """Return the step as the API shows it."""
        return cls(
            name=step.name,
            kind=step.kind,
            limit=TimeLimit.of_any(step.limit),
            standard=step.standard,
            outcome=step.outcome,
        )


@strawberry.type(description="特别程序: hearing, inspection, expert review …, or an extension.")
class SpecialProcedure:
    kind: contents.ProcedureKind = strawberry.field(description="Of which kind it is.")
    name: str = strawberry.field(description="What it is called.")
    limit: TimeLimit | None = strawberry.field(description="How long it may take, where known.")
    legal_basis: LegalBasis | None = strawberry.field(description="By which article.")


@strawberry.type(description="中介服务: what the applicant has to buy beforehand.")
class IntermediaryService:
    name: str = strawberry.field(description="What it is called.")
    legal_basis: LegalBasis | None = strawberry.field(description="By which article.")


@strawberry.type(description="前置事项: a matter whose result must be there before the decision.")
class Precondition:
    code: str = strawberry.field(description="Its 基本编码.")
    name: str = strawberry.field(description="What it is called; empty where it is unknown here.")


@strawberry.type(description="What handling a matter brings about.")
class MatterResult:
    name: str = strawberry.field(description="What the applicant gets.")
    kind: contents.ResultKind = strawberry.field(description="What kind of thing that is.")
    sample: CatalogFile | None = strawberry.field(description="结果样本: what it looks like.")


@strawberry.type(description="服务对象: who may apply.")
class ServiceObject:
    code: str = strawberry.field(description="The national code.")
    name: str = strawberry.field(description="What it stands for.")
