"""The only door to a case: what an actor may see of this center."""

import hmac

from django.db.models import Q, QuerySet

from tenants.cases import errors, models, policies, rules
from tenants.staff import queries as staff
from tenants.staff.rules import Membership
from tongban.kernel import numbers
from tongban.kernel.actors import Actor


def membership_of(actor: Actor) -> Membership | None:
    """Return what the actor is in this center (one statement)."""
    return staff.membership_of(actor)


def is_applicant(actor: Actor, case: models.Case) -> bool:
    """Tell whether the case is the actor's own, by the verified identity number."""
    return (
        actor.real_name
        and actor.applicant_hash is not None
        and hmac.compare_digest(actor.applicant_hash, bytes(case.applicant_id_hash))
    )


def visible_cases(actor: Actor, membership: Membership | None) -> QuerySet[models.Case]:
    """Return the cases of this center that the actor may see."""
    return models.Case.objects.filter(visible_to(actor, membership))


def visible_to(actor: Actor, membership: Membership | None) -> Q:
    """Return the condition of being seen by the actor: the one rule of every reader.

    Staff see what the center holds or mirrors, but nothing that an applicant never handed in;
    applicants see what bears their verified identity number.
    """
    seen = Q(pk__in=())
    if policies.may_read_cases(membership):
        seen |= ~Q(submitted_at__isnull=True, channel__in=rules.OWN_CHANNELS)
    if actor.real_name and actor.applicant_hash is not None:
        seen |= Q(applicant_id_hash=actor.applicant_hash)
    return seen


def by_number(canonical: str) -> Q:
    """Return what finds a case by its number, or by the provisional one it came in under."""
    if numbers.is_provisional(canonical):
        return Q(provisional_number=canonical)
    return Q(number=canonical)


def was_handed_in(case: models.Case) -> bool:
    """Tell whether a case was ever more than a draft, by its log (one statement)."""
    return bool(case.events.filter(name="case.submitted").exists())


def access_case(*, actor: Actor, number: str, lock: bool = False) -> models.Case:
    """Return a case that the actor may see, by its number in any form people type.

    Two statements. With ``lock`` the row stays locked until the transaction ends. Raises:
    CaseNotFoundError, also for a case that is somebody else's.
    """
    return access_as(actor, membership_of(actor), number, lock=lock)


def access_as(
    actor: Actor, membership: Membership | None, number: str, *, lock: bool = False
) -> models.Case:
    """Return a case as ``access_case`` does, for a membership that was read already."""
    try:
        canonical = numbers.canonical_of_either(number)
    except numbers.CaseNumberError:
        raise errors.CaseNotFoundError(path=("number",)) from None
    cases = visible_cases(actor, membership)
    if lock:
        cases = cases.select_for_update()
    case = cases.filter(by_number(canonical)).first()
    if case is None:
        raise errors.CaseNotFoundError(path=("number",))
    return case
