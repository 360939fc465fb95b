"""What went wrong with a case, by code: kept with it, for those who supervise.

Some findings are told by the case's log: what happened to it. Others are attempts that were
refused: they changed nothing in the case, so that only the center where they were made keeps them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from tenants.cases.states import BY_ACTION, WITHIN, State


class Dimension(StrEnum):
    """What supervision looks at (电子监察): the process, its efficiency, its fees."""

    PROCESS = "process"
    EFFICIENCY = "efficiency"
    FEE = "fee"


@dataclass(frozen=True, slots=True)
class FindingKind:
    """What a code stands for."""

    dimension: Dimension
    text_zh: str
    text_en: str


_PROCESS, _EFFICIENCY, _FEE = Dimension

FINDINGS: Final[Mapping[str, FindingKind]] = {
    "COMPLETION_DISPUTED": FindingKind(
        _PROCESS, "申请人对办结提出异议", "The applicant disputes the completion"
    ),
    "COMMITMENT_UNVERIFIED": FindingKind(
        _EFFICIENCY, "承诺逾期未核查", "A commitment was not verified in time"
    ),
    "CONFIRMED_POINT_REJECTED": FindingKind(
        _PROCESS, "推翻此前审查确认的内容", "A point that was confirmed was judged otherwise"
    ),
    "DEBT_OVERDUE": FindingKind(
        _EFFICIENCY, "容缺材料逾期未补交", "A material that is owed did not come in time"
    ),
    "NOTICE_OVERDUE": FindingKind(
        _EFFICIENCY, "逾期未一次告知，视为受理", "No notice in time: deemed accepted"
    ),
    "OVERDUE": FindingKind(_EFFICIENCY, "超过办理期限", "The limit is over"),
    "RECTIFICATION_OVERDUE": FindingKind(
        _EFFICIENCY, "差评逾期未整改回复", "A bad rating was not answered in time"
    ),
    "REVIEW_OVERDUE": FindingKind(
        _EFFICIENCY, "部门逾期未审查", "A department did not review or verify in time"
    ),
    "SECOND_NOTICE": FindingKind(
        _PROCESS, "再次要求补正，未一次告知", "Defects were not all told at once"
    ),
    "TACIT_APPROVAL": FindingKind(
        _EFFICIENCY, "超时默认，视为准予", "Deemed approved for lack of a decision in time"
    ),
    "URGING_UNANSWERED": FindingKind(
        _EFFICIENCY, "督办逾期未回复", "An urging was not answered in time"
    ),
    "DECISION_OUTSIDE_CENTER": FindingKind(
        _PROCESS, "中心之外作决定", "Somebody who is not posted in the center was to decide"
    ),
    "DECISION_UNAUTHORIZED": FindingKind(
        _PROCESS, "无有效授权作决定", "Somebody without a deed for it was to decide"
    ),
    "NOT_KEEPER": FindingKind(
        _PROCESS, "非保管人用印", "Somebody who does not keep the seal was to use it"
    ),
    "OWN_CASE": FindingKind(
        _PROCESS, "应回避而未回避", "An applicant was to handle the own case as staff"
    ),
    "SAME_PERSON": FindingKind(
        _PROCESS, "审查与审核为同一人", "One person was to review and to verify"
    ),
    "STEP_SKIPPED": FindingKind(
        _PROCESS, "越过规定环节办理", "A step was to be taken before those it stands on"
    ),
    "WRONG_SEAL": FindingKind(
        _PROCESS, "使用非本部门印章", "A seal of no or another department was to be used"
    ),
    "FEE_OFF_STANDARD": FindingKind(
        _FEE, "收费与标准不符", "Something else than the standard or what is due was to be charged"
    ),
    "FEE_OUTSIDE_LIST": FindingKind(
        _FEE, "清单之外收费", "Something that is on no list was to be charged"
    ),
    "PAYMENT_OUTSIDE_CENTER": FindingKind(
        _FEE, "大厅之外收费", "A fee was to be taken at no window of the hall"
    ),
    "WAIVER_WITHOUT_BASIS": FindingKind(_FEE, "无依据减免", "A fee was to be waived on no basis"),
}
"""Code → what it stands for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that went wrong, and which body is liable for it: never a person."""

    code: str
    at: datetime
    center_code: str
    department: str
    """By its name, as the offering states it; empty where it states none."""
    window_code: str = ""
    """The window that it is held against; empty for none in particular."""
    subjects: tuple[str, ...] = ()
    """Codes of the materials and conditions that it names; the form itself is ``FORM``."""

    def as_json(self) -> dict[str, Any]:
        """Return the plain JSON that the case and its events keep."""
        return {
            "code": self.code,
            "at": self.at.isoformat(),
            "center_code": self.center_code,
            "department": self.department,
            **{name: value for name, value in self._particulars().items() if value},
        }

    def _particulars(self) -> dict[str, Any]:
        return {
            "window_code": self.window_code,
            "subjects": list(self.subjects),
        }


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """What a list of findings is narrowed to; None and empty narrow nothing."""

    codes: tuple[str, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    department: str | None = None
    window: str | None = None
    found_from: datetime | None = None
    found_before: datetime | None = None
    is_open: bool | None = None
    is_escalated: bool | None = None
    was_refused: bool | None = None


ATTEMPTS: Final[Mapping[tuple[str, str], str]] = {
    ("decide_case", "NOT_AUTHORIZED"): "DECISION_UNAUTHORIZED",
    ("decide_case", "DECISION_OUTSIDE_CENTER"): "DECISION_OUTSIDE_CENTER",
    ("revoke_decision", "NOT_AUTHORIZED"): "DECISION_UNAUTHORIZED",
    ("revoke_decision", "DECISION_OUTSIDE_CENTER"): "DECISION_OUTSIDE_CENTER",
    ("record_review", "SAME_PERSON"): "SAME_PERSON",
    ("verify_commitment", "COMMITMENT_SAME_PERSON"): "SAME_PERSON",
    ("use_seal", "WRONG_SEAL"): "WRONG_SEAL",
    ("use_seal", "NOT_KEEPER"): "NOT_KEEPER",
    ("issue_result", "FEE_NOT_ASSESSED"): "STEP_SKIPPED",
    ("issue_result", "FEE_DUE"): "STEP_SKIPPED",
    ("issue_result", "SEAL_REQUIRED"): "STEP_SKIPPED",
    ("complete_case", "COMPLETION_LACKS"): "STEP_SKIPPED",
    ("assess_fee", "FEE_NOT_CHARGED"): "FEE_OUTSIDE_LIST",
    ("assess_fee", "FEE_ITEM_UNKNOWN"): "FEE_OUTSIDE_LIST",
    ("assess_fee", "FEE_AMOUNT_FIXED"): "FEE_OFF_STANDARD",
    ("waive_fee", "WAIVER_BASIS_REQUIRED"): "WAIVER_WITHOUT_BASIS",
    ("record_payment", "FEE_NOT_CHARGED"): "FEE_OUTSIDE_LIST",
    ("record_payment", "FEE_EXCEEDS_DUE"): "FEE_OFF_STANDARD",
    ("record_payment", "PAYMENT_OUTSIDE_CENTER"): "PAYMENT_OUTSIDE_CENTER",
}
"""(action, code of its refusal) → the finding that the attempt is."""

_REASONS: Final[Mapping[str, str]] = {
    "OWN_CASE": "OWN_CASE",
    "REVIEW_MISSING": "STEP_SKIPPED",
    "VERIFICATION_MISSING": "STEP_SKIPPED",
    "UNFAVOURABLE": "STEP_SKIPPED",
}


def attempted(*, action: str, refusal: str, reason: str, state: str) -> str:
    """Return the code of the finding that a refused attempt of the staff is, or "" for none.

    ``refusal`` and ``reason`` are the error's. What comes too late for its state is none: somebody
    else was faster. What comes too early skips a step.
    """
    if reason == "STATE":
        return "STEP_SKIPPED" if _is_early(action, state) else ""
    return ATTEMPTS.get((action, refusal)) or _REASONS.get(reason, "")


_PLACES: Final[Mapping[str, int]] = {
    State.SUBMITTED: 1,
    State.SUPPLEMENT_REQUESTED: 1,
    State.ACCEPTED: 2,
    State.IN_REVIEW: 3,
    State.SUSPENDED: 3,
    State.APPROVED: 4,
    State.REJECTED: 4,
    State.ISSUED: 5,
    State.COMPLETED: 6,
}
"""How far a case has come in each state; one that ended otherwise goes no further."""

_STEPS: Final[Mapping[str, int]] = {
    **{
        action: min(_PLACES[state] for state in BY_ACTION[action].sources)
        for action in ("start_review", "issue_result", "complete_case")
    },
    **{
        action: min(_PLACES[state] for state in WITHIN[action] if state in _PLACES)
        for action in ("record_review", "decide_case", "use_seal")
    },
}
"""Each step of the way to a result → how far the case must have come for it."""


def _is_early(action: str, state: str) -> bool:
    return action in _STEPS and state in _PLACES and _PLACES[state] < _STEPS[action]
