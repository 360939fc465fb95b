"""What went wrong with a case, by code: kept with it, for those who supervise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

FINDINGS: Final[Mapping[str, tuple[str, str]]] = {
    "COMPLETION_DISPUTED": ("申请人对办结提出异议", "The applicant disputes the completion"),
    "NOTICE_OVERDUE": ("逾期未一次告知，视为受理", "No notice in time: deemed accepted"),
    "OVERDUE": ("超过办理期限", "The limit is over"),
    "RECTIFICATION_OVERDUE": ("差评逾期未整改回复", "A bad rating was not answered in time"),
    "TACIT_APPROVAL": ("超时默认，视为准予", "Deemed approved for lack of a decision in time"),
    "URGING_UNANSWERED": ("督办逾期未回复", "An urging was not answered in time"),
}
"""Code → what it says (zh-Hans, en)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that went wrong, and which body is liable for it."""

    code: str
    at: datetime
    center_code: str
    department: str
    """By its name, as the offering states it; empty where it states none."""

    def as_json(self) -> dict[str, Any]:
        """Return the plain JSON that the case and its events keep."""
        return {
            "code": self.code,
            "at": self.at.isoformat(),
            "center_code": self.center_code,
            "department": self.department,
        }
