"""一次告知: everything an applicant must know at once, for what is applied for."""

from collections.abc import Iterable
from typing import Self

import strawberry

from schema.catalog.types.elements import (
    GuideQuestion,
    MatterCondition,
    MatterVariant,
    RequiredMaterial,
    TimeLimit,
)
from schema.catalog.types.handling import Handling
from schema.catalog.types.rendering import Rendering
from tongban.catalog import models, queries
from tongban.catalog.rules import guide as guides
from tongban.registry import queries as registry


@strawberry.input(description="The answer to one of the questions that lead through a matter.")
class GuideAnswerInput:
    question: str = strawberry.field(description="The question's code.")
    option: str = strawberry.field(description="The code of the option that is chosen.")


@strawberry.type(description="Where and when one center takes it in, and whom to turn to.")
class GuidePlace:
    center_code: str = strawberry.field(description="The center's code.")
    center_name: str = strawberry.field(description="The center's name.")
    department: str = strawberry.field(description="The implementing department there.")
    place: str = strawberry.field(description="办理地点; empty: the center's hall.")
    hours: str = strawberry.field(description="办理时间; empty: the center's office hours.")
    contact: str = strawberry.field(description="咨询方式; may be empty.")
    complaints: str = strawberry.field(description="监督投诉方式; may be empty.")
    windows: list[str] = strawberry.field(
        description="Codes of the windows that take it in; empty: any window of the hall."
    )

    @classmethod
    def of(cls, row: models.Offering, department: str) -> Self:
        """Return where an offering is taken in; ``department`` is the standard's."""
        return cls(
            center_code=row.center_code,
            center_name=registry.name_of(row.center_code),
            department=row.department or department,
            place=row.place,
            hours=row.hours,
            contact=row.contact,
            complaints=row.complaints,
            windows=list(row.windows),
        )


@strawberry.type(
    description="一次告知: what an applicant must know and bring, exactly, for what is applied "
    "for. While something is open, `undecided…` may still come to apply; nothing else can."
)
class Guide(Handling):
    chosen: strawberry.Private[guides.Guide]
    row: strawberry.Private[models.Offering | None]

    @classmethod
    def of(
        cls,
        rendering: Rendering,
        *,
        variant: str,
        answers: Iterable[GuideAnswerInput],
        row: models.Offering | None = None,
    ) -> Self:
        """Return the guide for a variant and answers, at the center whose offering ``row`` is.

        Raises: ChoiceInvalidError.
        """
        chosen = queries.guide_to(
            rendering.content,
            variant=variant,
            answers=[(answer.question, answer.option) for answer in answers],
        )
        return cls(rendering=rendering, chosen=chosen, row=row)

    @strawberry.field(description="Whether nothing remains to be chosen or answered.")
    def is_complete(self) -> bool:
        return self.chosen.is_complete

    @strawberry.field(description="Whether one of `variants` must be chosen first.")
    def needs_variant(self) -> bool:
        return self.chosen.needs_variant

    @strawberry.field(description="业务办理项 to choose from; empty: there is one way only.")
    def variants(self) -> list[MatterVariant]:
        return [MatterVariant.of(variant) for variant in self._content.variants]

    @strawberry.field(description="The variant that was chosen.")
    def variant(self) -> MatterVariant | None:
        return MatterVariant.of(self.chosen.variant) if self.chosen.variant else None

    @strawberry.field(description="What to ask now, in order; an answer may raise more.")
    def open_questions(self) -> list[GuideQuestion]:
        return [GuideQuestion.of(question) for question in self.chosen.open_questions]

    @strawberry.field(description="受理条件 that apply.")
    def conditions(self) -> list[MatterCondition]:
        return self.rendering.conditions(self.chosen.conditions)

    @strawberry.field(description="Conditions that apply or not, depending on what is open.")
    def undecided_conditions(self) -> list[MatterCondition]:
        return self.rendering.conditions(self.chosen.undecided_conditions)

    @strawberry.field(description="申报材料 to hand in, exactly, with blank form and sample.")
    def materials(self) -> list[RequiredMaterial]:
        return self.rendering.materials(self.chosen.materials)

    @strawberry.field(description="Materials that apply or not, depending on what is open.")
    def undecided_materials(self) -> list[RequiredMaterial]:
        return self.rendering.materials(self.chosen.undecided_materials)

    @strawberry.field(
        description="承诺时限 for the chosen variant, at this center where one is asked."
    )
    def promised_limit(self) -> TimeLimit:
        if self.row is not None:
            own = queries.promise_of(self.row, self._content, self.chosen.variant)
            return TimeLimit.of(own)
        limit = self.chosen.promised_limit
        assert limit is not None  # checked before publishing
        return TimeLimit.of(limit)

    @strawberry.field(description="Where it is taken in; null where no center is asked.")
    def where(self) -> GuidePlace | None:
        return GuidePlace.of(self.row, self._content.department) if self.row else None
