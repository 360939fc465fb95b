"""Onboarding: from a division code to a center that takes in cases, resumable at every step."""

import secrets
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from tongban.kernel import crypto, pinyin, ports
from tongban.kernel.actors import Actor
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.transactions import claim_key, unit_of_work
from tongban.registry import errors, models, policies, queries, rules
from tongban.registry.adapters import tenant_schema
from tongban.registry.operations.migrate import bump_version, ensure_script

LIMIT = 500
SCHEMA_STEP = "schema"
ACTIVATE_STEP = "activate"


@dataclass(frozen=True, slots=True)
class Progress:
    """One finished step, for a progress bar or a report."""

    done: int
    total: int
    center_code: str
    step: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Onboarded:
    """What a request to onboard brought about; a dry run leaves no onboarding."""

    onboarding: models.Onboarding | None
    centers: tuple[rules.PlannedCenter, ...]
    """Those that become ready, parents first."""


def plan_onboarding(
    *, roots: Sequence[str], as_of: date, with_counties: bool, with_townships: bool
) -> list[rules.PlannedCenter]:
    """Return the centers that would be onboarded, parents first, without those that are ready.

    Runs in a context that reads the registry. Raises: UnknownDivisionError, TooManyCentersError.
    """
    rows = [
        rules.DivisionRow(code, name, rules.Level(level), parent or None, valid_from, valid_to)
        for code, name, level, parent, valid_from, valid_to in models.Division.objects.as_of(as_of)
        .exclude(level=models.Level.VILLAGE)
        .order_by("code")
        .values_list("code", "name", "level", "parent_code", "valid_from", "valid_to")
    ]
    known = dict(models.Center.objects.values_list("code", "status"))
    try:
        planned = rules.plan_centers(
            rows,
            roots=roots,
            as_of=as_of,
            with_counties=with_counties,
            with_townships=with_townships,
            existing=tuple(known),
        )
    except rules.UnknownDivisionError as error:
        raise errors.UnknownDivisionError(
            path=("roots",), code=error.code, as_of=as_of.isoformat()
        ) from error
    fresh = [p for p in planned if known.get(p.code) in {None, models.CenterStatus.ONBOARDING}]
    if len(fresh) > LIMIT:
        raise errors.TooManyCentersError(path=("roots",), limit=LIMIT)
    return fresh


def onboard_centers(
    *,
    actor: Actor,
    roots: Sequence[str],
    as_of: date,
    with_counties: bool,
    with_townships: bool,
    dry_run: bool,
    key: uuid.UUID,
    now: datetime,
) -> Onboarded:
    """Request the onboarding of centers, or only tell which ones it would make ready.

    Runs in the platform context. Raises: as ``request_onboarding``.
    """
    scope: dict[str, Any] = {
        "roots": roots,
        "as_of": as_of,
        "with_counties": with_counties,
        "with_townships": with_townships,
    }
    if dry_run:
        _require_registrar(actor, roots)
        return Onboarded(None, tuple(plan_onboarding(**scope)))
    onboarding = request_onboarding(actor=actor, now=now, key=key, **scope)
    return Onboarded(onboarding, tuple(_planned(row) for row in queries.centers_of(onboarding)))


def _planned(row: models.Center) -> rules.PlannedCenter:
    return rules.PlannedCenter(
        code=row.code,
        name=row.name,
        level=rules.Level(row.level),
        parent_code=row.parent_id,
        division_code=row.division_code,
    )


def _center(planned: rules.PlannedCenter) -> models.Center:
    read = pinyin.syllables(pinyin.normalize(planned.name))
    return models.Center(
        code=planned.code,
        schema_name=f"c{planned.code}",
        name=planned.name,
        name_pinyin="".join(read),
        name_initials=pinyin.initials(read),
        level=planned.level,
        parent_id=planned.parent_code,
        division_code=planned.division_code,
    )


def request_onboarding(
    *,
    actor: Actor,
    roots: Sequence[str],
    as_of: date,
    with_counties: bool,
    with_townships: bool,
    now: datetime,
    key: uuid.UUID | None = None,
) -> models.Onboarding:
    """Write down an onboarding with all its steps; the provisioner carries it out.

    Runs in the platform context. A repeat of ``key`` returns the onboarding of the first request.
    Raises: OnboardNotAllowedError, UnknownDivisionError, TooManyCentersError,
    IdempotencyKeyReusedError.
    """
    with unit_of_work() as work:
        claim = None
        if key is not None:
            request = {
                "roots": list(roots),
                "as_of": as_of,
                "with_counties": with_counties,
                "with_townships": with_townships,
            }
            claim = claim_key(actor=actor, operation="onboard_centers", key=key, request=request)
            if claim.repeated and claim.outcome:
                return models.Onboarding.objects.get(id=claim.outcome["onboarding"])
        _require_registrar(actor, roots)
        planned = plan_onboarding(
            roots=roots, as_of=as_of, with_counties=with_counties, with_townships=with_townships
        )
        onboarding = models.Onboarding.objects.create(
            id=uuid.uuid4(),
            requested_by=actor.key,
            requested_at=now,
            as_of=as_of,
            roots=list(roots),
            finished_at=None if planned else now,
        )
        known = set(
            models.Center.objects.filter(code__in=[p.code for p in planned]).values_list(
                "code", flat=True
            )
        )
        models.Center.objects.bulk_create(_center(p) for p in planned if p.code not in known)
        bump_version()
        names = (SCHEMA_STEP, *ports.onboarding_steps, ACTIVATE_STEP)
        models.OnboardingStep.objects.bulk_create(
            models.OnboardingStep(
                onboarding=onboarding,
                position=position,
                center_code=code,
                name=name,
            )
            for position, (code, name) in enumerate(
                (p.code, name) for p in planned for name in names
            )
        )
        work.audit_action(
            actor=actor,
            action="centers.onboard",
            object_type="onboarding",
            object_key=str(onboarding.id),
            at=now,
            data={"roots": list(roots), "centers": len(planned)},
        )
        if claim is not None:
            claim.settle({"onboarding": onboarding.id})
    queries.center_map.forget()
    return onboarding


def _require_registrar(actor: Actor, roots: Sequence[str]) -> None:
    if not all(policies.may_register(actor, root) for root in roots):
        raise errors.OnboardNotAllowedError


def run_onboarding(
    *, onboarding_id: uuid.UUID, clock: Callable[[], datetime], report: Callable[[Progress], None]
) -> int:
    """Carry out the unfinished steps, each in its own transaction, and return how many centers.

    Provisioner only. After a kill it goes on where it stood: a step's effect and its mark commit
    together, or the step finds its own work done.
    """
    script = ensure_script(now=clock(), report=lambda _text: None)
    with shared_context(SharedRole.PLATFORM):
        steps = list(
            models.OnboardingStep.objects.filter(onboarding_id=onboarding_id).order_by("position")
        )
    for done, step in enumerate(steps, start=1):
        if step.finished_at is not None:
            continue
        started = time.perf_counter()
        _run_step(step, script=script, clock=clock)
        seconds = time.perf_counter() - started
        report(Progress(done, len(steps), step.center_code, step.name, seconds))
    with shared_context(SharedRole.PLATFORM):
        models.Onboarding.objects.filter(id=onboarding_id, finished_at=None).update(
            finished_at=clock()
        )
    queries.center_map.forget()
    return len({step.center_code for step in steps})


def _run_step(step: models.OnboardingStep, *, script: str, clock: Callable[[], datetime]) -> None:
    started_at = clock()
    registered = ports.onboarding_steps.get(step.name)
    if registered is not None:
        place = (
            center_context(step.center_code, statement_timeout_ms=0)
            if registered.role is None
            else shared_context(registered.role, statement_timeout_ms=0)
        )
        with place:
            registered.run(step.center_code, started_at)
    with shared_context(SharedRole.PLATFORM, statement_timeout_ms=0), transaction.atomic():
        if step.name == SCHEMA_STEP:
            _make_schema(step.center_code, script=script, now=started_at)
        elif step.name == ACTIVATE_STEP:
            models.Center.objects.filter(
                code=step.center_code, status=models.CenterStatus.ONBOARDING
            ).update(status=models.CenterStatus.ACTIVE, onboarded_at=started_at)
            bump_version()
        finished_at = clock()
        models.OnboardingStep.objects.filter(id=step.id).update(
            started_at=started_at,
            finished_at=finished_at,
            seconds=(finished_at - started_at).total_seconds(),
            error="",
        )


def _make_schema(code: str, *, script: str, now: datetime) -> None:
    center = models.Center.objects.select_for_update().get(code=code)
    if center.fingerprint:
        return
    keyring = crypto.Keyring.from_text(settings.KEY_ENCRYPTION_KEYS)
    private, public = crypto.generate_signing_key()
    key_id = f"{code}-{secrets.token_hex(4)}"
    tenant_schema.create_schema(
        code,
        script=script,
        key_id=key_id,
        private_sealed=crypto.seal(keyring, private, context=key_id.encode()),
    )
    models.CenterKey.objects.create(
        center_code=code,
        key_id=key_id,
        algorithm=crypto.ED25519,
        public_key=public,
        valid_from=now,
    )
    models.Center.objects.filter(code=code).update(fingerprint=tenant_schema.current_fingerprint())
    bump_version()
