"""Reading the audit log of the schema that the task is in."""

from collections.abc import Iterator

from django.db.models import QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform

from tongban.audit.rules import AuditFilter, Entry, Head
from tongban.kernel.models import AuditEntry, Ledger

BATCH = 2000


def end() -> tuple[Head, int]:
    """Return the head as the ledger says, and the highest number that an entry has.

    One statement, so one snapshot: whatever is being written meanwhile is in both or in neither.
    """
    highest = AuditEntry.objects.order_by("-sequence").values("sequence")[:1]
    row = Ledger.objects.annotate(highest=Subquery(highest)).get(id=1)
    return Head(row.audit_sequence, bytes(row.audit_hash)), row.highest or 0


def records(where: AuditFilter) -> QuerySet[AuditEntry]:
    """Return the entries that fit, unordered: page them by ``-sequence``."""
    rows = AuditEntry.objects.all()
    texts = {
        "action": where.action, "object_type": where.object_type, "object_key": where.object_key,
    }  # fmt: skip
    for column, text in texts.items():
        if text is not None:
            rows = rows.filter(**{column: text}) if text.isprintable() else rows.none()
    if where.actor is not None:
        key = where.actor
        rows = rows.alias(by=KeyTextTransform("key", "actor"))
        rows = rows.filter(by=key) if key.isprintable() else rows.none()
    if where.start is not None:
        rows = rows.filter(at__gte=where.start)
    return rows if where.end is None else rows.filter(at__lt=where.end)


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
