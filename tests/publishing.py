"""Three people who change a catalog, and what they do, for tests of what follows from it."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from tongban.catalog import models
from tongban.catalog.operations import draft, publish, reach, review
from tongban.catalog.rules.content import MatterContent, MatterLevel
from tongban.catalog.rules.reading import read_content
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.models import AuditEntry, LogEntry, Timer

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
PROVINCE, CITY, OTHER_CITY = "370000000000", "371400000000", "371700000000"
SET_UP = "370110100101"
"""企业设立登记, of the province's starter catalog."""


def person(account_id: int, role: PlatformRole, division: str) -> Actor:
    return Actor(
        account_id=account_id,
        kind="person",
        display_name=f"{role}-{division}",
        platform_roles=frozenset({(role, division)}),
    )


def editor(division: str = PROVINCE) -> Actor:
    return person(101, PlatformRole.CATALOG_EDITOR, division)


def reviewer(division: str = PROVINCE) -> Actor:
    return person(102, PlatformRole.CATALOG_REVIEWER, division)


def publisher(division: str = PROVINCE) -> Actor:
    return person(103, PlatformRole.CATALOG_PUBLISHER, division)


def standard(code: str = SET_UP) -> MatterContent:
    """Return what the published revision of a matter says."""
    return read_content(
        models.MatterRevision.objects.get(matter__code=code, status="published").content
    )


def a_matter(name: str = "示例事项", **changes: Any) -> MatterContent:
    """Return a whole content of a matter that nobody has yet."""
    return replace(standard(), name=name, short_name="", **changes)


def drafted(
    content: MatterContent,
    *,
    issuer: str = PROVINCE,
    code: str = "",
    local_code: str = "",
    by: Actor | None = None,
    now: datetime = NOW,
) -> models.MatterRevision:
    """Write a draft over whatever draft there is."""
    known = models.MatterRevision.objects.filter(matter__code=code, status="draft").first()
    return draft.draft_revision(
        actor=by or editor(issuer),
        request=draft.DraftRequest(
            content=content.to_json(),
            issuer_code=issuer,
            code=code,
            local_code=local_code,
            expected_digest=known.content_hash if known else "",
        ),
        idempotency_key=uuid.uuid4(),
        now=now,
    )


def reviewed(
    content: MatterContent, *, issuer: str = PROVINCE, now: datetime = NOW, **named: Any
) -> models.MatterRevision:
    """Write a draft and let the reviewer find it right."""
    return checked(reviewer(issuer), drafted(content, issuer=issuer, now=now, **named), now=now)


def checked(
    actor: Actor, revision: models.MatterRevision, *, now: datetime = NOW
) -> models.MatterRevision:
    """Let somebody find a draft right."""
    return review.review_revision(
        actor=actor,
        matter_code=revision.matter_id,
        number=revision.number,
        expected_digest=revision.content_hash,
        idempotency_key=uuid.uuid4(),
        now=now,
    )


def published(
    *revisions: models.MatterRevision,
    issuer: str = PROVINCE,
    since: date | None = None,
    by: Actor | None = None,
    now: datetime = NOW,
    title: str = "目录调整",
) -> models.Release:
    """Release reviewed revisions."""
    return publish.publish_release(
        actor=by or publisher(issuer),
        request=publish.ReleaseRequest(
            issuer_code=issuer,
            title=title,
            revisions=refs(revisions),
            effective_from=since,
        ),
        idempotency_key=uuid.uuid4(),
        now=now,
    )


def refs(revisions: Sequence[models.MatterRevision]) -> list[publish.RevisionRef]:
    return [publish.RevisionRef(r.matter_id, r.number) for r in revisions]


def reach_all(release: models.Release, *, now: datetime = NOW) -> int:
    """Let a release reach its whole tree, as the worker would; return how many batches it took."""
    batches = 0
    with shared_context(SharedRole.PLATFORM):
        while reach.reach_centers(issuer_code=release.issuer_code, number=release.number, now=now):
            batches += 1
    return batches


LEVELS = (MatterLevel.CITY, MatterLevel.COUNTY)


def written() -> tuple[int, ...]:
    """Return what must stay the same where something is refused."""
    return (
        AuditEntry.objects.count(),
        LogEntry.objects.count(),
        Timer.objects.count(),
        models.Release.objects.count(),
        models.MatterRevision.objects.filter(status="draft").count(),
        models.MatterRevision.objects.filter(status="reviewed").count(),
        models.MatterRevision.objects.filter(status="published").count(),
    )
