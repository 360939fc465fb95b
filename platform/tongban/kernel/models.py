"""Tables that the shared schema and every tenant schema have alike: each schema keeps its own."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Now

from tongban.kernel.files import ScanState


class UuidV7(models.Func):
    """PostgreSQL 18's time-ordered UUID."""

    function = "uuidv7"
    template = "%(function)s()"
    output_field = models.UUIDField()


class AppendOnlyModel(models.Model):
    """A table from which the schema's data role can neither update nor delete."""

    class Meta:
        abstract = True


class Ledger(models.Model):
    """The schema's own single row: whose it is, and the heads of its log and its audit chain.

    Its row lock orders commits: it is taken by a transaction's last statements only.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    code = models.CharField(max_length=9, help_text="center code, or 'platform'")
    log_position = models.BigIntegerField(default=0)
    audit_sequence = models.BigIntegerField(default=0)
    audit_hash = models.BinaryField(default=bytes(32), max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="kernel_ledger_single_row")
        ]


class LogEntry(AppendOnlyModel):
    """One thing that happened in this schema, in commit order: the cursor of every feed.

    A serial number would not do: a transaction that commits late would be skipped for ever.
    """

    position = models.BigIntegerField(primary_key=True)
    topic = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)
    name = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["topic", "position"], name="kernel_log_topic"),
            models.Index(fields=["topic", "subject", "position"], name="kernel_log_subject"),
        ]


class AuditEntry(AppendOnlyModel):
    """One mutation or disclosure: who did what to which object, chained by SM3."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.JSONField()
    action = models.CharField(max_length=64)
    object_type = models.CharField(max_length=32)
    object_key = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["object_type", "object_key", "sequence"], name="kernel_audit_obj"),
            models.Index(fields=["action", "sequence"], name="kernel_audit_action"),
            models.Index(KeyTextTransform("key", "actor"), "sequence", name="kernel_audit_actor"),
            # Instants grow with the sequence, nearly: ranges of them are stretches of the table.
            BrinIndex(fields=["at"], name="kernel_audit_at", pages_per_range=16),
        ]


class OutboxMessage(models.Model):
    """A message that must leave this schema, written by the transaction that causes it."""

    id = models.BigAutoField(primary_key=True)
    message_id = models.UUIDField(unique=True, default=uuid.uuid4, db_default=UuidV7())
    destination = models.CharField(max_length=9, help_text="center code, or 'platform'")
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=64, help_text="messages of one key arrive in order")
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True, help_text="a poison message waits for a person")
    last_error = models.TextField(default="", blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=Q(settled_at__isnull=True),
                include=["key", "destination"],
                name="kernel_outbox_pending",
            )
        ]


class InboxMessage(models.Model):
    """A message whose effect this schema has: its key makes delivery effective exactly once."""

    message_id = models.UUIDField(primary_key=True)
    origin = models.CharField(max_length=9)
    kind = models.CharField(max_length=64)
    received_at = models.DateTimeField(db_default=Now())


class Timer(models.Model):
    """Something that must happen here at a time: once, in the transaction that marks it fired."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    payload = models.JSONField(default=dict)
    fires_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(fired_at__isnull=True),
                name="kernel_timer_one_pending",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["fires_at"], condition=Q(fired_at__isnull=True), name="kernel_timer_due"
            )
        ]


class IdempotencyRecord(models.Model):
    """A request that had its effect in this schema: a repeat answers with the same object."""

    id = models.BigAutoField(primary_key=True)
    actor = models.CharField(max_length=64)
    operation = models.CharField(max_length=64)
    key = models.UUIDField()
    input_digest = models.CharField(max_length=64)
    outcome = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["actor", "operation", "key"], name="kernel_idempotency_key"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="kernel_idempotency_age")]


class SigningKey(models.Model):
    """A key with which this center signs; the private part is sealed, the public one published."""

    key_id = models.CharField(max_length=32, primary_key=True)
    algorithm = models.CharField(max_length=16)
    private_sealed = models.BinaryField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)


class FileScan(models.Model):
    """What a scanner found in one content, or is still to find, here or where it came from.

    A content without a row was never to be scanned: no scanner was set up when it came.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    state = models.CharField(max_length=8, default=ScanState.PENDING)
    signature = models.CharField(max_length=200, blank=True, default="", help_text="what it bears")
    due_at = models.DateTimeField(null=True, help_text="when it is tried next; a lease moves it")
    attempts = models.IntegerField(default=0)
    followers = ArrayField(
        models.CharField(max_length=9), default=list, help_text="centers that wait for the bytes"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[ScanState.PENDING, ScanState.CLEAN, ScanState.INFECTED]),
                name="kernel_filescan_state",
            ),
            models.CheckConstraint(
                condition=Q(state=ScanState.PENDING) | Q(due_at=None, followers=[]),
                name="kernel_filescan_settled",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="kernel_filescan_due"
            )
        ]
