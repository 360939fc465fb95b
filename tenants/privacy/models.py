"""The register of requests in a center's own schema."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenants.privacy.rules import RequestKind
from tenants.privacy.states import RequestState
from tongban.kernel.models import UuidV7


class DataRequest(models.Model):
    """One request of one person about their own data in this center, and its answer."""

    id = models.UUIDField(primary_key=True, db_default=UuidV7())
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=8, default=RequestState.OPEN)
    text = models.TextField(blank=True, default="", help_text="what the person says to it")
    case_number = models.CharField(max_length=24, blank=True, default="")
    field = models.CharField(max_length=12, blank=True, default="", help_text="to be corrected")
    value_sealed = models.BinaryField(null=True, help_text="what is right, until it is answered")
    value_masked = models.CharField(max_length=64, blank=True, default="")
    requester_hash = models.BinaryField(max_length=32, help_text="the person's identity")
    requester_name_masked = models.CharField(max_length=64)
    counter = models.JSONField(null=True, help_text="what a window recorded, masked; or online")
    presented_sealed = models.BinaryField(null=True, help_text="who stood there, in full")
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="until when it is to be answered")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.JSONField(null=True)
    answer = models.TextField(blank=True, default="")
    outcome = models.JSONField(null=True, help_text="of a deletion: what went and what is kept")
    copy_until = models.DateTimeField(null=True, help_text="until when a copy is downloaded")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in RequestKind]),
                name="privacy_request_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in RequestState]),
                name="privacy_request_state",
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.OPEN, answered_at=None)
                | Q(
                    state__in=[RequestState.GRANTED, RequestState.REFUSED],
                    answered_at__isnull=False,
                ),
                name="privacy_request_answered",
            ),
            models.CheckConstraint(
                condition=Q(counter__isnull=True, presented_sealed=None)
                | Q(counter__isnull=False, presented_sealed__isnull=False),
                name="privacy_request_presented",
            ),
            # Each by itself: a window must not learn that somebody asked online.
            models.UniqueConstraint(
                fields=["requester_hash", "kind", "case_number", "field"],
                condition=Q(state=RequestState.OPEN, counter__isnull=True),
                name="privacy_request_one_open",
            ),
            models.UniqueConstraint(
                fields=["requester_hash", "kind", "case_number", "field"],
                condition=Q(state=RequestState.OPEN, counter__isnull=False),
                name="privacy_request_one_at_counter",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["requester_hash", "-id"], name="privacy_request_own"),
            models.Index(fields=["state", "due_at", "id"], name="privacy_request_due"),
        ]
