"""What a center's security administrator settles about signing in: terms, and lost devices."""

from datetime import datetime

from tenants.staff import errors, models, policies, queries, rules
from tenants.staff.operations import registers
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import PLATFORM, unit_of_work

SECOND_FACTOR_RESET = "second_factor.reset"
"""The message by which identity hears that a member's second factor is to be taken away."""
_LONGEST_REASON = 200


def set_terms(
    *, actor: Actor, second_factor: bool, expected_version: int, now: datetime
) -> rules.SignInTerms:
    """Settle whether the center's staff need a second factor, from their next request on.

    Raises: SecureNotAllowedError, StaleVersionError, OwnFactorFirstError.
    """
    with unit_of_work() as work:
        if not policies.may_secure(queries.membership_of(actor)):
            raise errors.SecureNotAllowedError
        models.SignInTerms.objects.select_for_update().first()
        former = queries.sign_in_terms()
        registers.require_version(former.version, expected_version)
        if second_factor and not actor.is_two_factor:
            raise errors.OwnFactorFirstError(path=("secondFactor",))
        terms = rules.SignInTerms(second_factor=second_factor, version=former.version + 1)
        models.SignInTerms.objects.update_or_create(
            id=1, defaults={"second_factor": terms.second_factor, "version": terms.version}
        )
        for account_id in models.Member.objects.active().values_list("account_id", flat=True):
            # What is open is authorized again: one entry for each, as for a change of roles.
            work.record(
                topic="member", subject=f"account:{account_id}", name="member.sign_in_terms",
                at=now, data={},
            )  # fmt: skip
        work.audit_action(
            actor=actor, action="sign_in_terms.set", object_type="sign_in_terms",
            object_key="sign_in_terms", at=now, data={"second_factor": second_factor},
        )  # fmt: skip
    return terms


def reset_second_factor(
    *, actor: Actor, staff_number: str, reason: str, now: datetime
) -> models.Member:
    """Have a member's second factor taken away, with all their tokens, within seconds.

    Raises: SecureNotAllowedError, MemberNotFoundError, RegisterTextError.
    """
    with unit_of_work() as work:
        membership = queries.membership_of(actor)
        if not policies.may_secure(membership):
            raise errors.SecureNotAllowedError
        member = registers.lock_member(staff_number)
        if not policies.may_secure(membership, subject_account_id=member.account_id):
            raise errors.SecureNotAllowedError
        said = registers.checked_text(reason, field="reason", longest=_LONGEST_REASON)
        work.audit_action(
            actor=actor, action="second_factor.reset", object_type="member",
            object_key=str(member.pk), at=now, data={"reason": said},
        )  # fmt: skip
        work.send(
            destination=PLATFORM,
            kind=SECOND_FACTOR_RESET,
            key=f"member:{member.account_id}",
            payload={"account_id": member.account_id, "by": actor.key},
        )
    return member
