"""What the elements of a matter, and a center's own terms, are called in a text for people."""

import re
from collections.abc import Mapping

ELEMENTS: Mapping[str, str] = {
    "name": "事项名称",
    "matter_type": "事项类型",
    "short_name": "事项简称",
    "service_line": "业务类别",
    "department": "实施部门",
    "theme": "主题分类",
    "service_objects": "服务对象",
    "levels": "行使层级",
    "assisted_intake": "代收代办",
    "jurisdiction_note": "管辖说明",
    "handling_type": "办件类型",
    "legal_bases": "设定依据",
    "conditions": "受理条件",
    "materials": "申报材料",
    "statutory_limit": "法定时限",
    "statutory_limit_note": "法定时限说明",
    "promised_limit": "承诺时限",
    "promised_limit_note": "承诺时限说明",
    "fee": "收费",
    "result": "办理结果",
    "online_depth": "网办深度",
    "visits": "到现场次数",
    "x_package": "“1+1+X”一链办理",
    "life_events": "人生与经营事件",
    "power_item": "权力事项",
    "power_source": "权力来源",
    "entrusted_department": "委托部门",
    "joint_departments": "联办机构",
    "preconditions": "前置事项",
    "steps": "办理流程",
    "handling_forms": "办理形式",
    "special_procedures": "特别程序",
    "intermediary_services": "中介服务",
    "quantity_limit": "数量限制",
    "by_appointment": "预约办理",
    "online_payment": "网上支付",
    "courier": "物流快递",
    "variants": "业务办理项",
    "questions": "情形引导",
    "tacit_approval": "超时默认",
    "tacit_approval_basis": "超时默认的依据",
}
"""By the names of the elements of a content."""

TERMS: Mapping[str, str] = {
    "promised_limit": "承诺时限",
    "place": "办理地点",
    "hours": "办理时间",
    "contact": "咨询方式",
    "complaints": "监督投诉方式",
    "windows": "办理窗口",
    "department": "实施部门",
    "scope": "通办范围",
    "credit_code": "统一社会信用代码",
    "body_kind": "实施主体性质",
    "local_code": "本中心编码",
    "effective_from": "计划生效日期",
    "effective_to": "计划取消日期",
}
"""By the names of a center's own terms."""

_PARTS: Mapping[str, str] = {
    "content": "事项内容",
    "code": "编码",
    "main_item": "主项名称",
    "name": "名称",
    "text": "内容",
    "basis": "依据",
    "statute": "法律法规名称",
    "article": "条款",
    "issuer": "制定机关",
    "level": "效力级别",
    "kind": "类别",
    "necessity": "必要性",
    "source": "来源",
    "copies": "份数",
    "note": "说明",
    "acceptance": "受理标准",
    "size": "大小或规格",
    "issued_by": "来源渠道",
    "commitment": "告知承诺",
    "blank_form": "空白表",
    "sample": "样本",
    "sha256": "文件摘要",
    "media_type": "文件类型",
    "variants": "适用情形",
    "when": "适用答案",
    "question": "问题",
    "options": "选项",
    "serial": "序号",
    "limit": "时限",
    "amount": "数额",
    "unit": "单位",
    "standard": "标准",
    "outcome": "结果",
    "charged": "是否收费",
    "items": "收费项目",
    "waivers": "减免",
}
"""By the names of what elements consist of."""

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def place_of(field: str) -> str:
    """Return what people call a place in a content: ``materials[2].basis`` is 申报材料第3项的依据.

    A name that is none of a content's stands as it was sent.
    """
    said = ""
    for name, position in _STEP.findall(field):
        if position:
            said += f"第{int(position) + 1}项"
            continue
        known = (_PARTS, ELEMENTS, TERMS) if said else (ELEMENTS, _PARTS, TERMS)
        label = next((names[name] for names in known if name in names), name)
        said += f"的{label}" if said else label
    return said
