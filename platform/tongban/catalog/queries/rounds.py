"""What may be read of clean-up rounds: closed ones by anybody, open ones by the issuer's people."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Count, F, FilteredRelation, Q, QuerySet

from tongban.catalog import models, policies
from tongban.catalog.queries import standing
from tongban.catalog.rules import codes
from tongban.catalog.states import RoundDecision, RoundStatus
from tongban.kernel.actors import ANONYMOUS, Actor


def list_rounds(*, actor: Actor = ANONYMOUS, issuer_code: str) -> QuerySet[models.CleanupRound]:
    """Return the rounds of an issuer that the actor may see, with their releases."""
    found = models.CleanupRound.objects.filter(issuer_code=issuer_code).select_related("release")
    if policies.may_see_drafts(actor, issuer_code):
        return found
    return found.filter(status=RoundStatus.CLOSED)


def access_round(
    *, actor: Actor = ANONYMOUS, issuer_code: str, number: int
) -> models.CleanupRound | None:
    """Return one round, None where the actor may not see it."""
    return list_rounds(actor=actor, issuer_code=issuer_code).filter(number=number).first()


def items_of(
    cleanup_round: models.CleanupRound, *, decision: RoundDecision | None = None
) -> QuerySet[models.CleanupItem]:
    """Return a round's decisions, each with its matter and with what was judged.

    That is the content of the revision that was in force then, whatever came later: as ``judged``.
    """
    found = (
        models.CleanupItem.objects.filter(round=cleanup_round)
        .select_related("matter")
        .annotate(
            revision=FilteredRelation(
                "matter__revisions",
                condition=Q(matter__revisions__number=F("revision_number")),
            )
        )
        .annotate(judged=F("revision__content"))
    )
    return found if decision is None else found.filter(decision=decision)


def count_decisions(cleanup_round: models.CleanupRound) -> Mapping[RoundDecision, int]:
    """Count a round's decisions of each kind."""
    counted = cleanup_round.items.values_list("decision").annotate(Count("id")).order_by()
    return {RoundDecision(decision): number for decision, number in counted}


def undecided(cleanup_round: models.CleanupRound, *, on: date) -> QuerySet[models.MatterRevision]:
    """Return the issuer's matters in force on ``on`` that a round has not decided on."""
    return standing.in_force(on).filter(
        ~Q(matter__code__in=cleanup_round.items.values("matter_id")),
        matter__issuer_code=cleanup_round.issuer_code,
    )


def merge_targets(
    cleanup_round: models.CleanupRound, *, on: date
) -> QuerySet[models.MatterRevision]:
    """Return what matters of a round's issuer can be merged into: what applies there on ``on``."""
    return standing.in_force(on).filter(
        matter__issuer_code__in=codes.issuers_above(cleanup_round.issuer_code)
    )
