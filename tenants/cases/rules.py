"""Typed shapes of what cases keep as JSON, and what an event says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import IO, Any, Final

from tongban.catalog.rules.repinning import Differences
from tongban.catalog.rules.snapshot import OfferingSnapshot
from tongban.kernel import calendar
from tongban.kernel.personal import IdKind

MIRRORED: Final = (
    "owner_code",
    "custodian_code",
    "state",
    "route",
    "received_at",
    "accepted_at",
    "statutory_due_at",
    "promised_due_at",
    "notice_due_at",
    "decided_at",
    "issued_at",
    "completed_at",
    "decision",
    "result",
    "delivery",
    "notices_issued",
)
"""Fields of a case that change by events alone, at the custodian and at every mirror alike."""

CARRIED: Final = (
    "number",
    "home_code",
    "matter_code",
    "matter_name",
    "offering",
    "channel",
    "applicant_kind",
    "applicant_name_sealed",
    "applicant_name_masked",
    "applicant_id_kind",
    "applicant_id_sealed",
    "applicant_id_hash",
    "applicant_id_masked",
    "applicant_phone_sealed",
    "applicant_phone_masked",
    "agents_sealed",
    "agents",
    "address_division",
    "form",
    "query_code_digest",
    "submitted_at",
)
"""Fields that are settled at intake and travel with the case; sealed ones travel sealed."""

REPINNED: Final = ("offering", "matter_name")
"""Fields that are settled at intake too, and which a rebase alone changes, by its event."""


@dataclass(frozen=True, slots=True)
class EventBody:
    """What is hashed of one event of a case: the same bytes at every center."""

    number: str
    epoch: int
    sequence: int
    name: str
    at: str
    """ISO 8601, UTC, microseconds."""
    center_code: str
    actor: Mapping[str, Any]
    on_behalf_of: Mapping[str, Any] | None
    changes: Mapping[str, Any]
    data: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the body as the plain JSON that is hashed and sent."""
        return {
            "number": self.number,
            "epoch": self.epoch,
            "sequence": self.sequence,
            "name": self.name,
            "at": self.at,
            "center_code": self.center_code,
            "actor": dict(self.actor),
            "on_behalf_of": dict(self.on_behalf_of) if self.on_behalf_of else None,
            "changes": dict(self.changes),
            "data": dict(self.data),
        }


@dataclass(frozen=True, slots=True)
class Party:
    """Who acted, as an event may show it to everyone who sees the case."""

    role: str
    """``staff``, ``applicant``, ``station`` or ``system``."""
    name: str
    center_code: str
    staff_number: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the plain JSON that stands in events."""
        return {
            "role": self.role,
            "name": self.name,
            "center_code": self.center_code,
            "staff_number": self.staff_number,
        }


EVENTS: Final[Mapping[str, tuple[str, str]]] = {
    "case.drafted": ("保存草稿", "A draft was saved"),
    "case.submitted": ("提交申请", "The application was submitted"),
    "case.material_added": ("补充材料", "Material was added"),
    "case.notice_issued": ("一次告知补正", "A notice told what is missing"),
    "case.notice_answered": ("提交补正", "The notice was answered"),
    "case.accepted": ("受理", "The application was accepted"),
    "case.refused": ("不予受理", "Acceptance was refused"),
    "case.review_started": ("开始审查", "The review was started"),
    "case.review_recorded": ("录入审查意见", "A review was recorded"),
    "case.approved": ("准予", "The application was approved"),
    "case.rejected": ("不予许可", "The application was rejected"),
    "case.issued": ("出件", "The result was issued"),
    "case.completed": ("送达办结", "The result was delivered"),
    "case.withdrawn": ("撤回申请", "The application was withdrawn"),
    "case.rebased": ("依法改按现行实施清单办理", "The case was moved to the present offering"),
    "case.offered": ("发起移交", "The case was offered to another center"),
    "case.handed_over": ("移交接收", "Another center took the case over"),
    "case.handoff_declined": ("移交被拒收", "The other center declined the case"),
    "case.handoff_recalled": ("撤回移交", "The offer was recalled"),
    "case.returned": ("退回移交方", "The case was sent back undecided"),
    "case.given_back": ("交还移交方", "The decided case was given back"),
}
"""Every event of a case with its texts (zh-Hans, en); events.json is made from it."""

INTERNAL_DATA: Final = frozenset({"review", "request_id"})
"""Keys of an event's data that are for staff: an applicant reads the decision, not the opinions."""

REFUSAL_GROUNDS: Final[Mapping[str, tuple[str, str]]] = {
    "NO_PERMIT_NEEDED": ("依法不需要取得行政许可", "The law asks for no permit"),
    "NOT_COMPETENT": ("依法不属于本机关职权范围", "Another body is competent"),
    "NOT_SUPPLEMENTED": ("逾期未补正或补正后仍不符合要求", "The defects were not made good"),
    "BARRED_APPLICANT": ("隐瞒情况或提供虚假材料", "Facts were hidden or materials false"),
}
"""Grounds for refusing acceptance (行政许可法 32, 78)."""

REJECTION_GROUNDS: Final[Mapping[str, tuple[str, str]]] = {
    "CONDITIONS_NOT_MET": ("不符合法定条件、标准", "The legal conditions are not met"),
    "FALSE_MATERIALS": ("隐瞒情况或提供虚假材料", "Facts were hidden or materials false"),
    "QUANTITY_EXHAUSTED": ("有数量限制，名额已满", "The permitted number is reached"),
    "RIGHTS_OF_OTHERS": ("损害公共利益或他人重大利益", "Public or others' interests forbid it"),
    "INSPECTION_FAILED": ("检验、检测、检疫或专家评审不合格", "Inspection or review was failed"),
}
"""Grounds for rejecting (行政许可法 34, 36, 38, 57, 78); discretion has no other (S86)."""

NOTICE_WORKING_DAYS: Final = 5
"""All defects are told within five working days of receipt (行政许可法 32(4))."""

MAX_FILES: Final = 20
MAX_MATERIALS: Final = 100
MAX_DEFECTS: Final = 50
LONGEST_TEXT: Final = 2000
LONGEST_NAME: Final = 100
LONGEST_MASKED_NAME: Final = 64
LARGEST_FORM: Final = 64 * 1024


class ApplicantKind(StrEnum):
    """Whether a person applies or an organization."""

    NATURAL = "NATURAL"
    LEGAL = "LEGAL"


class Channel(StrEnum):
    """办理形式: how the application came in."""

    COUNTER = "counter"
    STATION = "station"
    ONLINE = "online"
    MOBILE = "mobile"
    POST = "post"


OWN_CHANNELS: Final = frozenset({Channel.ONLINE, Channel.MOBILE})
"""Channels by which applicants act themselves; a draft of theirs is nobody else's business."""


class ReviewKind(StrEnum):
    """一审一核: one person reviews (审查), another verifies (审核)."""

    REVIEW = "review"
    VERIFICATION = "verification"


class Decision(StrEnum):
    """What a decision says."""

    APPROVE = "approve"
    REJECT = "reject"


class DeliverAt(StrEnum):
    """Where the applicant gets the result: here, or where the application was handed in."""

    HERE = "HERE"
    ORIGIN = "ORIGIN"


class DeliveryMethod(StrEnum):
    """送达方式: how the result reached the applicant."""

    COUNTER = "counter"
    POST = "post"
    ELECTRONIC = "electronic"


class PaperKind(StrEnum):
    """Documents that an applicant takes away: dated, numbered and signed."""

    INTAKE_RECEIPT = "intake_receipt"
    NOTICE = "notice"
    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    APPROVAL = "approval"
    REJECTION = "rejection"


PAPER_TITLES: Final[Mapping[PaperKind, tuple[str, str]]] = {
    PaperKind.INTAKE_RECEIPT: ("收件回执", "SJ"),
    PaperKind.NOTICE: ("一次告知书", "GZ"),
    PaperKind.ACCEPTANCE: ("受理通知书", "SL"),
    PaperKind.REFUSAL: ("不予受理通知书", "BS"),
    PaperKind.APPROVAL: ("准予决定书", "ZY"),
    PaperKind.REJECTION: ("不予决定书", "BY"),
}
"""Kind → title and the letters by which its number is told from others of the case."""


class SealedField(StrEnum):
    """Personal data that are shown masked and may be revealed for a purpose."""

    APPLICANT_NAME = "applicant_name"
    APPLICANT_ID_NUMBER = "applicant_id"
    APPLICANT_PHONE = "applicant_phone"
    REPRESENTATIVE_NAME = "representative.name"
    REPRESENTATIVE_ID_NUMBER = "representative.id_number"
    REPRESENTATIVE_PHONE = "representative.phone"
    HANDLER_NAME = "handler.name"
    HANDLER_ID_NUMBER = "handler.id_number"
    HANDLER_PHONE = "handler.phone"


class Order(StrEnum):
    """Orders of a list of cases."""

    LATEST = "latest"
    OLDEST = "oldest"
    DUE_FIRST = "due_first"


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who acts for the applicant: 法定代表人, or 经办人."""

    name: str
    id_kind: IdKind | None = None
    id_number: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies, as typed in; identifiers in the clear, so it is never stored or logged."""

    kind: ApplicantKind
    name: str
    id_kind: IdKind
    id_number: str = field(repr=False)
    phone: str = field(default="", repr=False)
    representative: Agent | None = field(default=None, repr=False)
    handler: Agent | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class GuideAnswer:
    """The option that answers one of a matter's questions, both by their codes."""

    question: str
    option: str


@dataclass(frozen=True, slots=True)
class SubmitRequest:
    """An application as it is handed in.

    ``hold_for_review`` keeps it here, also where materials are missing, until this center offers
    it onward. ``as_draft`` only saves it; ``draft_number`` goes on with a saved one.
    """

    matter_code: str
    applicant: Applicant
    variant: str = ""
    """The serial of the variant (业务办理项) that is applied for."""
    answers: Sequence[GuideAnswer] = ()
    """What the applicant answered to the matter's questions."""
    address_division: str = ""
    form: Mapping[str, Any] = field(default_factory=dict)
    channel: Channel | None = None
    """None: as the actor works (counter, station, online)."""
    hold_for_review: bool = False
    as_draft: bool = False
    draft_number: str = ""


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file as it is uploaded; the stream can be rewound."""

    filename: str
    stream: IO[bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing to make good; an empty code means the form itself."""

    material_code: str
    text: str

    def as_json(self) -> dict[str, str]:
        """Return the plain JSON that notices and events keep."""
        return {"material": self.material_code, "text": self.text}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the applicant says to a defect, beside or instead of files."""

    material_code: str
    text: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """How and to whom the result was delivered (送达回证)."""

    method: DeliveryMethod
    receiver_name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases is narrowed to; None and empty collections narrow nothing."""

    states: Sequence[str] = ()
    matter_codes: Sequence[str] = ()
    custody: str | None = None
    custodian_code: str | None = None
    channel: str | None = None
    number: str | None = None
    applicant_id_number: str | None = field(default=None, repr=False)
    """Finds an applicant's cases by the exact identity number or credit code."""
    submitted_from: datetime | None = None
    submitted_before: datetime | None = None
    due_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What anybody with number and query code may know: no personal data."""

    number: str
    matter_name: str
    state: str
    custodian_code: str
    submitted_at: datetime | None
    accepted_at: datetime | None
    promised_due_at: datetime | None
    decided_at: datetime | None
    issued_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether an action can be done to a case now by somebody, and if not, why."""

    action: str
    is_available: bool
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """The article that demands something of a running case."""

    statute: str
    article: str


@dataclass(frozen=True, slots=True)
class DueChange:
    """A due date before and after a rebase; None where there is none (yet)."""

    former: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rebase:
    """What moving a case from its pinned offering to the present one changes."""

    former: OfferingSnapshot
    offering: OfferingSnapshot
    differences: Differences
    statutory: DueChange
    promised: DueChange
    missing: tuple[str, ...]
    """Codes of materials that must be handed in, and are not, before an approval."""
    keeps_promise: bool
    """Whether the present promise is longer, so that the former one goes on to bind."""
    reopens_review: bool
    """Whether recorded reviews say nothing any more, so that they are to be recorded anew."""


def shown_data(data: Mapping[str, Any], *, to_staff: bool) -> dict[str, Any]:
    """Return of an event's data what its reader may see."""
    if to_staff:
        return dict(data)
    # What one center writes another with a handoff is between them.
    internal = INTERNAL_DATA | {"reason"} if "handoff" in data else INTERNAL_DATA
    return {key: value for key, value in data.items() if key not in internal}


def files_in(data: Mapping[str, Any]) -> list[str]:
    """Return the SHA-256 of each file that an event brings."""
    listed = (file["sha256"] for item in data.get("materials", ()) for file in item["files"])
    return sorted(set(listed))


def due_at(start: datetime, amount: int, unit: calendar.LimitUnit) -> datetime:
    """Return the end of a limit that begins at ``start``, by the published work calendar."""
    return calendar.due_at(calendar.WorkCalendar(), calendar.OfficeHours(), start, amount, unit)
