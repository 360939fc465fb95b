"""What a neighbour publishes, with drafts and deviations that nobody else may see."""

import uuid
from datetime import datetime
from typing import Any

from tests import people
from tongban.catalog import models
from tongban.catalog.operations import directories, standards
from tongban.catalog.rules.conformity import declared_elements
from tongban.catalog.rules.directories import DirectoryKind
from tongban.catalog.rules.standards import StandardText
from tongban.identity.queries import AccountRecord
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context

LIST, STANDARD = "negative_list", "HZ-77431"


def settle(*, center: str, division: str, over: str, mark: str, now: datetime) -> None:
    """Publish a list of each sort, and draft next ones that bear the mark."""
    editor, publisher = (
        people.actor(_holder(role, over), now=now)
        for role in (PlatformRole.CATALOG_EDITOR, PlatformRole.CATALOG_PUBLISHER)
    )
    issued: dict[str, Any] = {"issuer_code": division, "now": now}
    duty = {"code": "D1", "name": "婚姻登记", "department": "民政局", "duty": "受理"}
    for kind, entry in (
        (DirectoryKind.RESPONSIBILITIES, duty),
        (LIST, {"code": "N1", "name": "新建燃煤锅炉"}),
    ):
        with shared_context(SharedRole.CATALOG):
            directories.draft_directory(
                actor=editor, kind=kind, entries=[entry], idempotency_key=uuid.uuid4(), **issued
            )
            directories.publish_directory(
                actor=publisher, kind=kind, version=1, idempotency_key=uuid.uuid4(), **issued
            )
            marked = [entry | {"name": f"{mark}事"}]
            directories.draft_directory(
                actor=editor, kind=kind, entries=marked, title=f"{mark}清单",
                idempotency_key=uuid.uuid4(), **issued,
            )  # fmt: skip
    with shared_context(SharedRole.CATALOG):
        standards.publish_work_standard(
            actor=publisher,
            standard=StandardText(STANDARD, "窗口服务规范", "服务提供", "首问负责"),
            idempotency_key=uuid.uuid4(),
            **issued,
        )
        standards.record_acceptance(
            actor=publisher,
            acceptance=standards.Acceptance(now.date(), "国家标准委", "国家级", "合格"),
            idempotency_key=uuid.uuid4(),
            **issued,
        )
        offering = models.Offering.objects.filter(center_code=center).order_by("id")[0]
        offering.declared = declared_elements({"name": f"{mark}登记"})
        offering.save(update_fields=["declared"])


def _holder(role: PlatformRole, over: str) -> AccountRecord:
    account = people.account(f"neighbours-{role}")
    people.grant(account, role, over)
    return account


def things(division: str) -> dict[str, list[str]]:
    """Return what a request can name of it."""
    kinds = ("officialLists", "officialList", "officialListDifferences", "draftOfficialList")
    return {
        "issuer": ["371700000000", division],
        **{
            f"{root}.kind": [LIST]
            for root in (*kinds, "publishOfficialList", "discardOfficialListDraft")
        },
        "draftDirectory.code": ["D1"],
        "draftOfficialList.code": ["N1"],
        "workStandard.number": [STANDARD],
        "standardNumber": [STANDARD],
    }
