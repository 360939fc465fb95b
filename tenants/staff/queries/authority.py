"""Who may decide what for a department: the deeds of the center at hand."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property

from django.db.models import QuerySet

from tenants.staff import models, policies
from tenants.staff.queries.departments import (
    current_postings,
    posted_department,
    working_department,
)
from tenants.staff.queries.members import membership_of
from tenants.staff.rules import (
    Authority,
    DecidingScope,
    DeedStanding,
    Membership,
    deed_standing,
    is_in_force,
)
from tongban.kernel.actors import Actor


def list_deeds(*, actor: Actor, current: bool = True) -> QuerySet[models.AuthorizationDeed]:
    """Return the deeds that the actor may list: all, or a member's own."""
    rows = deeds()
    membership = membership_of(actor)
    if not policies.may_read_directory(membership):
        own = membership.member_id if membership else None
        rows = rows.filter(member_id=own) if own else rows.none()
    return rows.filter(revoked_at=None) if current else rows


def deeds() -> QuerySet[models.AuthorizationDeed]:
    """Return all deeds, each with its department and holder."""
    return models.AuthorizationDeed.objects.select_related("department", "member")


class StaffRegister:
    """The departments at work here and what one member is to them, for who looks at many cases.

    Each part is read when it is first asked for, in one statement, and once.
    """

    def __init__(self, membership: Membership | None) -> None:
        self._member_id = (membership.member_id if membership else None) or 0

    @cached_property
    def working(self) -> dict[str, models.Department]:
        """The departments by the names and codes they go by, as ``working_department`` finds."""
        found = models.Department.objects.filter(is_active=True).order_by("-id")
        return {label: each for each in found for label in (each.name, each.code)}

    def department(self, label: str) -> models.Department | None:
        """Return the department at work here that goes by this name or code, or None."""
        return self.working.get(label)

    @cached_property
    def posted(self) -> str:
        """The code of the department that posts the member here now, or ""."""
        return posted_department(self._member_id)

    @cached_property
    def _deeds(self) -> list[models.AuthorizationDeed]:
        return list(_deeds_of(self._member_id))

    def authority_to_decide(
        self, *, department: str, matter_code: str, on: date
    ) -> Authority | None:
        """Return how far the member may decide a matter, as ``authority_to_decide`` does."""
        found = self.department(department)
        if found is None:
            return None
        held = [deed for deed in self._deeds if deed.department_id == found.pk]
        return _authority(found, held, matter_code=matter_code, on=on, is_posted=bool(self.posted))


def authority_to_decide(
    *, member_id: int | None, department: str, matter_code: str, on: date, lock: bool = False
) -> Authority | None:
    """Return how far a member may decide a matter for a department, by its name or code.

    None where the center's register has no such department: nobody needs a deed of it. With
    ``lock`` the member's deeds stay as they are until the transaction ends, so that a revocation
    comes before or after. Three statements.
    """
    found = working_department(department)
    if found is None:
        return None
    is_posted = current_postings().filter(member=member_id or 0).exists()
    held = _deeds_of(member_id or 0).filter(department=found)
    if lock:
        held = held.select_for_update()
    return _authority(found, held, matter_code=matter_code, on=on, is_posted=is_posted)


def _deeds_of(member_id: int) -> QuerySet[models.AuthorizationDeed]:
    return models.AuthorizationDeed.objects.filter(member=member_id).order_by("id")


def _authority(
    department: models.Department,
    held: Iterable[models.AuthorizationDeed],
    *,
    matter_code: str,
    on: date,
    is_posted: bool,
) -> Authority:
    standing, number = DeedStanding.MISSING, ""
    for deed in held:
        this = deed_standing(deed, matter_code=matter_code, on=on)
        if _RANK[this] > _RANK[standing]:
            standing = this
            number = deed.number if this is DeedStanding.IN_FORCE else ""
    return Authority(department.code, department.name, standing, number, is_posted)


def deciding_scope(*, member_id: int, on: date) -> DecidingScope:
    """Return what a member may decide on a day, as ``authority_to_decide`` has it case by case.

    Three statements.
    """
    working = models.Department.objects.filter(is_active=True).values_list("code", "name")
    names = frozenset(label for pair in working for label in pair)
    postings = current_postings().filter(member=member_id)
    posted = postings.values_list("department__code", "department__name").first()
    if posted is None:
        return DecidingScope(names, ())
    held = deeds().filter(member=member_id, department__is_active=True)
    return DecidingScope(
        names,
        tuple(
            (frozenset({deed.department.code, deed.department.name}), frozenset(deed.matters))
            for deed in held
            if is_in_force(deed, on=on)
        ),
        frozenset(posted),
    )


_RANK = {standing: rank for rank, standing in enumerate(DeedStanding)}
