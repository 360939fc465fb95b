"""Listed duties without a window (法定职责必须为): what the lists of a division promise in vain.

A duty of the responsibility list, and a power of the power list that somebody applies for, must be
found at a window of the division's center. Whatever is exercised of office (依职权) needs none.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Q

from tongban.catalog import models
from tongban.catalog.queries import standing
from tongban.catalog.rules import codes
from tongban.catalog.rules.directories import AT_A_WINDOW, DirectoryKind, Entry, read_entry
from tongban.catalog.states import DirectoryStatus, OfferingStatus
from tongban.registry import rules as registry_rules


class WhyNoWindow(StrEnum):
    """What a listed duty lacks."""

    NO_MATTER = "no_matter"
    NOT_OFFERED = "not_offered"
    NO_WINDOW = "no_window"


@dataclass(frozen=True, slots=True)
class DutyAlarm:
    """One entry of a list in force that no window of the center handles."""

    kind: DirectoryKind
    version: int
    entry: Entry
    why: WhyNoWindow
    matters: tuple[str, ...]
    """Codes of the matters that belong to it."""


def list_alarms(*, center_code: str, on: date) -> list[DutyAlarm]:
    """List the duties on the lists of a center's division that have no window (three queries).

    By list, in its order. A matter that is offered counts by the windows its offering names.
    """
    division = registry_rules.division_code(center_code)
    lists = {
        kind: (version, tuple(map(read_entry, entries)))
        for kind, version, entries in models.Directory.objects.filter(
            issuer_code=division,
            kind__in=[DirectoryKind.POWERS, DirectoryKind.RESPONSIBILITIES],
            status=DirectoryStatus.PUBLISHED,
            effective_from__lte=on,
        )
        .order_by("kind", "-version")
        .distinct("kind")
        .values_list("kind", "version", "entries")
    }
    exercised = _matters_by_power(division, on)
    offered = _windows(center_code, on)
    return [
        alarm
        for kind, (version, entries) in lists.items()
        for alarm in _alarms(DirectoryKind(kind), version, entries, exercised, offered)
    ]


def _matters_by_power(division: str, on: date) -> Mapping[str, Collection[str]]:
    found = standing.in_force(on).filter(matter__issuer_code__in=codes.issuers_above(division))
    exercised: defaultdict[str, list[str]] = defaultdict(list)
    for power, matter in (
        found.exclude(content__power_item__isnull=True)
        .order_by("matter_id")
        .values_list("content__power_item", "matter__code")
    ):
        if power:
            exercised[power].append(matter)
    return exercised


def _windows(center_code: str, on: date) -> Mapping[str, bool]:
    """Return which matters the center offers, and whether at a window."""
    found = models.Offering.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=on),
        center_code=center_code,
        status=OfferingStatus.IN_USE,
        effective_from__lte=on,
    )
    return {
        matter: bool(windows) for matter, windows in found.values_list("matter__code", "windows")
    }


def _alarms(
    kind: DirectoryKind,
    version: int,
    entries: Collection[Entry],
    exercised: Mapping[str, Collection[str]],
    offered: Mapping[str, bool],
) -> Iterator[DutyAlarm]:
    for entry in entries:
        is_power = kind == DirectoryKind.POWERS
        if entry.of_office or (is_power and entry.power_type not in AT_A_WINDOW):
            continue
        power = entry.code if is_power else entry.power
        matters = tuple(dict.fromkeys((*entry.matters, *exercised.get(power, ()))))
        here = [offered[matter] for matter in matters if matter in offered]
        if any(here):
            continue
        why = WhyNoWindow.NO_WINDOW if here else WhyNoWindow.NOT_OFFERED
        yield DutyAlarm(kind, version, entry, why if matters else WhyNoWindow.NO_MATTER, matters)
