"""Releases: what changed when, and how far it has reached; anybody may read them."""

from collections.abc import Collection

from django.db.models import QuerySet

from tongban.catalog import models


def list_releases(
    *, issuer_code: str | None = None, issuers: Collection[str] | None = None
) -> QuerySet[models.Release]:
    """Return releases: of one issuer, or of these, where given.

    Order them by (``-effective_from``, ``-id``).
    """
    found = models.Release.objects.all()
    if issuer_code is not None:
        found = found.filter(issuer_code=issuer_code)
    if issuers is not None:
        found = found.filter(issuer_code__in=list(issuers))
    return found


def find_release(
    *, issuer_code: str, number: int, issuers: Collection[str] | None = None
) -> models.Release | None:
    """Return an issuer's release, or None."""
    found = list_releases(issuer_code=issuer_code, issuers=issuers)
    return found.filter(number=number).first()


def items_of(release: models.Release) -> QuerySet[models.ReleaseItem]:
    """Return what a release does, each item with its matter; order them by ``matter_id``."""
    return (
        models.ReleaseItem.objects.filter(release=release)
        .select_related("matter")
        .defer("matter__search_names", "matter__search_text", "matter__search_terms")
    )
