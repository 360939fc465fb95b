"""What each paper says, in the Chinese of the counter."""

from collections.abc import Iterable
from datetime import datetime

from tenants.cases import models, rules
from tenants.cases.adapters.document import Body, Grid
from tongban.catalog.rules import snapshot
from tongban.catalog.rules.content import Limit
from tongban.catalog.rules.snapshot import OfferingSnapshot
from tongban.kernel import calendar
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.personal import IdKind

_CHANNELS = {
    rules.Channel.COUNTER: "政务服务大厅窗口",
    rules.Channel.STATION: "便民服务站代收",
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
_PERMIT = "01"


def moment(instant: datetime) -> str:
    """Return an instant as Chinese papers write it, in Asia/Shanghai."""
    local = instant.astimezone(calendar.ZONE)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def receipt(
    case: models.Case,
    materials: Iterable[models.Material],
    *,
    owner_name: str,
    query_code: str,
    received_at: datetime,
) -> Body:
    """Return the body of an intake receipt (收件回执).

    ``materials`` come in order, each with its files read. ``owner_name`` is the center that
    decides.
    """
    offering = snapshot.read_snapshot(case.offering)
    rows = [
        ("事项名称", case.matter_name),
        ("申请人", _applicant(case)),
        ("办理机关", _authority(offering, owner_name)),
        ("收件时间", moment(received_at)),
        ("收件方式", _CHANNELS[rules.Channel(case.channel)]),
        ("办理时限", _limits(offering)),
    ]
    return Body(
        rows=rows,
        grids=[_materials(materials)],
        notes=_receipt_notes(offering),
        secret=("进度查询码", query_code) if query_code else None,
    )


def _applicant(case: models.Case) -> str:
    parts = [case.applicant_name_masked]
    parts.append(f"{_ID_KINDS[IdKind(case.applicant_id_kind)]} {case.applicant_id_masked}")
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


def _materials(materials: Iterable[models.Material]) -> Grid:
    rows = []
    for place, material in enumerate(materials, start=1):
        count = len(material.files.all())
        rows.append(
            (
                str(place),
                material.name,
                _NECESSITIES.get(material.necessity, ""),
                str(count) if count else "—",
                "已收" if count else "未交",
            )
        )
    columns = (("序号", 0.8), ("材料名称", 5.2), ("要求", 1.2), ("文件", 0.8), ("收件情况", 1.2))
    return Grid(title="申请材料", columns=columns, rows=rows)


def _receipt_notes(offering: OfferingSnapshot) -> list[str]:
    notes = ["本回执表明申请材料已收到，不代表已受理或准予。是否受理将另行告知。"]
    if offering.content.matter_type == _PERMIT:
        notes.append(
            "材料不齐全或不符合法定形式的，将自收件之日起"
            f" {rules.NOTICE_WORKING_DAYS} 个工作日内一次告知需要补正的全部内容；逾期不告知的，"
            "自收件之日起即为受理（《行政许可法》第三十二条）。"
        )
    notes.append("凭办件编号和查询码可查询办理进度。查询码请妥善保管，勿告知他人。")
    contact = f"咨询方式：{offering.contact}；" if offering.contact else ""
    notes.append(f"{contact}投诉举报请拨打 12345。")
    return notes
