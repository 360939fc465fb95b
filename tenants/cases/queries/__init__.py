"""What may be read of cases, by whom; one rule of visibility for all of it."""

from tenants.cases.queries.access import (
    access_as,
    access_case,
    is_applicant,
    membership_of,
    visible_cases,
)
from tenants.cases.queries.chains import check_logs
from tenants.cases.queries.confirming import confirmed_points
from tenants.cases.queries.consents import takes_text_messages
from tenants.cases.queries.copies import holds_own, own_copies
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
    list_wordings,
    remedies_of,
    standing_letterhead,
    stationery,
)
from tenants.cases.queries.lists import cases_of, find_cases, lit_cases, order_of
from tenants.cases.queries.possible import (
    authority,
    available_actions,
    is_barred,
    lacking_materials,
    materials_there,
    refusal,
    require_addable,
    require_charged,
    require_completable,
    require_issuable,
    require_materials,
    require_scanned,
    require_sealing_department,
    require_unbarred,
    require_verified,
    sealing_department,
)
from tenants.cases.queries.progress import progress, query_code_digest, query_code_of
from tenants.cases.queries.refusing import not_allowed, require_state
from tenants.cases.queries.reviewing import require_department, require_reviews, spoken_for
from tenants.cases.queries.tasks import (
    access_task,
    claims_of,
    find_tasks,
    held_by_other,
    is_at_window,
    lying_at,
    may_reassign,
    require_unclaimed,
    whereabouts,
)
from tenants.cases.queries.uploads import access_unused, access_upload
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
    "access_unused",
    "access_upload",
    "authority",
    "available_actions",
    "cases_of",
    "check_logs",
    "check_paper",
    "claims_of",
    "confirmed_points",
    "events_after",
    "explain_due",
    "exports_ended_before",
    "find_cases",
    "find_findings",
    "find_ratings",
    "find_tasks",
    "find_urgings",
    "held_by_other",
    "holds_own",
    "is_applicant",
    "is_at_window",
    "is_barred",
    "is_signed_by_issuer",
    "lacking_materials",
    "letterhead_of",
    "list_letterheads",
    "list_wordings",
    "lit_cases",
    "logged_events",
    "lying_at",
    "materials_there",
    "may_reassign",
    "membership_of",
    "not_allowed",
    "order_of",
    "own_copies",
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
    "require_department",
    "require_issuable",
    "require_materials",
    "require_reviews",
    "require_scanned",
    "require_sealing_department",
    "require_state",
    "require_unbarred",
    "require_unclaimed",
    "require_verified",
    "sealing_department",
    "spoken_for",
    "standing_letterhead",
    "stationery",
    "takes_text_messages",
    "visible_cases",
    "whereabouts",
]
