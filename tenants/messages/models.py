"""Tables of messages in a center's own schema."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenants.messages.rules import MessageChannel, MessageKind
from tenants.messages.states import MessageState
from tongban.kernel.models import UuidV7


class Message(models.Model):
    """One message to an applicant about one event of a case, on one channel.

    Only the center that appended the event has it: a mirror tells nobody. Or one that a request
    of theirs about their own data was answered.
    """

    id = models.UUIDField(primary_key=True, db_default=UuidV7())
    case_number = models.CharField(max_length=24, blank=True, help_text="or of a request: empty")
    epoch = models.IntegerField(default=0)
    sequence = models.IntegerField(default=0)
    request_id = models.UUIDField(null=True, help_text="the request about own data it is about")
    channel = models.CharField(max_length=8)
    kind = models.CharField(max_length=12)
    text = models.TextField(help_text="names the person masked, and nothing else of them")
    recipient_hash = models.BinaryField(max_length=32, help_text="the applicant's identity")
    recipient_sealed = models.BinaryField(null=True, help_text="the phone of a text message")
    recipient_masked = models.CharField(max_length=20, blank=True, default="")
    state = models.CharField(max_length=8)
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, help_text="when it is tried next; a lease moves it")
    reason = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case_number", "epoch", "sequence", "channel"],
                condition=~Q(case_number=""),
                name="messages_message_once",
            ),
            models.UniqueConstraint(
                fields=["request_id", "channel"], name="messages_message_answer_once"
            ),
            models.CheckConstraint(
                condition=Q(case_number="", request_id__isnull=False)
                | ~Q(case_number="") & Q(request_id=None),
                name="messages_message_about",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in MessageState]),
                name="messages_message_state",
            ),
            models.CheckConstraint(
                condition=Q(channel=MessageChannel.SMS, recipient_sealed__isnull=False)
                | Q(channel=MessageChannel.IN_APP, recipient_sealed=None),
                name="messages_message_channel",
            ),
            models.CheckConstraint(
                condition=Q(state=MessageState.WAITING, due_at__isnull=False)
                | ~Q(state=MessageState.WAITING) & Q(due_at=None),
                name="messages_message_due",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(due_at__isnull=False),
                name="messages_message_waiting",
            ),
            models.Index(fields=["recipient_hash", "channel", "-id"], name="messages_message_own"),
            models.Index(fields=["state", "-id"], name="messages_message_by_state"),
        ]

    @property
    def place(self) -> str:
        """As what its sealed phone opens."""
        if self.request_id is not None:
            return f"request:{self.request_id}"
        return f"{self.case_number}:{self.epoch}:{self.sequence}"


class MessageTemplate(models.Model):
    """A center's own words for one kind of message; without any the shipped text holds."""

    kind = models.CharField(max_length=12, primary_key=True)
    text = models.CharField(max_length=200)
    version = models.IntegerField(default=1)
    edited_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in MessageKind]),
                name="messages_template_kind",
            )
        ]
