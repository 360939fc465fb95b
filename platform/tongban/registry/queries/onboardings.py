"""How far onboardings have come."""

import uuid
from dataclasses import dataclass

from django.db.models import Count, Max, Min, OuterRef, QuerySet, Subquery

from tongban.kernel.actors import Actor
from tongban.registry import models, policies
from tongban.registry.adapters import tenant_schema
from tongban.registry.errors import OnboardingNotFoundError


def access_onboarding(*, actor: Actor, onboarding_id: uuid.UUID) -> models.Onboarding:
    """Return an onboarding that the actor asked for or is a registrar over (PLATFORM context).

    Raises: OnboardingNotFoundError, alike for a missing and a foreign one.
    """
    onboarding = models.Onboarding.objects.filter(id=onboarding_id).first()
    if onboarding is None or not (
        onboarding.requested_by == actor.key
        or all(policies.may_register(actor, root) for root in onboarding.roots)
    ):
        raise OnboardingNotFoundError
    return onboarding


def centers_of(onboarding: models.Onboarding) -> QuerySet[models.Center]:
    """Return the centers that an onboarding makes ready, parents first."""
    steps = models.OnboardingStep.objects.filter(
        onboarding=onboarding, center_code=OuterRef("code")
    )
    position = steps.order_by("position").values("position")[:1]
    return (
        models.Center.objects.alias(place=Subquery(position))
        .filter(place__isnull=False)
        .order_by("place")
    )


@dataclass(frozen=True, slots=True)
class CenterProgress:
    """How far one center of an onboarding has come."""

    code: str
    done: int
    total: int
    failure: str


def progress_of(onboarding: models.Onboarding) -> list[CenterProgress]:
    """Return how far each center of an onboarding has come, in the order they are carried out."""
    steps = (
        models.OnboardingStep.objects.filter(onboarding=onboarding)
        .values("center_code")
        .annotate(
            place=Min("position"),
            done=Count("finished_at"),
            total=Count("id"),
            failure=Max("error"),
        )
        .order_by("place")
    )
    return [
        CenterProgress(row["center_code"], row["done"], row["total"], row["failure"])
        for row in steps
    ]


def count_behind() -> int:
    """Count the centers whose schema is behind the migrations on disk (PLATFORM context)."""
    current = tenant_schema.current_fingerprint()
    return models.Center.objects.exclude(fingerprint__in=("", current)).count()


def count_by_status() -> dict[str, int]:
    """Count the centers by what they do at present."""
    counted = models.Center.objects.values_list("status").annotate(Count("id")).order_by()
    return dict.fromkeys(models.CenterStatus.values, 0) | dict(counted)


def unfinished_onboardings(*, with_failed: bool) -> list[uuid.UUID]:
    """Return the onboardings that are not finished, oldest first (PLATFORM context)."""
    unfinished = models.Onboarding.objects.filter(finished_at=None).order_by("requested_at")
    if not with_failed:
        unfinished = unfinished.exclude(steps__error__gt="")
    return list(unfinished.values_list("id", flat=True))


def count_unfinished() -> int:
    """Count the onboardings that are not finished (PLATFORM context)."""
    return models.Onboarding.objects.filter(finished_at=None).count()
