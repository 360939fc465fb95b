"""Clean-up rounds of 德州, for tests of what follows from them."""

import uuid
from datetime import date
from typing import Any

from tests import issuing, publishing
from tests.issuing import CITY, FIRST
from tongban.catalog import models
from tongban.catalog.operations import close_round, rounds
from tongban.catalog.operations.close_round import RoundClosing
from tongban.catalog.rules.content import MatterLevel
from tongban.catalog.states import ReleaseStatus, RoundDecision
from tongban.kernel.models import AuditEntry, LogEntry, Timer

BASIS = "《城市市容和环境卫生管理条例》第十一条"
COUNTY = MatterLevel.COUNTY.value


def matter(number: int, **changes: Any) -> str:
    """Issue a matter of 德州 and return its code."""
    return issuing.issue(f"3701999{number:05}", **changes)


def opened(title: str = "行政审批事项清理", *, on: date = FIRST, **options: Any) -> int:
    """Open the next round and return its number."""
    return rounds.open_round(
        **{
            "actor": publishing.editor(CITY),
            "issuer_code": CITY,
            "title": title,
            "basis": "德政字〔2026〕1号",
            "idempotency_key": uuid.uuid4(),
            "now": issuing.at(on),
            **options,
        }
    ).number


def decided(
    number: int,
    code: str,
    decision: RoundDecision = RoundDecision.KEEP,
    target: str = "",
    *,
    on: date = FIRST,
    **options: Any,
) -> models.CleanupItem:
    """Decide on a matter in a round."""
    return rounds.decide_matter(
        **{
            "actor": publishing.editor(CITY),
            "issuer_code": CITY,
            "number": number,
            "matter_code": code,
            "decision": decision,
            "basis": BASIS,
            "target": target,
            "idempotency_key": uuid.uuid4(),
            "now": issuing.at(on),
            **options,
        }
    )


def closed(number: int, *, on: date = FIRST, **options: Any) -> RoundClosing:
    """Close a round."""
    return close_round.close_round(
        **{
            "actor": publishing.publisher(CITY),
            "issuer_code": CITY,
            "number": number,
            "idempotency_key": uuid.uuid4(),
            "now": issuing.at(on),
            **options,
        }
    )


def reach(*, on: date = FIRST) -> None:
    """Let every release of 德州 reach the centers of its tree, as the worker would."""
    waiting = models.Release.objects.filter(issuer_code=CITY, status=ReleaseStatus.REACHING)
    for release in waiting.order_by("number"):
        publishing.reach_all(release, now=issuing.at(on))


def written() -> tuple[Any, ...]:
    """Return what must stay the same where something is refused."""
    return (
        AuditEntry.objects.count(),
        LogEntry.objects.count(),
        Timer.objects.count(),
        list(models.CleanupRound.objects.order_by("id").values()),
        list(models.CleanupItem.objects.order_by("id").values()),
        list(models.MatterRevision.objects.order_by("id").values()),
        list(models.Release.objects.order_by("id").values()),
        list(models.Directory.objects.order_by("id").values()),
        list(models.StandardMatter.objects.order_by("id").values()),
    )
