"""Letterheads: under whose name a center's papers go out."""

from typing import ClassVar

from django.db import models

from tenants.cases.rules.letterheads import LONGEST


class Letterhead(models.Model):
    """The letterhead of the center, or of one department where it says otherwise.

    What is empty is the center's; an empty name of the center is its own.
    """

    department = models.ForeignKey(
        "staff.Department", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    name = models.CharField(max_length=LONGEST["name"], blank=True, default="")
    second_line = models.CharField(max_length=LONGEST["second_line"], blank=True, default="")
    address = models.CharField(max_length=LONGEST["address"], blank=True, default="")
    phone = models.CharField(max_length=LONGEST["phone"], blank=True, default="")
    review_body = models.CharField(max_length=LONGEST["review_body"], blank=True, default="")
    court = models.CharField(max_length=LONGEST["court"], blank=True, default="")
    wordings = models.JSONField(default=dict, help_text="the center's own words, by kind of paper")
    version = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["department"], nulls_distinct=False, name="cases_letterhead_once"
            ),
        ]
