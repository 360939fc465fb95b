"""Using a seal: by its keeper alone, each use a link of the seal's chain (用印登记)."""

from dataclasses import asdict
from datetime import datetime

from tenants.staff import errors, models, queries, rules
from tenants.staff.rules import Membership, SealedDocument, SealUseBody
from tongban.kernel import crypto
from tongban.kernel.transactions import Work

LockedSeal = models.Seal
"""A seal's row under this transaction's lock, in the hand of its keeper."""


def take_seal(*, membership: Membership | None, code: str, department_code: str) -> LockedSeal:
    """Return a seal of the department for its keeper to use, locked until the transaction ends.

    Handing it over and using it follow each other. Raises: WrongSealError where the department
    uses no such seal here; NotKeeperError.
    """
    fitting = queries.seals().filter(code=code, is_active=True, department__code=department_code)
    is_code = rules.is_register_code(code)
    seal = fitting.select_for_update(of=("self",)).first() if is_code else None
    if seal is None:
        raise errors.WrongSealError(path=("seal",), seal=code[:20])
    if membership is None or membership.member_id != seal.keeper_id:
        raise errors.NotKeeperError(path=("seal",), seal=code)
    return seal


def use_seal(
    work: Work, seal: LockedSeal, *, document: SealedDocument, now: datetime
) -> models.SealUse:
    """Write down that a taken seal was put on a document, as the next link of its chain."""
    body = SealUseBody(
        seal=seal.code,
        sequence=seal.uses_made + 1,
        used_at=str(crypto.plain_json(now)),
        keeper_number=seal.keeper.staff_number,
        keeper_name=seal.keeper.display_name,
        case_number=document.case_number,
        document_number=document.number,
        document_title=document.title,
        sha256=document.sha256,
    )
    previous = bytes(seal.head_hash)
    said = asdict(body)
    use = models.SealUse.objects.create(
        **{**said, "seal": seal, "used_at": now},
        previous_hash=previous,
        hash=crypto.chain_hash(previous, said),
    )
    seal.uses_made, seal.head_hash = use.sequence, use.hash
    seal.save(update_fields=["uses_made", "head_hash"])
    work.record(
        topic="seal",
        subject=seal.code,
        name="seal.used",
        at=now,
        data={"sequence": use.sequence, "document": document.number},
    )
    return use
