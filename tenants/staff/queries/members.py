"""Who works in the center at hand, and what is asked of them at sign-in."""

from django.conf import settings
from django.db.models import Exists, QuerySet

from tenants.staff import errors, models, policies
from tenants.staff.rules import (
    CenterRole,
    Membership,
    SignInTerms,
    is_staff_number,
)
from tongban.kernel import context, statements
from tongban.kernel.actors import Actor


def membership_of(actor: Actor) -> Membership | None:
    """Return what the actor is in this center, in one statement, or None for an outsider.

    A station's machine is the station operator of the one center that it is bound to.
    Raises: as ``own_member``.
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
    return _membership(member)


def lock_membership(staff_number: str) -> Membership | None:
    """Return what a member is who works here now, locked until the transaction ends, or None.

    Who ends or changes the membership waits for that, or came before.
    """
    if not is_staff_number(staff_number):
        return None
    working = models.Member.objects.active().select_for_update()
    member = working.filter(staff_number=staff_number).first()
    return _membership(member) if member else None


def _membership(member: models.Member) -> Membership:
    return Membership(
        member_id=member.pk,
        account_id=member.account_id,
        roles=frozenset(CenterRole(role) for role in member.roles),
        display_name=member.display_name,
        staff_number=member.staff_number,
        version=member.version,
    )


def own_member(actor: Actor) -> models.Member | None:
    """Return the row of a person who works here now, or None, in one statement.

    Nobody becomes a member otherwise: what the center or the platform asks of staff at sign-in is
    asked here. Raises: SecondFactorRequiredError, PasswordExpiredError.
    """
    if actor.account_id is None:
        return None
    found = _working(actor.account_id)
    if not found:
        return None
    (member,) = found
    if actor.is_password_expired:
        raise errors.PasswordExpiredError(days=settings.STAFF_PASSWORD_DAYS)
    asked_here: bool = member.asks_second_factor  # type: ignore[attr-defined] # annotated above
    if (asked_here or settings.STAFF_SECOND_FACTOR) and not actor.is_two_factor:
        raise errors.SecondFactorRequiredError(is_enrolled=actor.has_second_factor)
    return member


@statements.compiled
def _working(account_id: int) -> QuerySet[models.Member]:
    asking = models.SignInTerms.objects.filter(second_factor=True)
    own = models.Member.objects.active().filter(account_id=account_id)
    return own.annotate(asks_second_factor=Exists(asking))


def sign_in_terms() -> SignInTerms:
    """Return what the center asks of its staff at sign-in."""
    row = models.SignInTerms.objects.first()
    if row is None:
        return SignInTerms()
    return SignInTerms(second_factor=row.second_factor, version=row.version)


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


def actor_key(staff_number: str) -> str:
    """Return by which key logs have the member with this number, present or past, or ""."""
    if not is_staff_number(staff_number):
        return ""
    found = models.Member.objects.filter(staff_number=staff_number)
    account_id = found.values_list("account_id", flat=True).first()
    return f"account:{account_id}" if account_id else ""


def badges() -> dict[str, tuple[str, str]]:
    """Return name and staff number of all members, present and past, by the key of their logs."""
    rows = models.Member.objects.values_list("account_id", "display_name", "staff_number")
    return {f"account:{account_id}": (name, number) for account_id, name, number in rows}


def has_administrator() -> bool:
    """Tell whether this center has a system administrator at work."""
    return models.Member.objects.active().holding(CenterRole.SYSTEM_ADMINISTRATOR).exists()
