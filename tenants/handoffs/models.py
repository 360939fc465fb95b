"""A center's own side of each handoff; the two sides agree by messages."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenants.handoffs.states import Direction, HandoffState
from tongban.kernel.models import UuidV7


class Handoff(models.Model):
    """One side of the handing over of a case; both sides bear the same id."""

    id = models.UUIDField(primary_key=True, db_default=UuidV7())
    direction = models.CharField(max_length=8)
    kind = models.CharField(max_length=16)
    state = models.CharField(max_length=16, default=HandoffState.OFFERED)
    origin_code = models.CharField(max_length=9)
    destination_code = models.CharField(max_length=9)
    case_number = models.CharField(max_length=24)
    matter_name = models.CharField(max_length=200)
    applicant_name_masked = models.CharField(max_length=64)
    epoch = models.IntegerField(help_text="of the case when it was offered")
    reason = models.CharField(max_length=500, blank=True, default="")
    content = models.JSONField(null=True, help_text="of the envelope, until it is settled")
    manifest = models.JSONField(default=list, help_text="SHA-256 of each file")
    offered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.JSONField(null=True)
    settled_reason = models.CharField(max_length=500, blank=True, default="")
    has_lapsed = models.BooleanField(default=False)
    offer_receipt = models.JSONField(null=True, help_text="signed by the origin")
    decision_receipt = models.JSONField(null=True, help_text="signed by the destination")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in HandoffState]),
                name="handoffs_handoff_state",
            ),
            models.CheckConstraint(
                condition=Q(direction__in=[direction.value for direction in Direction]),
                name="handoffs_handoff_direction",
            ),
            models.UniqueConstraint(
                fields=["case_number", "direction"],
                condition=Q(state__in=["offered", "recall_requested"]),
                name="handoffs_one_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["direction", "state", "-id"], name="handoffs_by_state"),
            models.Index(fields=["case_number", "-id"], name="handoffs_by_case"),
        ]
