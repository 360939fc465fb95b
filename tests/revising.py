"""New revisions of a matter, for tests of what follows from them."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from tests import casework
from tongban.catalog import models, queries
from tongban.catalog.operations import import_matters, offer
from tongban.catalog.rules.content import (
    Condition,
    Material,
    MaterialKind,
    MaterialSource,
    MatterContent,
    Necessity,
)
from tongban.catalog.rules.rows import Source, SourceRow
from tongban.catalog.states import OfferingStatus
from tongban.kernel import actors, calendar
from tongban.kernel.context import SharedRole, shared_context

OPERATOR = actors.operator("tests")


def content_of(matter: str = casework.BOOKS, *, now: datetime) -> MatterContent:
    """Return what the standard says of a matter."""
    with shared_context(SharedRole.CATALOG):
        revision = queries.published_revision(code=matter, on=calendar.local_day(now))
        assert revision is not None
        return revision.read()


def revise(
    matter: str = casework.BOOKS, *, now: datetime, since: date | None = None, **changes: Any
) -> int:
    """Publish the matter with changed elements, as its issuer would, and return the number.

    From today on, or ``since`` a day to come.
    """
    content = replace(content_of(matter, now=now), **changes)
    with shared_context(SharedRole.CATALOG):
        issuer = models.StandardMatter.objects.get(code=matter).issuer_code
        report = import_matters.import_matters(
            actor=OPERATOR,
            issuer_code=issuer,
            source=Source(rows=[SourceRow(1, content, code=matter)]),
            publish=True,
            effective_from=since,
            now=now,
        )
        assert report.faults == []
        assert report.published == 1
        return models.MatterRevision.objects.get(matter__code=matter, status="published").number


def take_off_the_list(center: str, matter: str = casework.BOOKS, *, now: datetime) -> None:
    """Let a center cancel what it offers of a matter."""
    set_terms(center, matter, now=now, status=OfferingStatus.CANCELLED)


def set_terms(center: str, matter: str = casework.BOOKS, *, now: datetime, **terms: Any) -> None:
    """Set a center's own terms for a matter."""
    with shared_context(SharedRole.CATALOG):
        offer.edit_offering(
            actor=OPERATOR,
            center_code=center,
            matter_code=matter,
            terms=offer.OfferingTerms(**terms),
            now=now,
        )


def material(code: str, name: str, **said: Any) -> Material:
    """Return a required material of the applicant's own, on the matter's first legal basis."""
    return Material(
        **{
            "code": code,
            "name": name,
            "kind": MaterialKind.COPY,
            "necessity": Necessity.REQUIRED,
            "source": MaterialSource.APPLICANT,
            "basis": 0,
            **said,
        }
    )


def condition(text: str) -> Condition:
    """Return a condition on the matter's first legal basis."""
    return Condition(text, 0)
