"""What an event of a case says, and which fields travel with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

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
    "fees",
    "notices_issued",
    "ledger",
    "lamp",
    "findings",
    "ratings",
    "urgings_open",
    "debts",
    "debts_open",
    "consents",
    "commitments",
    "commitments_pending",
)
"""Fields of a case that change by events alone, at the custodian and at every mirror alike."""


CARRIED: Final = (
    "number",
    "provisional_number",
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


CORRECTED: Final = (
    "applicant_name_sealed",
    "applicant_name_masked",
    "applicant_phone_sealed",
    "applicant_phone_masked",
)
"""Fields that are settled at intake too, and which a correction alone changes, by its event."""


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

    def is_same(self, kept: Mapping[str, Any] | None) -> bool:
        """Tell whether an event kept this very member of a center's staff."""
        if not self.staff_number or kept is None:
            return False
        return (kept["center_code"], kept["staff_number"]) == (self.center_code, self.staff_number)

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
    "case.draft_expiring": ("草稿即将到期删除", "A draft is about to be removed"),
    "case.submitted": ("提交申请", "The application was submitted"),
    "case.material_added": ("补充材料", "Material was added"),
    "case.file_infected": ("文件检出恶意代码，已隔离", "A file was found infected"),
    "case.notice_issued": ("一次告知补正", "A notice told what is missing"),
    "case.notice_answered": ("提交补正", "The notice was answered"),
    "case.accepted": ("受理", "The application was accepted"),
    "case.commitment_made": ("作出告知承诺", "The applicant committed instead of proving"),
    "case.commitment_kept": ("承诺核查属实", "A commitment was found kept"),
    "case.commitment_broken": ("承诺核查不实", "A commitment was found not kept"),
    "case.commitment_due_soon": ("承诺核查即将到期", "A commitment is to be verified soon"),
    "case.commitment_overdue": ("承诺逾期未核查", "A commitment was not verified in time"),
    "case.review_overdue": ("部门逾期未审查", "A department did not review in time"),
    "case.debt_settled": ("容缺材料补齐", "A material that was owed was accepted"),
    "case.debt_returned": ("容缺材料退回补正", "A material that was owed was not good enough"),
    "case.debt_due_soon": ("容缺材料即将到期", "A material that is owed is due soon"),
    "case.debt_overdue": ("容缺材料逾期未补", "A material that is owed did not come in time"),
    "case.refused": ("不予受理", "Acceptance was refused"),
    "case.review_started": ("开始审查", "The review was started"),
    "case.review_recorded": ("录入审查意见", "A review was recorded"),
    "case.approved": ("准予", "The application was approved"),
    "case.rejected": ("不予许可", "The application was rejected"),
    "case.fee_assessed": ("核定费用", "The fee was assessed"),
    "case.fee_waived": ("减免费用", "A part of the fee was waived"),
    "case.fee_paid": ("收费", "The fee was paid"),
    "case.sealed": ("文书用印", "A paper was sealed"),
    "case.issued": ("出件", "The result was issued"),
    "case.completed": ("送达办结", "The result was delivered"),
    "case.withdrawn": ("撤回申请", "The application was withdrawn"),
    "case.consent_withdrawn": ("撤回同意", "A consent was withdrawn"),
    "case.applicant_corrected": ("更正申请人信息", "The applicant's data were corrected"),
    "case.suspended": ("启动特别程序，停止计时", "The clock stands still"),
    "case.resumed": ("特别程序结束，恢复计时", "The clock goes on"),
    "case.extended": ("延长办理期限", "The limit was extended"),
    "case.terminated": ("终止办理", "The case was terminated"),
    "case.completion_disputed": ("对办结提出异议", "The completion was disputed"),
    "case.due_recomputed": ("工作日历变动，期限重算", "Due dates were reckoned anew"),
    "case.lamp_changed": ("时限灯变化", "The lamp changed"),
    "case.notice_overdue": ("逾期未一次告知", "No notice in time"),
    "case.urged": ("督办", "Those who handle it were urged"),
    "case.urging_replied": ("督办回复", "An urging was answered"),
    "case.urging_escalated": ("督办逾期未回复，升级", "An urging without a reply was escalated"),
    "case.rated": ("评价", "The applicant rated the service"),
    "case.rectification_answered": ("差评整改回复", "A bad rating was answered"),
    "case.rectification_overdue": ("差评整改逾期", "A bad rating was not answered in time"),
    "case.rating_appealed": ("对差评申诉", "A bad rating was appealed against"),
    "case.rating_appeal_decided": ("裁定差评申诉", "An appeal against a rating was decided"),
    "case.rebased": ("依法改按现行实施清单办理", "The case was moved to the present offering"),
    "case.revoked": ("撤销准予决定", "The approval was revoked"),
    "case.offered": ("发起移交", "The case was offered to another center"),
    "case.handed_over": ("移交接收", "Another center took the case over"),
    "case.handoff_declined": ("移交被拒收", "The other center declined the case"),
    "case.handoff_recalled": ("撤回移交", "The offer was recalled"),
    "case.returned": ("退回移交方", "The case was sent back undecided"),
    "case.given_back": ("交还移交方", "The decided case was given back"),
}
"""Every event of a case with its texts (zh-Hans, en); events.json is made from it."""


INTERNAL_DATA: Final = frozenset(
    {
        *("review", "tasks", "request_id", "rating_appeal", "signature", "override"),
        *("urging", "urging_reply", "urging_escalated"),
    }
)
"""Keys of an event's data that are for staff: an applicant reads the decision, not the opinions."""


_PERSON_KEYS: Final = frozenset({"reviewer_key", "by_key"})
"""By which the centers of a case know one person from another (一审一核): nobody reads them."""


def shown_data(data: Mapping[str, Any], *, to_staff: bool) -> dict[str, Any]:
    """Return of an event's data what its reader may see."""
    internal = frozenset[str]() if to_staff else INTERNAL_DATA
    if not to_staff and "handoff" in data:
        internal |= {"reason"}  # what one center writes another with a handoff is between them
    return {key: _shown(value) for key, value in data.items() if key not in internal}


def _shown(said: Any) -> Any:
    if not isinstance(said, Mapping):
        return said
    return {key: value for key, value in said.items() if key not in _PERSON_KEYS}


def shown_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return of an event's changes what anybody may see: nothing that is sealed."""
    return {name: value for name, value in changes.items() if not name.endswith("_sealed")}


def draft_expiry(data: Mapping[str, Any]) -> datetime | None:
    """Return when a draft is removed, as an event's data tells; None where it doesn't."""
    said = data.get("expires_at")
    return None if said is None else datetime.fromisoformat(said)


def files_in(data: Mapping[str, Any]) -> list[str]:
    """Return the SHA-256 of each file that an event brings."""
    listed = (file["sha256"] for item in data.get("materials", ()) for file in item["files"])
    return sorted(set(listed))
