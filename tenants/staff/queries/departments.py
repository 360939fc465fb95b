"""The departments at work in the center at hand, and who is posted there."""

from django.db.models import Q, QuerySet

from tenants.staff import models, policies
from tenants.staff.queries.members import membership_of, own_member
from tenants.staff.rules import (
    PostingKind,
)
from tongban.kernel.actors import Actor


def list_departments(*, is_active: bool | None = True) -> QuerySet[models.Department]:
    """Return the center's departments: which work in a hall stands on its board."""
    rows = models.Department.objects.all()
    return rows if is_active is None else rows.filter(is_active=is_active)


def department(*, code: str) -> models.Department | None:
    """Return the department with this code, at work or not, or None."""
    return models.Department.objects.filter(code=code).first()


def list_postings(
    *, actor: Actor, department_code: str | None = None, current: bool = True
) -> QuerySet[models.Posting]:
    """Return the postings that the actor may list: all, or none to whoever reads no directory."""
    rows = models.Posting.objects.select_related("member", "department")
    if not policies.may_read_directory(membership_of(actor)):
        return rows.none()
    if department_code is not None:
        rows = rows.filter(department__code=department_code)
    return rows.filter(ended_on=None) if current else rows


def working_department(label: str) -> models.Department | None:
    """Return the department at work here that goes by this name or code, or None."""
    if not label:
        return None
    named = Q(name=label) | Q(code=label)
    return models.Department.objects.filter(named, is_active=True).order_by("id").first()


def labels_of(label: str) -> tuple[str, ...]:
    """Return every name by which the department with this name or code goes, else the label.

    Also of a department that works here no more. One statement, none for what is no label.
    """
    if not label or not label.isprintable():
        return ()
    named = models.Department.objects.filter(Q(name=label) | Q(code=label))
    known = {text for pair in named.values_list("code", "name") for text in pair}
    return tuple(sorted(known | {label}))


def is_representative(member: models.Member, department: models.Department) -> bool:
    """Tell whether the department posted the member here as its chief representative."""
    return member.postings.filter(
        department=department, kind=PostingKind.CHIEF_REPRESENTATIVE, ended_on=None
    ).exists()


def is_department_in_use(department: models.Department) -> bool:
    """Tell whether somebody or something of a department is at work in the center."""
    return (
        department.postings.filter(ended_on=None).exists()
        or department.deeds.filter(revoked_at=None).exists()
        or department.seals.filter(is_active=True).exists()
    )


def department_of(member: models.Member) -> int | None:
    """Return the id of the department that posts a member here now, or None."""
    return member.postings.filter(ended_on=None).values_list("department_id", flat=True).first()


def posted_department(member_id: int | None) -> str:
    """Return the code of the department that posts a member here now, or ""."""
    posted = current_postings().filter(member=member_id or 0)
    return posted.values_list("department__code", flat=True).first() or ""


def own_department(actor: Actor) -> models.Department | None:
    """Return the department that posts the actor here now, or None.

    Two statements. Raises: as ``own_member``.
    """
    member = own_member(actor)
    if member is None:
        return None
    posted = current_postings().filter(member=member).select_related("department").first()
    return posted.department if posted else None


def members_of(department: models.Department) -> QuerySet[models.Posting]:
    """Return the present postings of a department."""
    return department.postings.filter(ended_on=None)


def current_postings() -> QuerySet[models.Posting]:
    """Return the postings that last."""
    return models.Posting.objects.filter(ended_on=None)
