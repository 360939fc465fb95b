"""Shared tables of exchange."""

from typing import ClassVar

from django.db import models


class CaseIndexRow(models.Model):
    """Where a case stands, over all centers: city views and ``myItems`` read it without a loop."""

    number = models.CharField(max_length=24, primary_key=True)
    sequence = models.IntegerField(help_text="of the case's log; older messages change nothing")
    matter_code = models.CharField(max_length=12)
    matter_name = models.CharField(max_length=200)
    home_code = models.CharField(max_length=9)
    custodian_code = models.CharField(max_length=9)
    state = models.CharField(max_length=24)
    applicant_id_hash = models.BinaryField(max_length=32)
    applicant_name_masked = models.CharField(max_length=64)
    updated_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["applicant_id_hash", "-updated_at", "number"], name="exchange_index_mine"
            ),
            models.Index(fields=["home_code", "state"], name="exchange_index_home"),
            models.Index(fields=["custodian_code", "state"], name="exchange_index_holder"),
        ]


class ParkedMessage(models.Model):
    """A message that its destination can't take: it and its case wait until a person has looked.

    The message itself lies in its origin's outbox; this row lets it be found without a loop.
    """

    message_id = models.UUIDField(primary_key=True)
    origin = models.CharField(max_length=9)
    destination = models.CharField(max_length=9)
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    error = models.CharField(max_length=500)
    parked_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["-parked_at"],
                condition=models.Q(released_at__isnull=True),
                name="exchange_parked_waiting",
            )
        ]


class RetentionRun(models.Model):
    """The last nightly run that deleted what one schema had kept long enough."""

    code = models.CharField(max_length=9, primary_key=True, help_text="center code, or 'platform'")
    ran_at = models.DateTimeField(help_text="when nothing was left to delete")
    deleted = models.JSONField(help_text="how much, by kind")


class RelayState(models.Model):
    """The single row in which a worker notes what its last sweep over all centers found."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    swept_at = models.DateTimeField()
    oldest_pending_at = models.DateTimeField(null=True)
    pending = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="exchange_relaystate_single_row")
        ]
