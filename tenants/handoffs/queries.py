"""What an actor may see of handoffs; ``access_handoff`` is the only door to one."""

import uuid
from collections.abc import Collection

from django.db.models import QuerySet

from tenants.handoffs import errors, models, policies
from tenants.handoffs.states import OPEN, Direction, HandoffState
from tenants.staff import queries as staff
from tenants.staff.rules import Membership
from tongban.kernel.actors import Actor


def access_handoff(
    *, actor: Actor, handoff_id: uuid.UUID, lock: bool = False
) -> tuple[models.Handoff, Membership]:
    """Return a handoff that the actor may see, with the actor's membership here.

    Raises: HandoffNotFoundError alike for what is missing, foreign or forbidden.
    """
    membership = staff.membership_of(actor)
    if membership is None or not policies.may_see(membership):
        raise errors.HandoffNotFoundError(path=("handoff",))
    rows = models.Handoff.objects.select_for_update() if lock else models.Handoff.objects.all()
    handoff = rows.filter(id=handoff_id).first()
    if handoff is None:
        raise errors.HandoffNotFoundError(path=("handoff",))
    return handoff, membership


def find_handoffs(
    *,
    actor: Actor,
    direction: Direction | None = None,
    state: HandoffState | None = None,
    case_number: str | None = None,
) -> QuerySet[models.Handoff]:
    """Return the handoffs that the actor may see, without their envelopes.

    Order them by (-``id``,): the id is a time-ordered UUID.
    """
    if not policies.may_see(staff.membership_of(actor)):
        return models.Handoff.objects.none()
    rows = models.Handoff.objects.defer("content")
    if direction is not None:
        rows = rows.filter(direction=direction)
    if state is not None:
        rows = rows.filter(state=state)
    if case_number is not None:
        rows = rows.filter(case_number=case_number)
    return rows


def used_files(sha256s: Collection[str]) -> set[str]:
    """Return which of these contents an envelope that is still open brings or took along."""
    rows = models.Handoff.objects.filter(
        state__in=OPEN, manifest__has_any_keys=list(sha256s)
    ).values_list("manifest", flat=True)
    return {sha256 for manifest in rows for sha256 in manifest}.intersection(sha256s)


def logged_handoffs(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, models.Handoff]:
    """Return the handoffs with these ids, without their envelopes, in one statement.

    For readers of the center's whole log, who check by themselves who may see them.
    """
    return models.Handoff.objects.defer("content").in_bulk(ids)


def accepted_incoming(case_number: str, *, lock: bool = False) -> models.Handoff | None:
    """Return the accepted handoff by which this center holds the case, or None."""
    rows = models.Handoff.objects.select_for_update() if lock else models.Handoff.objects.all()
    return (
        rows.filter(
            case_number=case_number,
            direction=Direction.INCOMING,
            state=HandoffState.ACCEPTED,
        )
        .order_by("-id")
        .first()
    )
