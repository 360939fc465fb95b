"""What speaks against an application: coded, and about a condition or a material of it.

A point that was confirmed (初审确认) is judged otherwise only with a reason, before supervision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import findings, notice, texts
from tongban.catalog.rules.snapshot import read_snapshot


@dataclass(frozen=True, slots=True)
class Override:
    """Confirmed points that are judged against after all; none where ``points`` is empty."""

    points: tuple[str, ...] = ()
    reason: str = ""

    def changes(self, case: models.Case, department: str, now: datetime) -> dict[str, Any]:
        """Return the finding that it leaves with the ``department``."""
        if not self.points:
            return {}
        found = findings.with_finding(
            case, "CONFIRMED_POINT_REJECTED", now, department=department, subjects=self.points
        )
        return {"findings": found}

    def data(self) -> dict[str, Any]:
        """Return what the event keeps of it."""
        if not self.points:
            return {}
        return {"override": {"points": list(self.points), "reason": self.reason}}


def checked(
    case: models.Case, grounds: Sequence[rules.Ground], *, path: str
) -> list[dict[str, Any]]:
    """Return the grounds as reviews and decisions keep them, each with what it is about in words.

    Raises: GroundRequiredError, GroundUnknownError, GroundSubjectRequiredError,
    MaterialUnknownError, ConditionUnknownError, TextInvalidError.
    """
    if not 1 <= len(grounds) <= rules.MAX_GROUNDS:
        raise errors.GroundRequiredError(path=(path,))
    asked_for = case.materials.filter(dropped_at__isnull=True)
    materials = dict(asked_for.values_list("code", "name"))
    conditions = rules.conditions_of(read_snapshot(case.offering))
    listed = []
    for place, ground in enumerate(grounds):
        at = (path, place)
        if ground.code not in rules.REJECTION_GROUNDS:
            raise errors.GroundUnknownError(path=at, ground=ground.code)
        is_tied = ground.subject != rules.FORM
        if not is_tied and ground.code in rules.TIED_GROUNDS:
            raise errors.GroundSubjectRequiredError(path=at, ground=ground.code)
        defect = rules.Defect(ground.material_code, ground.text, ground.condition_code)
        notice.require_subject(defect, materials, conditions, path=at)
        text = texts.checked(ground.text, path=(*at, "text"))
        about = conditions.get(ground.condition_code) or materials.get(ground.material_code, "")
        listed.append({**replace(ground, text=text).as_json(), "about": about})
    return listed


def override(
    case: models.Case,
    listed: Sequence[Mapping[str, Any]],
    *,
    department: str | None = None,
    reason: str,
) -> Override:
    """Return which of the grounds are about points that were confirmed, with the reason why.

    ``department`` as for ``queries.confirmed_points``. Raises: PointConfirmedError without a
    reason, TextInvalidError.
    """
    confirmed = queries.confirmed_points(case, department)
    against = {
        ground["material"] or ground["condition"]: ground["about"]
        for ground in listed
        if rules.subject_of(ground) in confirmed
    }
    if not against:
        return Override()
    said = texts.checked(reason, path=("overrideReason",))
    if not said:
        raise errors.PointConfirmedError(
            path=("overrideReason",), points=list(against), names="；".join(against.values())
        )
    return Override(tuple(against), said)
