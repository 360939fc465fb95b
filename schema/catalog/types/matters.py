"""Matters and offerings as the API shows them: everything an applicant must learn, once."""

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Self

import strawberry

from schema import enums
from schema.registry.types import Center
from schema.scalars import opaque_id
from tongban.catalog import models, queries, states
from tongban.catalog.rules import content as contents
from tongban.kernel.calendar import LimitUnit
from tongban.registry import queries as registry

enums.describe(
    LimitUnit,
    "In which unit a time limit is counted.",
    texts={
        "WORKING_DAY": "工作日 / working days",
        "CALENDAR_DAY": "自然日 / calendar days",
        "WORKING_HOUR": "工作小时 / hours within office hours",
    },
)
enums.describe(
    contents.ServiceLine,
    "The three lines that a center serves.",
    texts={
        "approval": "行政审批 / administrative approval",
        "trading": "公共资源交易 / public resource trading",
        "convenience": "便民服务 / convenience services",
    },
)
enums.describe(
    contents.MatterLevel,
    "Levels of the centers that offer a matter.",
    texts={"city": "市级", "county": "县级", "township": "乡级"},
)
enums.describe(
    contents.HandlingType,
    "办件类型.",
    texts={"1": "即办件 / done while the applicant waits", "2": "承诺件 / done within a promise"},
)
enums.describe(
    contents.Necessity,
    "材料必要性.",
    texts={
        "1": "必要 / needed for acceptance",
        "2": "非必要 / needed only where its note says so",
        "3": "容缺后补 / may follow after acceptance, by a day that is set then",
    },
    name="MaterialNecessity",
)
enums.describe(
    contents.MaterialSource,
    "材料来源渠道.",
    texts={"10": "申请人自备", "20": "政府部门核发", "99": "其他"},
)
enums.describe(
    contents.MaterialKind,
    "The form in which a material is handed in.",
    texts={"form": "申请表", "original": "原件", "copy": "复印件", "electronic": "电子件"},
)
enums.describe(
    contents.ResultKind,
    "What handling a matter brings about.",
    texts={"certificate": "证照", "approval": "批文", "record": "备案", "payment": "资金给付"},
)
enums.describe(
    contents.BasisLevel,
    "The rank of a legal basis.",
    texts={
        "law": "法律",
        "administrative_regulation": "行政法规",
        "local_regulation": "地方性法规",
        "department_rule": "部门规章",
        "local_rule": "地方政府规章",
        "normative_document": "规范性文件",
    },
)
enums.describe(
    states.OfferingStatus,
    "事项状态 of an offering; only what is in use is listed.",
    texts={"1": "在用", "2": "暂停", "3": "取消"},
)

SERVICE_OBJECTS = {
    "1": "自然人",
    "2": "企业法人",
    "3": "事业法人",
    "4": "社会组织法人",
    "5": "行政机关",
    "6": "非法人企业",
    "9": "其他",
}


@strawberry.type(description="A time limit.")
class TimeLimit:
    amount: int = strawberry.field(description="How many units.")
    unit: LimitUnit = strawberry.field(description="Of which unit.")

    @classmethod
    def of(cls, limit: contents.Limit) -> Self:
        """Return the limit as the API shows it."""
        return cls(amount=limit.amount, unit=limit.unit)


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


@strawberry.type(description="受理条件.")
class MatterCondition:
    text: str = strawberry.field(description="What must be so.")
    legal_basis: LegalBasis | None = strawberry.field(description="By which article.")


@strawberry.type(description="申报材料.")
class RequiredMaterial:
    code: str = strawberry.field(description="Unique within the matter; files are sent under it.")
    name: str = strawberry.field(description="What it is.")
    kind: contents.MaterialKind = strawberry.field(description="In which form it is handed in.")
    necessity: contents.Necessity = strawberry.field(description="Whether it must be there.")
    source: contents.MaterialSource = strawberry.field(description="Who issues it.")
    copies: int = strawberry.field(description="How many copies; 0 for electronic ones.")
    note: str = strawberry.field(description="When it is needed, and what is to be heeded.")
    legal_basis: LegalBasis | None = strawberry.field(description="By which article.")


@strawberry.type(description="收费项目.")
class FeeItem:
    name: str = strawberry.field(description="What is charged for.")
    standard: str = strawberry.field(description="Per what (每件 …).")
    amount: Decimal | None = strawberry.field(
        description="In yuan; null where the locality or a formula sets it."
    )
    legal_basis: LegalBasis | None = strawberry.field(description="By which article.")


@strawberry.type(description="What handling a matter brings about.")
class MatterResult:
    name: str = strawberry.field(description="What the applicant gets.")
    kind: contents.ResultKind = strawberry.field(description="What kind of thing that is.")


@strawberry.type(description="服务对象: who may apply.")
class ServiceObject:
    code: str = strawberry.field(description="The national code.")
    name: str = strawberry.field(description="What it stands for.")


@strawberry.type(description="A matter of the standard catalog (事项), as it is in force.")
class Matter:
    revision: strawberry.Private[models.MatterRevision]

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
            revision=revision,
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

    @cached_property
    def content(self) -> contents.MatterContent:
        # Read only when a field needs it: lists of names and codes don't.
        return self.revision.read()

    def _basis(self, place: int | None) -> LegalBasis | None:
        return None if place is None else LegalBasis.of(self.content.legal_bases[place])

    @strawberry.field(description="What its type is called.")
    def matter_type_name(self) -> str:
        return contents.MATTER_TYPES.get(self.matter_type, "其他")

    @strawberry.field(description="服务对象: who may apply.")
    def service_objects(self) -> list[ServiceObject]:
        return [
            ServiceObject(code=code, name=SERVICE_OBJECTS.get(code, "其他"))
            for code in self.content.service_objects
        ]

    @strawberry.field(description="Whether it is done at once or within a promise.")
    def handling_type(self) -> contents.HandlingType:
        handling_type = self.content.handling_type
        assert handling_type is not None  # checked before publishing
        return handling_type

    @strawberry.field(description="Whether township stations may take it in (代收代办).")
    def assisted_intake(self) -> bool:
        return self.content.assisted_intake

    @strawberry.field(description="Who is in charge of which cases, where that needs a word.")
    def jurisdiction_note(self) -> str:
        return self.content.jurisdiction_note

    @strawberry.field(description="设定依据.")
    def legal_bases(self) -> list[LegalBasis]:
        return [LegalBasis.of(basis) for basis in self.content.legal_bases]

    @strawberry.field(description="受理条件.")
    def conditions(self) -> list[MatterCondition]:
        return [
            MatterCondition(text=condition.text, legal_basis=self._basis(condition.basis))
            for condition in self.content.conditions
        ]

    @strawberry.field(description="申报材料: all of them, in the order of handing in.")
    def materials(self) -> list[RequiredMaterial]:
        return [
            RequiredMaterial(
                code=material.code,
                name=material.name,
                kind=material.kind,
                necessity=material.necessity,
                source=material.source,
                copies=material.copies,
                note=material.note,
                legal_basis=self._basis(material.basis),
            )
            for material in self.content.materials
        ]

    @strawberry.field(description="法定时限; null where no law sets one.")
    def statutory_limit(self) -> TimeLimit | None:
        limit = self.content.statutory_limit
        return TimeLimit.of(limit) if limit else None

    @strawberry.field(description="Where the statutory limit stands, and what else it says.")
    def statutory_limit_note(self) -> str:
        return self.content.statutory_limit_note

    @strawberry.field(description="承诺时限 of the standard; a center's own is never longer.")
    def promised_limit(self) -> TimeLimit:
        limit = self.content.promised_limit
        assert limit is not None  # checked before publishing
        return TimeLimit.of(limit)

    @strawberry.field(description="Whether anything is charged.")
    def is_charged(self) -> bool:
        return self.content.fee.charged

    @strawberry.field(description="What is charged; nothing else may be.")
    def fees(self) -> list[FeeItem]:
        return [
            FeeItem(
                name=item.name,
                standard=item.standard,
                amount=item.amount,
                legal_basis=self._basis(item.basis),
            )
            for item in self.content.fee.items
        ]

    @strawberry.field(description="What the applicant gets.")
    def result(self) -> MatterResult:
        result = self.content.result
        assert result is not None  # checked before publishing
        return MatterResult(name=result.name, kind=result.kind)

    @strawberry.field(description="网办深度, 1 (information) to 4 (wholly online).")
    def online_depth(self) -> int:
        return self.content.online_depth

    @strawberry.field(description="How often the applicant must come in person.")
    def visits(self) -> int:
        return self.content.visits

    @strawberry.field(
        description="Whether it can be handled together with an enterprise's set-up (1+1+X)."
    )
    def joins_set_up(self) -> bool:
        return self.content.x_package


@strawberry.type(description="A matter as one center offers it (实施清单).")
class Offering:
    row: strawberry.Private[models.Offering]

    id: strawberry.ID = strawberry.field(description="Opaque.")
    code: str = strawberry.field(
        description="实施编码: 31 characters; 22 digits where the implementing body's is not known."
    )
    center_code: str = strawberry.field(description="The code of the center that offers it.")
    status: states.OfferingStatus = strawberry.field(description="Whether it is in use.")
    assisted_intake: bool = strawberry.field(
        description="Whether township stations take it in for this center (代收代办)."
    )
    on_the_spot: bool = strawberry.field(description="Whether it is done while one waits.")
    scope: int | None = strawberry.field(
        description="通办范围, 1 (全国) to 6 (跨村); null: applicants of the center's own division."
    )
    place: str = strawberry.field(description="Where to go; empty: the center's hall.")
    hours: str = strawberry.field(description="When; empty: the center's office hours.")
    contact: str = strawberry.field(description="Whom to ask.")
    effective_from: date = strawberry.field(description="Since when the center offers it.")

    @classmethod
    def of(cls, row: models.Offering) -> Self:
        """Return an offering that was read with its matter and revision."""
        return cls(
            row=row,
            id=opaque_id("Offering", row.code),
            code=row.code,
            center_code=row.center_code,
            status=states.OfferingStatus(row.status),
            assisted_intake=queries.is_assisted(row),
            on_the_spot=row.on_the_spot,
            scope=int(row.scope) if row.scope else None,
            place=row.place,
            hours=row.hours,
            contact=row.contact,
            effective_from=row.effective_from,
        )

    @cached_property
    def _matter(self) -> Matter:
        return Matter.of(queries.standard_of(self.row))

    @strawberry.field(description="The matter, with all that the standard says of it.")
    def matter(self) -> Matter:
        return self._matter

    @strawberry.field(description="The center that offers it.")
    def center(self) -> Center:
        record = registry.find_center(self.center_code)
        assert record is not None  # centers are never removed
        return Center.of(record)

    @strawberry.field(description="The implementing department at this center.")
    def department(self) -> str:
        return self.row.department or self._matter.department

    @strawberry.field(description="承诺时限 that holds here: the center's own, or the standard's.")
    def promised_limit(self) -> TimeLimit:
        return TimeLimit.of(queries.promise_of(self.row, self._matter.content))
