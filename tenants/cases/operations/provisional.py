"""Provisional numbers: given out at a station without a line, and bound to one case each."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Func, SmallIntegerField, Value

from tenants.cases import errors, models, policies, queries, rules
from tenants.cases.operations import parties
from tongban.kernel import context, numbers
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import claim_key, unit_of_work


@dataclass(frozen=True, slots=True)
class Reserved:
    """A block of numbers that nobody else was or will be given."""

    block: models.ProvisionalBlock
    numbers: tuple[str, ...]
    """In their canonical form, in order."""


def reserve_numbers(
    *, actor: Actor, count: int, device: str = "", idempotency_key: uuid.UUID, now: datetime
) -> Reserved:
    """Reserve a block of provisional numbers for who takes applications in, or for a device.

    A repeat returns the same block. Raises: CaseSubmitNotAllowedError,
    ProvisionalBlockSizeError, CaseNumbersExhaustedError, IdempotencyKeyReusedError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="reserve_provisional_numbers",
            key=idempotency_key,
            request={"count": count, "device": device},
        )
        membership = queries.membership_of(actor)
        if membership is None or not membership.has(*policies.ROLES["submit_case"]):
            raise errors.CaseSubmitNotAllowedError(reason="ROLE")
        if claim.repeated:
            kept = models.ProvisionalBlock.objects.get(pk=(claim.outcome or {})["block"])
            return _reserved(kept)
        plain = device.strip()
        if not 1 <= count <= rules.LARGEST_BLOCK or not (
            len(plain) <= rules.LONGEST_DEVICE and (plain.isprintable())
        ):
            raise errors.ProvisionalBlockSizeError(
                path=("count",), limit=rules.LARGEST_BLOCK, longest=rules.LONGEST_DEVICE
            )
        block = models.ProvisionalBlock.objects.create(
            size=count,
            device=plain,
            reserved_by=parties.staff(membership).as_json(),
            reserved_at=now,
        )
        if block.pk > numbers.MAX_BLOCK:
            raise errors.CaseNumbersExhaustedError
        work.audit_action(
            actor=actor,
            action="case.reserve_provisional_numbers",
            object_type="provisional_block",
            object_key=str(block.pk),
            at=now,
            data={"count": count, "device": plain},
        )
        claim.settle({"block": block.pk})
    return _reserved(block)


def _reserved(block: models.ProvisionalBlock) -> Reserved:
    center = context.current_center()
    serials = range(1, block.size + 1)
    return Reserved(block, tuple(numbers.provisional(center, block.pk, each) for each in serials))


def lock_number(actor: Actor, text: str) -> tuple[str, models.Case | None]:
    """Lock a reserved number until the transaction ends; return it and the case that has it.

    Whoever else brings the number waits: by two ways it becomes one case. Only who takes
    applications in may bring one. Raises: CaseSubmitNotAllowedError,
    ProvisionalNumberInvalidError, ProvisionalNumberUsedError where its draft was discarded.
    """
    membership = queries.membership_of(actor)
    if membership is None or not membership.has(*policies.ROLES["submit_case"]):
        raise errors.CaseSubmitNotAllowedError(reason="ROLE")
    try:
        center, block, serial = numbers.parse_provisional(text)
        number = numbers.provisional(center, block, serial)
    except numbers.CaseNumberError:
        raise _invalid("FORM") from None
    if center != context.current_center():
        raise _invalid("CENTER")
    reserved = models.ProvisionalBlock.objects.select_for_update().filter(pk=block).first()
    if reserved is None or serial > reserved.size:
        raise _invalid("NOT_RESERVED")
    if serial in reserved.spent:
        raise errors.ProvisionalNumberUsedError(path=("provisionalNumber",))
    return number, models.Case.objects.filter(provisional_number=number).first()


def lock_blocks(found: Iterable[str]) -> None:
    """Lock the blocks of provisional numbers, as ``lock_number`` does before their cases."""
    blocks = {numbers.parse_provisional(number)[1] for number in found if number}
    if blocks:
        rows = models.ProvisionalBlock.objects.select_for_update()
        list(rows.filter(pk__in=blocks).order_by("pk"))


def spend(number: str) -> None:
    """Let a provisional number stand for nothing any more: its draft is removed."""
    _center, block, serial = numbers.parse_provisional(number)
    models.ProvisionalBlock.objects.filter(pk=block).update(
        spent=Func(F("spent"), Value(serial, SmallIntegerField()), function="array_append")
    )


def _invalid(reason: str) -> errors.ProvisionalNumberInvalidError:
    return errors.ProvisionalNumberInvalidError(path=("provisionalNumber",), reason=reason)
