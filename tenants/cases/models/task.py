"""What waits at this center of the cases that it holds."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from tenants.cases.models.case import Case
from tenants.cases.states import TaskKind


class Task(models.Model):
    """待办: one piece of work that waits at this center, and who took it, if anybody did.

    The center's own: it is there while the center holds the case and its state asks for the work.
    What its window and matter are stands in it, so that a queue reads this table alone.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="waiting", db_index=False)
    kind = models.CharField(max_length=12)
    department = models.TextField(help_text="who is to do it, as the pinned offering says")
    matter_code = models.CharField(max_length=12)
    window_code = models.CharField(max_length=20, blank=True, default="")
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text="null: under no limit")
    pressing_at = models.GeneratedField(
        expression=Coalesce("due_at", "since"), output_field=models.DateTimeField(), db_persist=True
    )
    """By which queues are in order: what is under no limit as if due when it came."""
    holder = models.ForeignKey(
        "staff.Member", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    claimed_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "kind", "department"], name="cases_task_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in TaskKind]), name="cases_task_work"
            ),
            models.CheckConstraint(
                condition=Q(holder=None, claimed_at=None, leased_until=None)
                | Q(
                    holder__isnull=False,
                    claimed_at__isnull=False,
                    leased_until__gt=F("claimed_at"),
                ),
                name="cases_task_claim",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["pressing_at", "id"], name="cases_task_pressing"),
            models.Index(fields=["window_code", "pressing_at", "id"], name="cases_task_window"),
            models.Index(fields=["department", "pressing_at", "id"], name="cases_task_department"),
            models.Index(
                fields=["holder", "pressing_at", "id"],
                condition=Q(holder__isnull=False),
                name="cases_task_holder",
            ),
        ]
