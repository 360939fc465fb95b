"""What each paper says, in the Chinese of the counter.

An opening is what the paper has to say; a center's wording addresses the reader around it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tenants.cases import models, rules
from tenants.cases.adapters.document import Body, Grid
from tongban.catalog.rules import snapshot
from tongban.catalog.rules.content import Limit
from tongban.catalog.rules.snapshot import OfferingSnapshot
from tongban.kernel import calendar, numbers
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.personal import IdKind

_CHANNELS = {
    rules.Channel.COUNTER: "政务服务大厅窗口",
    rules.Channel.STATION: "便民服务中心代收",
    rules.Channel.ONLINE: "网上申请",
    rules.Channel.MOBILE: "移动端申请",
    rules.Channel.POST: "邮寄",
}
_ID_KINDS = {
    IdKind.RESIDENT_ID: "居民身份证",
    IdKind.CREDIT_CODE: "统一社会信用代码",
    IdKind.PASSPORT: "护照",
    IdKind.OTHER: "其他证件",
}
_UNITS = {
    LimitUnit.WORKING_DAY: "个工作日",
    LimitUnit.CALENDAR_DAY: "个自然日",
    LimitUnit.WORKING_HOUR: "个工作小时",
}
_NECESSITIES = {"1": "必要", "2": "非必要", "3": "容缺后补"}
_SUPPLIED = {
    rules.SuppliedBy.WINDOW: "（由窗口补齐，申请人无需提交）",
    rules.SuppliedBy.CENTER: "（由政务服务中心补齐，申请人无需提交）",
}
_PERMIT = "01"
_DECISIONS = frozenset(
    {rules.PaperKind.APPROVAL, rules.PaperKind.REJECTION, rules.PaperKind.REVOCATION}
)


def day(instant: datetime) -> str:
    """Return the day of an instant as Chinese papers write it, in Asia/Shanghai."""
    local = instant.astimezone(calendar.ZONE)
    return f"{local.year}年{local.month}月{local.day}日"


def spoken_of(case: models.Case, *, organ: str) -> dict[str, str]:
    """Return what a center's own words on a paper may name (``rules.WORDING_PLACEHOLDERS``)."""
    return {
        "name": case.applicant_name_masked,
        "matter": case.matter_name,
        "number": numbers.display(case.number),
        "submitted": day(case.submitted_at) if case.submitted_at else "",
        "department": read_department(case),
        "organ": organ,
    }


def read_department(case: models.Case) -> str:
    """Return the department that the pinned offering names, also of a case just created.

    It is the column's expression, which a new row would have to be read again for.
    """
    return str(case.offering.get("department") or "")


def moment(instant: datetime) -> str:
    """Return an instant as Chinese papers write it, in Asia/Shanghai."""
    return f"{day(instant)} {instant.astimezone(calendar.ZONE):%H:%M}"


def receipt(
    case: models.Case,
    materials: Iterable[tuple[models.Material, int]],
    *,
    by: rules.Party,
    owner_name: str,
    query_code: str,
    received_at: datetime,
) -> Body:
    """Return the body of an intake receipt (收件回执).

    ``materials`` come in order, each with how many files were handed in; ``by`` took them in,
    ``owner_name`` is the center that decides.
    """
    offering = snapshot.read_snapshot(case.offering)
    return Body(
        rows=[
            *_provisional(case),
            ("事项名称", case.matter_name),
            ("申请人", _applicant(case)),
            ("办理机关", _authority(offering, owner_name)),
            ("收件时间", moment(received_at)),
            ("收件方式", _intake(case, by)),
            ("办理时限", _limits(offering)),
        ],
        grids=[_materials(materials, committed=rules.standing(case.commitments))],
        notes=_receipt_notes(offering),
        secret=("进度查询码", query_code),
    )


def _provisional(case: models.Case) -> list[tuple[str, str]]:
    """Return the row of the number that the applicant was given before, where there was one."""
    number = case.provisional_number
    return [("临时号", numbers.display_provisional(number))] if number else []


def notice(case: models.Case, defects: Sequence[Mapping[str, Any]]) -> Body:
    """Return the body of a one-time notice (一次告知书) of these defects."""
    offering = snapshot.read_snapshot(case.offering)
    names = dict(case.materials.values_list("code", "name"))
    law = "根据《中华人民共和国行政许可法》第三十二条，" if is_permit(offering) else ""
    rows = [
        (
            str(place),
            defect.get("condition_text") or names.get(defect["material"], "申请表"),
            defect["text"] + _SUPPLIED.get(defect.get("supplied_by", ""), ""),
        )
        for place, defect in enumerate(defects, start=1)
    ]
    columns = (("序号", 0.8), ("材料或条件", 3.4), ("需要补正的内容", 5))
    return Body(
        opening=f"申请材料不齐全或者不符合法定形式。{law}"
        "现将需要补正的全部内容一次告知如下，请补正后提交。",
        rows=facts(case, offering),
        grids=[Grid(title="需要补正的内容", columns=columns, rows=rows)],
        notes=["补正材料可通过原提交渠道或任一政务服务窗口提交。", contact(offering)],
    )


def acceptance(case: models.Case, *, is_deemed: bool = False) -> Body:
    """Return the body of an acceptance (受理通知书) with the dates until which it is due."""
    said = "申请材料齐全、符合法定形式，现予受理。"
    if is_deemed and case.accepted_at is not None:
        said = (
            "逾期未告知需要补正的内容，根据《中华人民共和国行政许可法》第三十二条，"
            f"自收到申请材料之日（{day(case.accepted_at)}）起即为受理。"
        )
    elif case.debts_open:
        said = "主要材料齐全、符合法定形式，所缺材料可以容缺后补，现予容缺受理。"
    offering = snapshot.read_snapshot(case.offering)
    due = (("法定期限", case.statutory_due_at), ("承诺期限", case.promised_due_at))
    return Body(
        opening=said,
        rows=[
            *facts(case, offering),
            *((label, f"{moment(until)} 前办结") for label, until in due if until is not None),
        ],
        grids=_owed(case),
        notes=["期限按工作日历计算，法定节假日不计入工作日。", contact(offering)],
    )


def _owed(case: models.Case) -> list[Grid]:
    """Return what is owed after an acceptance with gap, each with the day until which it comes."""
    owing = [debt for debt in rules.read_debts(case.debts) if debt.is_open]
    if not owing:
        return []
    rows = [
        (str(place), debt.name, f"{moment(debt.due_at)} 前补交")
        for place, debt in enumerate(owing, start=1)
    ]
    columns = (("序号", 0.8), ("材料名称", 5), ("补交期限", 3.4))
    return [Grid(title="容缺后补的材料（补齐之前不能领取结果）", columns=columns, rows=rows)]


def refusal(case: models.Case) -> Body:
    """Return the body of a refusal to accept (不予受理通知书), with ground and remedies."""
    offering = snapshot.read_snapshot(case.offering)
    return Body(
        opening="经审查，决定不予受理。",
        rows=[*facts(case, offering), *_grounds(case)],
        notes=[rules.read_remedies(case.decision or {}).text, contact(offering)],
    )


def decision(case: models.Case) -> Body:
    """Return the body of a decision; a rejection names ground, reasons and remedies."""
    offering = snapshot.read_snapshot(case.offering)
    said = case.decision or {}
    if said.get("decision") == rules.Decision.REJECT:
        return Body(
            opening=f"经审查，决定不予{sought(offering)}。",
            rows=[*facts(case, offering), *_grounds(case)],
            notes=[rules.read_remedies(case.decision or {}).text, contact(offering)],
        )
    result = offering.content.result
    found = "经审查，符合法定条件、标准，" if "deemed" not in said else "超过期限未作出决定，依法"
    verb = "决定" if "deemed" not in said else "视为"
    return Body(
        opening=f"{found}{verb}准予{sought(offering)}。",
        rows=[
            *facts(case, offering),
            *([("决定说明", said["text"])] if said.get("text") else []),
            *([("办理结果", result.name)] if result else []),
        ],
        notes=[*_within(offering), contact(offering)],
    )


def procedure(case: models.Case, stay: rules.Stay) -> Body:
    """Return the body of a special procedure's notice (特别程序告知书): what, why, how long."""
    offering = snapshot.read_snapshot(case.offering)
    name, _english = rules.PAUSE_TEXTS[stay.kind]
    law = "根据《中华人民共和国行政许可法》第四十五条，" if is_permit(offering) else ""
    return Body(
        opening=f"依法需要{name}。{law}所需时间不计算在办理期限内，现予告知。",
        rows=[
            *facts(case, offering),
            ("特别程序", name),
            ("理由", stay.reason),
            ("依据文书", stay.document),
            ("所需时间", f"{stay.expected_days} 个工作日"),
            ("停止计时", moment(stay.since)),
        ],
        notes=["特别程序结束后恢复计时，届时的办理期限可凭办件编号查询。", contact(offering)],
    )


def extension(case: models.Case, given: rules.Extension) -> Body:
    """Return the body of an extension's notice (延期告知书), with its reasons and the new end."""
    offering = snapshot.read_snapshot(case.offering)
    law = "根据《中华人民共和国行政许可法》第四十二条，" if is_permit(offering) else ""
    due = (("延长后的法定期限", case.statutory_due_at), ("延长后的承诺期限", case.promised_due_at))
    return Body(
        opening=f"在规定期限内不能作出决定。{law}"
        f"经本机关负责人批准，决定延长办理期限 {_limit(given.limit)}，现将理由告知如下。",
        rows=[
            *facts(case, offering),
            ("延长期限", _limit(given.limit)),
            ("延长理由", given.reason),
            ("批准人", given.approver["name"]),
            *((label, f"{moment(until)} 前办结") for label, until in due if until is not None),
        ],
        notes=["办理期限只能延长一次。", contact(offering)],
    )


def termination(case: models.Case) -> Body:
    """Return the body of a termination (终止办理告知书), with ground and remedies."""
    offering = snapshot.read_snapshot(case.offering)
    return Body(
        opening="因下列原因终止办理。",
        rows=[*facts(case, offering), *_grounds(case)],
        notes=[rules.read_remedies(case.decision or {}).text, contact(offering)],
    )


def title(case: models.Case, kind: rules.PaperKind) -> str:
    """Return what a paper is called; a permit's decision by its full name (行政许可法 38)."""
    name, _letters = rules.PAPER_TITLES[kind]
    if kind in _DECISIONS and is_permit(snapshot.read_snapshot(case.offering)):
        return name.replace("决定书", "行政许可决定书")
    return name


def is_permit(offering: OfferingSnapshot) -> bool:
    """Tell whether a matter is an administrative permit, whose papers name the law's articles."""
    return offering.content.matter_type == _PERMIT


def sought(offering: OfferingSnapshot) -> str:
    """Return what an applicant asks for: a permit, or that the matter be handled."""
    return "行政许可" if is_permit(offering) else "办理"


def facts(case: models.Case, offering: OfferingSnapshot) -> list[tuple[str, str]]:
    """Return the rows by which every paper says which case it is of."""
    found = [("事项名称", case.matter_name), ("申请人", _applicant(case))]
    return [*found, ("办理部门", offering.department)] if offering.department else found


def _grounds(case: models.Case) -> list[tuple[str, str]]:
    said = case.decision or {}
    about = "；".join(subject["about"] for subject in said.get("subjects", ()))
    rows = (
        ("法定理由", said.get("ground_text")),
        ("不符合的条件、材料", about),
        ("具体说明", said.get("text")),
    )
    return [(label, text) for label, text in rows if text]


def _within(offering: OfferingSnapshot) -> list[str]:
    # 行政许可法 44
    return ["许可证件将自作出决定之日起十日内颁发、送达。"] if is_permit(offering) else []


def contact(offering: OfferingSnapshot) -> str:
    """Return whom to ask and to complain to."""
    asked = f"咨询方式：{offering.contact}；" if offering.contact else ""
    return f"{asked}投诉举报请拨打 12345。"


def _intake(case: models.Case, by: rules.Party) -> str:
    channel = _CHANNELS[rules.Channel(case.channel)]
    if by.role not in {"staff", "station"}:
        return channel
    number = f"（{by.staff_number}）" if by.staff_number else ""
    return f"{channel}，收件人 {by.name}{number}"


def id_kind(case: models.Case) -> str:
    """Return what the applicant's identifier is called."""
    return _ID_KINDS[IdKind(case.applicant_id_kind)]


def _applicant(case: models.Case) -> str:
    parts = [case.applicant_name_masked]
    parts.append(f"{id_kind(case)} {case.applicant_id_masked}")
    if case.applicant_phone_masked:
        parts.append(f"电话 {case.applicant_phone_masked}")
    return "，".join(parts)


def _authority(offering: OfferingSnapshot, owner_name: str) -> str:
    return f"{offering.department}（{owner_name}）" if offering.department else owner_name


def _limits(offering: OfferingSnapshot) -> str:
    promised = f"承诺 {_limit(offering.promised_limit)}"
    statutory = offering.statutory_limit
    both = f"法定 {_limit(statutory)}，{promised}" if statutory else promised
    return f"{both}，自受理之日起计算"


def _limit(limit: Limit) -> str:
    return f"{limit.amount} {_UNITS[limit.unit]}"


def _materials(
    materials: Iterable[tuple[models.Material, int]], *, committed: Collection[str]
) -> Grid:
    rows = []
    for place, (material, count) in enumerate(materials, start=1):
        rows.append(
            (
                str(place),
                material.name,
                _NECESSITIES.get(material.necessity, ""),
                str(count) if count else "—",
                "已收" if count else "告知承诺" if material.code in committed else "未交",
            )
        )
    columns = (("序号", 0.8), ("材料名称", 5.2), ("要求", 1.2), ("文件", 0.8), ("收件情况", 1.2))
    return Grid(title="申请材料", columns=columns, rows=rows)


def _receipt_notes(offering: OfferingSnapshot) -> list[str]:
    notes = ["本回执表明申请材料已收到，不代表已受理或准予。是否受理将另行告知。"]
    if is_permit(offering):
        notes.append(
            "材料不齐全或不符合法定形式的，将自收件之日起"
            f" {rules.NOTICE_WORKING_DAYS} 个工作日内一次告知需要补正的全部内容；逾期不告知的，"
            "自收件之日起即为受理（《行政许可法》第三十二条）。"
        )
    notes.append("凭办件编号和查询码可查询办理进度。查询码请妥善保管，勿告知他人。")
    notes.append(contact(offering))
    return notes
