"""Appointing members, changing their roles, ending memberships."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from tenants.staff import errors, models, policies, queries, rules
from tenants.staff.operations import registers
from tongban.identity.queries import AccountRecord
from tongban.kernel import context
from tongban.kernel.actors import Actor
from tongban.kernel.errors import StaleVersionError
from tongban.kernel.transactions import PLATFORM, Work, claim_key, unit_of_work
from tongban.registry import policies as registry_policies


def appoint_member(
    *,
    actor: Actor,
    account: AccountRecord | None,
    staff_number: str,
    roles: Iterable[rules.CenterRole],
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.Member:
    """Let an account work in this center; one whose membership ended comes back as itself.

    ``account`` is what ``identity.queries.find_account`` found before the center was entered.
    An empty ``staff_number`` gets one made up, or stays what it was. A registrar may appoint
    while the center has no system administrator.
    Raises: AppointNotAllowedError, AccountNotFoundError, AlreadyMemberError,
    StaffNumberTakenError, StaffNumberInvalidError, RolesRequiredError, SeparateRolesError,
    IdempotencyKeyReusedError.
    """
    wanted = sorted(set(roles))
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="appoint_member",
            key=idempotency_key,
            request={
                "account": None if account is None else account.account_id,
                "staff_number": staff_number,
                "roles": wanted,
            },
        )
        _require_appointer(actor, account)
        if account is None or not account.is_active:
            raise errors.AccountNotFoundError(path=("account",))
        if claim.repeated:
            return models.Member.objects.get(account_id=account.account_id)
        _check_roles(wanted)
        if staff_number and not rules.is_staff_number(staff_number):
            raise errors.StaffNumberInvalidError(path=("staffNumber",))
        member = _save_appointment(account, staff_number=staff_number, roles=wanted, now=now)
        _tell(work, actor, member, action="member.appoint", name="member.appointed", now=now)
        claim.settle({"member": member.pk})
    return member


def change_roles(
    *,
    actor: Actor,
    staff_number: str,
    roles: Iterable[rules.CenterRole],
    expected_version: int,
    now: datetime,
) -> models.Member:
    """Give a member exactly these roles.

    Raises: MemberNotFoundError, ChangeRolesNotAllowedError, StaleVersionError,
    RolesRequiredError, SeparateRolesError.
    """
    wanted = sorted(set(roles))
    with unit_of_work() as work:
        member = _access_member(actor, staff_number)
        if not policies.may_administer(
            queries.membership_of(actor), subject_account_id=member.account_id
        ):
            raise errors.ChangeRolesNotAllowedError
        _require_version(member, expected_version)
        _check_roles(wanted)
        if member.roles == wanted:
            return member
        before, member.roles = member.roles, [role.value for role in wanted]
        member.version += 1
        member.save(update_fields=["roles", "version"])
        _tell(
            work, actor, member, action="member.change_roles", name="member.roles_changed",
            now=now, data={"before": before},
        )  # fmt: skip
        if not set(before) <= set(wanted):
            registers.tell_leaving(work, member, now)
    return member


def end_membership(
    *, actor: Actor, staff_number: str, expected_version: int, now: datetime
) -> models.Member:
    """End a member's work here: every role is gone with the next request.

    Raises: MemberNotFoundError, EndMembershipNotAllowedError, StaleVersionError.
    """
    with unit_of_work() as work:
        member = _access_member(actor, staff_number)
        if not policies.may_administer(
            queries.membership_of(actor), subject_account_id=member.account_id
        ):
            raise errors.EndMembershipNotAllowedError
        _require_version(member, expected_version)
        before, member.roles = member.roles, []
        member.is_active, member.ended_at = False, now
        member.version += 1
        member.save(update_fields=["roles", "is_active", "ended_at", "version"])
        _tell(
            work, actor, member, action="member.end", name="member.ended",
            now=now, data={"before": before},
        )  # fmt: skip
        registers.tell_leaving(work, member, now)
    return member


def _require_appointer(actor: Actor, account: AccountRecord | None) -> None:
    subject = None if account is None else account.account_id
    if policies.may_administer(queries.membership_of(actor), subject_account_id=subject):
        return
    is_registrar = registry_policies.may_register(actor, context.current_center())
    if not is_registrar or queries.has_administrator():
        raise errors.AppointNotAllowedError


def _access_member(actor: Actor, staff_number: str) -> models.Member:
    """Return the locked row of a member at work; outsiders learn nothing, not even that it is."""
    if not policies.may_read_directory(queries.membership_of(actor)):
        raise errors.MemberNotFoundError(path=("staffNumber",))
    member = (
        models.Member.objects.active().select_for_update().filter(staff_number=staff_number).first()
    )
    if member is None:
        raise errors.MemberNotFoundError(path=("staffNumber",))
    return member


def _require_version(member: models.Member, expected: int) -> None:
    if member.version != expected:
        raise StaleVersionError(path=("expectedVersion",), current=member.version)


def _check_roles(roles: list[rules.CenterRole]) -> None:
    if not roles:
        raise errors.RolesRequiredError(path=("roles",))
    together = rules.conflicting(roles)
    if together:
        raise errors.SeparateRolesError(path=("roles",), roles=list(together))


def _save_appointment(
    account: AccountRecord, *, staff_number: str, roles: list[rules.CenterRole], now: datetime
) -> models.Member:
    member = models.Member.objects.select_for_update().filter(account_id=account.account_id).first()
    if member is not None and member.is_active:
        raise errors.AlreadyMemberError(path=("account",), version=member.version)
    if member is None:
        member = models.Member(account_id=account.account_id, version=0)
    member.display_name = account.display_name
    member.staff_number = staff_number or member.staff_number or _next_number()
    member.roles = [role.value for role in roles]
    member.is_active, member.appointed_at, member.ended_at = True, now, None
    member.version += 1
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError as error:
        if "staff_member_staff_number" in str(error):
            raise errors.StaffNumberTakenError(
                path=("staffNumber",), staff_number=member.staff_number
            ) from error
        if "account_id" in str(error):
            raise errors.AlreadyMemberError(path=("account",), version=1) from error
        raise
    return member


def _next_number() -> str:
    """Return the next of the numbers made up here; one that was chosen by hand is not counted."""
    made_up = models.Member.objects.filter(staff_number__regex=r"^S\d{5}$")
    last: str = made_up.aggregate(last=Max("staff_number"))["last"] or "S00000"
    return f"S{int(last[1:]) + 1:05}"


def _tell(
    work: Work,
    actor: Actor,
    member: models.Member,
    *,
    action: str,
    name: str,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Leave log entry, audit entry and the message by which the platform's index follows."""
    said = {"account": member.account_id, "roles": member.roles, "version": member.version}
    work.record(
        topic="member",
        subject=f"account:{member.account_id}",
        name=name,
        at=now,
        data={"member": member.pk, **said},
    )
    work.audit_action(
        actor=actor,
        action=action,
        object_type="member",
        object_key=str(member.pk),
        at=now,
        data={**said, **(data or {})},
    )
    work.send(
        destination=PLATFORM,
        kind="membership.changed",
        key=f"member:{member.account_id}",
        payload={
            "account_id": member.account_id,
            "roles": member.roles,
            "version": member.version,
        },
    )
