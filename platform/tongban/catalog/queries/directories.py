"""What may be read of published directories: every version by anybody, drafts by their makers.

The database shows drafts to the catalog's editors and the platform only; so whoever makes the
directories of a division asks in the catalog's context.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from tongban.catalog import models, policies
from tongban.catalog.queries import standing
from tongban.catalog.rules import codes
from tongban.catalog.rules.content import ServiceLine
from tongban.catalog.rules.directories import (
    LONGEST_TEXT,
    TITLES,
    DirectoryKind,
    Entry,
    EntryChange,
    differences,
    read_entry,
)
from tongban.catalog.states import DirectoryStatus
from tongban.kernel.actors import ANONYMOUS, Actor
from tongban.registry import rules as registry_rules

# A page of a directory is cut out by the database: a list may have thousands of entries.
_PAGE = """
SELECT entry FROM catalog_directory d,
       jsonb_array_elements(d.entries) WITH ORDINALITY AS e (entry, place)
 WHERE d.id = %s AND place > %s AND place <= %s ORDER BY place
"""


def official_lists() -> Mapping[str, str]:
    """Return the official lists (“四张清单”) of this installation: kind → title."""
    lists: Mapping[str, str] = settings.OFFICIAL_LISTS
    return lists


def title_of(kind: str) -> str | None:
    """Return what directories of a kind are called, None where there is no such kind.

    A publication is meant by the member of ``DirectoryKind`` alone: no text makes an official list
    one.
    """
    return TITLES[kind] if isinstance(kind, DirectoryKind) else official_lists().get(kind)


def list_directories(
    *, actor: Actor = ANONYMOUS, issuer_code: str | None = None, kinds: Collection[str] | None
) -> QuerySet[models.Directory]:
    """Return the versions that the actor may see, without their entries; order as you like.

    ``kinds`` None: whatever is no publication, so the official lists of former settings too. A
    text is an official list's kind, never a publication's.
    """
    found = models.Directory.objects.filter(_visible(actor)).defer("entries", "entry_codes")
    if issuer_code is not None:
        found = found.filter(issuer_code=issuer_code)
    if kinds is None:
        return found.exclude(kind__in=list(DirectoryKind))
    publications = frozenset(DirectoryKind)
    meant = [kind for kind in kinds if isinstance(kind, DirectoryKind) or kind not in publications]
    return found.filter(kind__in=meant)


def _visible(actor: Actor) -> Q:
    visible = Q(status=DirectoryStatus.PUBLISHED)
    for division in policies.catalog_divisions(actor):
        visible |= Q(issuer_code__startswith=registry_rules.significant_digits(division))
    return visible


def access_directory(
    *, actor: Actor = ANONYMOUS, issuer_code: str, kind: str, version: int
) -> models.Directory | None:
    """Return one version without its entries, None where the actor may not see it."""
    found = list_directories(actor=actor, issuer_code=issuer_code, kinds=[kind])
    return found.filter(version=version).first()


def directory_on(*, issuer_code: str, kind: str, on: date) -> models.Directory | None:
    """Return the version in force on ``on``, without its entries, None before the first."""
    found = list_directories(issuer_code=issuer_code, kinds=[kind])
    return found.filter(_published_by(on)).order_by("-version").first()


def _published_by(on: date) -> Q:
    return Q(status=DirectoryStatus.PUBLISHED, effective_from__lte=on)


def read_entries(directory: models.Directory) -> tuple[Entry, ...]:
    """Return all entries of a version, in its order."""
    return tuple(map(read_entry, directory.entries))


def entry_page(directory: models.Directory, *, start: int, limit: int) -> list[Entry]:
    """Return the entries behind the first ``start``, up to ``limit`` (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, [directory.pk, start, start + limit])
        return [read_entry(json.loads(entry)) for (entry,) in cursor.fetchall()]


def compare(
    *, actor: Actor = ANONYMOUS, issuer_code: str, kind: str, former: int, later: int
) -> list[EntryChange] | None:
    """Return what distinguishes two versions (one query); None where one may not be seen."""
    found = list_directories(actor=actor, issuer_code=issuer_code, kinds=[kind])
    entries = {
        version: tuple(map(read_entry, said))
        for version, said in found.filter(version__in=[former, later]).values_list(
            "version", "entries"
        )
    }
    if former not in entries or later not in entries:
        return None
    return differences(entries[former], entries[later])


@dataclass(frozen=True, slots=True)
class PowerList:
    """The power lists in force of some divisions: which powers they name, and of which type."""

    issuers: frozenset[str]
    """The divisions of which a list is in force."""
    types: Mapping[str, str]
    """Code of a power → its type (01 行政许可 …)."""


def powers_on(*, issuer_codes: Collection[str], on: date) -> PowerList:
    """Return what the power lists of these divisions name on ``on`` (one query)."""
    found = (
        models.Directory.objects.filter(
            _published_by(on), issuer_code__in=list(issuer_codes), kind=DirectoryKind.POWERS
        )
        .order_by("issuer_code", "-version")
        .distinct("issuer_code")
        .values_list("issuer_code", "entry_codes")
    )
    types: dict[str, str] = {}
    issuers = set()
    for issuer, listed in found:
        issuers.add(issuer)
        types |= listed
    return PowerList(frozenset(issuers), types)


# --- approvals: the list and the catalog ------------------------------------------------------


def approvals_in_force(*, issuer_code: str, on: date) -> QuerySet[models.MatterRevision]:
    """Return the approvals that a division handles on ``on``, as revisions in force.

    Those of the line 行政审批 that it or a division above it issued and that centers of its level
    offer; of the nation and of provinces, which have no center, all that they issued.
    """
    revisions = standing.in_force(on).filter(content__service_line=ServiceLine.APPROVAL.value)
    level = level_of(issuer_code)
    if level is None:
        return revisions.filter(matter__issuer_code=issuer_code)
    return revisions.filter(
        matter__issuer_code__in=codes.issuers_above(issuer_code), content__levels__contains=level
    )


def level_of(division_code: str) -> str | None:
    """Return the level of a division's center (city, county, township), None where it has none."""
    try:
        return registry_rules.center_level(registry_rules.center_code(division_code)).value
    except ValueError:
        return None


def derive_approvals(*, issuer_code: str, on: date) -> tuple[Entry, ...]:
    """Return a division's 《审批项目目录》 as the catalog in force on ``on`` gives it.

    By matter code; one query.
    """
    return tuple(
        _approval(revision)
        for revision in approvals_in_force(issuer_code=issuer_code, on=on).order_by("matter_id")
    )


def _approval(revision: models.MatterRevision) -> Entry:
    content = revision.read()
    return Entry(
        code=revision.matter_id,
        name=content.name,
        department=content.department,
        basis="；".join(f"《{basis.statute}》{basis.article}" for basis in content.legal_bases)[
            :LONGEST_TEXT
        ],
        power_type=content.matter_type,
    )


@dataclass(frozen=True, slots=True)
class Balance:
    """A division's approvals in the catalog beside those on its published list."""

    version: int | None
    """The list in force, None before the first."""
    in_force: int
    listed: int
    not_listed: Sequence[str]
    """Codes of matters in force that the list does not name."""
    not_in_force: Sequence[str]
    """Codes on the list that are no approvals in force."""


def balance_approvals(*, issuer_code: str, on: date) -> Balance:
    """Return how the catalog and the published list of approvals agree on ``on`` (two queries)."""
    found = approvals_in_force(issuer_code=issuer_code, on=on)
    standing_codes = set(found.values_list("matter__code", flat=True))
    directory = (
        models.Directory.objects.filter(
            _published_by(on), issuer_code=issuer_code, kind=DirectoryKind.APPROVALS
        )
        .order_by("-version")
        .values_list("version", "entry_codes")
        .first()
    )
    version, listed = directory or (None, {})
    return Balance(
        version=version,
        in_force=len(standing_codes),
        listed=len(listed),
        not_listed=sorted(standing_codes - listed.keys()),
        not_in_force=sorted(listed.keys() - standing_codes),
    )
