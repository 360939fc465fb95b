"""Tables of cases in a center's own schema: native cases and mirrors of cases held elsewhere."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case as Case_
from django.db.models import Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from tenants.cases.states import LAMP_RANKS, Custody, Lamp, State
from tongban.kernel.files import ScanState
from tongban.kernel.models import AppendOnlyModel, FileScan, UuidV7


class Case(models.Model):
    """One case as this center knows it: its own, or the mirror of one that another holds.

    The row is what the event log adds up to; only the custodian appends to the log.
    """

    id = models.UUIDField(primary_key=True, db_default=UuidV7())
    number = models.CharField(max_length=24, unique=True)
    home_code = models.CharField(max_length=9, help_text="the center whose number it bears")
    owner_code = models.CharField(max_length=9, help_text="the center that must decide")

    provisional_number = models.CharField(
        max_length=19, blank=True, default="", help_text="given out at a station without a line"
    )
    provisional_digest = models.CharField(
        max_length=64, blank=True, default="", help_text="of what came in under it, at its home"
    )

    custody = models.CharField(max_length=10, default=Custody.HELD)
    custodian_code = models.CharField(max_length=9)
    toward_code = models.CharField(
        max_length=9, blank=True, default="", help_text="the neighbour on the way to the custodian"
    )
    peers = ArrayField(models.CharField(max_length=9), default=list)
    """Centers that mirror this copy's events: the neighbours in the chain of handoffs."""
    epoch = models.IntegerField(default=1)
    sequence = models.IntegerField(default=0)
    head_hash = models.BinaryField(max_length=32, default=bytes(32))
    version = models.IntegerField(default=0)

    state = models.CharField(max_length=24, default=State.DRAFT)
    matter_code = models.CharField(max_length=12)
    matter_name = models.CharField(max_length=200)
    offering = models.JSONField(help_text="the owner's offering as pinned at submission")
    department = models.GeneratedField(
        expression=Coalesce(
            KeyTextTransform("department", "offering"), Value(""), output_field=models.TextField()
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    """The liable department, as the pinned offering states it: the same at every mirror."""
    window_code = models.CharField(
        max_length=20, blank=True, default="", help_text="this center's window that took it on"
    )
    """Outside the events: windows are a center's own, and a code means another one elsewhere."""
    route = models.JSONField(default=list, help_text="the hops that remain: kind and destination")
    channel = models.CharField(max_length=16, default="counter")

    applicant_kind = models.CharField(max_length=16)
    applicant_name_sealed = models.BinaryField()
    applicant_name_masked = models.CharField(max_length=64)
    applicant_id_kind = models.CharField(max_length=16)
    applicant_id_sealed = models.BinaryField()
    applicant_id_hash = models.BinaryField(max_length=32)
    applicant_id_masked = models.CharField(max_length=64)
    applicant_phone_sealed = models.BinaryField(null=True)
    applicant_phone_masked = models.CharField(max_length=20, blank=True, default="")
    agents_sealed = models.BinaryField(null=True)
    agents = models.JSONField(default=list, help_text="representative and handler, masked")
    address_division = models.CharField(max_length=12, blank=True, default="")
    form = models.JSONField(default=dict, help_text="what the applicant filled in, no identifiers")
    query_code_digest = models.CharField(max_length=64, blank=True, default="")

    submitted_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    statutory_due_at = models.DateTimeField(null=True)
    promised_due_at = models.DateTimeField(null=True)
    notice_due_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    decision = models.JSONField(null=True)
    result = models.JSONField(null=True)
    delivery = models.JSONField(null=True)
    fees = models.JSONField(default=dict, help_text="what is charged, waived and paid, in cents")
    notices_issued = models.SmallIntegerField(default=0)
    ledger = models.JSONField(default=dict, help_text="stays and the extension of its clock")
    findings = models.JSONField(default=list, help_text="what went wrong, by code")
    ratings = models.JSONField(default=list, help_text="how it was rated, and what is open of it")
    urgings_open = models.SmallIntegerField(default=0, help_text="that wait for a reply")
    debts = models.JSONField(default=list, help_text="materials that may follow, and when they did")
    debts_open = models.SmallIntegerField(default=0, help_text="that are still owed")
    consents = models.JSONField(default=list, help_text="on what the use of its data rests")
    commitments = models.JSONField(default=list, help_text="what was committed to, and was it kept")
    commitments_pending = models.SmallIntegerField(default=0, help_text="that nobody verified yet")
    lamp = models.CharField(max_length=8, blank=True, default="")
    lamp_rank = models.GeneratedField(
        expression=Case_(
            *(When(lamp=lamp, then=rank) for lamp, rank in LAMP_RANKS.items()),
            default=0,
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provisional_number"],
                condition=~Q(provisional_number=""),
                name="cases_case_provisional",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="cases_case_state"
            ),
            models.CheckConstraint(
                condition=Q(custody__in=[custody.value for custody in Custody]),
                name="cases_case_custody",
            ),
            models.CheckConstraint(
                condition=Q(lamp__in=["", *(lamp.value for lamp in Lamp)]), name="cases_case_lamp"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-id"], name="cases_case_by_state"),
            models.Index(fields=["submitted_at", "id"], name="cases_case_by_submission"),
            models.Index(
                fields=["completed_at", "id"],
                condition=Q(completed_at__isnull=False),
                name="cases_case_by_completion",
            ),
            models.Index(fields=["channel", "-id"], name="cases_case_by_channel"),
            models.Index(fields=["custodian_code", "-id"], name="cases_case_by_custodian"),
            models.Index(
                fields=["custody", "-id"],
                condition=~Q(custody=Custody.HELD),
                name="cases_case_by_custody",
            ),
            models.Index(
                fields=["state", "promised_due_at", "id"],
                condition=Q(state__in=[State.ACCEPTED, State.IN_REVIEW]),
                name="cases_case_open_due",
            ),
            models.Index(fields=["applicant_id_hash", "-id"], name="cases_case_applicant"),
            models.Index(fields=["matter_code", "-id"], name="cases_case_matter"),
            models.Index(fields=["department", "-id"], name="cases_case_department"),
            models.Index(
                fields=["window_code", "-id"],
                condition=~Q(window_code=""),
                name="cases_case_window",
            ),
            models.Index(
                fields=["promised_due_at", "id"],
                condition=Q(promised_due_at__isnull=False),
                name="cases_case_due",
            ),
            models.Index(fields=["-id"], condition=Q(urgings_open__gt=0), name="cases_case_urged"),
            models.Index(fields=["-id"], condition=Q(debts_open__gt=0), name="cases_case_owing"),
            models.Index(
                fields=["-id"],
                condition=Q(commitments_pending__gt=0),
                name="cases_case_committed",
            ),
            models.Index(
                fields=["-lamp_rank", "-id"],
                condition=~Q(lamp=""),
                name="cases_case_by_lamp",
            ),
        ]


def read_column(name: str, value: Any) -> Any:
    """Return what a column of a case holds, from the plain JSON in which events carry it."""
    field = Case._meta.get_field(name)
    if isinstance(field, models.BinaryField):
        return bytes.fromhex(value) if value is not None else None
    if not isinstance(field, models.Field):
        raise TypeError(f"{name} is no column")
    return field.to_python(value)


class CaseEvent(AppendOnlyModel):
    """One event of a case's log; identity (epoch, sequence) and hash are the same everywhere."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    epoch = models.IntegerField()
    sequence = models.IntegerField()
    name = models.CharField(max_length=64)
    at = models.DateTimeField()
    center_code = models.CharField(max_length=9, help_text="where it was appended")
    actor = models.JSONField()
    on_behalf_of = models.JSONField(null=True)
    changes = models.JSONField(default=dict, help_text="fields of the case and their new values")
    data = models.JSONField(default=dict)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    is_native = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "sequence"], name="cases_event_sequence")
        ]

    @property
    def at_instant(self) -> datetime:
        """The instant, also where the row was just made from an event's text."""
        instant: datetime = models.DateTimeField().to_python(self.at)
        return instant


class CaseCounter(models.Model):
    """The last serial that this center gave out on one day; locked by the creating transaction."""

    day = models.DateField(primary_key=True)
    serial = models.IntegerField(default=0)


FURTHER = "+"
"""How the codes of further materials begin; a matter's own codes never do."""


class Material(models.Model):
    """One required or added material of a case, pinned from the offering."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="materials")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    necessity = models.CharField(max_length=1)
    source = models.CharField(max_length=2)
    position = models.SmallIntegerField()
    dropped_at = models.DateTimeField(null=True, help_text="since when it is asked for no more")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "code"], name="cases_material_code")
        ]

    @property
    def is_further(self) -> bool:
        """Whether somebody added it under a name of its own: the matter does not ask for it."""
        return self.code.startswith(FURTHER)


class MaterialFiles(models.QuerySet["MaterialFile"]):
    """Files of materials, narrowed to what a scanner knows of their contents."""

    def with_scans(self) -> Self:
        """Read with each file what is known of its content (``scan_state``, ``scan_signature``)."""
        known = FileScan.objects.filter(sha256=OuterRef("sha256"))
        return self.annotate(
            scan_state=Coalesce(Subquery(known.values("state")), Value(ScanState.NOT_SCANNED)),
            scan_signature=Coalesce(Subquery(known.values("signature")), Value("")),
        )

    def in_state(self, *states: ScanState) -> Self:
        """Narrow to files whose content is known to be in one of these states."""
        return self.filter(_known_to_be(*states))

    def usable(self) -> Self:
        """Narrow to files that count as handed in: all in which nothing was found."""
        return self.exclude(_known_to_be(ScanState.INFECTED))


def _known_to_be(*states: ScanState) -> Exists:
    return Exists(FileScan.objects.filter(sha256=OuterRef("sha256"), state__in=states))


class MaterialFile(models.Model):
    """One file of a material; its bytes lie under this center by content hash."""

    id = models.UUIDField(primary_key=True, db_default=UuidV7())
    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="files")
    sha256 = models.CharField(max_length=64)
    size = models.IntegerField()
    media_type = models.CharField(max_length=64)
    filename = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    added_by = models.JSONField()

    scan_state: str
    scan_signature: str
    """Of what is read with its scans."""

    objects = MaterialFiles.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["material", "sha256"], name="cases_file_once")
        ]
        indexes: ClassVar = [models.Index(fields=["sha256"], name="cases_file_content")]


class Notice(models.Model):
    """一次告知: all defects of an application, told at once."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    number = models.SmallIntegerField()
    issued_at = models.DateTimeField()
    defects = models.JSONField(help_text="[{material, text}]")
    answered_at = models.DateTimeField(null=True)
    answers = models.JSONField(default=list, help_text="[{material, text}]")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="cases_notice_number")
        ]


class ReviewTask(models.Model):
    """One review (审查) or verification (审核) of a case, by one person for one department."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    department = models.CharField(
        max_length=200, blank=True, default="", help_text="as the pinned offering names it"
    )
    kind = models.CharField(max_length=12)
    opened_at = models.DateTimeField()
    due_soon_at = models.DateTimeField(null=True, help_text="from when on its lamp is yellow")
    due_at = models.DateTimeField(null=True, help_text="null while the clock stands still")
    recorded_at = models.DateTimeField(null=True)
    reviewer = models.JSONField(null=True)
    reviewer_key = models.CharField(max_length=64, blank=True, default="")
    is_favourable = models.BooleanField(null=True)
    opinion = models.TextField(blank=True, default="")
    grounds = models.JSONField(
        default=list, help_text="[{ground, material, condition, about, text}] against it"
    )
    confirmed_at = models.DateTimeField(
        null=True, help_text="of a review: when its favourable verification confirmed all points"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "department", "kind"], name="cases_review_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["department", "-case"],
                condition=Q(recorded_at=None),
                name="cases_review_open",
            )
        ]


class Paper(models.Model):
    """A dated, numbered document of a case (收件回执 …), kept as the bytes that were handed out."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=32)
    number = models.CharField(max_length=40, unique=True)
    created_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    verify_token = models.CharField(max_length=64, unique=True)
    key_id = models.CharField(max_length=32)
    signature = models.BinaryField()
    statement = models.JSONField(help_text="what was signed")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sha256"], name="cases_paper_content")]
