"""Who may do what to a case; nothing here asks the database."""

from collections.abc import Mapping
from typing import Final

from tenants.cases.states import TASKS, TaskKind
from tenants.staff.rules import CenterRole, Membership

READERS: Final = frozenset(
    {
        CenterRole.CLERK,
        CenterRole.REVIEWER,
        CenterRole.CHIEF_REPRESENTATIVE,
        CenterRole.MANAGER,
        CenterRole.DEPARTMENT_MANAGER,
        CenterRole.SUPERVISOR,
        CenterRole.CASHIER,
        CenterRole.STATION_OPERATOR,
    }
)
"""Who works with cases; party affairs and the three administrators do not."""

REVEALERS: Final = frozenset({CenterRole.CLERK, CenterRole.REVIEWER})
"""Who may read an applicant's data unmasked, for a purpose that the audit log keeps."""

_WINDOW: Final = frozenset({CenterRole.CLERK, CenterRole.STATION_OPERATOR})
_FINDERS: Final = _WINDOW | REVEALERS
"""Who may look cases up by an identity number: whom applicants show it to, or who may read it."""
_DESK: Final = frozenset({CenterRole.CLERK, CenterRole.REVIEWER, CenterRole.CHIEF_REPRESENTATIVE})
_DECIDERS: Final = frozenset({CenterRole.REVIEWER, CenterRole.CHIEF_REPRESENTATIVE})

ROLES: Final[Mapping[str, frozenset[CenterRole]]] = {
    "submit_case": _WINDOW,
    "add_material": _WINDOW | _DESK,
    "issue_notice": _WINDOW | _DESK,
    "answer_notice": _WINDOW,
    "accept_case": _DESK,
    "refuse_case": _DESK,
    "settle_debt": _DESK,
    "verify_commitment": _DECIDERS,
    "start_review": _DECIDERS,
    "record_review": _DECIDERS,
    "decide_case": _DECIDERS,
    "assess_fee": _DESK,
    "waive_fee": _DECIDERS,
    "record_payment": frozenset({CenterRole.CASHIER}),
    "use_seal": _DESK | {CenterRole.DEPARTMENT_MANAGER},
    "issue_result": _DESK,
    "complete_case": _WINDOW,
    "withdraw_case": _WINDOW,
    "withdraw_consent": _WINDOW,
    "discard_case": _WINDOW,
    "rebase_case": frozenset({CenterRole.CHIEF_REPRESENTATIVE}),
    "suspend_case": _DECIDERS,
    "resume_case": _DECIDERS,
    "extend_case": frozenset({CenterRole.CHIEF_REPRESENTATIVE}),
    "terminate_case": _DECIDERS,
    "dispute_completion": _WINDOW,
    "revoke_decision": frozenset({CenterRole.CHIEF_REPRESENTATIVE}),
    "urge_case": frozenset({CenterRole.MANAGER, CenterRole.SUPERVISOR}),
    "reply_urging": _DESK,
    "rate_case": _WINDOW,
    "answer_rectification": frozenset({CenterRole.MANAGER, CenterRole.DEPARTMENT_MANAGER}),
    "appeal_rating": _DESK,
    "decide_appeal": frozenset({CenterRole.SUPERVISOR}),
}
"""Action → roles that may do it; a manager convenes and urges, but decides nothing."""

EXPORTERS: Final = frozenset(
    {CenterRole.MANAGER, CenterRole.DEPARTMENT_MANAGER, CenterRole.SUPERVISOR}
)
"""Who takes whole lists out as files: who answers for them. All of them read the cases."""

REASSIGNERS: Final = frozenset({CenterRole.MANAGER, CenterRole.CHIEF_REPRESENTATIVE})
"""Who passes a task on to somebody else."""

OVERSEERS: Final = frozenset({CenterRole.SUPERVISOR, CenterRole.MANAGER})
"""Who sees all findings of the center (电子监察); others see those of their own department."""

_ANSWERABLE: Final = _DESK | {CenterRole.DEPARTMENT_MANAGER, CenterRole.MANAGER}

BY_APPLICANT: Final = frozenset(
    {
        *("submit_case", "add_material", "answer_notice", "withdraw_case"),
        *("dispute_completion", "rate_case", "withdraw_consent", "discard_case"),
    }
)
"""What applicants do to their own cases, and a window on their behalf."""

BY_OWNER: Final = frozenset(
    {
        *("accept_case", "refuse_case", "start_review", "record_review", "decide_case"),
        *("assess_fee", "waive_fee", "record_payment", "use_seal", "settle_debt"),
        *("verify_commitment", "issue_result", "rebase_case", "revoke_decision"),
        *("suspend_case", "resume_case", "extend_case", "terminate_case"),
    }
)
"""What only the center that must decide may do; a place of assisted intake checks the form only."""

BY_LIABLE: Final = frozenset(
    {"verify_commitment", "terminate_case", "extend_case", "rebase_case", "waive_fee"}
)
"""What the liable department answers for: where it works in the center its own people do it."""

BY_REVIEWING: Final = BY_LIABLE | {"suspend_case", "resume_case"}
"""What the people of the departments that review do, of the liable one or of one taking part."""

AT_WINDOW: Final = frozenset({"submit_case", "issue_notice", "accept_case", "refuse_case"})
"""By what a window takes a case on: whoever does it brings it to where they sit."""

BY_REQUEST: Final = frozenset(
    {"add_material", "answer_notice", "withdraw_case", "withdraw_consent"}
)
"""What the staff of a center in the chain may ask of the custodian for the applicant."""


def may_read_cases(membership: Membership | None) -> bool:
    """Tell whether the actor reads the center's cases as one of its staff."""
    return membership is not None and membership.has(*READERS)


def task_kinds(membership: Membership) -> frozenset[TaskKind]:
    """Return which kinds of work are the work of the member's roles."""
    return frozenset(
        kind
        for kind, terms in TASKS.items()
        if any(membership.has(*ROLES[action]) for action in terms.actions)
    )


def may_wait(kind: TaskKind, *, is_owner: bool) -> bool:
    """Tell whether work of this kind can be done where a case lies, or only by who must decide."""
    return is_owner or not TASKS[kind].actions <= BY_OWNER


def may_export(membership: Membership | None) -> bool:
    """Tell whether the actor takes lists of cases out as files."""
    return membership is not None and membership.has(*EXPORTERS)


def may_oversee(membership: Membership | None) -> bool:
    """Tell whether the actor sees the findings of every department."""
    return membership is not None and membership.has(*OVERSEERS)


def may_reply_to_findings(membership: Membership) -> bool:
    """Tell whether the member answers findings: who handles cases, and the management office."""
    return membership.has(*_ANSWERABLE)


def may_find_by_number(membership: Membership | None) -> bool:
    """Tell whether the actor may narrow a list by an applicant's identity number.

    To whoever reads it masked only, a list that is empty or not would tell whether a guess is
    right. Who reads no cases as staff narrows the own ones, and learns nothing.
    """
    return not may_read_cases(membership) or (membership is not None and membership.has(*_FINDERS))


def why_not(action: str, membership: Membership | None, *, is_applicant: bool) -> str:
    """Return why the actor may not do ``action`` to a case (``errors.BECAUSE``), or "".

    Nobody handles a case of their own, whatever their role (回避).
    """
    if is_applicant:
        return "" if action in BY_APPLICANT else "OWN_CASE"
    if membership is not None and membership.has(*ROLES[action]):
        return ""
    return "ROLE"


def why_not_apply(
    membership: Membership | None, *, has_real_name: bool, is_own_number: bool
) -> str:
    """Return why the actor may not hand in an application (``errors.BECAUSE``), or "".

    A window does it for anybody, everybody else in their own verified name only.
    """
    if membership is not None and membership.has(*ROLES["submit_case"]):
        return ""
    if is_own_number:
        return ""
    if has_real_name:
        return "OTHER_PERSON"
    return "ROLE" if membership is not None else "REAL_NAME"


def may_hold(membership: Membership | None, *, is_own: bool) -> bool:
    """Tell whether the actor may keep an application here for review: a window, for others."""
    return not is_own and membership is not None and membership.has(*ROLES["submit_case"])


def why_not_reveal(membership: Membership | None, *, is_applicant: bool) -> str:
    """Return why the actor may not read an applicant's data unmasked, or "".

    Only who takes in or reviews needs them; one's own case is no reason to look (回避).
    """
    if is_applicant:
        return "OWN_CASE"
    if membership is not None and membership.has(*REVEALERS):
        return ""
    return "ROLE"
