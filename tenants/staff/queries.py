"""Who works in the center at hand; all of it runs in that center's context."""

from django.db.models import QuerySet

from tenants.staff import models, policies
from tenants.staff.rules import CenterRole, Membership
from tongban.kernel import context
from tongban.kernel.actors import Actor


def membership_of(actor: Actor) -> Membership | None:
    """Return what the actor is in this center, in one statement, or None for an outsider.

    A station's machine is the station operator of the one center that it is bound to.
    """
    if actor.kind == "machine":
        if actor.center_code != context.current_center():
            return None
        return Membership(
            member_id=None,
            account_id=None,
            roles=frozenset({CenterRole.STATION_OPERATOR}),
            display_name=actor.display_name,
            staff_number="",
            version=0,
        )
    member = own_member(actor)
    if member is None:
        return None
    return Membership(
        member_id=member.pk,
        account_id=member.account_id,
        roles=frozenset(CenterRole(role) for role in member.roles),
        display_name=member.display_name,
        staff_number=member.staff_number,
        version=member.version,
    )


def own_member(actor: Actor) -> models.Member | None:
    """Return the row of a person who works here now, or None."""
    if actor.account_id is None:
        return None
    return models.Member.objects.active().filter(account_id=actor.account_id).first()


def list_members(
    *, actor: Actor, role: CenterRole | None = None, is_active: bool | None = True
) -> QuerySet[models.Member]:
    """Return the members that the actor may list: all, or none to whoever does not administer."""
    rows = models.Member.objects.all()
    if not policies.may_read_directory(membership_of(actor)):
        return rows.none()
    if role is not None:
        rows = rows.holding(role)
    return rows if is_active is None else rows.filter(is_active=is_active)


def has_administrator() -> bool:
    """Tell whether this center has a system administrator at work."""
    return models.Member.objects.active().holding(CenterRole.SYSTEM_ADMINISTRATOR).exists()
