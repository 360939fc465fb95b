"""What may be read of the register: one's own requests, all of them by who answers for them."""

import hmac
import uuid
from datetime import datetime

from django.db.models import Q, QuerySet

from tenants.cases import queries as cases
from tenants.messages import queries as messages
from tenants.privacy import errors, models, policies
from tenants.privacy.rules import CONTESTED_FOR, DeletedKind, Deletion, KeptKind, RequestKind
from tenants.privacy.states import RequestState
from tenants.staff import queries as staff
from tenants.staff.rules import Membership
from tongban.kernel.actors import Actor
from tongban.kernel.models import AuditEntry


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
    if policies.may_enter(membership):
        seen |= Q(counter__isnull=False)
    if actor.real_name and actor.applicant_hash is not None:
        seen |= Q(requester_hash=actor.applicant_hash)
    return models.DataRequest.objects.filter(seen)


def why_not_answer(actor: Actor, membership: Membership | None, row: models.DataRequest) -> str:
    """Return why the actor may not answer a request that they see, or ""."""
    return policies.why_not_answer(membership, is_own=is_own(actor, row), counter=row.counter)


def may_open_copy(actor: Actor, membership: Membership | None, row: models.DataRequest) -> bool:
    """Tell whether the actor gets the copy that a request grants: the person alone.

    Whoever asked at a window is handed it there, by who may answer.
    """
    return is_own(actor, row) or (
        row.counter is not None and not why_not_answer(actor, membership, row)
    )


def list_requests(
    *,
    actor: Actor,
    membership: Membership | None,
    state: RequestState | None = None,
    kind: RequestKind | None = None,
) -> QuerySet[models.DataRequest]:
    """Return the requests that the actor may see, unordered, narrowed to a state and a kind."""
    wanted = {"state": state, "kind": kind}
    return visible_requests(actor, membership).filter(
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


def preview_deletion(*, actor: Actor, request_id: uuid.UUID, now: datetime) -> Deletion | None:
    """Return what granting an open request would delete and what it would keep, changing nothing.

    None to whoever may not answer it, and for any other request.
    """
    membership = staff.membership_of(actor)
    row = visible_requests(actor, membership).filter(pk=request_id, kind=RequestKind.DELETION)
    found = row.filter(state=RequestState.OPEN).first()
    if found is None or why_not_answer(actor, membership, found):
        return None
    return count_deletion(found, now=now)


def count_deletion(row: models.DataRequest, *, now: datetime) -> Deletion:
    """Count what of a person's data goes when their request is granted, and what is kept.

    A constant number of statements.
    """
    person = bytes(row.requester_hash)
    drafts = list(cases.drafts_of(person).values_list("number", flat=True))
    handed_in = list(cases.handed_in_by(person).values_list("number", flat=True))
    before = now - CONTESTED_FOR
    ended = cases.ended_before(person, before)
    gone = messages.needed_no_more(person, case_numbers=ended, before=before).count()
    kept = messages.told_to(person).exclude(case_number__in=drafts).count() - gone
    own = requests_of(person)
    return Deletion.counted(
        [
            (DeletedKind.DRAFTS, len(drafts)),
            (DeletedKind.MESSAGES, gone),
            (DeletedKind.REQUESTED_VALUES, sealed_left(person).count()),
        ],
        [
            (KeptKind.CASES, len(handed_in)),
            (KeptKind.MESSAGES, kept),
            (KeptKind.DATA_REQUESTS, own.count()),
            (KeptKind.AUDIT_LOG, _audited([*drafts, *handed_in], own)),
            # Who asks at a window may have none, and the center does not know.
            (KeptKind.ACCOUNT, int(row.counter is None)),
        ],
    )


def requests_of(person: bytes) -> QuerySet[models.DataRequest]:
    """Return what a person asked here, online and at windows."""
    return models.DataRequest.objects.filter(requester_hash=person)


def sealed_left(person: bytes) -> QuerySet[models.DataRequest]:
    """Return a person's answered requests that still keep what they asked for sealed."""
    own = requests_of(person).filter(value_sealed__isnull=False)
    return own.exclude(state=RequestState.OPEN)


def _audited(numbers: list[str], own: QuerySet[models.DataRequest]) -> int:
    """Count what the audit log has of a person's cases and requests."""
    requests = [str(pk) for pk in own.values_list("pk", flat=True)]
    return AuditEntry.objects.filter(
        Q(object_type="case", object_key__in=numbers)
        | Q(object_type="data_request", object_key__in=requests)
    ).count()
