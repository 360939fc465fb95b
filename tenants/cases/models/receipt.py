"""Receipts that the center's cashiers gave."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenants.cases.models.case import Case


class FeeReceipt(models.Model):
    """A receipt (票据) for one payment: its number is used once in a center, whatever the case."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=40, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="receipts")
    cents = models.BigIntegerField()
    received_at = models.DateTimeField()
    cashier_number = models.CharField(max_length=20, help_text="工号 of who took it")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="cases_receipt_cents")
        ]
