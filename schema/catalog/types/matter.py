"""Matters as the API shows them: everything an applicant must learn, once."""

from datetime import date, datetime
from typing import Annotated, Self

import strawberry

from schema.catalog.types.elements import (
    GuideQuestion,
    LegalBasis,
    MatterCondition,
    MatterVariant,
    RequiredMaterial,
    ServiceObject,
    TimeLimit,
)
from schema.catalog.types.enums import SERVICE_OBJECTS
from schema.catalog.types.guide import Guide, GuideAnswerInput
from schema.catalog.types.handling import Handling
from schema.catalog.types.rendering import Rendering
from schema.scalars import opaque_id
from tongban.catalog import models, queries
from tongban.catalog.queries.history import Version
from tongban.catalog.rules import content as contents

VariantArgument = Annotated[
    str,
    strawberry.argument(
        description="The serial of the variant that is applied for, two digits; empty: not chosen."
    ),
]
AnswersArgument = Annotated[
    list[GuideAnswerInput],
    strawberry.argument(description="What is answered so far, in any order."),
]
GUIDE = (
    "一次告知: exactly what applies for a variant and answers, and what is still open. A choice "
    "that the matter doesn't offer is a top-level `CHOICE_INVALID`, and the guide null."
)


@strawberry.type(description="A published version of a matter.")
class MatterVersion:
    number: int = strawberry.field(description="Which version, from 1.")
    effective_from: date = strawberry.field(description="From when it is, or was, the standard.")
    effective_to: date | None = strawberry.field(
        description="The first day on which it is not any more; null: it has no end yet."
    )
    published_at: datetime = strawberry.field(description="When it was published.")
    content_digest: str = strawberry.field(description="SHA-256 of what it says.")

    @classmethod
    def of(cls, version: Version) -> Self:
        """Return the version as the API shows it."""
        return cls(
            number=version.number,
            effective_from=version.effective_from,
            effective_to=version.effective_to,
            published_at=version.published_at,
            content_digest=version.content_digest,
        )


@strawberry.type(description="A matter of the standard catalog (事项), as it is in force.")
class Matter(Handling):
    id: strawberry.ID = strawberry.field(description="Opaque.")
    code: str = strawberry.field(description="基本编码, 12 digits.")
    name: str = strawberry.field(description="Its name.")
    short_name: str = strawberry.field(description="What people call it; may be empty.")
    main_item: str = strawberry.field(description="主项 that it belongs to; may be empty.")
    local_code: str = strawberry.field(description="The issuer's own code; may be empty.")
    issuer_code: str = strawberry.field(description="The division that issued it, 12 digits.")
    matter_type: str = strawberry.field(description="事项类型 by GB/T 39046-2020: 01 行政许可 ….")
    service_line: contents.ServiceLine = strawberry.field(description="Its line of service.")
    department: str = strawberry.field(description="The department in charge, by its usual name.")
    theme: str = strawberry.field(description="主题分类.")
    levels: list[contents.MatterLevel] = strawberry.field(description="Where it is offered.")
    revision_number: int = strawberry.field(description="Which version this is, from 1.")
    effective_from: date = strawberry.field(description="Since when this version is in force.")

    @classmethod
    def of(cls, revision: models.MatterRevision) -> Self:
        """Return the matter of a revision that was read with its matter."""
        # By the day, while the columns of the matter say what was put in force last.
        matter, said = revision.matter, revision.content
        assert revision.effective_from is not None  # it is in force
        return cls(
            rendering=Rendering(revision),
            id=opaque_id("Matter", matter.code),
            code=matter.code,
            name=said["name"],
            short_name=said["short_name"],
            main_item=matter.main_item,
            local_code=matter.local_code,
            issuer_code=matter.issuer_code,
            matter_type=said["matter_type"],
            service_line=contents.ServiceLine(said["service_line"]),
            department=said["department"],
            theme=said["theme"],
            levels=[contents.MatterLevel(level) for level in said["levels"]],
            revision_number=revision.number,
            effective_from=revision.effective_from,
        )

    @property
    def content(self) -> contents.MatterContent:
        return self.rendering.content

    @strawberry.field(description="What its type is called.")
    def matter_type_name(self) -> str:
        return contents.MATTER_TYPES.get(self.matter_type, "其他")

    @strawberry.field(description="服务对象: who may apply.")
    def service_objects(self) -> list[ServiceObject]:
        return [
            ServiceObject(code=code, name=SERVICE_OBJECTS.get(code, "其他"))
            for code in self.content.service_objects
        ]

    @strawberry.field(description="The events of life or business it belongs to: 出生, 开店 ….")
    def life_events(self) -> list[str]:
        return list(self.content.life_events)

    @strawberry.field(description="权力来源; null where it is not said.")
    def power_source(self) -> contents.PowerSource | None:
        return self.content.power_source

    @strawberry.field(description="The item of the power list (权力清单) it exercises, or empty.")
    def power_item(self) -> str:
        return self.content.power_item

    @strawberry.field(description="委托部门: who entrusted the department with it; may be empty.")
    def entrusted_department(self) -> str:
        return self.content.entrusted_department

    @strawberry.field(description="联办机构: departments that take part.")
    def joint_departments(self) -> list[str]:
        return list(self.content.joint_departments)

    @strawberry.field(description="Whether township stations may take it in (代收代办).")
    def assisted_intake(self) -> bool:
        return self.content.assisted_intake

    @strawberry.field(description="设定依据.")
    def legal_bases(self) -> list[LegalBasis]:
        return [LegalBasis.of(basis) for basis in self.content.legal_bases]

    @strawberry.field(description="受理条件: all of them; `guide` tells which apply.")
    def conditions(self) -> list[MatterCondition]:
        return self.rendering.conditions(self.content.conditions)

    @strawberry.field(
        description="申报材料: all of them, in the order of handing in; `guide` tells which apply."
    )
    def materials(self) -> list[RequiredMaterial]:
        return self.rendering.materials(self.content.materials)

    @strawberry.field(description="承诺时限 of the standard; a center's own is never longer.")
    def promised_limit(self) -> TimeLimit:
        limit = self.content.promised_limit
        assert limit is not None  # checked before publishing
        return TimeLimit.of(limit)

    @strawberry.field(
        description="Whether it can be handled together with an enterprise's set-up (1+1+X)."
    )
    def joins_set_up(self) -> bool:
        return self.content.x_package

    @strawberry.field(description="业务办理项: the ways in which it is applied for; empty: one.")
    def variants(self) -> list[MatterVariant]:
        return [MatterVariant.of(variant) for variant in self.content.variants]

    @strawberry.field(description="The questions that lead an applicant through it.")
    def questions(self) -> list[GuideQuestion]:
        return [GuideQuestion.of(question) for question in self.content.questions]

    @strawberry.field(description="Every published version of it, the first one first.")
    def revisions(self) -> list[MatterVersion]:
        return [MatterVersion.of(each) for each in queries.versions_of(self.rendering.revision)]

    @strawberry.field(description=GUIDE)
    def guide(self, variant: VariantArgument = "", answers: AnswersArgument = ()) -> Guide | None:  # type: ignore[assignment] # read only
        return Guide.of(self.rendering, variant=variant, answers=answers)
