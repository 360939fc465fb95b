"""Lists of cases: one rule of what is seen, whatever narrows and orders them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import MINYEAR, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from tenants.cases import models, policies, rules
from tenants.cases.queries.access import by_number, visible_to
from tenants.cases.states import LAMP_RANKS, State
from tenants.staff import queries as staff
from tenants.staff.rules import Membership
from tongban.identity import queries as identity
from tongban.kernel import context, numbers, paging, statements
from tongban.kernel.actors import Actor
from tongban.kernel.errors import ForbiddenError

ORDERS = {
    rules.Order.LATEST: ("-id",),
    rules.Order.OLDEST: ("id",),
    rules.Order.DUE_FIRST: ("promised_due_at", "id"),
    rules.Order.LAMP_FIRST: ("-lamp_rank", "-id"),
}
"""Columns of each order of a list: unique together, indexed, never null in its list."""

_TIMES = {
    "completed_at": ("completed_from", "completed_before"),
    "submitted_at": ("submitted_from", "submitted_before"),
    "promised_due_at": ("due_from", "due_before"),
}
"""Columns by whose range a list is narrowed, and the bounds of each in a filter."""
_FOLLOWING = {
    rules.Order.LATEST: ("-", tuple(_TIMES)),
    rules.Order.OLDEST: ("", tuple(_TIMES)),
    rules.Order.DUE_FIRST: ("", ("completed_at",)),
}
"""Orders that follow the time whose range a filter names: which way, and which times."""
_SAME_DAY = timedelta(days=1)


def _order_of(where: rules.CaseFilter, order: rules.Order) -> tuple[str, ...]:
    """Return the columns that a list is paged by.

    What is narrowed to a range of time and asked for latest or oldest first follows that time:
    by any other column its index would be read from an end that is far from the range. What was
    completed is due no more: first due, such a range follows its completion.
    """
    sign, columns = _FOLLOWING.get(order, ("", ()))
    for column in columns:
        if any(getattr(where, bound) is not None for bound in _TIMES[column]):
            return (f"{sign}{column}", f"{sign}id")
    return ORDERS[order]


@dataclass(frozen=True, slots=True)
class CaseList:
    """The visible cases that fit, in an order."""

    condition: Q
    order: tuple[str, ...]

    @property
    def rows(self) -> QuerySet[models.Case]:
        """All of them, unordered: to be counted, or read in another shape."""
        return models.Case.objects.filter(self.condition)

    def page(self, *, limit: int, after: Sequence[Any] | None = None) -> list[models.Case]:
        """Return the first of them, or those behind the place ``after`` (one statement)."""
        behind = Q() if after is None else paging.behind(self.order, after)
        return statements.read(models.Case.objects, self.condition & behind, self.order, limit)


def find_cases(
    *,
    actor: Actor,
    membership: Membership | None,
    where: rules.CaseFilter,
    order: rules.Order = rules.Order.LATEST,
) -> CaseList:
    """Return the visible cases that fit.

    Raises: ForbiddenError for an identity number from staff who may read it masked only.
    """
    if where.applicant_id_number is not None and not policies.may_find_by_number(membership):
        raise ForbiddenError(path=("filter", "applicantIdNumber"))
    found = visible_to(actor, membership) & _fitting(where)
    if order is rules.Order.DUE_FIRST:
        found &= Q(promised_due_at__isnull=False)
        if where.submitted_from is not None and where.submitted_from.year > MINYEAR:
            # Nothing is due before it was handed in: the index begins where the range does.
            found &= Q(promised_due_at__gte=where.submitted_from - _SAME_DAY)
    if order is rules.Order.LAMP_FIRST:
        found &= ~Q(lamp="")
    return CaseList(found, _order_of(where, order))


def _fitting(where: rules.CaseFilter) -> Q:
    fits = Q()
    for column, values in (("state", where.states), ("matter_code", where.matter_codes)):
        if values:
            fits &= Q(**{f"{column}__in": [value for value in values if value.isprintable()]})
    for column in ("custody", "custodian_code", "channel"):
        if (value := getattr(where, column)) is not None:
            fits &= Q(**{column: value}) if value.isprintable() else Q(pk__in=())
    if where.number is not None:
        fits &= _numbered(where.number)
    if where.applicant_id_number is not None:
        fits &= _of_applicant(where.applicant_id_number)
    for column, (start, end) in _TIMES.items():
        if (bound := getattr(where, start)) is not None:
            fits &= Q(**{f"{column}__gte": bound})
        if (bound := getattr(where, end)) is not None:
            fits &= Q(**{f"{column}__lt": bound})
    fits &= _placed(where)
    fits &= _watched(where)
    return fits


def _placed(where: rules.CaseFilter) -> Q:
    """Return where a case lies: with which department, at which window."""
    fits = Q()
    if where.department is not None:
        fits &= Q(department__in=staff.labels_of(where.department))
    if where.window is not None:
        # A case that no window took on is at none: nobody asks for it by a code.
        is_code = where.window != "" and where.window.isprintable()
        fits &= Q(window_code=where.window) & ~Q(window_code="") if is_code else Q(pk__in=())
    return fits


def _watched(where: rules.CaseFilter) -> Q:
    fits = Q()
    if where.lamps:
        # By rank, and as the index of lamps says it.
        fits = Q(lamp_rank__in=[LAMP_RANKS[lamp] for lamp in where.lamps]) & ~Q(lamp="")
    if where.is_owing is not None:
        fits &= Q(debts_open__gt=0) if where.is_owing else Q(debts_open=0)
    if where.awaits_verification is not None:
        is_awaited = where.awaits_verification
        fits &= Q(commitments_pending__gt=0) if is_awaited else Q(commitments_pending=0)
    if where.reviews_open is not None:
        awaited = models.ReviewTask.objects.filter(
            case=OuterRef("pk"),
            department__in=staff.labels_of(where.reviews_open),
            recorded_at=None,
        )
        fits &= Q(Exists(awaited), state=State.IN_REVIEW)
    if where.is_urged is not None:
        fits &= Q(urgings_open__gt=0) if where.is_urged else Q(urgings_open=0)
    return fits


def _numbered(number: str) -> Q:
    try:
        return by_number(numbers.canonical_of_either(number))
    except numbers.CaseNumberError:
        return Q(pk__in=())


def _of_applicant(id_number: str) -> Q:
    plain = "".join(id_number.split())
    return Q(applicant_id_hash=identity.number_hash(plain)) if plain else Q(pk__in=())


def lit_cases() -> QuerySet[models.Case]:
    """Return the cases with a lamp that this center itself handles, for its own staff's board."""
    return models.Case.objects.exclude(lamp="").filter(custodian_code=context.current_center())


def cases_of(numbers: Collection[str]) -> Mapping[str, models.Case]:
    """Return the center's copies of these cases by number, in one statement.

    For readers of the center's whole log, who check by themselves who may see them.
    """
    return {case.number: case for case in models.Case.objects.filter(number__in=numbers)}
