"""The offering that a case has pinned, as the API shows it."""

from collections.abc import Mapping
from typing import Any, Self

import strawberry

from schema.cases.types.parts import center_of
from schema.catalog.types import LegalBasis, TimeLimit
from schema.registry.types import Center
from tongban.catalog.rules import snapshot


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
    conditions: list[str] = strawberry.field(description="受理条件: conditions of acceptance.")
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
            conditions=[condition.text for condition in content.conditions],
            legal_bases=[LegalBasis.of(basis) for basis in content.legal_bases],
            is_charged=content.fee.charged,
            result_name=content.result.name if content.result else None,
        )
