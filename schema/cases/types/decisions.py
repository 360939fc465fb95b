"""How a case was decided, and whether that still stands, as the API shows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import strawberry

from schema.cases.types.enums import DecisionOutcome
from schema.cases.types.letterheads import Remedies
from schema.cases.types.parts import GroundSubject, Party
from schema.cases.types.results import CaseSeal
from tenants.cases import rules


@strawberry.type(description="撤销: that an approval stands no more, and why.")
class CaseRevocation:
    at: datetime = strawberry.field(description="Since when.")
    text: str = strawberry.field(description="The reasons.")
    material_codes: list[str] = strawberry.field(
        description="The materials for which a commitment stood that was found not kept."
    )
    deed_number: str | None = strawberry.field(
        description="授权责任书 by which it was revoked; null where the center keeps no register "
        "of the department."
    )
    remedies: Remedies = strawberry.field(
        description="Before whom it is contested, as its paper tells."
    )
    by: Party = strawberry.field(description="Who revoked it.")
    seal: CaseSeal | None = strawberry.field(
        description="The seal on its letter (撤销决定书); null before it is used, and where no "
        "department of the center has one to use."
    )

    @classmethod
    def of(cls, revocation: Mapping[str, Any]) -> Self:
        """Return the revocation as the API shows it."""
        return cls(
            at=datetime.fromisoformat(revocation["at"]),
            text=revocation["text"],
            material_codes=revocation["commitments"],
            deed_number=revocation.get("authority", {}).get("deed"),
            remedies=Remedies.of(rules.read_remedies(revocation)),
            by=Party.of(revocation["by"]),
            seal=CaseSeal.of(revocation) if "seal" in revocation else None,
        )


@strawberry.type(description="How a case was decided, or acceptance refused.")
class CaseDecision:
    outcome: DecisionOutcome = strawberry.field(description="What was decided.")
    ground_code: str | None = strawberry.field(description="The coded ground against it.")
    ground_text: str | None = strawberry.field(description="The ground in words.")
    subjects: list[GroundSubject] = strawberry.field(
        description="The conditions and materials that a rejection is about."
    )
    text: str = strawberry.field(description="The reasons.")
    by: Party = strawberry.field(description="Who decided.")
    deed_number: str | None = strawberry.field(
        description="授权责任书 by which it was decided; null where the center keeps no register "
        "of the department."
    )
    department_name: str | None = strawberry.field(
        description="The department that granted the deed; null where there is none."
    )
    remedies: Remedies | None = strawberry.field(
        description="Before whom it is contested, as its paper tells; null for an approval."
    )
    revocation: CaseRevocation | None = strawberry.field(
        description="撤销: that it stands no more; null while it does."
    )

    @classmethod
    def of(cls, decision: Mapping[str, Any]) -> Self:
        """Return the decision as the API shows it."""
        return cls(
            outcome=DecisionOutcome(decision["decision"]),
            ground_code=decision.get("ground"),
            ground_text=decision.get("ground_text"),
            subjects=[GroundSubject.of(said) for said in decision.get("subjects", ())],
            text=decision["text"],
            by=Party.of(decision["by"]),
            deed_number=decision.get("authority", {}).get("deed"),
            department_name=decision.get("authority", {}).get("department_name"),
            remedies=Remedies.of(rules.read_remedies(decision)) if "ground" in decision else None,
            revocation=CaseRevocation.of(decision["revocation"])
            if "revocation" in decision
            else None,
        )
