"""Delegations (同城办理): a city handles certain matters of its districts from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work
from tongban.registry import errors, models, policies


@dataclass(frozen=True, slots=True)
class DelegationReport:
    """How many delegations were made, and how many stood already."""

    created: int
    standing: int


def delegate_jurisdiction(
    *,
    actor: Actor,
    city_code: str,
    district_codes: Sequence[str],
    matter_codes: Sequence[str],
    basis: str,
    valid_from: date,
    now: datetime,
) -> DelegationReport:
    """Let a city's center handle its districts' cases of these matters from ``valid_from`` on.

    What is delegated to the same city already is left alone, so it can run again. Runs in the
    platform context; the number of statements is the same for any number of districts and matters.
    Raises: DelegateNotAllowedError, CenterNotFoundError; DistrictNotBelowError for a center that
    is not right below the city; DelegatedElsewhereError while another city has the matter.
    """
    with unit_of_work() as work:
        if not policies.may_register(actor, city_code):
            raise errors.DelegateNotAllowedError
        _refuse_other_than_districts(city_code, district_codes)
        standing = models.JurisdictionDelegation.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from),
            district_code__in=district_codes,
            matter_code__in=matter_codes,
        ).select_for_update()
        held = {(d.district_code, d.matter_code): d.city_code for d in standing}
        for (district, matter), city in held.items():
            if city != city_code:
                raise errors.DelegatedElsewhereError(district=district, matter=matter, city=city)
        wanted = dict.fromkeys((d, m) for d in district_codes for m in matter_codes)
        fresh = [pair for pair in wanted if pair not in held]
        models.JurisdictionDelegation.objects.bulk_create(
            models.JurisdictionDelegation(
                district_code=district,
                city_code=city_code,
                matter_code=matter,
                valid_from=valid_from,
                basis=basis,
            )
            for district, matter in fresh
        )
        if fresh:
            data = {
                "districts": sorted({district for district, _ in fresh}),
                "matters": sorted({matter for _, matter in fresh}),
                "from": valid_from,
                "basis": basis,
            }
            work.record(
                topic="registry",
                subject=city_code,
                name="jurisdiction.delegated",
                at=now,
                data=data,
            )
            work.audit_action(
                actor=actor,
                action="jurisdiction.delegate",
                object_type="center",
                object_key=city_code,
                at=now,
                data=data,
            )
    return DelegationReport(created=len(fresh), standing=len(wanted) - len(fresh))


def _refuse_other_than_districts(city_code: str, district_codes: Sequence[str]) -> None:
    parents: dict[str, str | None] = dict(
        models.Center.objects.filter(code__in=[city_code, *district_codes]).values_list(
            "code", "parent__code"
        )
    )
    for code in (city_code, *district_codes):
        if code not in parents:
            raise errors.CenterNotFoundError(path=("centers",), center=code)
    for code in district_codes:
        if parents[code] != city_code:
            raise errors.DistrictNotBelowError(path=("districts",), district=code, city=city_code)
