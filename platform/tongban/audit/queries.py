"""Reading the audit log of the schema that the task is in."""

from collections.abc import Iterator

from django.db.models import Subquery

from tongban.audit.rules import Entry, Head
from tongban.kernel.models import AuditEntry, Ledger

BATCH = 2000


def end() -> tuple[Head, int]:
    """Return the head as the ledger says, and the highest number that an entry has.

    One statement, so one snapshot: whatever is being written meanwhile is in both or in neither.
    """
    highest = AuditEntry.objects.order_by("-sequence").values("sequence")[:1]
    row = Ledger.objects.annotate(highest=Subquery(highest)).get(id=1)
    return Head(row.audit_sequence, bytes(row.audit_hash)), row.highest or 0


def entries(*, after: int, up_to: int) -> Iterator[Entry]:
    """Yield the entries of a stretch in the order of their numbers, read in batches by key."""
    while True:
        batch = list(
            AuditEntry.objects.filter(sequence__gt=after, sequence__lte=up_to).order_by("sequence")[
                :BATCH
            ]
        )
        for row in batch:
            yield Entry(
                sequence=row.sequence,
                at=row.at,
                actor=row.actor,
                action=row.action,
                object_type=row.object_type,
                object_key=row.object_key,
                data=row.data,
                previous_hash=bytes(row.previous_hash),
                hash=bytes(row.hash),
            )
        if len(batch) < BATCH:
            return
        after = batch[-1].sequence
