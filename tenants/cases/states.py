"""The life of a case as plain data: guard, API, database constraint and diagram come from here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a case stands; a handoff changes custody, never the state."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    IN_REVIEW = "in_review"
    SUSPENDED = "suspended"
    APPROVED = "approved"
    REJECTED = "rejected"
    ISSUED = "issued"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    REVOKED = "revoked"


STATE_TEXTS: Mapping[State, str] = {
    State.DRAFT: "草稿",
    State.SUBMITTED: "已收件",
    State.SUPPLEMENT_REQUESTED: "待补正",
    State.ACCEPTED: "已受理",
    State.REFUSED: "不予受理",
    State.IN_REVIEW: "审查中",
    State.SUSPENDED: "已中止计时",
    State.APPROVED: "准予",
    State.REJECTED: "不予许可",
    State.ISSUED: "已出件",
    State.COMPLETED: "已办结",
    State.WITHDRAWN: "已撤回",
    State.TERMINATED: "已终止",
    State.REVOKED: "已撤销",
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One permitted step: an action leads from any of ``sources`` to ``target``."""

    action: str
    sources: frozenset[State]
    target: State


def _t(action: str, target: State, *sources: State) -> Transition:
    return Transition(action, frozenset(sources), target)


_BEFORE_DECISION = (
    State.DRAFT,
    State.SUBMITTED,
    State.SUPPLEMENT_REQUESTED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.SUSPENDED,
)

TRANSITIONS: tuple[Transition, ...] = (
    _t("submit_case", State.SUBMITTED, State.DRAFT),
    _t("issue_notice", State.SUPPLEMENT_REQUESTED, State.SUBMITTED),
    _t("answer_notice", State.SUBMITTED, State.SUPPLEMENT_REQUESTED),
    _t("accept_case", State.ACCEPTED, State.SUBMITTED),
    _t("refuse_case", State.REFUSED, State.SUBMITTED, State.SUPPLEMENT_REQUESTED),
    _t("start_review", State.IN_REVIEW, State.ACCEPTED),
    _t("suspend_case", State.SUSPENDED, State.IN_REVIEW),
    _t("resume_case", State.IN_REVIEW, State.SUSPENDED),
    _t("approve_case", State.APPROVED, State.IN_REVIEW),
    _t("deem_accepted", State.ACCEPTED, State.SUBMITTED),
    _t("deem_approved", State.APPROVED, State.ACCEPTED, State.IN_REVIEW),
    _t("reject_case", State.REJECTED, State.IN_REVIEW),
    _t("issue_result", State.ISSUED, State.APPROVED, State.REJECTED),
    _t("complete_case", State.COMPLETED, State.ISSUED),
    _t("withdraw_case", State.WITHDRAWN, *_BEFORE_DECISION),
    _t("terminate_case", State.TERMINATED, State.ACCEPTED, State.IN_REVIEW, State.SUSPENDED),
    _t("dispute_completion", State.ISSUED, State.COMPLETED),
    _t("revoke_decision", State.REVOKED, State.APPROVED, State.ISSUED, State.COMPLETED),
)

BY_CLOCK: frozenset[str] = frozenset({"deem_accepted", "deem_approved"})
"""Steps that nobody takes: time does, where law says so."""

BY_ACTION: Mapping[str, Transition] = {t.action: t for t in TRANSITIONS}

_UNFINISHED = frozenset(
    {*_BEFORE_DECISION, State.APPROVED, State.REJECTED, State.ISSUED} - {State.DRAFT}
)

_CHARGEABLE = frozenset(
    {State.ACCEPTED, State.IN_REVIEW, State.SUSPENDED, State.APPROVED, State.REJECTED}
)

_OWING = frozenset({State.ACCEPTED, State.IN_REVIEW, State.SUSPENDED, State.APPROVED})

_VERIFIABLE = frozenset({*_OWING, State.ISSUED, State.COMPLETED})

_RATEABLE = frozenset(
    {
        *(State.APPROVED, State.REJECTED, State.ISSUED, State.COMPLETED),
        *(State.REFUSED, State.REVOKED),
    }
)

WITHIN: Mapping[str, frozenset[State]] = {
    "add_material": frozenset({*_BEFORE_DECISION, State.APPROVED}),
    "settle_debt": _OWING,
    "verify_commitment": _VERIFIABLE,
    "record_review": frozenset({State.IN_REVIEW}),
    "decide_case": BY_ACTION["approve_case"].sources,
    "assess_fee": _CHARGEABLE,
    "waive_fee": _CHARGEABLE,
    "record_payment": _CHARGEABLE,
    "use_seal": BY_ACTION["issue_result"].sources | {State.REVOKED},
    "rebase_case": frozenset(_BEFORE_DECISION) - {State.DRAFT},
    "extend_case": frozenset({State.ACCEPTED, State.IN_REVIEW}),
    "urge_case": _UNFINISHED,
    "reply_urging": _UNFINISHED | {State.COMPLETED, State.REVOKED},
    "withdraw_consent": frozenset(State) - {State.DRAFT},
    "discard_case": frozenset({State.DRAFT}),
    "rate_case": _RATEABLE,
    "answer_rectification": _RATEABLE,
    "appeal_rating": _RATEABLE,
    "decide_appeal": _RATEABLE,
}
"""Actions that leave the state, or whose outcome chooses the transition, and where they fit."""


class TaskKind(StrEnum):
    """待办: what kind of work waits of a case, for one person at a time."""

    INTAKE = "intake"
    REVIEW = "review"
    VERIFICATION = "verification"
    DECISION = "decision"
    ISSUE = "issue"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class TaskTerms:
    """While what state a kind of work waits, and by which actions it is done."""

    states: frozenset[State]
    actions: frozenset[str]


def _work(*actions: str, states: tuple[State, ...]) -> TaskTerms:
    return TaskTerms(frozenset(states), frozenset(actions))


TASKS: Mapping[TaskKind, TaskTerms] = {
    TaskKind.INTAKE: _work(
        *("accept_case", "refuse_case", "issue_notice"), states=(State.SUBMITTED,)
    ),
    TaskKind.REVIEW: _work(
        *("start_review", "record_review"), states=(State.ACCEPTED, State.IN_REVIEW)
    ),
    TaskKind.VERIFICATION: _work("record_review", states=(State.IN_REVIEW,)),
    TaskKind.DECISION: _work("decide_case", states=(State.IN_REVIEW,)),
    TaskKind.ISSUE: _work(*("use_seal", "issue_result"), states=(State.APPROVED, State.REJECTED)),
    TaskKind.DELIVERY: _work("complete_case", states=(State.ISSUED,)),
}
"""What waits of a case; what steers one from outside (特别程序, 延期, 撤回 …) is no such work."""


def tasks_of(action: str) -> frozenset[TaskKind]:
    """Return the kinds of work that an action does; none for one that no task asks for."""
    return frozenset(kind for kind, terms in TASKS.items() if action in terms.actions)


FINAL: frozenset[State] = frozenset(
    {State.REFUSED, State.COMPLETED, State.WITHDRAWN, State.TERMINATED, State.REVOKED}
)


class Lamp(StrEnum):
    """红黄灯: how much of its limit a case has used; in the order of what is pressing."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


LAMP_RANKS: Mapping[str, int] = {lamp.value: rank for rank, lamp in enumerate(Lamp, start=1)}
"""By which lists put the most pressing first; a case without a lamp has 0."""


class Custody(StrEnum):
    """Whether this center's copy may be worked on."""

    HELD = "held"
    IN_TRANSIT = "in_transit"
    ELSEWHERE = "elsewhere"


def permits(state: str, action: str) -> bool:
    """Tell whether ``action`` may be done to a case in ``state``."""
    transition = BY_ACTION.get(action)
    return state in (WITHIN[action] if transition is None else transition.sources)


def mermaid() -> str:
    """Return the state diagram of the documentation, drawn from the table that runs."""
    lines = ["stateDiagram-v2"]
    lines += [
        f"    {source} --> {t.target}: {t.action}"
        for t in TRANSITIONS
        for source in sorted(t.sources)
    ]
    return "\n".join(lines)
