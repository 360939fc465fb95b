"""Office hours, and what a center settles about its clocks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from tenants.staff.operations import registers
from tenants.windows import errors, models, queries, rules
from tongban.kernel.actors import Actor
from tongban.kernel.calendar import CalendarError, OfficeHours
from tongban.kernel.transactions import unit_of_work

CHANGED_TIMER = "office_terms.changed"
"""Fires once the center counts time otherwise, for whoever keeps due dates."""

Hours = tuple[time, time, time, time]
"""From when and until when in the morning, and in the afternoon: local times."""


def set_terms(
    *,
    actor: Actor,
    expected_version: int,
    hours: Hours | None = None,
    yellow_percent: int | None = None,
    consultation_pauses: bool | None = None,
    urging_reply_days: int | None = None,
    debt_days: int | None = None,
    lease_minutes: int | None = None,
    commitment_days: int | None = None,
    now: datetime,
) -> rules.OfficeTerms:
    """Settle the center's office hours and clocks from now on; None leaves a term as it is.

    Raises: RegisterNotAllowedError, StaleVersionError, OfficeTermsInvalidError.
    """
    with unit_of_work() as work:
        registers.require_keeper(actor)
        models.OfficeTerms.objects.select_for_update().first()
        former = queries.office_terms()
        registers.require_version(former.version, expected_version)
        said = {
            "yellow_percent": yellow_percent,
            "consultation_pauses": consultation_pauses,
            "urging_reply_days": urging_reply_days,
            "debt_days": debt_days,
            "lease_minutes": lease_minutes,
            "commitment_days": commitment_days,
        }
        terms = replace(
            former,
            hours=former.hours if hours is None else _checked_hours(hours),
            version=former.version + 1,
            **_checked({name: value for name, value in said.items() if value is not None}),
        )
        _save(terms)
        registers.tell(
            work, actor, topic="office_terms", key="office_terms", action="office_terms.set",
            name="office_terms.set", now=now, data=_as_json(terms),
        )  # fmt: skip
        work.schedule(kind=CHANGED_TIMER, key="", fires_at=now)
    return terms


def _checked_hours(hours: Hours) -> OfficeHours:
    try:
        return OfficeHours(*hours)
    except CalendarError:
        raise errors.OfficeTermsInvalidError(path=("hours",), reason="HOURS") from None


def _checked(said: Mapping[str, Any]) -> Mapping[str, Any]:
    if not 1 <= said.get("yellow_percent", 1) <= 100:  # noqa: PLR2004 # percent
        raise errors.OfficeTermsInvalidError(path=("yellowPercent",), reason="YELLOW")
    if not 1 <= said.get("urging_reply_days", 1) <= rules.LONGEST_REPLY:
        raise errors.OfficeTermsInvalidError(
            path=("urgingReplyDays",), reason="REPLY", limit=rules.LONGEST_REPLY
        )
    if not 1 <= said.get("debt_days", 1) <= rules.LONGEST_DEBT:
        raise errors.OfficeTermsInvalidError(
            path=("debtDays",), reason="DEBT", limit=rules.LONGEST_DEBT
        )
    least, limit = rules.SHORTEST_LEASE, rules.LONGEST_LEASE
    if not least <= said.get("lease_minutes", least) <= limit:
        raise errors.OfficeTermsInvalidError(
            path=("leaseMinutes",), reason="LEASE", least=least, limit=limit
        )
    if not 1 <= said.get("commitment_days", 1) <= rules.LONGEST_COMMITMENT:
        raise errors.OfficeTermsInvalidError(
            path=("commitmentDays",), reason="COMMITMENT", limit=rules.LONGEST_COMMITMENT
        )
    return said


def _save(terms: rules.OfficeTerms) -> None:
    hours = terms.hours
    models.OfficeTerms.objects.update_or_create(
        id=1,
        defaults={
            "morning_start": hours.morning_start,
            "morning_end": hours.morning_end,
            "afternoon_start": hours.afternoon_start,
            "afternoon_end": hours.afternoon_end,
            "yellow_percent": terms.yellow_percent,
            "consultation_pauses": terms.consultation_pauses,
            "urging_reply_days": terms.urging_reply_days,
            "debt_days": terms.debt_days,
            "lease_minutes": terms.lease_minutes,
            "commitment_days": terms.commitment_days,
            "version": terms.version,
        },
    )


def _as_json(terms: rules.OfficeTerms) -> dict[str, Any]:
    hours = terms.hours
    return {
        "hours": [
            f"{moment:%H:%M}"
            for moment in (
                *(hours.morning_start, hours.morning_end),
                *(hours.afternoon_start, hours.afternoon_end),
            )
        ],
        "yellow_percent": terms.yellow_percent,
        "consultation_pauses": terms.consultation_pauses,
        "urging_reply_days": terms.urging_reply_days,
        "debt_days": terms.debt_days,
        "lease_minutes": terms.lease_minutes,
        "commitment_days": terms.commitment_days,
    }
