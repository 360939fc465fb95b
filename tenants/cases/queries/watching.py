"""Findings, urgings and ratings: what a center watches beside its cases."""

from datetime import datetime
from functools import cached_property

from django.db.models import Avg, Count, Max, Q, QuerySet

from tenants.cases import errors, models, policies, rules
from tenants.cases.queries.access import is_applicant, membership_of
from tenants.staff import queries as staff
from tongban.kernel.actors import Actor


def find_findings(
    *, actor: Actor, where: rules.FindingFilter | None = None
) -> QuerySet[models.Finding]:
    """Return the findings that the actor sees and that fit, each with its case, unordered.

    Supervisors and the management office see all of them, those who work with cases their own
    department's, others none; nobody one of a case of the actor's own.
    """
    found = models.Finding.objects.select_related("case")
    membership = membership_of(actor)
    if membership is None or not policies.may_read_cases(membership):
        return found.none()
    if not policies.may_oversee(membership):
        own = staff.posted_department(membership.member_id)
        found = found.filter(department_code=own) if own else found.none()
    if actor.real_name and actor.applicant_hash is not None:
        found = found.exclude(case__applicant_id_hash=actor.applicant_hash)
    return found.filter(_fitting(where or rules.FindingFilter()))


def _fitting(where: rules.FindingFilter) -> Q:
    fits = Q()
    for column, values in (("code", where.codes), ("dimension", where.dimensions)):
        if values:
            fits &= Q(**{f"{column}__in": [value for value in values if value.isprintable()]})
    for column, code in (("department_code", where.department), ("window_code", where.window)):
        if code is not None:
            fits &= Q(**{column: code}) if code.isprintable() else Q(pk__in=())
    if where.found_from is not None:
        fits &= Q(found_at__gte=where.found_from)
    if where.found_before is not None:
        fits &= Q(found_at__lt=where.found_before)
    for column, is_null in (
        ("replied_at", where.is_open),
        ("escalated_at", None if where.is_escalated is None else not where.is_escalated),
        ("place", where.was_refused),
    ):
        if is_null is not None:
            fits &= Q(**{f"{column}__isnull": is_null})
    return fits


def find_urgings(
    *, actor: Actor, is_open: bool | None, is_escalated: bool | None
) -> QuerySet[models.Urging]:
    """Return the urgings of cases that the actor sees as staff, each with its case, unordered.

    None of them where the actor works with no cases here; nor of a case of the actor's own.
    """
    found = models.Urging.objects.select_related("case")
    if not policies.may_read_cases(membership_of(actor)):
        return found.none()
    if actor.real_name and actor.applicant_hash is not None:
        found = found.exclude(case__applicant_id_hash=actor.applicant_hash)
    if is_open is not None:
        found = found.filter(replied_at__isnull=is_open)
    return found if is_escalated is None else found.filter(escalated_at__isnull=not is_escalated)


def find_ratings(
    *, actor: Actor, is_open: bool | None = None, is_overdue: bool | None = None
) -> QuerySet[models.Rating]:
    """Return the ratings of cases that the actor sees as staff, each with its case, unordered.

    ``is_open``: bad ones that wait for their rectification, or all others. None of them where the
    actor works with no cases here; nor of a case of the actor's own.
    """
    found = models.Rating.objects.select_related("case")
    if not policies.may_read_cases(membership_of(actor)):
        return found.none()
    if actor.real_name and actor.applicant_hash is not None:
        found = found.exclude(applicant_id_hash=actor.applicant_hash)
    if is_open is not None:
        waits = Q(due_at__isnull=False, answered_at=None, is_void=False)
        found = found.filter(waits if is_open else ~waits)
    return found if is_overdue is None else found.filter(overdue_at__isnull=not is_overdue)


class OwnRatings:
    """What an applicant rated online here, for who looks at many of their cases.

    Read when it is first asked for, in one statement, and once.
    """

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    @cached_property
    def _matters(self) -> frozenset[str]:
        given = models.Rating.objects.filter(
            is_native=True,
            mode=rules.RatingMode.ONLINE,
            applicant_id_hash=self._actor.applicant_hash,
        )
        return frozenset(given.values_list("matter_code", flat=True))

    def require_first(self, case: models.Case) -> None:
        """Raise where the actor applied for the case and rated its matter before (一事一评).

        Raises: RatingExistsError.
        """
        if is_applicant(self._actor, case) and case.matter_code in self._matters:
            raise errors.RatingExistsError(path=("number",))


def rating_summary(
    *, actor: Actor, by: rules.RatingGrouping, start: datetime | None, end: datetime | None
) -> list[rules.RatingFigures]:
    """Return the figures of what was rated at this center, by matter or window, best first.

    Void ratings don't count, nor those given at other centers. One statement beside the
    membership; nothing to whoever works with no cases here.
    """
    if not policies.may_read_cases(membership_of(actor)):
        return []
    code, name = _RATED_BY[by]
    found = models.Rating.objects.filter(is_native=True, is_void=False).exclude(**{code: ""})
    if start is not None:
        found = found.filter(rated_at__gte=start)
    if end is not None:
        found = found.filter(rated_at__lt=end)
    figures = found.values(code).annotate(
        label=Max(name),
        count=Count("id"),
        average=Avg("level"),
        satisfied=Count("id", filter=Q(level__lte=3)),
    )
    return [
        rules.RatingFigures(
            row[code], row["label"], row["count"], float(row["average"]), row["satisfied"]
        )
        for row in figures.order_by("average", code)[:_MOST_FIGURES]
    ]


_RATED_BY = {
    rules.RatingGrouping.MATTER: ("matter_code", "matter_name"),
    rules.RatingGrouping.WINDOW: ("window_code", "window_name"),
}


_MOST_FIGURES = 500
