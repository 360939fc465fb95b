"""What may be read of cases, by whom; one rule of visibility for all of it."""

from tenants.cases.queries.access import (
    access_as,
    access_case,
    is_applicant,
    membership_of,
    visible_cases,
)
from tenants.cases.queries.chains import check_logs
from tenants.cases.queries.consents import takes_text_messages
from tenants.cases.queries.due import explain_due
from tenants.cases.queries.exports import access_export, exports_ended_before, own_exports
from tenants.cases.queries.feed import events_after, logged_events
from tenants.cases.queries.files import (
    CheckedPaper,
    StoredFile,
    access_file,
    access_paper,
    check_paper,
    is_signed_by_issuer,
)
from tenants.cases.queries.letterheads import (
    StandingLetterhead,
    letterhead_of,
    list_letterheads,
    remedies_of,
    standing_letterhead,
)
from tenants.cases.queries.lists import cases_of, find_cases, lit_cases, order_of
from tenants.cases.queries.possible import (
    authority,
    available_actions,
    lacking_materials,
    not_allowed,
    refusal,
    require_addable,
    require_charged,
    require_completable,
    require_issuable,
    require_materials,
    require_sealing_department,
    require_state,
    sealing_department,
)
from tenants.cases.queries.progress import progress, query_code_digest, query_code_of
from tenants.cases.queries.tasks import (
    access_task,
    claims_of,
    held_by_other,
    is_at_window,
    may_do,
    may_reassign,
    require_unclaimed,
    whereabouts,
)
from tenants.cases.queries.watching import find_findings, find_ratings, find_urgings, rating_summary

__all__ = [
    "CheckedPaper",
    "StandingLetterhead",
    "StoredFile",
    "access_as",
    "access_case",
    "access_export",
    "access_file",
    "access_paper",
    "access_task",
    "authority",
    "available_actions",
    "cases_of",
    "check_logs",
    "check_paper",
    "claims_of",
    "events_after",
    "explain_due",
    "exports_ended_before",
    "find_cases",
    "find_findings",
    "find_ratings",
    "find_urgings",
    "held_by_other",
    "is_applicant",
    "is_at_window",
    "is_signed_by_issuer",
    "lacking_materials",
    "letterhead_of",
    "list_letterheads",
    "lit_cases",
    "logged_events",
    "may_do",
    "may_reassign",
    "membership_of",
    "not_allowed",
    "order_of",
    "own_exports",
    "progress",
    "query_code_digest",
    "query_code_of",
    "rating_summary",
    "refusal",
    "remedies_of",
    "require_addable",
    "require_charged",
    "require_completable",
    "require_issuable",
    "require_materials",
    "require_sealing_department",
    "require_state",
    "require_unclaimed",
    "sealing_department",
    "standing_letterhead",
    "takes_text_messages",
    "visible_cases",
    "whereabouts",
]
