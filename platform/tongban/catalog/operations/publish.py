"""Publishing: a checked revision becomes the standard of its matter from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tongban.catalog import errors, models, policies
from tongban.catalog.operations import versions
from tongban.catalog.rules import checks
from tongban.catalog.rules import search as searching
from tongban.catalog.rules.content import MatterContent
from tongban.catalog.rules.figures import figures_of
from tongban.catalog.states import TRANSITIONS, RevisionAction, RevisionStatus
from tongban.kernel import calendar
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work, unit_of_work

DESCRIBING = (
    "local_code", "main_item", "name", "short_name", "matter_type", "service_line", "department",
    "theme", "levels", "service_objects", "life_events", "preconditions", "search_text",
    "search_terms",
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


@dataclass(frozen=True, slots=True)
class Publication:
    """A revision that passed all checks, with its matter and its content read."""

    matter: models.StandardMatter
    revision: models.MatterRevision
    content: MatterContent


def publish_revision(
    *,
    actor: Actor,
    matter_code: str,
    number: int,
    effective_from: date | None = None,
    now: datetime,
) -> models.MatterRevision:
    """Make a revision the matter's standard.

    It is in force from ``effective_from``, by default today: a day not after today and not before
    the former revision's. Runs in the catalog context, locks the matter. Cases that pinned the
    former revision keep it.
    Raises: MatterNotFoundError, PublishNotAllowedError, RevisionNotPublishableError,
    EffectiveDayError, and for a content that fails the checks NoLegalBasisError,
    NoServiceLineError, ForbiddenElementError, PromiseOverStatutoryError or MatterIncompleteError,
    about its first fault.
    """
    with unit_of_work() as work:
        versions.advance()
        matter = models.StandardMatter.objects.select_for_update().filter(code=matter_code).first()
        revision = models.MatterRevision.objects.filter(
            matter__code=matter_code, number=number
        ).first()
        if matter is None or revision is None:
            raise errors.MatterNotFoundError(path=("matter",), matter=matter_code)
        if not policies.may_publish(actor, matter.issuer_code):
            raise errors.PublishNotAllowedError
        allowed, _ = TRANSITIONS[RevisionAction.PUBLISH]
        if revision.status not in allowed:
            raise errors.RevisionNotPublishableError(status=revision.status)
        content = revision.read()
        refuse_faults(content)
        former = matter.revisions.filter(status=RevisionStatus.PUBLISHED).first()
        since = effective_day(effective_from, former, now)
        put_in_force(
            work, actor, [Publication(matter, revision, content)], effective_from=since, now=now
        )
    revision.refresh_from_db()
    return revision


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


def put_in_force(
    work: Work,
    actor: Actor,
    publications: Sequence[Publication],
    *,
    effective_from: date,
    now: datetime,
) -> None:
    """Make checked revisions the standard (the same few statements for any number).

    Offerings follow by themselves: what holds for them is what is in force on the day. The caller
    has locked the matters, decided on authority, state and day, and checked contents.
    """
    codes = [p.matter.code for p in publications]
    models.MatterRevision.objects.filter(
        matter__code__in=codes, status=RevisionStatus.PUBLISHED
    ).update(status=RevisionStatus.SUPERSEDED, effective_to=effective_from)
    models.MatterRevision.objects.filter(id__in=[p.revision.id for p in publications]).update(
        status=RevisionStatus.PUBLISHED,
        effective_from=effective_from,
        published_at=now,
        published_by=actor.key,
    )
    for publication in publications:
        describe(publication.matter, publication.content)
    models.StandardMatter.objects.bulk_update(
        [p.matter for p in publications], DESCRIBING, batch_size=500
    )
    for publication in publications:
        code, number = publication.matter.code, publication.revision.number
        data = {
            "number": number,
            "contentHash": publication.revision.content_hash,
            "effectiveFrom": effective_from,
        }
        work.record(topic="catalog", subject=code, name="matter.published", at=now, data=data)
        work.audit_action(
            actor=actor,
            action="matter.publish",
            object_type="matter",
            object_key=code,
            at=now,
            data=data,
        )


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
    matter.search_text = searching.searchable(
        content.name,
        content.short_name,
        content.result.name if content.result else "",
        content.theme,
        matter.main_item,
        matter.local_code,
    )
    matter.search_terms = searching.terms(matter.search_text)
