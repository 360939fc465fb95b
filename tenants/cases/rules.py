"""Typed shapes of what cases keep as JSON, and what an event says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

MIRRORED: Final = (
    "owner_code",
    "custodian_code",
    "state",
    "route",
    "received_at",
    "accepted_at",
    "statutory_due_at",
    "promised_due_at",
    "notice_due_at",
    "decided_at",
    "issued_at",
    "completed_at",
    "decision",
    "result",
    "delivery",
    "notices_issued",
)
"""Fields of a case that change by events alone, at the custodian and at every mirror alike."""

CARRIED: Final = (
    "number",
    "home_code",
    "matter_code",
    "matter_name",
    "offering",
    "channel",
    "applicant_kind",
    "applicant_name_sealed",
    "applicant_name_masked",
    "applicant_id_kind",
    "applicant_id_sealed",
    "applicant_id_hash",
    "applicant_id_masked",
    "applicant_phone_sealed",
    "applicant_phone_masked",
    "address_division",
    "form",
    "query_code_digest",
    "submitted_at",
)
"""Fields that are settled at intake and travel with the case; sealed ones travel sealed."""


@dataclass(frozen=True, slots=True)
class EventBody:
    """What is hashed of one event of a case: the same bytes at every center."""

    number: str
    epoch: int
    sequence: int
    name: str
    at: str
    """ISO 8601, UTC, microseconds."""
    center_code: str
    actor: Mapping[str, Any]
    on_behalf_of: Mapping[str, Any] | None
    changes: Mapping[str, Any]
    data: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the body as the plain JSON that is hashed and sent."""
        return {
            "number": self.number,
            "epoch": self.epoch,
            "sequence": self.sequence,
            "name": self.name,
            "at": self.at,
            "center_code": self.center_code,
            "actor": dict(self.actor),
            "on_behalf_of": dict(self.on_behalf_of) if self.on_behalf_of else None,
            "changes": dict(self.changes),
            "data": dict(self.data),
        }


@dataclass(frozen=True, slots=True)
class Party:
    """Who acted, as an event may show it to everyone who sees the case."""

    role: str
    """``staff``, ``applicant``, ``station`` or ``system``."""
    name: str
    center_code: str
    staff_number: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the plain JSON that stands in events."""
        return {
            "role": self.role,
            "name": self.name,
            "center_code": self.center_code,
            "staff_number": self.staff_number,
        }
