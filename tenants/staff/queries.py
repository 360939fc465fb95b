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
    if actor.account_id is None:
        return None
    member = models.Member.objects.active().filter(account_id=actor.account_id).first()
    return None if member is None else membership_from(member)


def membership_from(member: models.Member) -> Membership:
    """Return a member's row as the value that policies ask."""
    return Membership(
        member_id=member.pk,
        account_id=member.account_id,
        roles=frozenset(CenterRole(role) for role in member.roles),
        display_name=member.display_name,
        staff_number=member.staff_number,
        version=member.version,
    )


def members_seen_by(membership: Membership | None) -> QuerySet[models.Member]:
    """Return the members, present and past, that a membership lets its holder list."""
    if not policies.may_read_directory(membership):
        return models.Member.objects.none()
    return models.Member.objects.all()


def has_administrator() -> bool:
    """Tell whether this center has a system administrator at work."""
    return models.Member.objects.active().holding(CenterRole.SYSTEM_ADMINISTRATOR).exists()
