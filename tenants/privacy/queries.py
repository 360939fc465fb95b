"""What may be read of the register: one's own requests, all of them by who answers for them."""

import hmac
import uuid

from django.db.models import Q, QuerySet

from tenants.privacy import errors, models, policies
from tenants.privacy.rules import RequestKind
from tenants.privacy.states import RequestState
from tenants.staff import queries as staff
from tenants.staff.rules import Membership
from tongban.kernel.actors import Actor


def is_own(actor: Actor, row: models.DataRequest) -> bool:
    """Tell whether a request is the actor's own, by the verified identity number."""
    return (
        actor.real_name
        and actor.applicant_hash is not None
        and hmac.compare_digest(actor.applicant_hash, bytes(row.requester_hash))
    )


def visible_requests(actor: Actor, membership: Membership | None) -> QuerySet[models.DataRequest]:
    """Return the requests that the actor may see: the one rule of every reader."""
    if policies.may_read_register(membership):
        return models.DataRequest.objects.all()
    seen = Q(pk__in=())
    if actor.real_name and actor.applicant_hash is not None:
        seen |= Q(requester_hash=actor.applicant_hash)
    return models.DataRequest.objects.filter(seen)


def list_requests(
    *, actor: Actor, state: RequestState | None = None, kind: RequestKind | None = None
) -> QuerySet[models.DataRequest]:
    """Return the requests that the actor may see, unordered, narrowed to a state and a kind."""
    wanted = {"state": state, "kind": kind}
    return visible_requests(actor, staff.membership_of(actor)).filter(
        **{column: value for column, value in wanted.items() if value is not None}
    )


def access_request(
    *, actor: Actor, membership: Membership | None, request_id: uuid.UUID, lock: bool = False
) -> models.DataRequest:
    """Return a request that the actor may see. Raises: DataRequestNotFoundError."""
    rows = visible_requests(actor, membership)
    row = (rows.select_for_update() if lock else rows).filter(pk=request_id).first()
    if row is None:
        raise errors.DataRequestNotFoundError(path=("id",))
    return row
