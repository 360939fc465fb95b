"""What the provisioner does: bring the database up to date, carry out requested onboardings."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import OperationalError

from tongban.kernel.actors import Actor
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.transactions import unit_of_work
from tongban.registry import errors, models, policies, queries
from tongban.registry.operations import load_divisions, migrate, onboard

Clock = Callable[[], datetime]
Failed = Callable[[uuid.UUID], None]


def upgrade(*, clock: Clock, report: migrate.Report) -> None:
    """Bring shared schema, divisions, template and centers to what is on disk (provisioner only).

    Where nothing is behind it costs a few queries.
    """
    migrate.migrate_shared(report=report)
    migrate.ensure_script(now=clock(), report=report)
    with shared_context(SharedRole.PLATFORM):
        rows = load_divisions.load_divisions()
    report(f"行政区划 {rows} 行")
    report(f"升级了 {migrate.migrate_centers(report=report)} 个中心")


def carry_out_requests(
    *, clock: Clock, report: Callable[[onboard.Progress], None], failed: Failed
) -> int:
    """Run the requested onboardings that are neither finished nor failed; return how many ended.

    Provisioner only. One that fails keeps the reason at its step and waits for
    ``retry_onboarding``; the others go on. Raises: OperationalError when the database is lost.
    """
    with shared_context(SharedRole.PLATFORM):
        waiting = queries.unfinished_onboardings(with_failed=False)
    finished = 0
    for onboarding_id in waiting:
        try:
            onboard.run_onboarding(onboarding_id=onboarding_id, clock=clock, report=report)
        except OperationalError:
            raise
        # Whatever is wrong with one center, the provisioner goes on with the others.
        except Exception as error:  # noqa: BLE001 # kept at the step, logged by ``failed``
            _keep_reason(onboarding_id, error)
            failed(onboarding_id)
        else:
            finished += 1
    return finished


def _keep_reason(onboarding_id: uuid.UUID, error: Exception) -> None:
    with shared_context(SharedRole.PLATFORM):
        step = (
            models.OnboardingStep.objects.filter(onboarding_id=onboarding_id, finished_at=None)
            .order_by("position")
            .first()
        )
        if step is not None:
            step.error = f"{type(error).__name__}: {error}"[:2000]
            step.save(update_fields=["error"])


def retry_onboarding(*, actor: Actor, onboarding_id: uuid.UUID, now: datetime) -> models.Onboarding:
    """Let the provisioner try a failed onboarding again, from the step that failed.

    Runs in the platform context. Raises: OnboardingNotFoundError, OnboardNotAllowedError.
    """
    with unit_of_work() as work:
        onboarding = queries.access_onboarding(actor=actor, onboarding_id=onboarding_id)
        if not all(policies.may_register(actor, root) for root in onboarding.roots):
            raise errors.OnboardNotAllowedError
        models.OnboardingStep.objects.filter(onboarding_id=onboarding_id).exclude(error="").update(
            error=""
        )
        work.audit_action(
            actor=actor,
            action="onboarding.retry",
            object_type="onboarding",
            object_key=str(onboarding_id),
            at=now,
        )
    return onboarding
