"""The seals of the center at hand, and the chain of their uses."""

from collections.abc import Iterator
from dataclasses import fields

from django.db import transaction
from django.db.models import QuerySet

from tenants.staff import models, policies
from tenants.staff.queries.members import membership_of
from tenants.staff.rules import (
    SealUseBody,
    seal_entry,
    seal_in_words,
)
from tongban.kernel import crypto
from tongban.kernel.actors import Actor
from tongban.kernel.ports import CheckedChain


def list_seals(*, actor: Actor, current: bool = True) -> QuerySet[models.Seal]:
    """Return the seals that the actor may list: all, or those a member keeps."""
    rows = seals()
    membership = membership_of(actor)
    if not policies.may_read_directory(membership):
        own = membership.member_id if membership else None
        rows = rows.filter(keeper_id=own) if own else rows.none()
    return rows.filter(is_active=True) if current else rows


def seals() -> QuerySet[models.Seal]:
    """Return all seals, each with its department and keeper."""
    return models.Seal.objects.select_related("department", "keeper")


def list_seal_uses(*, actor: Actor, seal_code: str) -> QuerySet[models.SealUse]:
    """Return the uses of a seal that the actor may list: whoever may list the seal lists them."""
    seals = list_seals(actor=actor, current=False).filter(code=seal_code)
    return models.SealUse.objects.filter(seal__in=seals).select_related("seal")


def seal_on(*, case_number: str, sha256: str) -> str:
    """Return in words which seal was last put on a document of a case, or "" where none was."""
    uses = models.SealUse.objects.filter(case_number=case_number, sha256=sha256)
    use = uses.select_related("seal").order_by("-id").first()
    if use is None:
        return ""
    return seal_in_words(use.seal.name, seal_entry(use.seal.code, use.sequence))


def check_seals() -> Iterator[CheckedChain]:
    """Yield for each seal of the center, retired ones too, whether its uses are whole."""
    for seal in models.Seal.objects.order_by("code"):
        broken = broken_link(seal)
        if broken is not None:  # look again under its lock: it may be in use
            with transaction.atomic():
                broken = broken_link(models.Seal.objects.select_for_update().get(pk=seal.pk))
        yield CheckedChain(seal.code, seal.uses_made, broken)


def broken_link(seal: models.Seal) -> int | None:
    """Return the first use of a seal that does not stand as it was written, None where all do.

    One that was taken away is named by the number that is missing: a later one does not follow,
    or the chain does not reach what the seal counts.
    """
    previous, expected = crypto.GENESIS, 0
    for use in seal.uses.order_by("sequence").iterator():
        expected += 1
        said = {
            **{name: getattr(use, name) for name in _SAID_OF_USES},
            "seal": seal.code,
            "used_at": crypto.plain_json(use.used_at),
        }
        following = crypto.chain_hash(previous, said)
        is_next = use.sequence == expected and bytes(use.previous_hash) == previous
        if not is_next or bytes(use.hash) != following:
            return expected
        previous = following
    is_whole = seal.uses_made == expected and bytes(seal.head_hash) == previous
    return None if is_whole else min(expected, seal.uses_made) + 1


_SAID_OF_USES = tuple(
    field.name for field in fields(SealUseBody) if field.name not in {"seal", "used_at"}
)
