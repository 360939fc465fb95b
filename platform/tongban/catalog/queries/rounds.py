"""What may be read of clean-up rounds: closed ones by anybody, open ones by the issuer's people."""

from datetime import date

from django.db.models import Count, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from tongban.catalog import models, policies
from tongban.catalog.queries import standing
from tongban.catalog.queries.guides import PRECONDITION_NAMES, names_of
from tongban.catalog.queries.history import HISTORY, history_of
from tongban.catalog.rules import codes
from tongban.catalog.states import RoundDecision, RoundStatus
from tongban.kernel.actors import ANONYMOUS, Actor


def list_rounds(*, actor: Actor = ANONYMOUS, issuer_code: str) -> QuerySet[models.CleanupRound]:
    """Return the rounds of an issuer that the actor may see, with releases and counts.

    How often each decision was taken is read along, as ``count_keep``, ``count_cancel`` …
    """
    found = (
        models.CleanupRound.objects.filter(issuer_code=issuer_code)
        .select_related("release")
        .annotate(
            **{
                f"count_{decision.value}": Count("items", filter=Q(items__decision=decision))
                for decision in RoundDecision
            }
        )
    )
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
    """Return a round's decisions, each with its matter and with what was judged (one query).

    That is the revision that was in force then, whatever came later: ``judged_revision`` makes it.
    """
    targets = models.StandardMatter.objects.filter(code=OuterRef("target"))
    found = (
        models.CleanupItem.objects.filter(round=cleanup_round)
        .select_related("matter")
        .defer(*standing.UNREAD)
        .annotate(
            revision=FilteredRelation(
                "matter__revisions",
                condition=Q(matter__revisions__number=F("revision_number")),
            )
        )
        .annotate(
            **{f"judged_{name}": F(f"revision__{name}") for name in standing.OF_STANDARD},
            **{
                f"judged_{PRECONDITION_NAMES}": names_of("revision__content"),
                f"judged_{HISTORY}": history_of("matter_id"),
            },
            target_name=Subquery(targets.values("name")[:1]),
        )
    )
    return found if decision is None else found.filter(decision=decision)


def judged_revision(item: models.CleanupItem) -> models.MatterRevision:
    """Return the revision that was judged, of a decision that was read with it."""
    revision = models.MatterRevision(
        matter=item.matter,
        **{name: getattr(item, f"judged_{name}") for name in standing.OF_STANDARD},
    )
    for name in (PRECONDITION_NAMES, HISTORY):
        setattr(revision, name, getattr(item, f"judged_{name}"))
    return revision


def undecided(cleanup_round: models.CleanupRound, *, on: date) -> QuerySet[models.MatterRevision]:
    """Return the issuer's matters in force on ``on`` that a round has not decided on."""
    return standing.with_names(standing.in_force(on)).filter(
        ~Q(matter__code__in=cleanup_round.items.values("matter_id")),
        matter__issuer_code=cleanup_round.issuer_code,
    )


def merge_targets(
    cleanup_round: models.CleanupRound, *, on: date
) -> QuerySet[models.MatterRevision]:
    """Return what matters of a round's issuer can be merged into: what applies there on ``on``.

    What is to end is nothing to merge into.
    """
    return standing.lasting_from(on).filter(
        matter__issuer_code__in=codes.issuers_above(cleanup_round.issuer_code)
    )
