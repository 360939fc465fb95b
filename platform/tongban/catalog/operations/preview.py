"""What a release would change, for whom, before it is published; nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Q

from tongban.catalog import models
from tongban.catalog.operations import judging, opening, publish
from tongban.catalog.operations.release import Publication
from tongban.catalog.rules import checks
from tongban.catalog.rules.content import Limit, MatterContent
from tongban.catalog.rules.differences import Difference, differences
from tongban.catalog.rules.directories import POWER_TYPES
from tongban.catalog.states import MatterChange, RevisionStatus
from tongban.kernel.actors import Actor
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.transactions import unit_of_work
from tongban.registry import queries as registry
from tongban.registry import rules as registry_rules


class ReleaseWarning(StrEnum):
    """What a publisher should know, though it keeps nothing from being published."""

    NO_WINDOW = "no_window"
    NO_POWER_LIST = "no_power_list"
    PROMISE_UNDERCUT = "promise_undercut"


@dataclass(frozen=True, slots=True)
class PreviewItem:
    """What would become of one matter."""

    matter: models.StandardMatter
    name: str
    change: MatterChange
    former_number: int | None
    number: int
    differences: Sequence[Difference]
    gaining: Sequence[str]
    """Centers that would come to offer it."""
    losing: Sequence[str]
    """Centers that would offer it no longer."""
    undercut: Sequence[str]
    """Centers whose own promise would be longer than the standard's, and so give way to it."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change, and what is noteworthy: warning → how many centers or matters."""

    effective_from: date
    centers: int
    items: Sequence[PreviewItem]
    warnings: Mapping[ReleaseWarning, int]


def preview_release(*, actor: Actor, request: publish.ReleaseRequest, now: datetime) -> Preview:
    """Return what a request would change, after the same checks as publishing it.

    Runs in the catalog context and writes nothing, but the audit line of an attempt to publish
    what is on no list. The same few statements for any number of revisions and centers. Raises:
    as ``publish_release``.
    """
    told = judging.attempts_told(actor=actor, issuer_code=request.issuer_code, now=now)
    with told, unit_of_work():
        ready = publish.make_ready(actor=actor, request=request, now=now)
        return _preview(request.issuer_code, ready)


def _preview(issuer_code: str, ready: publish.Ready) -> Preview:
    centers = list(
        registry.centers_within(issuer_code).values_list("code", "level", "division_code")
    )
    codes = [p.matter.code for p in ready.publications]
    formers = {
        revision.matter_id: revision
        for revision in models.MatterRevision.objects.filter(
            matter__code__in=codes, status=RevisionStatus.PUBLISHED
        )
    }
    offered = _offered(issuer_code, codes, ready.effective_from)
    items = [_item(p, formers.get(p.matter.code), centers, offered) for p in ready.publications]
    return Preview(ready.effective_from, len(centers), items, _warnings(ready, items, offered))


@dataclass(frozen=True, slots=True)
class _Offered:
    """One offering in the tree, as far as it matters here."""

    own_promise: Limit | None
    has_window: bool


_Offerings = Mapping[tuple[str, str], _Offered]
"""(matter, center) → what stands there on the day."""


def _offered(issuer_code: str, codes: Sequence[str], since: date) -> _Offerings:
    found = models.Offering.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=since),
        matter__code__in=codes,
        center_code__startswith=registry_rules.significant_digits(issuer_code),
    )
    return {
        (code, center): _Offered(
            Limit(amount, LimitUnit(unit)) if amount is not None else None, bool(windows)
        )
        for code, center, amount, unit, windows in found.values_list(
            "matter__code", "center_code", "promised_amount", "promised_unit", "windows"
        )
    }


def _item(
    publication: Publication,
    former: models.MatterRevision | None,
    centers: Sequence[opening.Center],
    offered: _Offerings,
) -> PreviewItem:
    code, content = publication.matter.code, publication.content
    before = former.read() if former else None
    was = set(before.levels) if before else set()
    now = set(content.levels)
    levels = {center: level for center, level, _division in centers}
    return PreviewItem(
        matter=publication.matter,
        name=content.name,
        change=MatterChange.REVISED if before else MatterChange.ADDED,
        former_number=former.number if former else None,
        number=publication.revision.number,
        differences=differences(before, content) if before else (),
        gaining=[
            center
            for center, level in levels.items()
            if level in now - was and (code, center) not in offered
        ],
        losing=[
            center
            for center, level in levels.items()
            if level in was - now and (code, center) in offered
        ],
        undercut=[
            center
            for center, level in levels.items()
            if level in now and _gives_way(offered.get((code, center)), content)
        ],
    )


def _gives_way(offering: _Offered | None, content: MatterContent) -> bool:
    own, promised = offering and offering.own_promise, content.promised_limit
    return bool(own and promised and checks.exceeds(own, promised))


def _warnings(
    ready: publish.Ready, items: Sequence[PreviewItem], offered: _Offerings
) -> dict[ReleaseWarning, int]:
    lost = {(item.matter.code, center) for item in items for center in item.losing}
    without = {center for item in items for center in item.gaining}
    without |= {
        center
        for (code, center), offering in offered.items()
        if not offering.has_window and (code, center) not in lost
    }
    counted = {
        ReleaseWarning.NO_WINDOW: len(without),
        ReleaseWarning.NO_POWER_LIST: 0 if ready.has_power_list else len(_powers(ready)),
        ReleaseWarning.PROMISE_UNDERCUT: len({c for item in items for c in item.undercut}),
    }
    return {warning: count for warning, count in counted.items() if count}


def _powers(ready: publish.Ready) -> list[str]:
    return [p.matter.code for p in ready.publications if p.content.matter_type in POWER_TYPES]
