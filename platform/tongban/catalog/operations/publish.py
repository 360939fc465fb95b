"""What publishing needs of contents: they are checked, and matters are described by them."""

from datetime import date, datetime

from tongban.catalog import errors, models
from tongban.catalog.rules import checks
from tongban.catalog.rules import search as searching
from tongban.catalog.rules.content import MatterContent
from tongban.catalog.rules.figures import figures_of
from tongban.kernel import calendar

DESCRIBING = (
    "local_code", "main_item", "name", "short_name", "matter_type", "service_line", "department",
    "theme", "levels", "service_objects", "life_events", "preconditions",
    "search_names", "search_text", "search_terms",
)  # fmt: skip
"""Columns of a matter that say what its content says."""

CONTENT = (
    "content", "content_hash", "material_count", "step_count", "promised_days", "is_one_review",
)  # fmt: skip
"""Columns of a revision that say what its content says."""

_ERRORS: dict[str, type[errors.UnpublishableError]] = {
    error.code: error
    for error in (
        errors.NoLegalBasisError,
        errors.NoServiceLineError,
        errors.PromiseOverStatutoryError,
        errors.ForbiddenElementError,
        errors.MatterIncompleteError,
        errors.ChoicesInconsistentError,
    )
}


def refuse_faults(content: MatterContent) -> None:
    """Raise the error for the first fault of a content; ``params["faults"]`` lists all of them."""
    found = checks.faults(content)
    if found:
        first = found[0]
        raise _ERRORS[first.code](
            path=first.path,
            field=first.field,
            subject=first.subject,
            document=checks.FORBIDDEN_ELEMENTS.get(first.subject, ""),
            faults=[{"code": f.code, "field": f.field, "subject": f.subject} for f in found],
        )


def effective_day(wanted: date | None, former: models.MatterRevision | None, now: datetime) -> date:
    """Return the day from which a revision is in force; None wants today.

    Raises: EffectiveDayError for a day after today or before the former revision's.
    """
    today = calendar.local_day(now)
    earliest = former.effective_from if former else None
    day = wanted or today
    if day > today or (earliest is not None and day < earliest):
        raise errors.EffectiveDayError(
            path=("effectiveFrom",),
            day=day.isoformat(),
            earliest=earliest.isoformat() if earliest else "…",
            today=today.isoformat(),
        )
    return day


def write_content(revision: models.MatterRevision, content: MatterContent) -> None:
    """Set a draft's content, with its digest and figures (not saved)."""
    figures = figures_of(content)
    revision.content = content.to_json()
    revision.content_hash = content.digest
    revision.material_count = figures.materials
    revision.step_count = figures.steps
    revision.promised_days = figures.promised_days
    revision.is_one_review = figures.is_one_review


def describe(matter: models.StandardMatter, content: MatterContent) -> None:
    """Set the matter's describing columns to what the content says (not saved)."""
    matter.name = content.name
    matter.short_name = content.short_name
    matter.matter_type = content.matter_type
    matter.service_line = content.service_line or ""
    matter.department = content.department
    matter.theme = content.theme
    matter.levels = [level.value for level in content.levels]
    matter.service_objects = list(content.service_objects)
    matter.life_events = list(content.life_events)
    matter.preconditions = list(content.preconditions)
    found_by = searching.of_matter(
        content, code=matter.code, local_code=matter.local_code, main_item=matter.main_item
    )
    matter.search_names, matter.search_text = found_by.names, found_by.text
    matter.search_terms = found_by.terms
