"""Suspending a center and resuming it: a suspended one takes in nothing, but reads and answers."""

from datetime import datetime

from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work
from tongban.registry import errors, models, policies
from tongban.registry.operations.migrate import bump_version
from tongban.registry.queries import center_map


def suspend_center(*, actor: Actor, code: str, reason: str, now: datetime) -> models.Center:
    """Close a center's intake; a center that is suspended already stays as it is.

    Runs in the platform context and locks the center's row. Raises: CenterNotFoundError,
    SuspendNotAllowedError, CenterNotReadyError, ReasonRequiredError.
    """
    return _change(
        actor=actor,
        code=code,
        reason=reason,
        status=models.CenterStatus.SUSPENDED,
        name="center.suspended",
        now=now,
    )


def resume_center(*, actor: Actor, code: str, reason: str, now: datetime) -> models.Center:
    """Open a center's intake again; an active center stays as it is.

    Runs in the platform context and locks the center's row. Raises: CenterNotFoundError,
    SuspendNotAllowedError, CenterNotReadyError, ReasonRequiredError.
    """
    return _change(
        actor=actor,
        code=code,
        reason=reason,
        status=models.CenterStatus.ACTIVE,
        name="center.resumed",
        now=now,
    )


def _change(
    *,
    actor: Actor,
    code: str,
    reason: str,
    status: models.CenterStatus,
    name: str,
    now: datetime,
) -> models.Center:
    reason = reason.strip()
    with unit_of_work() as work:
        center = models.Center.objects.select_for_update().filter(code=code).first()
        if center is None:
            raise errors.CenterNotFoundError(path=("code",), center=code)
        if not policies.may_register(actor, code):
            raise errors.SuspendNotAllowedError
        if center.status == models.CenterStatus.ONBOARDING:
            raise errors.CenterNotReadyError(path=("code",), center=center.name)
        if not reason:
            raise errors.ReasonRequiredError(path=("reason",))
        if center.status == status:
            return center
        center.status = status
        models.Center.objects.filter(code=code).update(status=status)
        bump_version()
        data = {"reason": reason}
        work.record(topic="centers", subject=code, name=name, at=now, data=data)
        work.audit_action(
            actor=actor, action=name, object_type="center", object_key=code, at=now, data=data
        )
    center_map.forget()
    return center
