"""The register of preconditions that are cancelled (前置条件取消登记)."""

import uuid
from datetime import datetime

from tongban.catalog import errors, models, policies
from tongban.catalog.operations import changing, plan_import
from tongban.catalog.operations.review import require_text
from tongban.kernel import calendar
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import claim_key, unit_of_work

LONGEST_BASIS = 400


def cancel_precondition(
    *,
    actor: Actor,
    issuer_code: str,
    matter_code: str,
    precondition_code: str,
    basis: str,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.CancelledPrecondition:
    """Enter that one matter's result may be no precondition of another's, and on what basis.

    It binds the division and all below it: nothing published from now on may name it again; what
    stands goes on until it is revised. Runs in the catalog context. Raises: IssuerUnknownError,
    PublishNotAllowedError, MatterNotFoundError, ReasonMissingError, CancelledAlreadyError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="cancel_precondition",
            key=idempotency_key,
            request={
                "issuer": issuer_code,
                "matter": matter_code,
                "precondition": precondition_code,
                "basis": basis,
            },
        )
        if claim.repeated and claim.outcome:
            return models.CancelledPrecondition.objects.get(**claim.outcome)
        changing.one_at_a_time()
        if not plan_import.is_issuer(issuer_code):
            raise errors.IssuerUnknownError(path=("issuer",), issuer=issuer_code[:20])
        if not policies.may_publish(actor, issuer_code):
            raise errors.PublishNotAllowedError
        basis = require_text(basis, longest=LONGEST_BASIS, path="basis")
        _refuse_unknown(matter=matter_code, precondition=precondition_code)
        entry, is_new = models.CancelledPrecondition.objects.get_or_create(
            issuer_code=issuer_code,
            matter_code=matter_code,
            precondition_code=precondition_code,
            defaults={
                "basis": basis,
                "cancelled_on": calendar.local_day(now),
                "cancelled_by": actor.key,
            },
        )
        if not is_new:
            raise errors.CancelledAlreadyError(path=("precondition",))
        work.audit_action(
            actor=actor,
            action="precondition.cancel",
            object_type="matter",
            object_key=matter_code,
            at=now,
            data={"issuer": issuer_code, "precondition": precondition_code, "basis": basis},
        )
        claim.settle({"id": entry.id})
    return entry


def _refuse_unknown(**named: str) -> None:
    """Raise MatterNotFoundError for a code that no matter has had in a catalog."""
    known = set(
        models.MatterRevision.objects.filter(
            matter__code__in=named.values(), published_at__isnull=False
        ).values_list("matter__code", flat=True)
    )
    for place, code in named.items():
        if code not in known:
            raise errors.MatterNotFoundError(path=(place,), matter=code)
