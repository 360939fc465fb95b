"""Numbers that a station gives out while its line is down."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tongban.kernel import numbers


class ProvisionalBlock(models.Model):
    """A block of provisional numbers, reserved in advance: its id stands in each of them.

    Whoever brings a case under one of them locks the row.
    """

    id = models.BigAutoField(primary_key=True)
    size = models.SmallIntegerField(help_text="its numbers have the serials from 1 to this")
    device = models.CharField(max_length=60, blank=True, default="")
    reserved_by = models.JSONField(help_text="who asked for it")
    reserved_at = models.DateTimeField()
    spent = ArrayField(
        models.SmallIntegerField(), default=list, help_text="serials whose drafts are no more"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=numbers.MAX_BLOCK_SERIAL),
                name="cases_block_size",
            ),
        ]
