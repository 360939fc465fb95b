"""What may be read of proposals: a center's own by its editors, an issuer's by its people.

Their table is read in the catalog's context only: no other center's role has a right on it.
"""

import uuid
from datetime import date

from django.db.models import F, FilteredRelation, Q, QuerySet

from tongban.catalog import models, policies
from tongban.catalog.queries import standing
from tongban.catalog.rules.differences import Difference, differences
from tongban.catalog.rules.proposals import with_elements
from tongban.catalog.rules.reading import read_content
from tongban.catalog.states import ProposalStatus
from tongban.kernel.actors import Actor
from tongban.registry import rules as registry_rules


def list_proposals(
    *,
    actor: Actor,
    center_code: str | None = None,
    issuer_code: str | None = None,
    matter_code: str | None = None,
    status: ProposalStatus | None = None,
    on: date,
) -> QuerySet[models.ChangeProposal]:
    """Return the proposals that the actor may see, each with its matter as it is on ``on``."""
    found = (
        models.ChangeProposal.objects.filter(_visible(actor))
        .select_related("matter")
        .defer(*standing.UNREAD)
        .annotate(
            present=FilteredRelation(
                "matter__revisions", condition=standing.standing_on("matter__revisions__", on)
            ),
            taken_up=FilteredRelation(
                "matter__revisions",
                condition=Q(matter__revisions__number=F("revision_number")),
            ),
        )
        .annotate(
            present_content=F("present__content"), effective_from=F("taken_up__effective_from")
        )
    )
    for column, value in (
        ("center_code", center_code),
        ("issuer_code", issuer_code),
        ("matter__code", matter_code),
        ("status", status),
    ):
        if value is not None:
            found = found.filter(**{column: value})
    return found


def _visible(actor: Actor) -> Q:
    visible = Q(pk__in=())
    for division in policies.offering_divisions(actor):
        visible |= Q(center_code__startswith=registry_rules.significant_digits(division))
    for division in policies.catalog_divisions(actor):
        visible |= Q(issuer_code__startswith=registry_rules.significant_digits(division))
    return visible


def access_proposal(
    *, actor: Actor, proposal_id: uuid.UUID, on: date
) -> models.ChangeProposal | None:
    """Return a proposal that the actor may see, or None."""
    return list_proposals(actor=actor, on=on).filter(pk=proposal_id).first()


def proposed_differences(proposal: models.ChangeProposal) -> tuple[Difference, ...]:
    """Return what a proposal, read with its matter, would change of the standard as it is.

    Nothing where the standard says it already, or where the matter is in force no more.
    """
    present = proposal.present_content  # type: ignore[attr-defined]  # read with it
    if present is None:
        return ()
    content = read_content(present)
    return differences(content, with_elements(content, proposal.elements))
