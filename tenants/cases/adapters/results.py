"""What the papers of a result say: the certificate or approval itself, and its delivery."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tenants.cases import models, rules
from tenants.cases.adapters import sealing, wording
from tenants.cases.adapters.document import Body
from tongban.catalog.rules import snapshot
from tongban.kernel import calendar

_METHODS = {
    rules.DeliveryMethod.COUNTER: "窗口领取",
    rules.DeliveryMethod.POST: "邮寄",
    rules.DeliveryMethod.ELECTRONIC: "电子送达",
}


def certificate(
    case: models.Case,
    terms: rules.ResultTerms,
    *,
    issuer: str,
    issuer_code: str,
    stamp: tuple[str, str] | None,
    now: datetime,
) -> Body:
    """Return the body of what an approved applicant gets, with the holder's name in full.

    Its metadata are the elements that GB/T 36903-2018 (电子证照 元数据规范) has for every
    certificate; ``issuer`` is the body that decided, ``issuer_code`` its credit code or empty.
    """
    holder = sealing.open_sealed(
        bytes(case.applicant_name_sealed), number=case.number, field="applicant_name"
    )
    kind = wording.id_kind(case)
    facts = {
        "证照名称": terms.name,
        "证照编号": terms.number,
        "证照颁发机构": issuer,
        "证照颁发机构代码": issuer_code,
        "证照颁发日期": calendar.local_day(now).isoformat(),
        "持证主体": holder,
        "持证主体代码类型": kind,
        "持证主体代码": case.applicant_id_masked,
        "证照有效期起始日期": _iso(terms.valid_from),
        "证照有效期截止日期": _iso(terms.valid_to),
    }
    offering = snapshot.read_snapshot(case.offering)
    return Body(
        rows=[
            ("持证主体", holder),
            ("证件号码", f"{kind} {case.applicant_id_masked}"),
            *([("证照编号", terms.number)] if terms.number else []),
            ("许可事项" if wording.is_permit(offering) else "办理事项", case.matter_name),
            ("颁发机构", issuer),
            *([("决定日期", wording.day(case.decided_at))] if case.decided_at else []),
            ("颁发日期", wording.day(now)),
            ("有效期", _validity(terms)),
        ],
        notes=["扫描二维码可核验本文书的真伪和内容。", wording.contact(offering)],
        stamp=stamp,
        metadata={name: said for name, said in facts.items() if said},
    )


def delivery(case: models.Case, *, by: rules.Party, now: datetime) -> Body:
    """Return the body of a delivery record (送达回证): what reached whom, how, by whom."""
    said: Mapping[str, Any] = case.delivery or {}
    result: Mapping[str, Any] = case.result or {}
    method = rules.DeliveryMethod(said["method"])
    number = f"（{by.staff_number}）" if by.staff_number else ""
    rows = [
        ("事项名称", case.matter_name),
        ("受送达人", case.applicant_name_masked),
        ("送达文书", " ".join(part for part in (result["name"], result["number"]) if part)),
        ("文书编号", result.get("paper", "")),
        ("送达方式", _METHODS[method]),
        ("邮件号码", said.get("tracking_number", "")),
        ("签收人", said["receiver_name_masked"]),
        ("送达时间", wording.moment(now)),
        ("送达人", f"{by.name}{number}"),
        ("备注", said["note"]),
    ]
    notes = ["申请人对送达有异议的，可以通过原申请渠道或者任一政务服务窗口提出。"]
    offering = snapshot.read_snapshot(case.offering)
    return Body(
        rows=[(label, text) for label, text in rows if text],
        notes=[*notes, wording.contact(offering)],
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _validity(terms: rules.ResultTerms) -> str:
    first = _words(terms.valid_from) if terms.valid_from else "颁发之日"
    return f"自{first}至{_words(terms.valid_to)}" if terms.valid_to else "长期"


def _words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
