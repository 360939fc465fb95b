"""How the standard changes: releases, clean-up rounds, proposals and what was given up."""

from typing import ClassVar

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from tongban.catalog.models.standard import StandardMatter
from tongban.catalog.states import (
    MatterChange,
    ProposalStatus,
    ReleaseKind,
    ReleaseStatus,
    RoundDecision,
    RoundStatus,
)
from tongban.kernel.models import UuidV7


class CatalogVersion(models.Model):
    """The one row whose number grows with every change that readers can see.

    Triggers on the tables that are shown let it grow, once in a transaction. Whoever changes the
    catalog locks it first, so changes stand one behind the other.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=1)
    mark = models.UUIDField(db_default=RandomUUID(), help_text="another one with each number")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="catalog_version_one_row")
        ]


class CleanupRound(models.Model):
    """A round in which an issuer goes through its matters (清理轮次)."""

    issuer_code = models.CharField(max_length=12)
    number = models.IntegerField()
    title = models.CharField(max_length=200)
    basis = models.CharField(max_length=400, help_text="the document that orders the round")
    status = models.CharField(max_length=8, default=RoundStatus.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=64)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer_code", "number"], name="catalog_round_number"),
            models.UniqueConstraint(
                fields=["issuer_code"],
                condition=Q(status=RoundStatus.OPEN),
                name="catalog_round_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status=RoundStatus.OPEN, closed_at__isnull=True)
                | Q(status=RoundStatus.CLOSED, closed_at__isnull=False),
                name="catalog_round_status",
            ),
        ]


class CleanupItem(models.Model):
    """What a round decides on one matter, as the matter stood then."""

    round = models.ForeignKey(
        CleanupRound, on_delete=models.PROTECT, related_name="items", db_index=False
    )
    matter = models.ForeignKey(
        StandardMatter,
        on_delete=models.PROTECT,
        to_field="code",
        db_column="matter_code",
        related_name="+",
    )
    revision_number = models.IntegerField(help_text="the revision that was judged")
    decision = models.CharField(max_length=10)
    basis = models.TextField(help_text="the legal basis, or the document that orders it")
    target = models.CharField(
        max_length=12, blank=True, default="", help_text="level or matter that it goes to"
    )
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "matter"], name="catalog_round_item_matter"),
            models.CheckConstraint(
                condition=Q(decision__in=list(RoundDecision)), name="catalog_round_item_decision"
            ),
        ]


class Release(models.Model):
    """Changes of an issuer's catalog that are in force together from one day."""

    issuer_code = models.CharField(max_length=12)
    number = models.IntegerField()
    kind = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    round = models.OneToOneField(
        CleanupRound, on_delete=models.PROTECT, null=True, related_name="release"
    )
    effective_from = models.DateField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=64)
    status = models.CharField(max_length=10, default=ReleaseStatus.REACHING)
    centers = models.IntegerField(default=0, help_text="of its tree when it was published")
    reached = models.IntegerField(default=0)
    last_center = models.CharField(max_length=9, blank=True, default="", help_text="reached last")
    opened = models.IntegerField(default=0, help_text="offerings that it opened")
    closed = models.IntegerField(default=0, help_text="offerings that it closed")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issuer_code", "number"], name="catalog_release_number"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(ReleaseKind)), name="catalog_release_kind"
            ),
            models.CheckConstraint(
                condition=Q(status__in=list(ReleaseStatus)), name="catalog_release_status"
            ),
        ]


class ReleaseItem(models.Model):
    """What one release does to one matter."""

    release = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="items", db_index=False
    )
    matter = models.ForeignKey(
        StandardMatter,
        on_delete=models.PROTECT,
        to_field="code",
        db_column="matter_code",
        related_name="+",
    )
    change = models.CharField(max_length=10)
    former_number = models.IntegerField(null=True, help_text="the revision that ends")
    number = models.IntegerField(null=True, help_text="the revision that begins")
    differences = models.JSONField(default=list, help_text="[{field, before, after}]")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["release", "matter"], name="catalog_release_item_matter"
            ),
            models.CheckConstraint(
                condition=Q(change__in=list(MatterChange)), name="catalog_release_item_change"
            ),
        ]


class CancelledPrecondition(models.Model):
    """That one matter's result may be no precondition of another's any more (前置条件取消)."""

    issuer_code = models.CharField(max_length=12)
    matter_code = models.CharField(max_length=12)
    precondition_code = models.CharField(max_length=12)
    basis = models.CharField(max_length=400)
    cancelled_on = models.DateField()
    cancelled_by = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issuer_code", "matter_code", "precondition_code"],
                name="catalog_cancelled_precondition",
            )
        ]


class ChangeProposal(models.Model):
    """A change of the standard that a center asks its issuer for."""

    id = models.UUIDField(primary_key=True, db_default=UuidV7())
    center_code = models.CharField(max_length=9)
    matter = models.ForeignKey(
        StandardMatter,
        on_delete=models.PROTECT,
        to_field="code",
        db_column="matter_code",
        related_name="+",
        db_index=False,
    )
    issuer_code = models.CharField(max_length=12)
    elements = models.JSONField(default=dict, help_text="elements as they should be")
    reason = models.TextField()
    basis = models.TextField(blank=True, default="")
    status = models.CharField(max_length=10, default=ProposalStatus.OPEN)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=64)
    proposer_name = models.CharField(max_length=100, blank=True, default="")
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=64, blank=True, default="")
    revision_number = models.IntegerField(null=True, help_text="the draft that takes it up")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=list(ProposalStatus)), name="catalog_proposal_status"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["issuer_code", "status", "-proposed_at", "-id"],
                name="catalog_proposal_issuer",
            ),
            models.Index(
                fields=["center_code", "-proposed_at", "-id"], name="catalog_proposal_center"
            ),
            models.Index(fields=["matter", "status"], name="catalog_proposal_matter"),
        ]
